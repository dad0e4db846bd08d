import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readClock } from './clock-reading.ts';
import { goalArbitrary } from './testing/arbitraries.ts';
import { bookOf, clockOf, HOUR, MOSCOW, msk } from './testing/clock-builder.ts';
import { workingMsBetween } from './working-segments.ts';

const start = fc.integer({ min: msk('2026-01-12 09:00'), max: msk('2026-11-01 18:00') });
const span = fc.integer({ min: 0, max: 200 * HOUR });

it('a pause and its resume move the due by the working time of the pause, to the millisecond', () => {
  fc.assert(
    fc.property(start, span, span, goalArbitrary, (at, until, length, goalMs) => {
      const begin = { kind: 'start', at, goalMs, calendar: MOSCOW } as const;
      const plainDue = readClock(clockOf([begin], bookOf(MOSCOW)), at).dueAt ?? Number.NaN;
      const [from, to] = [at + until, at + until + length];
      fc.pre(from < plainDue);
      const paused = clockOf([begin, { kind: 'pause', at: from }, { kind: 'resume', at: to }], bookOf(MOSCOW));
      const due = readClock(paused, to).dueAt ?? Number.NaN;
      const stood = workingMsBetween(MOSCOW, from, to);
      expect(workingMsBetween(MOSCOW, at, due)).toBe(goalMs + stood);
      expect(due).toBeGreaterThanOrEqual(plainDue);
    }),
  );
});
