/** Stages of a flow that moves to the bus (landscape.md): in which order they come, and whose word counts in each. */

export const STAGES = ['point-to-point', 'shadow', 'cut-over', 'bus'] as const;
export type Stage = (typeof STAGES)[number];

const rankOf = (stage: Stage): number => STAGES.indexOf(stage);

/** The channel whose outcome the consumer works with; the other one is only watched. */
export const truthOf = (stage: Stage): 'old' | 'bus' => (rankOf(stage) < rankOf('cut-over') ? 'old' : 'bus');

/** Both channels run, so that their deliveries can be paired. */
export const isCompared = (stage: Stage): boolean => stage === 'shadow' || stage === 'cut-over';

/** The stage that a flow may go on to; null when it has arrived. */
export const nextStage = (stage: Stage): Stage | null => STAGES[rankOf(stage) + 1] ?? null;

/** Stages that a flow may go back to, the nearest first. */
export const earlierStages = (stage: Stage): Stage[] => STAGES.slice(0, rankOf(stage)).toReversed();

/** How a change is judged: one step on by the checklist, any number of steps back; null for what is neither. */
export function moveOf(from: Stage, to: Stage): 'forward' | 'back' | null {
  if (nextStage(from) === to) return 'forward';
  return rankOf(to) < rankOf(from) ? 'back' : null;
}
