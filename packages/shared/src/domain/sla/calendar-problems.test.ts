import { describe, expect, it } from 'vitest';
import type { Calendar, DayReason } from './calendar.ts';
import { findCalendarProblems } from './calendar-problems.ts';
import { MOSCOW, PLAIN } from './testing/clock-builder.ts';

const problemsOf = (change: Partial<Calendar>) =>
  findCalendarProblems({ ...PLAIN, ...change }).map(({ path, code }) => `${path} ${code}`);

const onDate = (intervals: { from: string; to: string }[], reason: Partial<DayReason>) => ({
  intervals,
  reason: { kind: 'custom' as const, title: null, movedFrom: null, ...reason },
});

describe('calendar problems', () => {
  it('has nothing to say about the shipped calendar', () => {
    expect(findCalendarProblems(MOSCOW)).toEqual([]);
  });

  it('reports everything wrong at once, each with its path', () => {
    const week = {
      1: [
        { from: '09:00', to: '13:00' },
        { from: '12:00', to: '18:00' },
      ],
      2: [{ from: '9:00', to: '25:00' }],
      3: [{ from: '18:00', to: '09:00' }],
      8: [{ from: '09:00', to: '18:00' }],
    };
    expect(
      problemsOf({
        id: ' ',
        version: 0,
        title: '',
        zone: 'Europe/Atlantis',
        week,
        overrides: {
          '2026-02-30': onDate([], {}),
          '2026-05-09': onDate([{ from: '09:00', to: '10:00' }], { kind: 'holiday' }),
          '2026-05-08': onDate([], { kind: 'short' }),
          '2026-05-11': onDate([], { kind: 'moved', movedFrom: '9 мая' }),
        },
        years: [
          { year: 2026, confirmed: true, source: 'a', publishedOn: null },
          { year: 2026, confirmed: false, source: 'b', publishedOn: null },
        ],
      }),
    ).toEqual([
      'id id.missing',
      'version version.invalid',
      'title title.missing',
      'zone zone.unknown',
      'week.1.1 interval.overlap',
      'week.2.0.from time.malformed',
      'week.2.0.to time.malformed',
      'week.3.0 interval.empty',
      'week.8 weekday.unknown',
      'overrides.2026-02-30 date.unknown',
      'overrides.2026-05-09.reason reason.day_off_with_hours',
      'overrides.2026-05-08.reason reason.working_without_hours',
      'overrides.2026-05-11.reason.movedFrom moved_from.unknown',
      'years.1 year.repeated',
    ]);
  });

  it.each(['+03:00', '', 'Moscow'])('does not take %j for a zone', (zone) => {
    expect(problemsOf({ zone })).toEqual(['zone zone.unknown']);
  });

  it('lets a day end at 24:00 and refuses a week without work', () => {
    expect(problemsOf({ week: { 7: [{ from: '00:00', to: '24:00' }] } })).toEqual([]);
    expect(problemsOf({ week: { 1: [] } })).toEqual(['week week.empty']);
  });
});
