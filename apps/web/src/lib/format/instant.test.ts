import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatDay, formatTime } from './instant.ts';
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
