import type { ErrorClass } from '../delivery/error-cause.ts';
import type { ResendObstacle } from './eligibility.ts';

/**
 * Automatic retry (domain.md §2): which failed deliveries of a flow Pult sends again by itself, and when. Sent as they were,
 * through an operation like any other. Pure; instants and spans in ms.
 */

/** What the landscape says about one flow. */
export interface AutomaticPolicy {
  /** Pause before each try, by class of the error; as many tries as pauses. A class without any is left to people. */
  readonly pausesMs: Readonly<Partial<Record<ErrorClass, readonly number[]>>>;
  /** Messages of the flow that are tried within any hour, at most. */
  readonly perHour: number;
  readonly ratePerSecond: number;
}

/** Where a page of failed deliveries begins: behind this one. */
export interface FailedPlace {
  /** By the clock of the system that says so, but no later than it was heard. */
  readonly failedAt: number;
  readonly deliveryId: string;
}

export interface FailedQuery {
  readonly flow: string;
  /** Only causes of these classes; null: whatever the cause. */
  readonly classes: readonly ErrorClass[] | null;
  /** Only what failed up to this instant. */
  readonly failedUpTo: number;
  readonly after: FailedPlace | null;
  readonly limit: number;
}

/** What is known of a failed delivery and of the other messages of its document. */
export interface Failed extends FailedPlace {
  readonly flow: string;
  readonly documentType: string;
  /** Class of its cause: a failure of a request of Pult leaves the cause that the message had. Null: nobody said why it failed. */
  readonly errorClass: ErrorClass | null;
  readonly obstacle: ResendObstacle;
  /** A newer message of its document is on its way or through: the older one must not come behind it. */
  readonly overtaken: boolean;
  /** An older message of its document, or an older record of its key, has no end yet: that one comes first. */
  readonly behind: boolean;
}

/** A failed delivery as the policy looks at it. */
export interface FailedDelivery extends Omit<Failed, 'flow' | 'documentType'> {
  /** How often Pult has tried it by itself since a person sent it last. */
  readonly tries: number;
  /** When the last of these tries ended, by the clock of Pult; null: there was none. */
  readonly triedAt: number | null;
  /** The target can be asked whether it is there, or the record goes again to the one consumer, which knows it. */
  readonly provable: boolean;
  /** An operation has it: nothing is decided here. */
  readonly claimed: boolean;
}

/** Why a person has to decide. */
export type LeftReason = 'class' | 'tries_spent' | 'not_provable' | 'obstacle' | 'overtaken';

export type AutomaticVerdict =
  /** Tried from this instant on, as the try with this number (from 1). */
  | { readonly kind: 'due'; readonly at: number; readonly nth: number; readonly of: number }
  | { readonly kind: 'behind' }
  | { readonly kind: 'claimed' }
  | { readonly kind: 'left'; readonly reason: LeftReason };

/** What the policy says about one failed delivery. */
export function judgeFailed(policy: AutomaticPolicy, one: FailedDelivery): AutomaticVerdict {
  if (one.claimed) return { kind: 'claimed' };
  const pauses = one.errorClass === null ? [] : (policy.pausesMs[one.errorClass] ?? []);
  if (pauses.length === 0) return { kind: 'left', reason: 'class' };
  if (!one.provable) return { kind: 'left', reason: 'not_provable' };
  if (one.obstacle !== null) return { kind: 'left', reason: 'obstacle' };
  if (one.overtaken) return { kind: 'left', reason: 'overtaken' };
  const pause = pauses[one.tries];
  if (pause === undefined) return { kind: 'left', reason: 'tries_spent' };
  if (one.behind) return { kind: 'behind' };
  // Of a system whose clock is behind, the moment of a failure says too little: the pause begins when the try has ended.
  return {
    kind: 'due',
    at: Math.max(one.failedAt, one.triedAt ?? one.failedAt) + pause,
    nth: one.tries + 1,
    of: pauses.length,
  };
}

