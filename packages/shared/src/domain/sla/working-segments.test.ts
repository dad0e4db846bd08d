import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../errors/app-error.ts';
import type { Calendar, IsoWeekday, WorkInterval } from './calendar.ts';
import { findCalendarProblems } from './calendar-problems.ts';
import { calendarArbitrary, goalArbitrary, instantArbitrary } from './testing/arbitraries.ts';
import { at, HOUR, MINUTE, MOSCOW, msk, PLAIN } from './testing/clock-builder.ts';
import { addWorkingMs, nextWorkingAt, workingMsBetween, workingSegments } from './working-segments.ts';

const WEEK_MS = 7 * 24 * HOUR;

const hours = (from: string, to: string): WorkInterval[] => [{ from, to }];

const calendarOf = (
  zone: string,
  week: Partial<Record<IsoWeekday, WorkInterval[]>>,
  overrides: Record<string, WorkInterval[]> = {},
): Calendar => ({
  ...PLAIN,
  zone,
  week,
  overrides: Object.fromEntries(
    Object.entries(overrides).map(([date, intervals]) => [
      date,
      { intervals, reason: { kind: 'custom', title: null, movedFrom: null } },
    ]),
  ),
});

describe('segments', () => {
  it('begin inside the interval they are asked from and go on over lunch, night and weekend', () => {
    const found = workingSegments(MOSCOW, msk('2026-07-03 15:00')).take(3).toArray();
    expect(found).toEqual([
      { from: msk('2026-07-03 15:00'), to: msk('2026-07-03 18:00') },
      { from: msk('2026-07-06 09:00'), to: msk('2026-07-06 13:00') },
      { from: msk('2026-07-06 14:00'), to: msk('2026-07-06 18:00') },
    ]);
  });

  it('are half-open: closing time is no working time, opening time is', () => {
    expect(workingMsBetween(MOSCOW, msk('2026-07-06 18:00'), msk('2026-07-07 09:00'))).toBe(0);
    expect(workingMsBetween(MOSCOW, msk('2026-07-07 09:00'), msk('2026-07-07 09:00') + 1)).toBe(1);
    expect(nextWorkingAt(MOSCOW, msk('2026-07-06 18:00'))).toBe(msk('2026-07-07 09:00'));
    expect(nextWorkingAt(MOSCOW, msk('2026-07-07 09:00'))).toBe(msk('2026-07-07 09:00'));
  });

  it('end with an error on a calendar without working time instead of searching for ever', () => {
    const empty = calendarOf('UTC', {});
    expect(() => addWorkingMs(empty, 0, 1)).toThrow(AppError);
    expect(() => nextWorkingAt(empty, 0)).toThrow(AppError);
    expect(findCalendarProblems(empty).map(({ code }) => code)).toEqual(['week.empty']);
  });
});

describe('goals used up at an edge', () => {
  it.each([
    ['at closing time', '2026-11-20 14:00', 4 * HOUR, '2026-11-20 18:00'],
    ['a millisecond later', '2026-11-20 14:00', 4 * HOUR + 1, null],
    ['at the beginning of lunch', '2026-11-20 12:00', HOUR, '2026-11-20 13:00'],
    ['nothing to use up', '2026-11-22 12:00', 0, '2026-11-22 12:00'],
  ])('%s', (_, start, goal, due) => {
    const expected = due === null ? msk('2026-11-23 09:00') + 1 : msk(due);
    expect(addWorkingMs(MOSCOW, msk(start), goal)).toBe(expected);
  });
});

