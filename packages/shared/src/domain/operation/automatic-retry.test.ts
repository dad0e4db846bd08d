import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERROR_CLASSES, type ErrorClass } from '../delivery/error-cause.ts';
import {
  type AutomaticPolicy,
  BUDGET_SPAN_MS,
  budgetLeft,
  chooseDue,
  type FailedDelivery,
  type HoldFacts,
  holdOf,
  judgeFailed,
  retriedClasses,
  STOPPED_PAUSE_MS,
  shortestPauseMs,
} from './automatic-retry.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const POLICY: AutomaticPolicy = {
  pausesMs: { transport: [30 * SECOND, 2 * MINUTE, 10 * MINUTE], capacity: [5 * MINUTE] },
  perHour: 3,
  ratePerSecond: 1,
};
const FAILED: FailedDelivery = {
  deliveryId: 'd1',
  errorClass: 'transport',
  failedAt: 0,
  tries: 0,
  triedAt: null,
  provable: true,
  obstacle: null,
  overtaken: false,
  behind: false,
  claimed: false,
};
const FREE: HoldFacts = { now: 0, paused: false, maintenanceUntil: null, away: null, stoppedAt: null, begun: [] };

const errorClass = fc.constantFrom(...ERROR_CLASSES);
const pausesMs = fc.dictionary(
  errorClass,
  fc.array(fc.integer({ min: 10 * SECOND, max: 30 * MINUTE }), { minLength: 1, maxLength: 4 }),
  { minKeys: 1 },
) as fc.Arbitrary<AutomaticPolicy['pausesMs']>;
const policies: fc.Arbitrary<AutomaticPolicy> = fc.record({
  pausesMs,
  perHour: fc.integer({ min: 1, max: 6 }),
  ratePerSecond: fc.constant(1),
});
const failures = fc.record({
  errorClass: fc.option(errorClass),
  failedAt: fc.integer({ min: 0, max: 2 * BUDGET_SPAN_MS }),
  tries: fc.nat({ max: 5 }),
  triedAt: fc.option(fc.nat({ max: 2 * BUDGET_SPAN_MS })),
  provable: fc.boolean(),
  obstacle: fc.constantFrom(null, null, null, 'no_record', 'replaced'),
  overtaken: fc.boolean(),
  behind: fc.boolean(),
  claimed: fc.boolean(),
});
const several = fc
  .array(failures, { maxLength: 12 })
  .map((all) => all.map((one, index): FailedDelivery => ({ ...one, deliveryId: `d${index}` })));
const instants = fc.array(fc.integer({ min: 0, max: 3 * BUDGET_SPAN_MS }), { maxLength: 12 });

