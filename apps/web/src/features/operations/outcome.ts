import type { ItemOutcome, OperationCounts, OperationState } from '@pult/shared/contracts/operations';
import type { StateName } from '../../ui/tokens.ts';

/** Colour and shape of an item's outcome. */
export const OUTCOME_STATE: Readonly<Record<ItemOutcome, StateName>> = {
  pending: 'idle',
  waiting_previous: 'idle',
  in_progress: 'run',
  applied: 'ok',
  already_applied: 'ok',
  done: 'ok',
  failed: 'bad',
  in_doubt: 'doubt',
  skipped: 'warn',
  returned: 'idle',
  ineligible: 'idle',
};

export const OPERATION_STATE: Readonly<Record<OperationState, StateName>> = {
  planned: 'idle',
  running: 'run',
  holding: 'warn',
  paused: 'warn',
  stopped: 'bad',
  cancelling: 'warn',
  completed: 'ok',
  completed_with_failures: 'bad',
  cancelled: 'idle',
  expired: 'idle',
};

/** Outcomes in the order of the bar, with the count of each. */
export const outcomeCounts = (counts: OperationCounts): readonly (readonly [ItemOutcome, number])[] => [
  ['applied', counts.applied],
  ['already_applied', counts.alreadyApplied],
  ['done', counts.done],
  ['waiting_previous', counts.waitingPrevious],
  ['in_progress', counts.inProgress],
  ['in_doubt', counts.inDoubt],
  ['failed', counts.failed],
  ['skipped', counts.skipped],
  ['returned', counts.returned],
  ['pending', counts.pending],
];

/** Items whose outcome is proven. */
export const confirmed = (counts: OperationCounts): number =>
  counts.applied + counts.alreadyApplied + counts.done + counts.failed;
