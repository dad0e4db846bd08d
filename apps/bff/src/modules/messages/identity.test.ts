import { expect, it } from 'vitest';
import { z } from 'zod';
import { causeId, deliveryId, eventUid } from './identity.ts';

it('makes ids that follow from their parts and are UUIDs to every reader', () => {
  for (let index = 0; index < 200; index += 1) {
    const ids = [
      deliveryId('f', String(index), 'c'),
      eventUid('ut', String(index)),
      causeId('f', 'mapping', String(index)),
    ];
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(z.uuid().safeParse(id).success).toBe(true);
    expect(deliveryId('f', String(index), 'c')).toBe(ids[0]);
  }
});