describe('a failed delivery', () => {
  it('is tried after the pause of its class, as often as the class has pauses', () => {
    expect(judgeFailed(POLICY, FAILED)).toEqual({ kind: 'due', at: 30 * SECOND, nth: 1, of: 3 });
    expect(judgeFailed(POLICY, { ...FAILED, failedAt: MINUTE, tries: 2 })).toEqual({
      kind: 'due',
      at: 11 * MINUTE,
      nth: 3,
      of: 3,
    });
    expect(judgeFailed(POLICY, { ...FAILED, tries: 3 })).toEqual({ kind: 'left', reason: 'tries_spent' });
    expect(judgeFailed(POLICY, { ...FAILED, errorClass: 'capacity' })).toMatchObject({ at: 5 * MINUTE, of: 1 });
  });

  it('has spent its tries also where its error has changed its class since', () => {
    expect(judgeFailed(POLICY, { ...FAILED, errorClass: 'capacity', tries: 1 })).toEqual({
      kind: 'left',
      reason: 'tries_spent',
    });
  });

  it.each([
    ['an error of another class', { errorClass: 'validation' }, 'class'],
    ['an error without a class', { errorClass: null }, 'class'],
    ['a target that cannot be asked', { provable: false }, 'not_provable'],
    ['nothing to send', { obstacle: 'no_record' }, 'obstacle'],
    ['a newer message that went through', { overtaken: true }, 'overtaken'],
    ['a newer message that went through, behind an older one', { overtaken: true, behind: true }, 'overtaken'],
    ['its tries spent, behind an older one', { tries: 3, behind: true }, 'tries_spent'],
  ] as const)('is left to people: %s', (_name, more, reason) => {
    expect(judgeFailed(POLICY, { ...FAILED, ...more })).toEqual({ kind: 'left', reason });
  });

  it('counts its pause from the end of the last try where the clock of the system is behind', () => {
    expect(judgeFailed(POLICY, { ...FAILED, failedAt: 0, triedAt: 60 * MINUTE, tries: 1 })).toMatchObject({
      at: 62 * MINUTE,
    });
  });

  it('is nobody else’s to decide while an operation has it', () => {
    expect(judgeFailed(POLICY, { ...FAILED, claimed: true, overtaken: true })).toEqual({ kind: 'claimed' });
  });

  it('waits for an older one of its document', () => {
    expect(judgeFailed(POLICY, { ...FAILED, behind: true })).toEqual({ kind: 'behind' });
    expect(chooseDue(POLICY, [{ ...FAILED, behind: true }], { now: BUDGET_SPAN_MS, left: 9 })).toEqual([]);
  });

  it('is due only where everything allows it, and never before its pause is over', () => {
    fc.assert(
      fc.property(policies, several, (policy, all) => {
        for (const one of all) {
          const verdict = judgeFailed(policy, one);
          const pauses = one.errorClass === null ? [] : (policy.pausesMs[one.errorClass] ?? []);
          const mayGo = one.provable && one.obstacle === null && !one.overtaken && !one.behind && !one.claimed;
          expect(verdict.kind === 'due').toBe(mayGo && one.tries < pauses.length);
          if (verdict.kind !== 'due') continue;
          expect(verdict).toMatchObject({ nth: one.tries + 1, of: pauses.length });
          expect(verdict.at - Math.max(one.failedAt, one.triedAt ?? 0)).toBe(pauses[one.tries]);
          expect(verdict.at - one.failedAt).toBeGreaterThanOrEqual(shortestPauseMs(policy));
          expect(retriedClasses(policy)).toContain(one.errorClass);
        }
      }),
    );
  });
});

describe('what is chosen', () => {
  it('is what is longest overdue, in an order that does not depend on how it was read', () => {
    const late = { ...FAILED, deliveryId: 'late', failedAt: 10 };
    const [b, a] = [
      { ...FAILED, deliveryId: 'b' },
      { ...FAILED, deliveryId: 'a' },
    ];
    expect(chooseDue(POLICY, [late, b, a], { now: MINUTE, left: 2 })).toEqual(['a', 'b']);
    expect(chooseDue(POLICY, [late, b, a], { now: 30 * SECOND, left: 9 })).toEqual(['a', 'b']);
    expect(chooseDue(POLICY, [late, b, a], { now: MINUTE, left: -1 })).toEqual([]);
  });

  it('is of one try only: what has failed again does not hold up what was not tried yet', () => {
    const again = { ...FAILED, deliveryId: 'again', tries: 1 };
    const fresh = { ...FAILED, deliveryId: 'fresh', failedAt: MINUTE };
    const at = { now: 30 * MINUTE, left: 9 };
    expect(chooseDue(POLICY, [again, fresh], at)).toEqual(['fresh']);
    expect(chooseDue(POLICY, [again], at)).toEqual(['again']);
  });

  it('is due, never more than is left, and leaves nothing out that would have come earlier', () => {
    fc.assert(
      fc.property(
        policies,
        several,
        fc.nat({ max: 3 * BUDGET_SPAN_MS }),
        fc.nat({ max: 8 }),
        (policy, all, now, left) => {
          const chosen = chooseDue(policy, all, { now, left });
          const due = new Map(
            all.flatMap((one) => {
              const verdict = judgeFailed(policy, one);
              return verdict.kind === 'due' && verdict.at <= now ? [[one.deliveryId, verdict] as const] : [];
            }),
          );
          const first = Math.min(...[...due.values()].map(({ nth }) => nth));
          const dueAt = new Map([...due].flatMap(([id, { at, nth }]) => (nth === first ? [[id, at] as const] : [])));
          expect(new Set(chosen).size).toBe(chosen.length);
          expect(chosen).toHaveLength(Math.min(left, dueAt.size));
          const last = Math.max(...chosen.map((id) => dueAt.get(id) ?? Number.NaN));
          for (const [id, at] of dueAt) if (!chosen.includes(id)) expect(at).toBeGreaterThanOrEqual(last);
          expect(chooseDue(policy, all.toReversed(), { now, left })).toEqual(chosen);
        },
      ),
    );
  });
});

