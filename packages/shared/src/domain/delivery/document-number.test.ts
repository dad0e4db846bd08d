import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDocumentNumber } from './document-number.ts';

describe('the number of a document', () => {
  it.each(['0000-000041', 'ЗУП0-000012', 'ЭТ00-014921', 'КП-1', '000000012', '00000000012', 'КП000012'])(
    'is «%s»',
    (text) => {
      expect(isDocumentNumber(text)).toBe(true);
    },
  );

  it.each([
    ['a passport', '4510123456'],
    ['a passport with a hyphen', '4510-123456'],
    ['the number of a passport', '123456'],
    ['the number of a passport that begins with zeros', '001234'],
    ['a phone', '79001234567'],
    ['a phone with a hyphen', '8-9001234567'],
    ['СНИЛС', '99887766500'],
    ['an early СНИЛС', '00112233445'],
    ['СНИЛС with hyphens', '112-233-445 95'],
    ['ИНН of a person', '667904821155'],
    ['a surname', 'Лаптева'],
    ['an address', 'i.lapteva@example.org'],
    ['nothing', ''],
  ])('is not %s', (_what, text) => {
    expect(isDocumentNumber(text)).toBe(false);
  });

  it('is never ten to twelve digits of which the first three are no zeros, whatever hyphen stands between', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[1-9]\d{9,11}$/), fc.integer({ min: 1, max: 9 }), (digits, at) => {
        expect(isDocumentNumber(digits)).toBe(false);
        expect(isDocumentNumber(`${digits.slice(0, at)}-${digits.slice(at)}`)).toBe(false);
      }),
    );
  });
});
