import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openClock } from './clock.ts';
import { readClock } from './clock-reading.ts';
import { explainClock } from './explain.ts';
import { calendarArbitrary, sketchesArbitrary } from './testing/arbitraries.ts';
import { bookOf, clockOf, type FactSketch, factsOf, HOUR, MINUTE, msk, person } from './testing/clock-builder.ts';

const hm = (hours: number, minutes: number) => hours * HOUR + minutes * MINUTE;
const moscowTime = new Intl.DateTimeFormat('ru', {
  timeZone: 'Europe/Moscow',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
});
const span = ({ from, to }: { from: number; to: number }) => `${moscowTime.format(from)} – ${moscowTime.format(to)}`;

const FACTS: FactSketch[] = [
  { kind: 'start', at: msk('2026-05-07 09:48'), goalMs: 8 * HOUR, reason: 'Заявка из 1С:УТ' },
  {
    kind: 'pause',
    at: msk('2026-05-07 15:40'),
    actor: person('Кравцова А. В.'),
    waitingFor: person('Ильин П. С.'),
    reason: 'Какой объём во II квартале?',
  },
  { kind: 'resume', at: msk('2026-05-08 16:10'), actor: person('Ильин П. С.') },
];

describe('a request of 7 May read on 12 May 2026', () => {
  const tape = explainClock(clockOf(FACTS), msk('2026-05-12 10:24'));

  it('has the parts that a person would write down', () => {
    const rows = tape.parts.map((part) => [
      part.kind,
      span(part),
      part.reasons[0].code,
      part.wallMs / MINUTE,
      part.countedMs / MINUTE,
      part.cumulativeMs === null ? null : part.cumulativeMs / MINUTE,
      part.percent === null ? null : Number(part.percent.toFixed(1)),
    ]);
    expect(rows).toEqual([
      ['working', '07, 09:48 – 07, 13:00', 'started', 192, 192, 192, 40],
      ['lunch', '07, 13:00 – 07, 14:00', 'calendar', 60, 0, null, null],
      ['working', '07, 14:00 – 07, 15:40', 'after-lunch', 100, 100, 292, 60.8],
      ['pause', '07, 15:40 – 08, 16:10', 'pause', 24 * 60 + 30, 0, null, null],
      ['working', '08, 16:10 – 08, 17:00', 'short-day', 50, 50, 342, 71.3],
      ['day-off', '08, 17:00 – 12, 09:00', 'days-off', 88 * 60, 0, null, null],
      ['working', '12, 09:00 – 12, 10:24', 'until-now', 84, 84, 426, 88.8],
      ['remaining', '12, 10:24 – 12, 11:18', 'until-due', 54, 54, 480, 100],
    ]);
  });

  it('reads 7 h 06 min of 8 h, due on Tuesday at 11:18', () => {
    expect(tape.reading).toMatchObject({
      state: 'running',
      elapsedMs: hm(7, 6),
      remainingMs: hm(0, 54),
      percent: 88.75,
      dueAt: msk('2026-05-12 11:18'),
    });
    expect(tape.reading.thresholds.map(({ percent, at }) => [percent, at])).toEqual([
      [50, msk('2026-05-07 14:48')],
      [80, msk('2026-05-12 09:42')],
      [100, msk('2026-05-12 11:18')],
    ]);
  });

  it('adds up: 121 h 30 min = 8 h counted and left + 1 h lunch + 24 h 30 min pause + 88 h off', () => {
    expect(tape.addsUp).toBe(true);
    expect(tape.totals).toEqual({
      wallMs: hm(121, 30),
      countedMs: hm(7, 6),
      overdueMs: 0,
      remainingMs: hm(0, 54),
      lunchMs: HOUR,
      pauseMs: hm(24, 30),
      offMs: 88 * HOUR,
    });
  });

  it('gives the reasons as data: who asked, who answered, which days are off and why', () => {
    const [started, , , pause, shortDay, off] = tape.parts;
    expect(started?.reasons[0]).toEqual({ code: 'started', reason: 'Заявка из 1С:УТ', by: null });
    expect(pause?.workingMs).toBe(hm(8, 30));
    expect(pause?.reasons[0]).toMatchObject({
      pauses: [
        {
          cause: 'clarification',
          reason: 'Какой объём во II квартале?',
          actor: { name: 'Кравцова А. В.' },
          waitingFor: { name: 'Ильин П. С.' },
          resumeActor: { name: 'Ильин П. С.' },
        },
      ],
    });
    expect(shortDay?.reasons).toEqual([{ code: 'short-day', until: msk('2026-05-08 17:00') }, { code: 'after-pause' }]);
    expect(off?.reasons[0]).toEqual({
      code: 'days-off',
      days: [
        { date: '2026-05-09', reason: { kind: 'holiday', title: 'День Победы', movedFrom: null } },
        { date: '2026-05-10', reason: null },
        { date: '2026-05-11', reason: { kind: 'moved', title: null, movedFrom: '2026-05-09' } },
      ],
    });
  });

  it('has a header for each date', () => {
    expect(
      tape.days.map(({ date, isoWeekday, kind, normMs, closesAt }) => [
        date,
        isoWeekday,
        kind,
        normMs / HOUR,
        closesAt,
      ]),
    ).toEqual([
      ['2026-05-07', 4, 'working', 8, msk('2026-05-07 18:00')],
      ['2026-05-08', 5, 'short', 7, msk('2026-05-08 17:00')],
      ['2026-05-09', 6, 'holiday', 0, null],
      ['2026-05-10', 7, 'weekend', 0, null],
      ['2026-05-11', 1, 'moved', 0, null],
      ['2026-05-12', 2, 'working', 8, msk('2026-05-12 18:00')],
    ]);
    expect(tape.days.every(({ confirmed }) => confirmed)).toBe(true);
  });

  it('splits the pause by date with the working time of each', () => {
    const pauses = tape.days.flatMap(({ date, pieces }) =>
      pieces.filter(({ kind }) => kind === 'pause').map(({ workingMs }) => [date, workingMs / MINUTE]),
    );
    expect(pauses).toEqual([
      ['2026-05-07', 140],
      ['2026-05-08', 370],
    ]);
  });
});

