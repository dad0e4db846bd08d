/**
 * The state of a delivery as a fold of facts (domain.md §1). A summary is a join-semilattice: {@link mergeSummaries} is
 * commutative, associative and idempotent, so late, repeated and shuffled facts end in the same summary.
 */

export const DELIVERY_STATES = [
  'accepted',
  'sent',
  'delivered',
  'applied',
  'failed',
  'retrying',
  'in_doubt',
  'discarded',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export const EVENT_KINDS = ['accepted', 'sent', 'delivered', 'applied', 'failed'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** What a system stated about an attempt. `at` in ms since the epoch; `id` breaks ties. */
export interface EventFact {
  readonly kind: EventKind;
  readonly attempt: number;
  readonly at: number;
  readonly id: string;
  /** Cause of a failure. */
  readonly causeId?: string;
  /** When Pult heard of it, ms; it counts where the clock of the system is ahead. */
  readonly heardAt?: number;
}

/** Who holds a delivery. `seq` orders facts of one delivery; Pult writes them one after another. */
export type ClaimFact =
  | {
      readonly kind: 'claimed';
      readonly seq: number;
      readonly at: number;
      readonly operationId: string;
      /** Highest attempt known at the claim; absent in facts stored before it was kept. */
      readonly attempt?: number;
    }
  | { readonly kind: 'released'; readonly seq: number; readonly at: number };

/** What a person decided about it. Apart from the claim: letting a delivery go must not take back what was decided. */
export type DispositionFact =
  | { readonly kind: 'discarded'; readonly seq: number; readonly at: number }
  | { readonly kind: 'restored'; readonly seq: number; readonly at: number };

/** What Pult itself did or found out. */
export type ControlFact = ClaimFact | DispositionFact;

/** Place of an attempt on its way; 0 = opened by Pult, nothing heard yet. */
type Rank = 0 | 1 | 2 | 3 | 4;
const RANK: Readonly<Record<Exclude<EventKind, 'applied'>, Rank>> = { accepted: 1, sent: 2, delivered: 3, failed: 4 };

export interface DeliverySummary {
  /** Earliest news of any kind. */
  readonly startedAt: number | null;
  readonly reach: Reach | null;
  readonly applied: { readonly at: number; readonly attempt: number } | null;
  readonly firstFailure: FailureMark | null;
  /** Of the highest attempt, the latest. */
  readonly lastFailure: FailureMark | null;
  readonly control: ClaimFact | null;
  readonly disposition: DispositionFact | null;
  /** Highest attempt whose acknowledgement is overdue, and since when. */
  readonly doubt: AttemptMark | null;
  /** Highest attempt after which the target was asked and had nothing, and when it was asked last. */
  readonly absent: AttemptMark | null;
}

/** Highest attempt with its furthest rank. */
export interface Reach {
  readonly attempt: number;
  readonly rank: Rank;
  /** The earliest moment that is stated for that rank, ms. */
  readonly at: number;
  /** The earliest moment at which a statement from a clock that is ahead was heard, ms; absent without one. */
  readonly heardAt?: number;
}

export interface FailureMark {
  readonly attempt: number;
  readonly at: number;
  readonly id: string;
  readonly causeId: string;
}

export interface AttemptMark {
  readonly attempt: number;
  readonly at: number;
}

export const EMPTY_SUMMARY: DeliverySummary = {
  startedAt: null,
  reach: null,
  applied: null,
  firstFailure: null,
  lastFailure: null,
  control: null,
  disposition: null,
  doubt: null,
  absent: null,
};

const smaller = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);

/** Picks by order; null loses against anything, and so does what a row of an earlier release does not have. */
function pick<T>(a: T | null | undefined, b: T | null | undefined, order: (a: T, b: T) => number): T | null {
  if (a === null || a === undefined) return b ?? null;
  if (b === null || b === undefined) return a;
  return order(a, b) <= 0 ? a : b;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The further one; of two equally far the earlier of both moments, each for itself. */
function furthest(a: Reach | null, b: Reach | null): Reach | null {
  const further = pick(a, b, (x, y) => y.attempt - x.attempt || y.rank - x.rank);
  if (a === null || b === null || a.attempt !== b.attempt || a.rank !== b.rank) return further;
  const heardAt = smaller(a.heardAt ?? null, b.heardAt ?? null);
  const { attempt, rank } = a;
  return { attempt, rank, at: Math.min(a.at, b.at), ...(heardAt === null ? {} : { heardAt }) };
}

/** Least upper bound of two summaries of the same delivery. */
export function mergeSummaries(a: DeliverySummary, b: DeliverySummary): DeliverySummary {
  return {
    startedAt: smaller(a.startedAt, b.startedAt),
    reach: furthest(a.reach, b.reach),
    applied: pick(a.applied, b.applied, (x, y) => x.at - y.at || x.attempt - y.attempt),
    firstFailure: pick(a.firstFailure, b.firstFailure, (x, y) => x.at - y.at || byText(x.id, y.id)),
    lastFailure: pick(
      a.lastFailure,
      b.lastFailure,
      (x, y) => y.attempt - x.attempt || y.at - x.at || byText(x.id, y.id),
    ),
    control: pick(a.control, b.control, (x, y) => y.seq - x.seq),
    disposition: pick(a.disposition, b.disposition, (x, y) => y.seq - x.seq),
    doubt: pick(a.doubt, b.doubt, (x, y) => y.attempt - x.attempt || x.at - y.at),
    absent: pick(a.absent, b.absent, (x, y) => y.attempt - x.attempt || y.at - x.at),
  };
}

const aheadOf = ({ at, heardAt }: EventFact): { heardAt: number } | Record<never, never> =>
  heardAt !== undefined && heardAt < at ? { heardAt } : {};

/** A summary that knows nothing but one event. */
export function summaryOfEvent(fact: EventFact): DeliverySummary {
  if (fact.kind === 'applied')
    return { ...EMPTY_SUMMARY, startedAt: fact.at, applied: { at: fact.at, attempt: fact.attempt } };
  const failure =
    fact.kind === 'failed' ? { attempt: fact.attempt, at: fact.at, id: fact.id, causeId: fact.causeId ?? '' } : null;
  return {
    ...EMPTY_SUMMARY,
    startedAt: fact.at,
    reach: { attempt: fact.attempt, rank: RANK[fact.kind], at: fact.at, ...aheadOf(fact) },
    firstFailure: failure,
    lastFailure: failure,
  };
}

export const summaryOfControl = (fact: ControlFact): DeliverySummary =>
  fact.kind === 'claimed' || fact.kind === 'released'
    ? { ...EMPTY_SUMMARY, control: fact }
    : { ...EMPTY_SUMMARY, disposition: fact };
/** Pult opened an attempt; nothing is heard of it yet. */
export const summaryOfOpenedAttempt = (attempt: number, at: number): DeliverySummary => ({
  ...EMPTY_SUMMARY,
  reach: { attempt, rank: 0, at },
});
export const summaryOfTimeout = (attempt: number, at: number): DeliverySummary => ({
  ...EMPTY_SUMMARY,
  doubt: { attempt, at },
});
/** The target was asked and has the document, not applied: as if the target had said «delivered». */
export const summaryOfArrival = (attempt: number, at: number): DeliverySummary => ({
  ...EMPTY_SUMMARY,
  reach: { attempt, rank: 3, at },
});
export const summaryOfAbsence = (attempt: number, at: number): DeliverySummary => ({
  ...EMPTY_SUMMARY,
  absent: { attempt, at },
});

/** Folds one more event into a summary. */
export const mergeEvent = (summary: DeliverySummary, fact: EventFact): DeliverySummary =>
  mergeSummaries(summary, summaryOfEvent(fact));

/** What is still to come holds since it was said: nothing waits for a clock that is ahead. */
const sinceHeard = (reach: Reach): Reach => ({ ...reach, at: Math.min(reach.at, reach.heardAt ?? reach.at) });

/** State and the moment since when it holds; of open states and failures no later than it was heard. */
export function stateOf(summary: DeliverySummary): { state: DeliveryState; since: number } {
  const { applied, control, disposition, doubt, absent } = summary;
  const reach = summary.reach && sinceHeard(summary.reach);
  const start = summary.startedAt ?? reach?.at ?? control?.at ?? 0;
  if (applied) return { state: 'applied', since: applied.at };
  if (disposition?.kind === 'discarded') return { state: 'discarded', since: disposition.at };
  const claimed = control?.kind === 'claimed' ? control : null;
  if (!reach) return claimed ? { state: 'retrying', since: claimed.at } : { state: 'accepted', since: start };
  // A claim covers the attempts before it; news of the one it opened speak for themselves. Attempts are compared, because the
  // clock of a source may be behind the clock of the claim.
  const covered = claimed && (claimed.attempt === undefined ? reach.at < claimed.at : reach.attempt <= claimed.attempt);
  if (claimed && (covered || reach.rank === 0)) {
    const overdue = doubt !== null && doubt.attempt >= reach.attempt && doubt.at >= claimed.at;
    return overdue ? { state: 'in_doubt', since: doubt.at } : { state: 'retrying', since: claimed.at };
  }
  if (reach.rank === 4) return { state: 'failed', since: reach.at };
  // What the target did not have then it may have got since.
  const missing =
    absent && (absent.attempt > reach.attempt || (absent.attempt === reach.attempt && reach.at <= absent.at));
  if (missing) return { state: 'failed', since: absent.at };
  if (reach.rank === 3) return { state: 'delivered', since: reach.at };
  if (doubt && doubt.attempt >= reach.attempt) return { state: 'in_doubt', since: doubt.at };
  if (reach.rank === 0) return { state: 'failed', since: reach.at };
  return { state: reach.rank === 2 ? 'sent' : 'accepted', since: reach.at };
}

/** Final states need nobody any more. */
export const isFinal = (state: DeliveryState): boolean => state === 'applied' || state === 'discarded';
