import type { Calendar } from './calendar.ts';
import { openClock, type SlaClock } from './clock.ts';
import type { ClockFact, ClockGoal } from './clock-facts.ts';
import { type ClockReading, readClock } from './clock-reading.ts';

/** «Было / стало»: the frozen value and what another calendar would have given. Neither replaces the other. */
export interface Recomputed {
  readonly was: ClockReading;
  readonly now: ClockReading;
  /** Due, elapsed or state differ. */
  readonly changed: boolean;
}

/**
 * Counts a clock, closed ones too, anew by another calendar from its start. The facts stay as they are: this gives a
 * second value to show, it changes none.
 *
 * @param now instant of reading, ms since epoch; a closed clock is read at its close.
 */
export function recompute(clock: SlaClock, calendar: Calendar, now: number): Recomputed {
  const other: SlaClock = {
    ...clock,
    calendar,
    runs: mapRuns(clock, calendar),
    // As-of readings must count by the other calendar too.
    calendars: () => calendar,
  };
  return compare(readClock(clock, now), readClock(other, now));
}

/** A running clock with a calendar change added, for a preview; a closed one stays as it is (frozen). */
export function withCalendar(clock: SlaClock, calendar: Calendar, scope: 'whole' | 'ahead', now: number): SlaClock {
  return withFact(clock, { ...nextFactBase(clock, now), kind: 'rebase', calendar, scope }, (ref) =>
    ref.id === calendar.id && ref.version === calendar.version ? calendar : clock.calendars(ref),
  );
}

/** A running clock with another goal, for a preview; a closed one stays as it is (frozen). */
export function withGoal(clock: SlaClock, goal: Partial<ClockGoal>, now: number): SlaClock {
  return withFact(clock, { ...nextFactBase(clock, now), kind: 'retarget', ...clock.goal, ...goal }, clock.calendars);
}

/** A clock that a change would move. */
export interface ImpactItem<Id> extends Recomputed {
  readonly id: Id;
  /** How much later (positive) or earlier the due would be, ms of wall time; null when either has no due. */
  readonly dueShiftMs: number | null;
}

/** «Изменит срок у 37 заявок: 12 позже, 1 нарушение → в срок». */
export interface ImpactPreview<Id> {
  readonly total: number;
  readonly changed: number;
  readonly later: number;
  readonly earlier: number;
  readonly newlyBreached: number;
  readonly noLongerBreached: number;
  /** Changed ones only, in the order given. */
  readonly items: readonly ImpactItem<Id>[];
}

/**
 * What a calendar or policy change would do to clocks, without doing it.
 *
 * @param change gives the clock as it would be, e.g. by {@link withCalendar}.
 * @param now ms since epoch.
 */
export function previewImpact<Id>(
  clocks: Iterable<{ readonly id: Id; readonly clock: SlaClock }>,
  change: (clock: SlaClock) => SlaClock,
  now: number,
): ImpactPreview<Id> {
  const items: ImpactItem<Id>[] = [];
  let total = 0;
  for (const { id, clock } of clocks) {
    total += 1;
    const pair = compare(readClock(clock, now), readClock(change(clock), now));
    if (pair.changed) items.push({ id, ...pair, dueShiftMs: dueShift(pair) });
  }
  const count = (test: (item: ImpactItem<Id>) => boolean) => items.filter(test).length;
  return {
    total,
    changed: items.length,
    later: count(({ dueShiftMs }) => dueShiftMs !== null && dueShiftMs > 0),
    earlier: count(({ dueShiftMs }) => dueShiftMs !== null && dueShiftMs < 0),
    newlyBreached: count(({ was, now: then }) => !was.breached && then.breached),
    noLongerBreached: count(({ was, now: then }) => was.breached && !then.breached),
    items,
  };
}

function compare(was: ClockReading, now: ClockReading): Recomputed {
  const changed =
    was.dueAt !== now.dueAt ||
    was.dueIfResumedAt !== now.dueIfResumedAt ||
    was.elapsedMs !== now.elapsedMs ||
    was.state !== now.state;
  return { was, now, changed };
}

function dueShift({ was, now }: Recomputed): number | null {
  const before = was.dueAt ?? was.dueIfResumedAt;
  const after = now.dueAt ?? now.dueIfResumedAt;
  return before === null || after === null ? null : after - before;
}

function mapRuns(clock: SlaClock, calendar: Calendar): SlaClock['runs'] {
  const [first, ...rest] = clock.runs;
  return [{ ...first, calendar }, ...rest.map((run) => ({ ...run, calendar }))];
}

function withFact(clock: SlaClock, fact: ClockFact, calendars: SlaClock['calendars']): SlaClock {
  return openClock([...clock.facts, fact], calendars).clock ?? clock;
}

function nextFactBase(clock: SlaClock, now: number): Pick<ClockFact, 'at' | 'sequence' | 'reason' | 'actor'> {
  const last = clock.facts.at(-1);
  return {
    at: Math.max(now, last?.at ?? now),
    sequence: Math.max(0, ...clock.facts.map(({ sequence }) => sequence)) + 1,
    reason: null,
    actor: null,
  };
}
