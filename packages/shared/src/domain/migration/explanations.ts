/** Which explanation of a person covers a pair (domain: a difference that has a reason is no obstacle). Pure. */
import { type Difference, KEPT_DIFFERENCES } from './compare.ts';
import type { Outcome } from './pairing.ts';

/**
 * `field`: every difference of this field; `pair`: this one pair as it is now; `day`: every pair of this outcome on this
 * date of the house.
 */
export type ExplanationScope =
  | { readonly kind: 'field'; readonly field: string }
  | { readonly kind: 'pair'; readonly pairId: string; readonly outcome: Outcome }
  | { readonly kind: 'day'; readonly date: string; readonly outcome: Outcome };

export interface Explanation {
  readonly id: string;
  readonly scope: ExplanationScope;
}

export interface JudgedPair {
  readonly id: string;
  readonly outcome: Outcome;
  /** `YYYY-MM-DD` of the house. */
  readonly date: string;
  readonly differences: readonly Difference[];
  readonly differing: number;
}

/**
 * Id of the explanation that covers the pair; null when nobody explained it whole. Rules on fields must cover every field that
 * differs, together if need be (then the first is named); what was not kept of a long list is covered by none.
 */
export function explanationOf(pair: JudgedPair, explanations: readonly Explanation[]): string | null {
  if (pair.outcome === 'same' || pair.outcome === 'waiting') return null;
  const whole = explanations.find(
    ({ scope }) =>
      (scope.kind === 'pair' && scope.pairId === pair.id && scope.outcome === pair.outcome) ||
      (scope.kind === 'day' && scope.date === pair.date && scope.outcome === pair.outcome),
  );
  if (whole) return whole.id;
  if (pair.outcome !== 'differs' || pair.differing > KEPT_DIFFERENCES || pair.differences.length === 0) return null;
  const used = pair.differences.map(({ field }) =>
    explanations.find(({ scope }) => scope.kind === 'field' && scope.field === field),
  );
  return used.every((one) => one !== undefined) ? (used[0]?.id ?? null) : null;
}

/**
 * Whether a pair that differed differs in something else now, so that a reason given to it as it was says nothing any more: late
 * facts and other rules change what is compared.
 */
export function outgrew(
  was: Pick<JudgedPair, 'outcome' | 'differences' | 'differing'>,
  is: Pick<JudgedPair, 'outcome' | 'differences' | 'differing'>,
): boolean {
  if (was.outcome !== 'differs' || is.outcome !== 'differs') return false;
  if (is.differing > was.differing) return true;
  const known = new Set(was.differences.map(({ path, old, bus }) => JSON.stringify([path, old, bus])));
  return is.differences.some(({ path, old, bus }) => !known.has(JSON.stringify([path, old, bus])));
}
