import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openClock } from './clock.ts';
import { elapsedAt, readClock } from './clock-reading.ts';
import { sketchesArbitrary } from './testing/arbitraries.ts';
import {
  bookOf,
  clockOf,
  type FactSketch,
  factsOf,
  HOUR,
  MINUTE,
  MOSCOW,
  msk,
  PLAIN,
} from './testing/clock-builder.ts';

const startAt = (text: string, goalMs = 8 * HOUR): FactSketch => ({ kind: 'start', at: msk(text), goalMs });
const pauseAt = (text: string, cause?: 'clarification' | 'reserve-mode'): FactSketch => ({
  kind: 'pause',
  at: msk(text),
  ...(cause === undefined ? {} : { cause }),
});
const resumeAt = (text: string, cause?: 'clarification' | 'reserve-mode'): FactSketch => ({
  kind: 'resume',
  at: msk(text),
  ...(cause === undefined ? {} : { cause }),
});

const open = (sketches: readonly FactSketch[]) => openClock(factsOf(...sketches), bookOf(MOSCOW, PLAIN));

describe('facts', () => {
  it('apply by time and then by sequence, whatever order they come in', () => {
    const facts = factsOf(startAt('2026-07-06 09:00'), pauseAt('2026-07-06 09:00'), resumeAt('2026-07-06 10:00'));
    const straight = openClock(facts, bookOf(MOSCOW));
    const shuffled = openClock(facts.toReversed(), bookOf(MOSCOW));
    expect(straight.refused).toEqual([]);
    expect(shuffled.clock?.facts).toEqual(straight.clock?.facts);
    expect(shuffled.clock?.runs).toEqual(straight.clock?.runs);
  });

  it('that do not fit change nothing and are reported with the rule', () => {
    const { clock, refused } = open([
      pauseAt('2026-07-06 08:00'),
      startAt('2026-07-06 09:00'),
      startAt('2026-07-06 09:30'),
      resumeAt('2026-07-06 10:00'),
      pauseAt('2026-07-06 11:00'),
      pauseAt('2026-07-06 11:30'),
      resumeAt('2026-07-06 11:40', 'reserve-mode'),
      resumeAt('2026-07-06 12:00'),
      { kind: 'retarget', at: msk('2026-07-06 12:10'), goalMs: 0 },
      { kind: 'retarget', at: msk('2026-07-06 12:11'), goalMs: HOUR, thresholds: [80, 50] },
      { kind: 'rebase', at: msk('2026-07-06 12:12'), calendar: { ...PLAIN, version: 9 }, scope: 'whole' },
      { kind: 'pause', at: Number.NaN },
      { kind: 'stop', at: msk('2026-07-06 13:00') },
      pauseAt('2026-07-06 14:00'),
      { kind: 'cancel', at: msk('2026-07-06 15:00') },
    ]);
    expect(refused.map(({ fact, code }) => `${fact.kind} ${code}`).toSorted()).toEqual(
      [
        'pause at_invalid',
        'pause not_started',
        'start already_started',
        'resume not_paused',
        'pause already_paused',
        'resume not_paused',
        'retarget goal_invalid',
        'retarget thresholds_invalid',
        'rebase calendar_unknown',
        'pause closed',
        'cancel closed',
      ].toSorted(),
    );
    expect(clock && readClock(clock, msk('2026-07-07 09:00')).elapsedMs).toBe(3 * HOUR);
    expect(clock?.revision).toBe(4);
  });

  it('without a start make no clock', () => {
    expect(open([pauseAt('2026-07-06 08:00')]).clock).toBeNull();
    expect(open([startAt('2026-07-06 08:00', 0)])).toMatchObject({ clock: null, refused: [{ code: 'goal_invalid' }] });
  });
});

describe('states', () => {
  const running = clockOf([startAt('2026-11-20 14:00', 4 * HOUR)]);
  const due = msk('2026-11-20 18:00');

  it('breached only after the due', () => {
    expect(readClock(running, due - 1)).toMatchObject({ state: 'running', remainingMs: 1, dueAt: due });
    expect(readClock(running, due)).toMatchObject({ state: 'running', remainingMs: 0, percent: 100, breached: false });
    expect(readClock(running, due + 1)).toMatchObject({ state: 'breached', remainingMs: 0, breached: true });
    expect(readClock(running, msk('2026-11-23 10:20'))).toMatchObject({ state: 'breached', remainingMs: -80 * MINUTE });
  });

  it('met until the due, stopped late after it; cancelled is neither', () => {
    const closed = (kind: 'stop' | 'cancel', at: number) =>
      readClock(clockOf([startAt('2026-11-20 14:00', 4 * HOUR), { kind, at }]), msk('2026-12-01 12:00'));
    expect(closed('stop', due)).toMatchObject({ state: 'met', breached: false, closedAt: due, dueAt: due });
    expect(closed('stop', due + 1)).toMatchObject({ state: 'stopped-late', elapsedMs: 4 * HOUR });
    expect(closed('stop', msk('2026-11-20 15:00'))).toMatchObject({ state: 'met', elapsedMs: HOUR, dueAt: due });
    expect(closed('cancel', due + 1).state).toBe('cancelled');
  });

  it('before the start nothing is used', () => {
    expect(readClock(running, msk('2026-11-20 09:00'))).toMatchObject({ state: 'running', elapsedMs: 0, dueAt: due });
  });

  it('an instant before the last fact reads what was known then', () => {
    const clock = clockOf([
      startAt('2026-07-06 09:00', HOUR),
      pauseAt('2026-07-06 09:30'),
      { kind: 'retarget', at: msk('2026-07-06 10:00'), goalMs: 5 * HOUR },
    ]);
    expect(readClock(clock, msk('2026-07-06 09:10'))).toMatchObject({
      state: 'running',
      goalMs: HOUR,
      dueAt: msk('2026-07-06 10:00'),
      revision: 1,
    });
  });
});

