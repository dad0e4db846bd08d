import type { CalendarRef } from './calendar.ts';
import { type ClockPause, type ClockRun, clockAsOf, type SlaClock } from './clock.ts';
import type { PolicyRef } from './clock-facts.ts';
import { addWorkingMs, workingMsBetween } from './working-segments.ts';

/**
 * `running` and `breached` count; `paused` stands still (also when breached before the pause); `met` and
 * `stopped-late` are stopped; `cancelled` is out of the statistics.
 */
export type ClockState = 'running' | 'paused' | 'breached' | 'met' | 'stopped-late' | 'cancelled';

export interface ThresholdReading {
  readonly percent: number;
  /** When elapsed reaches this share of the goal; null while a pause keeps that open. */
  readonly at: number | null;
  /** While paused: when it would be if the clock went on now. */
  readonly atIfResumed: number | null;
  /** Reached by now. */
  readonly passed: boolean;
}

/** A clock at one instant. Instants are ms since epoch, lengths working ms, exact. */
export interface ClockReading {
  readonly state: ClockState;
  readonly now: number;
  readonly startedAt: number;
  readonly closedAt: number | null;
  readonly goalMs: number;
  readonly elapsedMs: number;
  /** Goal minus elapsed; negative = overdue by that much. */
  readonly remainingMs: number;
  /** Share of the goal, not rounded. */
  readonly percent: number;
  /** When the goal is used up; null while a pause keeps that open. Of a stopped clock: where it would have been. */
  readonly dueAt: number | null;
  /** Only while paused with goal left: the due if the clock went on now. */
  readonly dueIfResumedAt: number | null;
  /** Now (or the stop) is later than the due. Reaching the due exactly is no breach. */
  readonly breached: boolean;
  readonly openPauses: readonly ClockPause[];
  readonly pausedSince: number | null;
  readonly thresholds: readonly ThresholdReading[];
  readonly revision: number;
  readonly policy: PolicyRef | null;
  readonly calendar: CalendarRef;
}

/** Working ms counted in the clock's runs up to an instant. */
export function elapsedAt(clock: SlaClock, at: number): number {
  let elapsed = 0;
  for (const run of clock.runs) {
    if (run.from >= at) break;
    if (run.pauses.length === 0) elapsed += workingMsBetween(run.calendar, run.from, Math.min(run.to ?? at, at));
  }
  return elapsed;
}

/** The earliest instant at which elapsed reaches `targetMs`; null when the clock stands still before that. */
export function momentOfElapsed(clock: SlaClock, targetMs: number): number | null {
  let left = targetMs;
  for (const run of clock.runs) {
    if (run.pauses.length > 0) continue;
    if (run.to === null) return addWorkingMs(run.calendar, run.from, left);
    const worked = workingMsBetween(run.calendar, run.from, run.to);
    if (worked >= left) return addWorkingMs(run.calendar, run.from, left);
    left -= worked;
  }
  return null;
}

/** When the goal is used up; null while a pause keeps that open. */
export function dueOf(clock: SlaClock): number | null {
  return momentOfElapsed(clock, clock.goal.goalMs);
}

/** Working ms that make `percent` of the goal; a fraction of a millisecond counts as the next whole one. */
export function shareOfGoal(goalMs: number, percent: number): number {
  return Math.ceil((goalMs * percent) / 100);
}

/** Reads a clock at an instant. An instant before the last fact reads the clock as it was known then. */
export function readClock(clock: SlaClock, now: number): ClockReading {
  const known = clockAsOf(clock, now);
  // Before its start a clock has used nothing; it is read as at its start.
  if (known === null) return readKnown(clockAsOf(clock, clock.startedAt) ?? clock, clock.startedAt, now);
  return readKnown(known, known.closedAt ?? now, now);
}

function readKnown(clock: SlaClock, at: number, now: number): ClockReading {
  const { goal, closedAt } = clock;
  const elapsedMs = elapsedAt(clock, at);
  const remainingMs = goal.goalMs - elapsedMs;
  const dueAt = dueOf(clock);
  const breached = dueAt !== null && at > dueAt;
  const openPauses = closedAt === null ? lastRun(clock).pauses : [];
  const resumed = (targetMs: number) =>
    openPauses.length > 0 && targetMs > elapsedMs ? addWorkingMs(clock.calendar, at, targetMs - elapsedMs) : null;

  return {
    state: stateOf(clock, breached, openPauses.length > 0),
    now,
    startedAt: clock.startedAt,
    closedAt,
    goalMs: goal.goalMs,
    elapsedMs,
    remainingMs,
    percent: (elapsedMs / goal.goalMs) * 100,
    dueAt,
    dueIfResumedAt: resumed(goal.goalMs),
    breached,
    openPauses,
    pausedSince: openPauses.length > 0 ? Math.min(...openPauses.map((pause) => pause.from)) : null,
    thresholds: goal.thresholds.map((percent) => {
      const targetMs = shareOfGoal(goal.goalMs, percent);
      const reachedAt = momentOfElapsed(clock, targetMs);
      return { percent, at: reachedAt, atIfResumed: resumed(targetMs), passed: reachedAt !== null && reachedAt <= at };
    }),
    revision: clock.revision,
    policy: goal.policy,
    calendar: { id: clock.calendar.id, version: clock.calendar.version },
  };
}

function stateOf(clock: SlaClock, breached: boolean, paused: boolean): ClockState {
  if (clock.closing === 'cancel') return 'cancelled';
  if (clock.closing === 'stop') return breached ? 'stopped-late' : 'met';
  if (paused) return 'paused';
  return breached ? 'breached' : 'running';
}

const lastRun = (clock: SlaClock): ClockRun => clock.runs.at(-1) ?? clock.runs[0];
