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
      return { system, groups: groupsOf(file, flows, system), topics: topicsOf(flows, system) };
    });
}

const eventTopicsOf = ({ connector }: SystemConfig): string[] =>
  connector?.protocol === 'kafka' ? connector.eventTopics.map(({ topic }) => topic) : [];

function groupsOf(file: LandscapeFile, flows: readonly FlowConfig[], bus: SystemConfig): PlannedGroup[] {
  const groups = new Map<string, { systemId: string | null; flows: Set<string>; reads: Set<string> }>();
  const add = (group: string, systemId: string | null, flow?: FlowConfig, reads: readonly string[] = []): void => {
    const known = groups.get(group) ?? { systemId, flows: new Set<string>(), reads: new Set<string>() };
    if (flow) known.flows.add(flow.id);
    for (const topic of reads) known.reads.add(topic);
    groups.set(group, known);
  };
  for (const flow of flows)
    for (const { system, group, topics, retryTopic } of flow.consumers)
      add(group, system, flow, [...(topics ?? flow.topics), ...(retryTopic === undefined ? [] : [retryTopic])]);
  // What a system reads with its groups is said by the consumers of flows; a group that none of them names reads all of its flows.
  for (const { id, consumerGroups } of file.systems)
    for (const group of consumerGroups) {
      if (groups.has(group)) continue;
      const own = flows.filter(({ to }) => to.includes(id));
      if (own.length === 0) add(group, id);
      for (const flow of own) add(group, id, flow, flow.topics);
    }
  const own = bus.connector?.protocol === 'kafka' ? bus.connector.groupId : null;
  if (own !== null) {
    const deadLetters = flows.flatMap(({ consumers }) => consumers.flatMap((one) => one.deadLetterTopic ?? []));
    add(own, null, undefined, [...eventTopicsOf(bus), ...deadLetters]);
  }
  return [...groups].map(([group, { systemId, flows: of, reads }]) => ({
    group,
    systemId,
    ours: group === own,
    flows: [...of],
    reads: [...reads],
  }));
}

function topicsOf(flows: readonly FlowConfig[], bus: SystemConfig): PlannedTopic[] {
  const topics = new Map<string, { role: BusTopic['role']; flows: Set<string> }>();
  const add = (topic: string, role: BusTopic['role'], flow?: FlowConfig): void => {
    const known = topics.get(topic) ?? { role, flows: new Set<string>() };
    if (flow) known.flows.add(flow.id);
    topics.set(topic, known);
  };
  for (const flow of flows) for (const topic of flow.topics) add(topic, 'business', flow);
  for (const topic of eventTopicsOf(bus)) add(topic, 'facts');
  for (const flow of flows)
    for (const { retryTopic, deadLetterTopic } of flow.consumers) {
      if (retryTopic !== undefined) add(retryTopic, 'retry', flow);
      if (deadLetterTopic !== undefined) add(deadLetterTopic, 'dead_letters', flow);
    }
  return [...topics].map(([topic, { role, flows: of }]) => ({ topic, role, flows: [...of] }));
}