describe('pauses', () => {
  it('leave no due, only the one if the clock went on now', () => {
    const clock = clockOf([startAt('2026-07-06 09:00', 2 * HOUR), pauseAt('2026-07-06 10:00')]);
    expect(readClock(clock, msk('2026-07-06 12:30'))).toMatchObject({
      state: 'paused',
      dueAt: null,
      dueIfResumedAt: msk('2026-07-06 14:30'),
      pausedSince: msk('2026-07-06 10:00'),
      elapsedMs: HOUR,
      thresholds: [
        { percent: 50, at: msk('2026-07-06 10:00'), passed: true, atIfResumed: null },
        { percent: 80, at: null, passed: false, atIfResumed: msk('2026-07-06 14:06') },
        { percent: 100, at: null, passed: false, atIfResumed: msk('2026-07-06 14:30') },
      ],
    });
  });

  it('begun at the moment the goal is used up come too late (E1)', () => {
    const clock = clockOf([startAt('2026-07-06 09:00'), pauseAt('2026-07-06 18:00'), resumeAt('2026-07-07 09:00')]);
    expect(readClock(clock, msk('2026-07-07 09:00')).dueAt).toBe(msk('2026-07-06 18:00'));
  });

  it('of several causes end with the last', () => {
    const clock = clockOf([
      startAt('2026-07-06 09:00'),
      pauseAt('2026-07-06 10:00', 'clarification'),
      pauseAt('2026-07-06 11:00', 'reserve-mode'),
      resumeAt('2026-07-06 12:00', 'clarification'),
      resumeAt('2026-07-06 12:30', 'reserve-mode'),
    ]);
    expect(elapsedAt(clock, msk('2026-07-06 13:00'))).toBe(90 * MINUTE);
    expect(readClock(clock, msk('2026-07-06 12:10'))).toMatchObject({
      pausedSince: msk('2026-07-06 11:00'),
      openPauses: [{ cause: 'reserve-mode' }],
    });
  });

  it('over holidays move the due by working time only (R7)', () => {
    const clock = clockOf([startAt('2026-06-10 16:00'), pauseAt('2026-06-11 10:00'), resumeAt('2026-06-15 11:00')]);
    expect(readClock(clock, msk('2026-06-15 11:00')).dueAt).toBe(msk('2026-06-15 17:00'));
  });

  it('to the second, several in a row (G2)', () => {
    const seconds = (text: string) => Date.parse(`2034-06-09T${text}Z`);
    const calendar = { ...PLAIN, id: 'g', zone: 'UTC', week: { 5: [{ from: '08:30', to: '19:00' }] } };
    const pauses: [string, string][] = [
      ['08:47:42', '10:05:54'],
      ['10:09:13', '10:34:38'],
      ['10:43:41', '11:29:17'],
    ];
    const clock = clockOf(
      [
        { kind: 'start', at: seconds('08:46:12'), goalMs: 30 * MINUTE, calendar },
        ...pauses.flatMap(([from, to]): FactSketch[] => [
          { kind: 'pause', at: seconds(from) },
          { kind: 'resume', at: seconds(to) },
        ]),
      ],
      bookOf(calendar),
    );
    expect(readClock(clock, seconds('11:29:17')).dueAt).toBe(seconds('11:45:25'));
  });
});

describe('another goal or calendar', () => {
  it('a retarget keeps the start and the pauses before it', () => {
    const before: FactSketch[] = [
      startAt('2026-07-06 09:00', HOUR),
      pauseAt('2026-07-06 09:30'),
      resumeAt('2026-07-06 11:30'),
    ];
    const late = clockOf([...before, { kind: 'retarget', at: msk('2026-07-06 16:00'), goalMs: 4 * HOUR }]);
    expect(readClock(late, msk('2026-07-06 16:00'))).toMatchObject({
      startedAt: msk('2026-07-06 09:00'),
      dueAt: msk('2026-07-06 16:00'),
      breached: false,
      elapsedMs: 4 * HOUR,
    });
  });

  const jubilee = {
    ...MOSCOW,
    version: 4,
    overrides: {
      ...MOSCOW.overrides,
      '2026-07-07': { intervals: [], reason: { kind: 'custom' as const, title: 'Юбилей', movedFrom: null } },
    },
  };
  const rebased = (scope: 'whole' | 'ahead', at: string) =>
    clockOf(
      [startAt('2026-07-06 17:00', 4 * HOUR), { kind: 'rebase', at: msk(at), calendar: jubilee, scope }],
      bookOf(MOSCOW, jubilee),
    );

  it('a rebase of the whole clock counts it anew, one ahead keeps what was used', () => {
    expect(readClock(rebased('whole', '2026-07-07 11:00'), msk('2026-07-07 12:00'))).toMatchObject({
      elapsedMs: HOUR,
      dueAt: msk('2026-07-08 12:00'),
      calendar: { id: 'ru', version: 4 },
    });
    expect(readClock(rebased('ahead', '2026-07-07 11:00'), msk('2026-07-07 12:00'))).toMatchObject({
      elapsedMs: 3 * HOUR,
      dueAt: msk('2026-07-08 10:00'),
    });
  });
});