/** The shortest pause of a policy: what failed later than so long ago is not due yet, whatever its class. */
export const shortestPauseMs = ({ pausesMs }: AutomaticPolicy): number =>
  Math.min(...Object.values(pausesMs).flatMap((pauses) => pauses ?? []));

/** Classes that a policy retries. */
export const retriedClasses = ({ pausesMs }: AutomaticPolicy): ErrorClass[] =>
  (Object.keys(pausesMs) as ErrorClass[]).filter((errorClass) => (pausesMs[errorClass]?.length ?? 0) > 0);

/**
 * Those that are due, longest overdue first, as many as the budget has left. Only of the same try: what has failed again goes
 * by itself, so that a few that will never come right do not stop the trial of those that were not tried yet.
 */
export function chooseDue(
  policy: AutomaticPolicy,
  failed: readonly FailedDelivery[],
  { now, left }: { readonly now: number; readonly left: number },
): string[] {
  const due = failed.flatMap((one) => {
    const verdict = judgeFailed(policy, one);
    return verdict.kind === 'due' && verdict.at <= now
      ? [{ id: one.deliveryId, at: verdict.at, nth: verdict.nth }]
      : [];
  });
  const first = due.reduce((least, { nth }) => Math.min(least, nth), Number.POSITIVE_INFINITY);
  const alike = due.filter(({ nth }) => nth === first);
  alike.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  return alike.slice(0, Math.max(0, left)).map(({ id }) => id);
}

/** Why nothing of a flow is tried now although its policy would; the first that applies. */
export type AutomaticHold =
  /** A person has paused it. */
  | { readonly kind: 'paused' }
  /** Planned work on one of its ends. */
  | { readonly kind: 'maintenance'; readonly until: number }
  /** The circuit of a system that it needs is not closed. */
  | { readonly kind: 'circuit'; readonly system: string }
  /** The last automatic operation stopped itself or was cancelled. */
  | { readonly kind: 'stopped'; readonly until: number }
  | { readonly kind: 'budget'; readonly until: number };

export interface HoldFacts {
  readonly now: number;
  readonly paused: boolean;
  readonly maintenanceUntil: number | null;
  /** System whose circuit is not closed. */
  readonly away: string | null;
  /** When the last automatic operation ended without going through; null: it did, or there was none. */
  readonly stoppedAt: number | null;
  /** Tries begun within the last hour, oldest first. */
  readonly begun: readonly number[];
}

export const BUDGET_SPAN_MS = 60 * 60_000;
/** After an operation that stopped itself: time for a person to look, and for the target to rest. */
export const STOPPED_PAUSE_MS = 5 * 60_000;

/** Tries that are left within the present hour. A clock that was set back gives none away: what lies ahead counts. */
export const budgetLeft = ({ perHour }: AutomaticPolicy, { now, begun }: Pick<HoldFacts, 'now' | 'begun'>): number =>
  Math.max(0, perHour - begun.filter((at) => at > now - BUDGET_SPAN_MS).length);

export function holdOf(policy: AutomaticPolicy, facts: HoldFacts): AutomaticHold | null {
  if (facts.paused) return { kind: 'paused' };
  if (facts.maintenanceUntil !== null) return { kind: 'maintenance', until: facts.maintenanceUntil };
  if (facts.away !== null) return { kind: 'circuit', system: facts.away };
  // One that lies ahead comes from a clock that was set back since: it is no moment to wait for.
  const sinceStop = facts.stoppedAt === null ? STOPPED_PAUSE_MS : facts.now - facts.stoppedAt;
  if (sinceStop >= 0 && sinceStop < STOPPED_PAUSE_MS)
    return { kind: 'stopped', until: facts.now - sinceStop + STOPPED_PAUSE_MS };
  if (budgetLeft(policy, facts) > 0) return null;
  // The budget has room again when so many of the counted ones are over that one more fits.
  const counted = facts.begun.filter((at) => at > facts.now - BUDGET_SPAN_MS).toSorted((a, b) => a - b);
  const frees = counted[counted.length - policy.perHour] ?? facts.now;
  return { kind: 'budget', until: frees + BUDGET_SPAN_MS };
}