describe('what holds a flow back', () => {
  const spent = [1, 2, 3];
  const everything: HoldFacts = {
    now: MINUTE,
    paused: true,
    maintenanceUntil: 2 * MINUTE,
    away: 'ut',
    stoppedAt: MINUTE,
    begun: spent,
  };

  it('is named one by one: a person first, the budget last', () => {
    expect(holdOf(POLICY, everything)).toEqual({ kind: 'paused' });
    const unpaused = { ...everything, paused: false };
    expect(holdOf(POLICY, unpaused)).toEqual({ kind: 'maintenance', until: 2 * MINUTE });
    const worked = { ...unpaused, maintenanceUntil: null };
    expect(holdOf(POLICY, worked)).toEqual({ kind: 'circuit', system: 'ut' });
    const back = { ...worked, away: null };
    expect(holdOf(POLICY, back)).toEqual({ kind: 'stopped', until: MINUTE + STOPPED_PAUSE_MS });
    expect(holdOf(POLICY, { ...back, stoppedAt: null })).toEqual({ kind: 'budget', until: 1 + BUDGET_SPAN_MS });
    expect(holdOf(POLICY, FREE)).toBeNull();
  });

  it('ends after a stop to the millisecond', () => {
    const stopped = { ...FREE, stoppedAt: 0 };
    expect(holdOf(POLICY, { ...stopped, now: STOPPED_PAUSE_MS - 1 })).toEqual({
      kind: 'stopped',
      until: STOPPED_PAUSE_MS,
    });
    expect(holdOf(POLICY, { ...stopped, now: STOPPED_PAUSE_MS })).toBeNull();
    // A stop that lies ahead comes from a clock that was set back.
    expect(holdOf(POLICY, { ...stopped, now: -1 })).toBeNull();
  });

  it('is the budget exactly while nothing is left of it, until the moment that is told', () => {
    fc.assert(
      fc.property(policies, instants, fc.nat({ max: 3 * BUDGET_SPAN_MS }), (policy, begun, now) => {
        const hold = holdOf(policy, { ...FREE, now, begun });
        if (hold === null) {
          expect(budgetLeft(policy, { now, begun })).toBeGreaterThan(0);
          return;
        }
        if (hold.kind !== 'budget') throw new Error(`held by ${hold.kind}`);
        expect(hold.until).toBeGreaterThan(now);
        expect(budgetLeft(policy, { now: hold.until, begun })).toBeGreaterThan(0);
        expect(budgetLeft(policy, { now: hold.until - 1, begun })).toBe(0);
        expect(budgetLeft(policy, { now, begun })).toBe(0);
      }),
    );
  });
});

describe('the budget', () => {
  it('counts the tries of the last hour and not the one that began an hour ago', () => {
    expect(budgetLeft(POLICY, { now: BUDGET_SPAN_MS, begun: [0, 1, BUDGET_SPAN_MS] })).toBe(1);
    expect(budgetLeft(POLICY, { now: BUDGET_SPAN_MS, begun: [1, 2, 3, 4] })).toBe(0);
  });

  it('gives nothing away when the clock was set back', () => {
    expect(budgetLeft(POLICY, { now: 0, begun: [BUDGET_SPAN_MS, BUDGET_SPAN_MS + 1] })).toBe(1);
  });
});

/** One thing that happens to a flow; `choice` picks the class of an error, how many of a batch begin, or whether its rest is given back. */
interface Happening {
  readonly afterMs: number;
  readonly what: 'fails' | 'round' | 'begins' | 'ends';
  readonly choice: number;
}

interface Simulated {
  state: 'failed' | 'batched' | 'sent' | 'done';
  errorClass: ErrorClass;
  failedAt: number;
  tries: number;
}

interface Try {
  readonly id: string;
  readonly at: number;
  readonly failedAt: number;
  readonly errorClass: ErrorClass;
}

