import { type Calendar, type CalendarRef, isSameCalendar } from './calendar.ts';
import {
  type ClockFact,
  type ClockGoal,
  type FactActor,
  findGoalProblem,
  orderFacts,
  type PauseCause,
  type PauseFact,
  type RefusalCode,
  type RefusedFact,
  type ResumeFact,
} from './clock-facts.ts';

/** Finds a calendar version; undefined when it is not there. */
export type CalendarBook = (ref: CalendarRef) => Calendar | undefined;

/** One pause, from the fact that began it to the fact that ended it. */
export interface ClockPause {
  readonly cause: PauseCause;
  readonly from: number;
  /** Null while it lasts. */
  readonly to: number | null;
  readonly reason: string | null;
  readonly actor: FactActor | null;
  readonly waitingFor: FactActor | null;
  readonly resumeReason: string | null;
  readonly resumeActor: FactActor | null;
}

/** A stretch with the same calendar and the same open pauses; it counts when there are none. Half-open. */
export interface ClockRun {
  readonly from: number;
  /** Null for the last one. A stop does not end it: the due of a stopped clock is where it would have been. */
  readonly to: number | null;
  readonly calendar: Calendar;
  readonly pauses: readonly ClockPause[];
}

/**
 * A clock read from its facts. Everything a person sees (elapsed, remaining, due, thresholds, tape) is derived from
 * `runs` and `goal`; nothing of it is stored.
 */
export interface SlaClock {
  readonly startedAt: number;
  readonly closedAt: number | null;
  readonly closing: 'stop' | 'cancel' | null;
  readonly goal: ClockGoal;
  /** Calendar in force at the end. */
  readonly calendar: Calendar;
  readonly runs: readonly [ClockRun, ...ClockRun[]];
  /** Applied facts in order. */
  readonly facts: readonly ClockFact[];
  /** Number of applied facts: a job armed for an earlier revision is out of date. */
  readonly revision: number;
  readonly calendars: CalendarBook;
}

