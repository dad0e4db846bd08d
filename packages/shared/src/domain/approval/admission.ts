import type { ErrorCode } from '../../errors/error-codes.ts';
import { type Identity, isSamePerson } from './four-eyes.ts';

export interface DecidableRequest {
  readonly state: 'open' | 'clarification' | 'decided';
  readonly initiator: Identity;
}

export type Obstacle = Extract<
  ErrorCode,
  'approval.own_request' | 'approval.already_decided' | 'approval.reason_required'
>;

/** Why the person may not decide; null: may. Somebody else's decision is said before one's own authorship. */
export function obstacleToDecide(request: DecidableRequest, person: Identity): Obstacle | null {
  if (request.state === 'decided') return 'approval.already_decided';
  if (isSamePerson(request.initiator, person)) return 'approval.own_request';
  return null;
}

/** A refusal says why; «other» says it in words. */
export function needsReason(decision: {
  readonly verdict: 'approve' | 'reject';
  readonly reasonCode: string | null;
  readonly comment: string | null;
}): boolean {
  if (decision.verdict === 'approve') return false;
  if (decision.reasonCode === null) return true;
  return decision.reasonCode === 'other' && (decision.comment ?? '').trim() === '';
}

/** Time in which a decision can be taken back; deliveries start behind it. */
export const UNDO_WINDOW_MS = 10_000;
