/** What the landscape needs of a bus: the check of the connection asks for exactly this. */
import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import type { ConfigOf } from '../port/connector.ts';
import type { GroupNeed, TopicNeed } from './rights.ts';

export interface BusNeeds {
  /** With what Pult does there: facts and dead letters are read, retries written, the rest looked at. */
  readonly topics: readonly TopicNeed[];
  /** Pult's own and those whose lag and members the landscape asks for. */
  readonly groups: readonly GroupNeed[];
  readonly flows: readonly string[];
}

export function busNeeds(landscape: LandscapeFile, systemId: string, config: ConfigOf<'kafka'>): BusNeeds {
  const topics = new Map<string, TopicNeed>();
  const onTopic = (topic: string, right: TopicNeed['right']): void => {
    topics.set(`${right} ${topic}`, { topic, right });
  };
  const groups = new Map<string, GroupNeed>([[config.groupId, { group: config.groupId, right: 'Read' }]]);
  const onGroup = (group: string): void => {
    if (!groups.has(group)) groups.set(group, { group, right: 'Describe' });
  };
  const flows: string[] = [];
  for (const { topic } of config.eventTopics) onTopic(topic, 'Read');
  for (const one of landscape.systems) one.consumerGroups.forEach(onGroup);
  for (const flow of landscape.flows) {
    if (![...flow.from, ...flow.to].includes(systemId)) continue;
    for (const topic of flow.topics) onTopic(topic, 'Describe');
    for (const { group, deadLetterTopic, retryTopic } of flow.consumers) {
      onGroup(group);
      if (deadLetterTopic !== undefined) onTopic(deadLetterTopic, 'Read');
      if (retryTopic !== undefined) onTopic(retryTopic, 'Write');
    }
    flows.push(flow.id);
  }
  return { topics: [...topics.values()], groups: [...groups.values()], flows };
}