describe('daylight saving time', () => {
  const nights = calendarOf('America/Los_Angeles', { 7: hours('02:30', '03:15') });

  it('an interval inside the skipped hour is empty', () => {
    expect(workingMsBetween(nights, at('2006-04-02T00:00-08:00'), at('2006-04-03T00:00-07:00'))).toBe(0);
    expect(workingMsBetween(nights, at('2006-04-09T00:00-07:00'), at('2006-04-10T00:00-07:00'))).toBe(45 * MINUTE);
  });

  it('an interval over the skipped hour is an hour shorter, over the repeated one an hour longer', () => {
    const early = calendarOf('Europe/Berlin', { 7: hours('00:00', '06:00') });
    expect(workingMsBetween(early, at('2026-03-29T00:00+01:00'), at('2026-03-30T00:00+02:00'))).toBe(5 * HOUR);
    expect(workingMsBetween(early, at('2026-10-25T00:00+02:00'), at('2026-10-26T00:00+01:00'))).toBe(7 * HOUR);
  });

  it('of a repeated hour the first one opens', () => {
    const late = calendarOf('America/Los_Angeles', { 7: hours('01:30', '03:00') });
    expect(nextWorkingAt(late, at('2014-11-02T00:00-07:00'))).toBe(at('2014-11-02T01:30-07:00'));
  });

  it('a date that begins at one o’clock keeps its intervals apart', () => {
    const midnight = calendarOf('America/Sao_Paulo', { 6: hours('22:00', '24:00'), 7: hours('00:00', '02:00') });
    const found = workingSegments(midnight, at('2015-10-17T12:00-03:00')).take(2).toArray();
    expect(found).toEqual([
      { from: at('2015-10-17T22:00-03:00'), to: at('2015-10-18T03:00Z') },
      { from: at('2015-10-18T03:00Z'), to: at('2015-10-18T04:00Z') },
    ]);
  });

  it('a date that a zone left out has no working time', () => {
    const daily = calendarOf('Pacific/Apia', { 4: hours('09:00', '17:00'), 5: hours('09:00', '17:00') });
    const found = workingSegments(daily, at('2011-12-29T00:00-10:00')).take(2).toArray();
    expect(found.map(({ from }) => from)).toEqual([at('2011-12-29T09:00-10:00'), at('2012-01-05T09:00+14:00')]);
  });
});

describe('cases of other engines', () => {
  const mixed = {
    1: hours('09:00', '17:00'),
    2: hours('10:00', '16:00'),
    3: hours('09:00', '17:00'),
    4: hours('10:00', '16:00'),
    5: hours('09:00', '17:00'),
    6: hours('11:00', '14:30'),
  };
  const shifts = { '2006-01-04': hours('08:00', '12:00'), '2006-01-06': hours('09:00', '10:00') };
  const holidays = { '2006-01-16': [], '2006-01-18': [] };

  it.each([
    ['B1 a week', mixed, {}, '2006-01-01', '2006-01-08', 39.5],
    ['B1 reversed', mixed, {}, '2006-01-08', '2006-01-01', 0],
    ['B6 dates replace the week', mixed, { ...shifts, ...holidays }, '2006-01-01', '2006-01-08', 28.5],
    ['B7 days off', mixed, { ...shifts, ...holidays }, '2006-01-14', '2006-01-20', 15.5],
  ])('%s', (_, week, overrides, from, to, expected) => {
    const calendar = calendarOf('UTC', week, overrides);
    expect(workingMsBetween(calendar, at(`${from}T00:00Z`), at(`${to}T00:00Z`)) / HOUR).toBe(expected);
  });

  it('J1 hours that differ by weekday', () => {
    const calendar = calendarOf('UTC', {
      1: hours('09:00', '17:00'),
      2: hours('09:00', '16:00'),
      4: hours('08:00', '17:00'),
    });
    expect(addWorkingMs(calendar, at('2026-07-06T11:00Z'), 16 * HOUR)).toBe(at('2026-07-09T11:00Z'));
  });
});

