import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTokenBox } from './token-box.ts';

it('opens what it sealed, for the same session and under the same secret only', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string(), fc.string({ minLength: 1 }), (token, session, secret) => {
      const box = createTokenBox(secret);
      const sealed = box.seal(token, session);
      expect(box.open(sealed, session)).toBe(token);
      expect(box.open(sealed, `${session}-`)).toBeNull();
      expect(createTokenBox(`${secret}-`).open(sealed, session)).toBeNull();
    }),
  );
});

it('does not open what was changed or cut', () => {
  const box = createTokenBox('secret');
  const sealed = box.seal('token', 's');
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(box.open(changed, 's')).toBeNull();
    expect(box.open(sealed.subarray(0, at), 's')).toBeNull();
  }
});
