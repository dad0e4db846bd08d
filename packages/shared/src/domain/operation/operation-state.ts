import type { ItemState } from './item.ts';

export type OperationState =
  | 'planned'
  | 'running'
  | 'holding'
  | 'paused'
  | 'stopped'
  | 'cancelling'
  | 'completed'
  | 'completed_with_failures'
  | 'cancelled'
  | 'expired';

/** Items by state; `doubtOpen` = those of `in_doubt` that are still looked for. */
export type ItemCounts = Readonly<Record<ItemState, number>> & { readonly doubtOpen: number };

/** What people and the stop rule asked for. */
export interface OperationControl {
  readonly started: boolean;
  readonly expired: boolean;
  readonly cancelRequested: boolean;
  readonly pause: 'person' | 'rule' | null;
  /** A system that the operation needs has an open circuit. */
  readonly holding: boolean;
}

export const NO_ITEMS: ItemCounts = {
  pending: 0,
  waiting_previous: 0,
  verifying: 0,
  sending: 0,
  sent: 0,
  applied: 0,
  already_applied: 0,
  done: 0,
  failed: 0,
  in_doubt: 0,
  skipped: 0,
  returned: 0,
  doubtOpen: 0,
};

export const notStartedCount = (counts: ItemCounts): number => counts.pending + counts.waiting_previous;
export const inFlightCount = (counts: ItemCounts): number => counts.verifying + counts.sending + counts.sent;
/** Items that still have something ahead of them. */
export const openCount = (counts: ItemCounts): number =>
  notStartedCount(counts) + inFlightCount(counts) + counts.doubtOpen;

/**
 * The state of an operation follows from its items: nobody writes «completed».
 */
export function deriveOperationState(control: OperationControl, counts: ItemCounts): OperationState {
  if (!control.started) {
    if (control.cancelRequested) return 'cancelled';
    return control.expired ? 'expired' : 'planned';
  }
  if (control.cancelRequested) {
    return openCount(counts) > 0 ? 'cancelling' : 'cancelled';
  }
  if (openCount(counts) === 0) {
    const unwell = counts.failed + counts.in_doubt + counts.skipped + counts.returned;
    return unwell === 0 ? 'completed' : 'completed_with_failures';
  }
  // Nothing left to start: a pause would hold nothing back, what is under way ends by itself.
  if (notStartedCount(counts) === 0) return 'running';
  if (control.pause !== null) return control.pause === 'rule' ? 'stopped' : 'paused';
  return control.holding ? 'holding' : 'running';
}

const FINAL: ReadonlySet<OperationState> = new Set(['completed', 'completed_with_failures', 'cancelled', 'expired']);
/** Nothing will happen in this operation any more (late news of the target apart). */
export const isFinal = (state: OperationState): boolean => FINAL.has(state);
