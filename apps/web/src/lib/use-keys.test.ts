import { describe, expect, it } from 'vitest';
import { keyName } from './use-keys.ts';

describe('keyName', () => {
  it.each([
    [{ key: 'j', code: 'KeyJ', shiftKey: false }, 'j'],
    [{ key: 'о', code: 'KeyJ', shiftKey: false }, 'j'],
    [{ key: 'К', code: 'KeyR', shiftKey: true }, 'r'],
    [{ key: '/', code: 'Slash', shiftKey: false }, '/'],
    [{ key: '.', code: 'Slash', shiftKey: false }, '/'],
    [{ key: ',', code: 'Slash', shiftKey: true }, '?'],
    [{ key: '.', code: 'Period', shiftKey: false }, '.'],
    [{ key: 'Escape', code: 'Escape', shiftKey: false }, 'Escape'],
  ])('%o is %s', (event, name) => expect(keyName(event)).toBe(name));
});