describe('the same request while it was paused', () => {
  const tape = explainClock(clockOf(FACTS), msk('2026-05-08 14:20'));

  it('has no due, shows where the rest would fall, and says so', () => {
    expect(tape.reading).toMatchObject({
      state: 'paused',
      dueAt: null,
      dueIfResumedAt: msk('2026-05-12 09:28'),
      remainingMs: hm(3, 8),
    });
    const ahead = tape.parts.filter(({ projected }) => projected);
    expect(ahead.map((part) => [part.kind, span(part), part.countedMs / MINUTE])).toEqual([
      ['remaining', '08, 14:20 – 08, 17:00', 160],
      ['day-off', '08, 17:00 – 12, 09:00', 0],
      ['remaining', '12, 09:00 – 12, 09:28', 28],
    ]);
    expect(tape.addsUp).toBe(true);
  });

  it('does not know yet who will answer', () => {
    expect(tape.parts[3]?.reasons[0]).toMatchObject({ code: 'pause', pauses: [{ to: null, resumeActor: null }] });
  });
});

describe('other clocks', () => {
  it('work after the due is overdue and counts', () => {
    const clock = clockOf([{ kind: 'start', at: msk('2026-07-06 10:00'), goalMs: HOUR }]);
    const { parts, totals, addsUp } = explainClock(clock, msk('2026-07-06 12:20'));
    expect(parts.map((part) => [part.kind, span(part), part.reasons.map(({ code }) => code)])).toEqual([
      ['working', '06, 10:00 – 06, 11:00', ['started']],
      ['overdue', '06, 11:00 – 06, 12:20', ['after-due', 'until-now']],
    ]);
    expect([totals.overdueMs, totals.countedMs, addsUp]).toEqual([80 * MINUTE, 140 * MINUTE, true]);
  });

  it('a stopped clock ends at the stop and has nothing ahead', () => {
    const clock = clockOf([
      { kind: 'start', at: msk('2026-07-06 10:00'), goalMs: 4 * HOUR },
      { kind: 'stop', at: msk('2026-07-06 12:00') },
    ]);
    const { parts, addsUp } = explainClock(clock, msk('2026-08-01 12:00'));
    expect(parts.map(({ kind, reasons }) => [kind, reasons.at(-1)?.code])).toEqual([['working', 'until-stop']]);
    expect(addsUp).toBe(true);
  });

  it('a working Saturday says until when, an unconfirmed year says its number', () => {
    const clock = clockOf([{ kind: 'start', at: msk('2027-02-19 17:30'), goalMs: 2 * HOUR }]);
    const { parts, days, unconfirmedYears } = explainClock(clock, msk('2027-02-20 10:00'));
    expect(parts[2]?.reasons[0]).toEqual({ code: 'working-weekend', until: msk('2027-02-20 17:00') });
    expect(days.map(({ kind, confirmed }) => [kind, confirmed])).toEqual([
      ['working', false],
      ['working-weekend', false],
    ]);
    expect(unconfirmedYears).toEqual([2027]);
  });

  it('read at night, the part of the night ahead is apart from the part behind', () => {
    const clock = clockOf([{ kind: 'start', at: msk('2026-07-06 17:00'), goalMs: 2 * HOUR }]);
    const { parts } = explainClock(clock, msk('2026-07-06 22:00'));
    expect(parts.map((part) => [part.kind, span(part), part.projected])).toEqual([
      ['working', '06, 17:00 – 06, 18:00', false],
      ['night', '06, 18:00 – 06, 22:00', false],
      ['night', '06, 22:00 – 07, 09:00', true],
      ['remaining', '07, 09:00 – 07, 10:00', true],
    ]);
  });

  it('before its start a clock is all remaining', () => {
    const clock = clockOf([{ kind: 'start', at: msk('2026-07-06 10:00'), goalMs: HOUR }]);
    const { parts, addsUp } = explainClock(clock, msk('2026-07-06 09:00'));
    expect(parts.map(({ kind }) => kind)).toEqual(['remaining']);
    expect(addsUp).toBe(true);
  });
});

