import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { hashedId } from './ids.ts';

it('an id made of its parts is a UUID that every contract accepts, and always the same', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (parts) => {
      const id = hashedId(...parts);
      expect(z.uuid({ version: 'v8' }).safeParse(id).success).toBe(true);
      expect(hashedId(...parts)).toBe(id);
    }),
  );
});

it('keeps its parts apart', () => expect(hashedId('ab', 'c')).not.toBe(hashedId('a', 'bc')));
