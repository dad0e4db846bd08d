import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatDay, formatEnds, formatTime } from './instant.ts';
import { ZONE } from './locale.ts';

it('the time of the house is that of its zone, whatever the date', () => {
  const intl = new Intl.DateTimeFormat('ru', {
    timeZone: ZONE,
    hour: '2-digit',
    minute: '2-digit',
    day: 'numeric',
    weekday: 'short',
  });
  const between = { min: new Date('2014-10-27T00:00:00Z'), max: new Date('2045-01-01T00:00:00Z'), noInvalidDate: true };
  fc.assert(
    fc.property(fc.date(between), (at) => {
      const part = Object.fromEntries(intl.formatToParts(at).map(({ type, value }) => [type, value]));
      expect(formatTime(at.toISOString())).toBe(`${part.hour}:${part.minute}`);
      expect(formatDay(at.toISOString())).toMatch(new RegExp(`^${part.weekday} ${part.day} `));
    }),
  );
});

it('a span within a day names it once, a longer one names both days, today too', () => {
  const now = Date.parse('2026-11-28T20:00:00Z');
  expect(formatEnds('2026-11-28T05:37:00Z', '2026-11-28T13:40:00Z', now)).toEqual(['08:37', '16:40']);
  expect(formatEnds('2026-11-03T05:37:00Z', '2026-11-03T13:40:00Z', now)).toEqual(['3 ноя, 08:37', '16:40']);
  expect(formatEnds('2026-11-03T05:37:00Z', '2026-11-28T13:40:00Z', now)).toEqual(['3 ноя, 08:37', '28 ноя, 16:40']);
});