export interface OpenedClock {
  /** Null when there is no usable start. */
  readonly clock: SlaClock | null;
  readonly refused: readonly RefusedFact[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Draft {
  readonly startedAt: number;
  goal: ClockGoal;
  calendar: Calendar;
  closedAt: number | null;
  closing: 'stop' | 'cancel' | null;
  /** Finished stretches; the current one begins at `runFrom`. */
  runs: ClockRun[];
  runFrom: number;
  open: Mutable<ClockPause>[];
}

/**
 * Reads a clock from its facts in any order. A fact that does not fit (a pause of a paused clock, anything after the
 * stop) changes nothing and is returned in `refused` with the rule it breaks; none is dropped silently.
 */
export function openClock(facts: readonly ClockFact[], calendars: CalendarBook): OpenedClock {
  const refused: RefusedFact[] = [];
  const applied: ClockFact[] = [];
  let draft: Draft | null = null;
  for (const fact of orderFacts(facts)) {
    const outcome: Draft | RefusalCode = apply(draft, fact, calendars);
    if (typeof outcome === 'string') {
      refused.push({ fact, code: outcome });
      continue;
    }
    draft = outcome;
    applied.push(fact);
  }
  return { clock: draft === null ? null : finish(draft, applied, calendars), refused };
}

/** The clock as it was known at an instant: later facts are left out. Null before its start. */
export function clockAsOf(clock: SlaClock, at: number): SlaClock | null {
  const last = clock.facts.at(-1);
  if (last === undefined || last.at <= at) return clock;
  return openClock(
    clock.facts.filter((fact) => fact.at <= at),
    clock.calendars,
  ).clock;
}

function apply(draft: Draft | null, fact: ClockFact, calendars: CalendarBook): Draft | RefusalCode {
  if (!Number.isSafeInteger(fact.at)) return 'at_invalid';
  if (draft === null) return fact.kind === 'start' ? start(fact, calendars) : 'not_started';
  if (fact.kind === 'start') return 'already_started';
  if (draft.closedAt !== null) return 'closed';
  switch (fact.kind) {
    case 'pause':
      return pause(draft, fact);
    case 'resume':
      return resume(draft, fact);
    case 'stop':
    case 'cancel':
      draft.closedAt = fact.at;
      draft.closing = fact.kind;
      return draft;
    case 'retarget': {
      const problem = findGoalProblem(fact);
      if (problem !== null) return problem;
      draft.goal = goalOf(fact);
      return draft;
    }
    case 'rebase': {
      const calendar = calendars(fact.calendar);
      if (calendar === undefined) return 'calendar_unknown';
      if (fact.scope === 'ahead') endRun(draft, fact.at);
      else draft.runs = draft.runs.map((run) => ({ ...run, calendar }));
      draft.calendar = calendar;
      return draft;
    }
  }
}

function start(fact: ClockFact & { kind: 'start' }, calendars: CalendarBook): Draft | RefusalCode {
  const problem = findGoalProblem(fact);
  if (problem !== null) return problem;
  const calendar = calendars(fact.calendar);
  if (calendar === undefined) return 'calendar_unknown';
  return {
    startedAt: fact.at,
    goal: goalOf(fact),
    calendar,
    closedAt: null,
    closing: null,
    runs: [],
    runFrom: fact.at,
    open: [],
  };
}

function pause(draft: Draft, fact: PauseFact): Draft | RefusalCode {
  if (draft.open.some(({ cause }) => cause === fact.cause)) return 'already_paused';
  endRun(draft, fact.at);
  const { cause, reason, actor, waitingFor } = fact;
  const opened = { cause, from: fact.at, to: null, reason, actor, waitingFor, resumeReason: null, resumeActor: null };
  draft.open = [...draft.open, opened];
  return draft;
}

function resume(draft: Draft, fact: ResumeFact): Draft | RefusalCode {
  const ending = draft.open.filter(({ cause }) => fact.cause === null || cause === fact.cause);
  if (ending.length === 0) return 'not_paused';
  endRun(draft, fact.at);
  for (const ended of ending) {
    ended.to = fact.at;
    ended.resumeReason = fact.reason;
    ended.resumeActor = fact.actor;
  }
  draft.open = draft.open.filter((open) => !ending.includes(open));
  return draft;
}

/** Ends the current stretch. An empty one leaves no trace: a pause that ends at once never happened to the clock. */
function endRun(draft: Draft, at: number): void {
  if (draft.runFrom < at) {
    draft.runs.push({ from: draft.runFrom, to: at, calendar: draft.calendar, pauses: draft.open });
    draft.runFrom = at;
  }
}

function finish(draft: Draft, facts: readonly ClockFact[], calendars: CalendarBook): SlaClock {
  const { startedAt, closedAt, closing, goal, calendar } = draft;
  const last: ClockRun = { from: draft.runFrom, to: null, calendar, pauses: draft.open };
  const runs = joinEqual([...draft.runs, last]);
  return { startedAt, closedAt, closing, goal, calendar, runs, facts, revision: facts.length, calendars };
}

/** Joins neighbours that a pause of no length has cut apart. */
function joinEqual(runs: readonly ClockRun[]): [ClockRun, ...ClockRun[]] {
  const [first, ...rest] = runs as [ClockRun, ...ClockRun[]];
  const joined: [ClockRun, ...ClockRun[]] = [first];
  for (const run of rest) {
    const previous = joined.at(-1) ?? first;
    const equal =
      isSameCalendar(previous.calendar, run.calendar) &&
      previous.pauses.length === run.pauses.length &&
      previous.pauses.every((open, index) => open === run.pauses[index]);
    if (equal) joined[joined.length - 1] = { ...previous, to: run.to };
    else joined.push(run);
  }
  return joined;
}

function goalOf({ goalMs, thresholds, policy }: ClockGoal): ClockGoal {
  return { goalMs, thresholds, policy };
}