describe('Russian production calendar', () => {
  it.each([
    ['R1 short day before 1 May', '2026-04-30 16:30', 2, '2026-05-04 10:30'],
    ['R2 9 May moved to Monday', '2026-05-08 15:00', 4, '2026-05-12 11:00'],
    ['R3 working Saturday', '2025-10-31 17:00', 3, '2025-11-01 11:00'],
    ['R4 new year 2026', '2025-12-30 17:00', 4, '2026-01-12 12:00'],
    ['R5 new year 2027', '2026-12-30 17:00', 4, '2027-01-11 12:00'],
    ['R6 working Saturday 2027', '2027-02-19 17:30', 2, '2027-02-20 10:30'],
    ['R8 8 March moved', '2026-03-06 17:00', 8, '2026-03-10 17:00'],
    ['R10 over 4 November', '2026-11-03 12:30', 4, '2026-11-05 09:30'],
    ['R12 4 and 5 November 2027', '2027-11-03 16:00', 2, '2027-11-08 10:00'],
    ['R13 30 April 2025 is short', '2025-04-30 16:00', 2, '2025-05-05 10:00'],
  ])('%s', (_, start, goal, due) => {
    expect(addWorkingMs(MOSCOW, msk(start), goal * HOUR)).toBe(msk(due));
  });
});

describe('properties', () => {
  it('a moment reached by adding is the first with that much working time', () => {
    fc.assert(
      fc.property(calendarArbitrary, instantArbitrary, goalArbitrary, (calendar, start, goal) => {
        const due = addWorkingMs(calendar, start, goal);
        expect(workingMsBetween(calendar, start, due)).toBe(goal);
        expect(workingMsBetween(calendar, start, due - 1)).toBe(goal - 1);
      }),
    );
  });

  it('working time adds up over any split, and equals the sum of its segments', () => {
    fc.assert(
      fc.property(
        calendarArbitrary,
        fc.tuple(instantArbitrary, instantArbitrary, instantArbitrary),
        (calendar, drawn) => {
          const [from = 0, middle = 0, to = 0] = drawn.toSorted((a, b) => a - b);
          const whole = workingMsBetween(calendar, from, to);
          expect(workingMsBetween(calendar, from, middle) + workingMsBetween(calendar, middle, to)).toBe(whole);
          let summed = 0;
          let previous = from;
          for (const segment of workingSegments(calendar, from)) {
            if (segment.from >= to) break;
            expect(segment.from).toBeGreaterThanOrEqual(previous);
            expect(segment.to).toBeGreaterThan(segment.from);
            previous = segment.to;
            summed += Math.min(segment.to, to) - segment.from;
          }
          expect(summed).toBe(whole);
        },
      ),
    );
  });

  it('the due moves forward with start and with goal', () => {
    fc.assert(
      fc.property(
        calendarArbitrary,
        fc.tuple(instantArbitrary, instantArbitrary),
        fc.tuple(goalArbitrary, goalArbitrary),
        (calendar, starts, goals) => {
          const [early, late] = [Math.min(...starts), Math.max(...starts)];
          const [small, large] = [Math.min(...goals), Math.max(...goals)];
          expect(addWorkingMs(calendar, early, small)).toBeLessThanOrEqual(addWorkingMs(calendar, late, small));
          expect(addWorkingMs(calendar, early, small)).toBeLessThanOrEqual(addWorkingMs(calendar, early, large));
        },
      ),
    );
  });

  it('without holidays and daylight saving time whole weeks move the due by whole weeks', () => {
    fc.assert(
      fc.property(instantArbitrary, goalArbitrary, fc.integer({ min: -50, max: 50 }), (start, goal, weeks) => {
        const shifted = addWorkingMs(PLAIN, start + weeks * WEEK_MS, goal);
        expect(shifted).toBe(addWorkingMs(PLAIN, start, goal) + weeks * WEEK_MS);
      }),
    );
  });

  it('drawn calendars are valid', () => {
    fc.assert(
      fc.property(calendarArbitrary, (calendar) => {
        expect(findCalendarProblems(calendar)).toEqual([]);
      }),
    );
  });
});
