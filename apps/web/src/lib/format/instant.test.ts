import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { formatDay, formatInstant, formatTime } from './instant.ts';
import { setFormatLanguage, ZONE } from './locale.ts';
import { formatMoney } from './money.ts';
import { formatDecimal } from './number.ts';

/** What is written without Intl reads as Intl writes it. */

afterEach(() => setFormatLanguage('ru'));
const LANGUAGES = [
  ['ru', 'ru'],
  ['en', 'en-GB'],
] as const;
const narrow = (text: string): string => text.replace(/[\u00a0\u202f ]/g, '\u202f');

it.each(LANGUAGES)('the time of the house is that of its zone, whatever the date (%s)', (language, locale) => {
  setFormatLanguage(language);
  const parts = new Intl.DateTimeFormat(locale, {
    timeZone: ZONE,
    hour: '2-digit',
    minute: '2-digit',
    day: 'numeric',
    weekday: 'short',
  });
  const whole = new Intl.DateTimeFormat(locale, { timeZone: ZONE, dateStyle: 'long', timeStyle: 'medium' });
  const between = { min: new Date('2014-10-27T00:00:00Z'), max: new Date('2045-01-01T00:00:00Z'), noInvalidDate: true };
  fc.assert(
    fc.property(fc.date(between), (at) => {
      const part = Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, value]));
      expect(formatTime(at.toISOString())).toBe(`${part.hour}:${part.minute}`);
      expect(formatDay(at.toISOString())).toMatch(new RegExp(`^${part.weekday} ${part.day} `));
      expect(narrow(formatInstant(at.toISOString()))).toContain(narrow(whole.format(at)));
    }),
  );
});

it.each(LANGUAGES)('numbers and money are those of the language (%s)', (language) => {
  setFormatLanguage(language);
  const digits = fc.tuple(fc.nat(2), fc.nat(2)).map(([least, more]) => ({ least, most: least + more }));
  fc.assert(
    fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), digits, (value, { least, most }) => {
      // A tie in decimal writing is none in the number itself: the two round it each in its own way.
      const fraction = String(value).split('.')[1] ?? '';
      fc.pre(!(fraction.length === most + 1 && fraction.endsWith('5')));
      const intl = new Intl.NumberFormat(language, { minimumFractionDigits: least, maximumFractionDigits: most });
      expect(narrow(formatDecimal(value, least, most))).toBe(narrow(intl.format(value)));
    }),
    { numRuns: 300 },
  );
  const compact = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 2 });
  fc.assert(
    fc.property(fc.integer({ min: 1_000_000, max: 900_000_000_000 }), (size) => {
      expect(formatMoney(String(size))).toBe(`${narrow(compact.format(size))}\u202f₽`);
    }),
    { numRuns: 300 },
  );
});
