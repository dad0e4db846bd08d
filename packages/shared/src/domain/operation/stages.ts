/** The first one, then ten, then the rest (domain.md §2, canary). */
export type StageId = 'canary1' | 'canary10' | 'rest';
export const STAGE_IDS: readonly StageId[] = ['canary1', 'canary10', 'rest'];

const CANARY1_END = 1;
const CANARY10_END = 11;

/** Stage of a place in the frozen list, counted from 1. */
export function stageOf(position: number): StageId {
  if (position <= CANARY1_END) return 'canary1';
  return position <= CANARY10_END ? 'canary10' : 'rest';
}

/** Last position of a stage in a list of `total` items. */
export function stageEnd(stage: StageId, total: number): number {
  if (stage === 'canary1') return Math.min(CANARY1_END, total);
  return stage === 'canary10' ? Math.min(CANARY10_END, total) : total;
}

export function stageSize(stage: StageId, total: number): number {
  if (stage === 'canary1') return stageEnd('canary1', total);
  if (stage === 'canary10') return stageEnd('canary10', total) - stageEnd('canary1', total);
  return total - stageEnd('canary10', total);
}

/**
 * Last position that may start now. A stage opens when every item of the stages before it has ended; `openBy`
 * says how many items of a stage have not.
 */
export function admittedUpTo(openBy: Readonly<Record<StageId, number>>, total: number): number {
  if (openBy.canary1 > 0) return stageEnd('canary1', total);
  if (openBy.canary10 > 0) return stageEnd('canary10', total);
  return total;
}

export interface StopRule {
  /** Finished items looked at. */
  readonly window: number;
  /** 0.05 = 5 %. */
  readonly limitShare: number;
  /** Behind the canary a share over fewer items than this says nothing. */
  readonly leastItems: number;
}
export const DEFAULT_STOP_RULE: StopRule = { window: 100, limitShare: 0.05, leastItems: 20 };

export interface StopReading {
  readonly finished: number;
  readonly failures: number;
  readonly share: number;
  readonly broken: boolean;
}

/**
 * Looks at the newest outcomes, newest last; true = failed or unknown. Within the canary (stage not `rest`) every
 * failure above the share counts at once: one of one, one of eleven.
 */
export function readStopRule(outcomes: readonly boolean[], stage: StageId, rule: StopRule): StopReading {
  const inWindow = outcomes.slice(-rule.window);
  const failures = inWindow.filter(Boolean).length;
  const finished = inWindow.length;
  const share = finished === 0 ? 0 : failures / finished;
  const enough = stage !== 'rest' || finished >= Math.min(rule.leastItems, rule.window);
  return { finished, failures, share, broken: enough && share > rule.limitShare };
}
