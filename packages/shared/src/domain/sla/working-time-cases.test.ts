import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Calendar, ISO_WEEKDAYS, type WorkInterval } from './calendar.ts';
import { elapsedAt, readClock } from './clock-reading.ts';
import { explainClock } from './explain.ts';
import { bookOf, clockOf, type FactSketch, MINUTE } from './testing/clock-builder.ts';

interface CaseFile {
  readonly calendars: Record<string, CaseCalendar>;
  readonly cases: readonly Case[];
}

interface CaseCalendar {
  readonly tz: string;
  /** 0 = Monday. */
  readonly week: Record<string, [string, string][]>;
  readonly over: Record<string, [string, string][]>;
}

interface Case {
  readonly id: string;
  readonly kind: 'due' | 'elapsed';
  readonly cal: string;
  readonly start: string;
  readonly end?: string;
  /** Seconds. */
  readonly goal?: number;
  readonly pauses: [string, string][];
  readonly exp?: string;
  readonly expMinutes?: number;
}

const { calendars, cases }: CaseFile = JSON.parse(
  readFileSync(new URL('./fixtures/working-time-cases.json', import.meta.url), 'utf8'),
);

/** Where the domain decided against the engine that a case comes from. */
const DECIDED: Record<string, { due: string; why: string }> = {
  Z4: { due: '2013-06-04T16:00Z', why: 'a goal used up at closing time is due then, not at the next opening' },
  Z11: { due: '2016-11-09T09:26:36Z', why: 'milliseconds, no rounding to the minute' },
};

const instant = (text: string) => Date.parse(text);

function calendarOf(id: string): Calendar {
  const { tz, week, over } = calendars[id] ?? { tz: 'UTC', week: {}, over: {} };
  const intervals = (pairs: [string, string][] = []): WorkInterval[] => pairs.map(([from, to]) => ({ from, to }));
  return {
    id,
    version: 1,
    title: id,
    zone: tz,
    week: Object.fromEntries(ISO_WEEKDAYS.map((weekday) => [weekday, intervals(week[String(weekday - 1)])])),
    overrides: Object.fromEntries(
      Object.entries(over).map(([date, pairs]) => [
        date,
        { intervals: intervals(pairs), reason: { kind: 'custom', title: null, movedFrom: null } },
      ]),
    ),
    years: [],
  };
}

function clockOfCase({ cal, start, goal, pauses }: Case) {
  const calendar = calendarOf(cal);
  const sketches: FactSketch[] = [{ kind: 'start', at: instant(start), goalMs: (goal ?? 3600) * 1000, calendar }];
  for (const [from, to] of pauses)
    sketches.push({ kind: 'pause', at: instant(from) }, { kind: 'resume', at: instant(to) });
  return clockOf(sketches, bookOf(calendar));
}

describe('cases of working time', () => {
  it('are all here', () => {
    expect(cases.length).toBe(34);
  });

  it.each(cases.filter(({ kind }) => kind === 'due').map((one) => [one.id, one] as const))('%s is due', (id, one) => {
    const clock = clockOfCase(one);
    const expected = instant(DECIDED[id]?.due ?? one.exp ?? '');
    const reading = readClock(clock, expected);
    expect(reading.dueAt).toBe(expected);
    expect([reading.remainingMs, reading.breached]).toEqual([0, false]);
    expect(readClock(clock, expected + 1).breached).toBe(true);
    expect(explainClock(clock, expected).addsUp).toBe(true);
  });

  it.each(cases.filter(({ kind }) => kind === 'elapsed').map((one) => [one.id, one] as const))(
    '%s elapsed',
    (_, one) => {
      expect(elapsedAt(clockOfCase(one), instant(one.end ?? '')) / MINUTE).toBe(one.expMinutes);
    },
  );
});
