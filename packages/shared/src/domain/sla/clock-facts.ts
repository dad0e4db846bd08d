import type { CalendarRef } from './calendar.ts';

/** Why a clock stands still. Several causes may hold a clock at once; it counts again when the last one ends. */
export type PauseCause = 'clarification' | 'reserve-mode' | 'target-down' | 'manual';

export const PAUSE_CAUSES: readonly PauseCause[] = ['clarification', 'reserve-mode', 'target-down', 'manual'];

/** Who stated a fact: a person, a system of the landscape, Pult itself. */
export interface FactActor {
  readonly kind: 'person' | 'system' | 'pult';
  readonly id: string;
  readonly name: string;
}

export interface PolicyRef {
  readonly id: string;
  readonly version: number;
}

/** What a clock is measured against. */
export interface ClockGoal {
  /** Working time, ms. Goals are never in days: a day has no fixed length. */
  readonly goalMs: number;
  /** Percents of the goal, ascending; above 100 is allowed. */
  readonly thresholds: readonly number[];
  readonly policy: PolicyRef | null;
}

interface FactBase {
  /** Server's time of the fact, ms since epoch. */
  readonly at: number;
  /** Order among facts of the same instant; unique in a clock. */
  readonly sequence: number;
  readonly reason: string | null;
  readonly actor: FactActor | null;
}

export type StartFact = FactBase & ClockGoal & { readonly kind: 'start'; readonly calendar: CalendarRef };
export type PauseFact = FactBase & {
  readonly kind: 'pause';
  readonly cause: PauseCause;
  readonly waitingFor: FactActor | null;
};
/** `cause` null ends every open pause. */
export type ResumeFact = FactBase & { readonly kind: 'resume'; readonly cause: PauseCause | null };
export type StopFact = FactBase & { readonly kind: 'stop' };
/** The request went away; the clock counts neither as met nor as breached. */
export type CancelFact = FactBase & { readonly kind: 'cancel' };
/** Another goal for the same start and the same pauses. */
export type RetargetFact = FactBase & ClockGoal & { readonly kind: 'retarget' };
/**
 * Another calendar. `whole`: the cycle is counted anew by it (the calendar was wrong); `ahead`: what has been used
 * stays, the rest counts by the new one (the rules change from now on).
 */
export type RebaseFact = FactBase & {
  readonly kind: 'rebase';
  readonly calendar: CalendarRef;
  readonly scope: 'whole' | 'ahead';
};

/** The only thing stored about a clock. One clock is one cycle: a request that re-opens gets a new clock. */
export type ClockFact = StartFact | PauseFact | ResumeFact | StopFact | CancelFact | RetargetFact | RebaseFact;

export type RefusalCode =
  | 'at_invalid'
  | 'not_started'
  | 'already_started'
  | 'closed'
  | 'already_paused'
  | 'not_paused'
  | 'goal_invalid'
  | 'thresholds_invalid'
  | 'calendar_unknown';

/** A fact that could not be applied. It changes nothing, and it is shown: somebody believed it. */
export interface RefusedFact {
  readonly fact: ClockFact;
  readonly code: RefusalCode;
}

/** Facts in the order in which they are applied: by time, then by sequence. */
export function orderFacts(facts: readonly ClockFact[]): ClockFact[] {
  return facts.toSorted((a, b) => a.at - b.at || a.sequence - b.sequence);
}

/** The rule a goal breaks, or null. Thresholds are whole or fractional percents in ascending order. */
export function findGoalProblem(goal: ClockGoal): 'goal_invalid' | 'thresholds_invalid' | null {
  if (!Number.isSafeInteger(goal.goalMs) || goal.goalMs <= 0) return 'goal_invalid';
  const ascending = goal.thresholds.every((percent, index) => percent > (goal.thresholds[index - 1] ?? 0));
  return ascending && goal.thresholds.every(Number.isFinite) ? null : 'thresholds_invalid';
}