describe('properties', () => {
  const sketches = sketchesArbitrary(PLAIN);
  const anyInstant = fc.integer({ min: msk('2026-01-01 00:00'), max: msk('2027-03-01 00:00') });

  it('every fact is applied or reported, and elapsed splits at any instant', () => {
    fc.assert(
      fc.property(sketches, fc.tuple(anyInstant, anyInstant), (drawn, instants) => {
        const { clock, refused } = open(drawn);
        expect((clock?.facts.length ?? 0) + refused.length).toBe(drawn.length);
        if (clock === null) return;
        const [early, late] = [Math.min(...instants), Math.max(...instants)];
        const between = clock.runs
          .filter(({ pauses }) => pauses.length === 0)
          .reduce((sum, { from, to }) => sum + elapsedOf(Math.max(from, early), Math.min(to ?? late, late)), 0);
        expect(elapsedAt(clock, late) - elapsedAt(clock, early)).toBe(between);
      }),
    );
  });

  it('a due is where elapsed reaches the goal, thresholds come in order before it', () => {
    fc.assert(
      fc.property(sketches, anyInstant, (drawn, now) => {
        const clock = open(drawn).clock;
        if (clock === null) return;
        const reading = readClock(clock, Math.max(now, clock.facts.at(-1)?.at ?? now));
        const { dueAt, goalMs, thresholds } = reading;
        if (dueAt !== null) {
          expect(elapsedAt(clock, dueAt)).toBe(goalMs);
          expect(elapsedAt(clock, dueAt - 1)).toBe(goalMs - 1);
        }
        const times = thresholds.map(({ at }) => at ?? Number.POSITIVE_INFINITY);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(times.at(-1)).toBe(dueAt ?? Number.POSITIVE_INFINITY);
      }),
    );
  });

  it('a pause that ends at once changes nothing', () => {
    fc.assert(
      fc.property(anyInstant, anyInstant, fc.integer({ min: 1, max: 40 * HOUR }), (start, blink, goalMs) => {
        const begin: FactSketch = { kind: 'start', at: start, goalMs, calendar: PLAIN };
        const at = Math.max(start, blink);
        const plain = clockOf([begin]);
        const blinked = clockOf([begin, { kind: 'pause', at }, { kind: 'resume', at }]);
        expect(blinked.runs).toEqual(plain.runs);
        expect(readClock(blinked, at)).toEqual({ ...readClock(plain, at), revision: 3 });
      }),
    );
  });

  it('a pause outside working time adds nothing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 0, max: 15 * HOUR }),
        fc.integer({ min: 0, max: 15 * HOUR }),
        fc.integer({ min: 1, max: 100 * HOUR }),
        (day, one, two, goalMs) => {
          // From 18:00 to 09:00 local time of Yekaterinburg (UTC+5), any day.
          const closing = Date.UTC(2026, 0, 5, 13) + day * 24 * HOUR;
          const begin: FactSketch = { kind: 'start', at: closing - 30 * HOUR, goalMs, calendar: PLAIN };
          const plain = readClock(clockOf([begin]), closing + 100 * HOUR);
          const paused = readClock(
            clockOf([
              begin,
              { kind: 'pause', at: closing + Math.min(one, two) },
              { kind: 'resume', at: closing + Math.max(one, two) },
            ]),
            closing + 100 * HOUR,
          );
          expect(paused).toEqual({ ...plain, revision: 3 });
        },
      ),
    );
  });

  it('a retarget moves neither start nor elapsed, whenever it comes', () => {
    fc.assert(
      fc.property(sketches, fc.integer({ min: 1, max: 60 * HOUR }), (drawn, goalMs) => {
        const last = drawn.at(-1)?.at ?? 0;
        const before = open(drawn).clock;
        if (before === null || before.closedAt !== null) return;
        const after = open([...drawn, { kind: 'retarget', at: last, goalMs }]).clock;
        expect(after?.runs).toEqual(before.runs);
        expect(after?.goal.goalMs).toBe(goalMs);
        expect(after && readClock(after, last).elapsedMs).toBe(readClock(before, last).elapsedMs);
      }),
    );
  });

  function elapsedOf(from: number, to: number): number {
    return to > from ? elapsedAt(clockOf([{ kind: 'start', at: from, goalMs: 1, calendar: PLAIN }]), to) : 0;
  }
});