/** Plays a flow by the rules alone: one batch at a time, whose items begin and end whenever it suits them, or never. */
function play(policy: AutomaticPolicy, happenings: readonly Happening[]): Try[] {
  const deliveries = new Map<string, Simulated>();
  const tries: Try[] = [];
  const classes = retriedClasses(policy);
  let now = 0;
  const inState = (state: Simulated['state']) => [...deliveries].filter(([, one]) => one.state === state);
  for (const { afterMs, what, choice } of happenings) {
    now += afterMs;
    if (what === 'fails') {
      const kind = classes[choice % classes.length] ?? 'transport';
      deliveries.set(`d${deliveries.size}`, { state: 'failed', errorClass: kind, failedAt: now, tries: 0 });
    } else if (what === 'round') {
      // What of the last batch has not begun was given back before the next one is opened.
      for (const [, one] of inState('batched')) if (choice % 2 === 0) one.state = 'failed';
      if (inState('batched').length > 0) continue;
      const begun = tries.map(({ at }) => at);
      if (holdOf(policy, { ...FREE, now, begun }) !== null) continue;
      const failed = inState('failed').map(([id, one]): FailedDelivery => ({ ...FAILED, ...one, deliveryId: id }));
      const batch = chooseDue(policy, failed, { now, left: budgetLeft(policy, { now, begun }) });
      for (const [id, one] of deliveries) if (batch.includes(id)) one.state = 'batched';
    } else if (what === 'begins') {
      for (const [id, one] of inState('batched').slice(0, choice)) {
        one.state = 'sent';
        one.tries += 1;
        tries.push({ id, at: now, failedAt: one.failedAt, errorClass: one.errorClass });
      }
    } else
      for (const [, one] of inState('sent')) {
        one.state = choice === 0 ? 'done' : 'failed';
        one.failedAt = now;
        one.errorClass = classes[choice % classes.length] ?? 'transport';
      }
  }
  return tries;
}

describe('a flow that fails whenever it likes', () => {
  const happenings = fc.array(
    fc.record({
      // Often within moments, at times after most of an hour: both ends of a span of the budget are met.
      afterMs: fc.oneof(fc.nat({ max: MINUTE }), fc.nat({ max: BUDGET_SPAN_MS }), fc.constant(BUDGET_SPAN_MS)),
      what: fc.constantFrom('fails', 'fails', 'round', 'round', 'begins', 'ends'),
      choice: fc.nat({ max: 4 }),
    }),
    { minLength: 20, maxLength: 150 },
  );

  it('never has more tries within any hour than its budget, whenever the tries of a batch begin', () => {
    fc.assert(
      fc.property(policies, happenings, (policy, all) => {
        const tries = play(policy, all);
        for (const { at } of tries) {
          const within = tries.filter((other) => other.at >= at && other.at < at + BUDGET_SPAN_MS).length;
          expect(within).toBeLessThanOrEqual(policy.perHour);
        }
      }),
    );
  });

  it('has no delivery tried before its pause is over nor more often than its class has pauses', () => {
    fc.assert(
      fc.property(policies, happenings, (policy, all) => {
        const before = new Map<string, number>();
        for (const { id, at, failedAt, errorClass: kind } of play(policy, all)) {
          const nth = before.get(id) ?? 0;
          before.set(id, nth + 1);
          const pause = policy.pausesMs[kind]?.[nth];
          expect(pause).toBeDefined();
          expect(at - failedAt).toBeGreaterThanOrEqual(pause ?? Number.NaN);
        }
      }),
    );
  });

  it('is tried at all', () => {
    const fails = { afterMs: 0, what: 'fails', choice: 0 } as const;
    const one = [
      { afterMs: MINUTE, what: 'round', choice: 0 },
      { afterMs: 1, what: 'begins', choice: 4 },
      { afterMs: 1, what: 'ends', choice: 1 },
    ] as const;
    const policy = { ...POLICY, pausesMs: { transport: [30 * SECOND, 30 * SECOND] } };
    const tries = play(policy, [fails, fails, ...one, ...one, ...one]);
    // Two, then one more: the third within the hour.
    expect(tries.map(({ id }) => id)).toEqual(['d0', 'd1', 'd0']);
  });
});
