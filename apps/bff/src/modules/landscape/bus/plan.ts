/** What the landscape file says about each bus: topics with their role, groups with their readers. */
import type { BusTopic } from '@pult/shared/contracts/bus';
import type { FlowConfig, LandscapeFile, SystemConfig } from '@pult/shared/contracts/landscape-file';

export interface PlannedGroup {
  readonly group: string;
  /** System that reads with it; null for the group of Pult itself. */
  readonly systemId: string | null;
  readonly ours: boolean;
  readonly flows: readonly string[];
  /** Topics that it is meant to read. */
  readonly reads: readonly string[];
}
export interface PlannedTopic {
  readonly topic: string;
  readonly role: BusTopic['role'];
  readonly flows: readonly string[];
}
export interface BusPlan {
  readonly system: SystemConfig;
  readonly groups: readonly PlannedGroup[];
  readonly topics: readonly PlannedTopic[];
}

/** Flows that pass this bus. */
export const flowsOver = (file: LandscapeFile, systemId: string): FlowConfig[] =>
  file.flows.filter(({ channel, from, to }) => channel === 'kafka' && [...from, ...to].includes(systemId));

/** The plan of each system of the kind bus. */
export function busPlans(file: LandscapeFile): BusPlan[] {
  return file.systems
    .filter(({ kind }) => kind === 'bus')
    .map((system) => {
      const flows = flowsOver(file, system.id);
      return { system, groups: groupsOf(file, flows), topics: topicsOf(flows) };
    });
}

function groupsOf(file: LandscapeFile, flows: readonly FlowConfig[]): PlannedGroup[] {
  const groups = new Map<string, { systemId: string; flows: Set<string>; reads: Set<string> }>();
  const add = (group: string, systemId: string, flow?: FlowConfig, reads: readonly string[] = []): void => {
    const known = groups.get(group) ?? { systemId, flows: new Set<string>(), reads: new Set<string>() };
    if (flow) known.flows.add(flow.id);
    for (const topic of reads) known.reads.add(topic);
    groups.set(group, known);
  };
  for (const { id, consumerGroups } of file.systems)
    for (const group of consumerGroups) {
      const own = flows.filter(({ to }) => to.includes(id));
      if (own.length === 0) add(group, id);
      for (const flow of own) add(group, id, flow, flow.topics);
    }
  return [...groups].map(([group, { systemId, flows: of, reads }]) => ({
    group,
    systemId,
    ours: false,
    flows: [...of],
    reads: [...reads],
  }));
}

function topicsOf(flows: readonly FlowConfig[]): PlannedTopic[] {
  const topics = new Map<string, { role: BusTopic['role']; flows: Set<string> }>();
  const add = (topic: string, role: BusTopic['role'], flow?: FlowConfig): void => {
    const known = topics.get(topic) ?? { role, flows: new Set<string>() };
    if (flow) known.flows.add(flow.id);
    topics.set(topic, known);
  };
  for (const flow of flows) for (const topic of flow.topics) add(topic, 'business', flow);
  return [...topics].map(([topic, { role, flows: of }]) => ({ topic, role, flows: [...of] }));
}
