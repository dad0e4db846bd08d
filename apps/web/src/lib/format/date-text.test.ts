import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DateKind, maskDate, partAt, readDate, stepDate, writeDate } from './date-text.ts';

const NOW = Date.parse('2026-11-29T09:00:00Z');
const KINDS: readonly DateKind[] = ['day', 'minute'];
const anyValue = fc
  .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2099-12-31T23:59:00Z'), noInvalidDate: true })
  .map((at) => at.toISOString());
const valueAt = (instant: string, kind: DateKind): string => instant.slice(0, kind === 'day' ? 10 : 16);
/** What stands in the field after typing sign by sign. */
const typed = (signs: string, kind: DateKind, start = ''): string =>
  [...signs].reduce((text, sign) => maskDate(text, text + sign, kind), start);

describe('a date as it is typed', () => {
  it('is read back as it was written, day before month', () => {
    expect(writeDate('2026-11-26T14:30', 'minute')).toBe('26.11.2026, 14:30');
    fc.assert(
      fc.property(anyValue, fc.constantFrom(...KINDS), (instant, kind) => {
        const value = valueAt(instant, kind);
        expect(readDate(writeDate(value, kind), kind, NOW)).toBe(value);
      }),
    );
  });

  it('gets its points while only digits are typed, as on a phone', () => {
    expect(typed('2611', 'day')).toBe('26.11.');
    fc.assert(
      fc.property(anyValue, fc.constantFrom(...KINDS), (instant, kind) => {
        const value = valueAt(instant, kind);
        const written = writeDate(value, kind);
        expect(typed(written.replace(/\D/g, ''), kind)).toBe(written);
        // Who types the points too gets the same.
        expect(typed(written, kind)).toBe(written);
      }),
    );
  });

  it('takes a digit with its point, and no more than there are places', () => {
    expect(typed('6.1.2026', 'day')).toBe('06.01.2026');
    expect(typed('261120261', 'day')).toBe('26.11.2026');
  });

  it('can be taken back sign by sign: what becomes shorter is left alone', () => {
    fc.assert(
      fc.property(anyValue, fc.nat({ max: 17 }), (instant, length) => {
        const written = writeDate(valueAt(instant, 'minute'), 'minute');
        const shorter = written.slice(0, length);
        expect(maskDate(written, shorter, 'minute')).toBe(shorter);
      }),
    );
  });

  it('may lack its year, have slashes, or be written as machines do', () => {
    expect(readDate('26.11', 'day', NOW)).toBe('2026-11-26');
    expect(readDate('26/11/26', 'day', NOW)).toBe('2026-11-26');
    expect(readDate('6.1 9:05', 'minute', NOW)).toBe('2026-01-06T09:05');
    expect(readDate('2026-11-26T14:30', 'minute', NOW)).toBe('2026-11-26T14:30');
    expect(maskDate('', '2026-11-26T14:30', 'minute')).toBe('2026-11-26T14:30');
  });

  it('that does not exist is no date, nor is one without the time that is asked for', () => {
    for (const text of [
      '31.11.2026',
      '29.02.2026',
      '11/26/2026',
      '26.13.2026',
      '0.1.2026',
      '',
      'завтра',
      '26.11.2026, 14:30',
    ])
      expect(readDate(text, 'day', NOW)).toBeNull();
    for (const text of ['26.11.2026', '26.11.2026, 24:00', '26.11.2026, 12:60'])
      expect(readDate(text, 'minute', NOW)).toBeNull();
    expect(readDate('29.02.2028', 'day', NOW)).toBe('2028-02-29');
  });

  it('goes a step on in the part under the caret and back to where it was, months keep their day where they can', () => {
    expect(partAt(0, 'minute').part).toBe('day');
    expect(partAt(4, 'minute').part).toBe('month');
    expect(partAt(99, 'minute').part).toBe('minute');
    expect(stepDate('2026-01-31', 'month', 1)).toBe('2026-02-28');
    fc.assert(
      fc.property(anyValue, fc.constantFrom('day' as const, 'hour' as const, 'minute' as const), (instant, part) => {
        const value = valueAt(instant, 'minute');
        expect(stepDate(stepDate(value, part, 1), part, -1)).toBe(value);
      }),
    );
  });
});