describe('any calendar, any facts, any instant', () => {
  it('the parts meet, and add up to elapsed, remaining and the time passed', () => {
    fc.assert(
      fc.property(
        calendarArbitrary.chain((calendar) => fc.tuple(fc.constant(calendar), sketchesArbitrary(calendar))),
        fc.integer({ min: -HOUR, max: 900 * HOUR }),
        ([calendar, sketches], offset) => {
          const { clock } = openClock(factsOf(...sketches), bookOf(calendar));
          if (clock === null) return;
          const now = clock.startedAt + offset;
          const { parts, days, addsUp, totals } = explainClock(clock, now);
          const reading = readClock(clock, now);
          expect(addsUp).toBe(true);
          let edge = clock.startedAt;
          for (const part of parts) {
            expect(part.from).toBe(edge);
            expect(part.wallMs).toBe(part.to - part.from);
            edge = part.to;
          }
          const past = parts.filter(({ projected }) => !projected);
          expect(past.reduce((sum, { countedMs }) => sum + countedMs, 0)).toBe(reading.elapsedMs);
          expect(past.at(-1)?.to ?? clock.startedAt).toBe(Math.max(reading.closedAt ?? now, clock.startedAt));
          expect(totals.overdueMs).toBe(Math.max(0, -reading.remainingMs));
          // The dates cut the same tape differently: nothing is lost at midnight.
          const pieces = days.flatMap((day) => day.pieces);
          expect(pieces.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(totals.wallMs);
          expect(pieces.reduce((sum, { workingMs }) => sum + workingMs, 0)).toBe(
            parts.reduce((sum, { workingMs }) => sum + workingMs, 0),
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});
