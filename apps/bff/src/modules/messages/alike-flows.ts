import type { FlowConfig } from '@pult/shared/contracts/landscape-file';

export interface AlikeFlows<T> {
  /** What is the same for all of them. */
  readonly said: T;
  readonly flowIds: readonly string[];
}

/**
 * Watched flows of which the same is said, together: they are asked about in one condition, and a landscape may have
 * hundreds of them. What is said is compared as JSON.
 */
export function alikeFlows<T>(flows: Iterable<FlowConfig>, say: (flow: FlowConfig) => T): AlikeFlows<T>[] {
  const groups = new Map<string, { readonly said: T; readonly flowIds: string[] }>();
  for (const flow of flows) {
    if (!flow.watched) continue;
    const said = say(flow);
    const key = JSON.stringify(said);
    const group = groups.get(key) ?? { said, flowIds: [] };
    group.flowIds.push(flow.id);
    groups.set(key, group);
  }
  return [...groups.values()];
}
