import { type Hundredths, type Kopecks, pointsOf } from './points.ts';

/** What is compared. */
export interface Comparable {
  readonly kind: string;
  readonly deviation: Hundredths;
  readonly amount: Kopecks | null;
  readonly customer: string | null;
  readonly segment: string | null;
}

export interface PastDecision extends Comparable {
  readonly id: string;
  readonly verdict: 'approve' | 'reject';
  readonly decidedAt: number;
}

/** ±2 п.п. and half to twice the amount count as alike. */
export const NEAR_DEVIATION: Hundredths = 200;
const NEAR_AMOUNT = 2;

/** Natural logarithm of the ratio of two amounts, 0 when either is unknown. */
function amountDistance(a: Kopecks | null, b: Kopecks | null): number {
  if (a === null || b === null || a <= 0n || b <= 0n) return 0;
  return Math.abs(Math.log(Number(a) / Number(b)));
}

/** Whether a past decision tells anything about the request at all. */
export const isComparable = (request: Comparable, past: Comparable): boolean =>
  past.kind === request.kind &&
  Math.abs(past.deviation - request.deviation) <= NEAR_DEVIATION &&
  amountDistance(past.amount, request.amount) <= Math.log(NEAR_AMOUNT) + 1e-9;

/**
 * Closeness 0…1: deviation 45 %, amount 30 %, same customer 15 %, same segment 10 %. Two requests that are alike in
 * all of these have 1.
 */
export function closeness(request: Comparable, past: Comparable): number {
  const deviation = 1 - Math.min(1, Math.abs(past.deviation - request.deviation) / NEAR_DEVIATION);
  const amount = 1 - Math.min(1, amountDistance(past.amount, request.amount) / Math.log(NEAR_AMOUNT));
  const customer = request.customer !== null && request.customer === past.customer ? 1 : 0;
  const segment = customer === 1 || (request.segment !== null && request.segment === past.segment) ? 1 : 0;
  return 0.45 * deviation + 0.3 * amount + 0.15 * customer + 0.1 * segment;
}

/** Comparable decisions, the closest first, newer before older among equals. */
export const rankSimilar = <T extends PastDecision>(
  request: Comparable,
  past: readonly T[],
): { decision: T; closeness: number }[] =>
  past
    .filter((one) => isComparable(request, one))
    .map((decision) => ({ decision, closeness: closeness(request, decision) }))
    .toSorted((a, b) => b.closeness - a.closeness || b.decision.decidedAt - a.decision.decidedAt);

export interface Boundary {
  /** п.п., inclusive. */
  readonly upTo: number;
  readonly below: { readonly approved: number; readonly of: number };
  readonly above: { readonly approved: number; readonly of: number };
}

const count = (past: readonly PastDecision[]) => ({
  approved: past.filter(({ verdict }) => verdict === 'approve').length,
  of: past.length,
});

/**
 * «до 6 п.п. согласовано 14 из 16, выше — 3 из 7»: the whole number of points that parts approvals from refusals
 * best, with decisions on both sides where there are any. Null below three decisions, where a sentence would pretend
 * to know.
 */
export function boundaryOf(past: readonly PastDecision[]): Boundary | null {
  if (past.length < 3) return null;
  const candidates = [...new Set(past.map(({ deviation }) => Math.ceil(pointsOf(deviation))))].toSorted(
    (a, b) => a - b,
  );
  let best: { boundary: Boundary; score: number } | null = null;
  for (const upTo of candidates) {
    const below = count(past.filter(({ deviation }) => deviation <= upTo * 100));
    const above = count(past.filter(({ deviation }) => deviation > upTo * 100));
    // «above: 0 of 0» parts nothing: such a boundary is taken only when there is no other.
    const score = above.of === 0 ? -1 : below.approved + (above.of - above.approved);
    if (best === null || score > best.score) best = { boundary: { upTo, below, above }, score };
  }
  return best?.boundary ?? null;
}
