import type { z } from 'zod';
import type { flow } from './flow.ts';
import type { system } from './system.ts';

type Flow = z.output<typeof flow>;
type System = z.output<typeof system>;
interface Problem {
  readonly path: (string | number)[];
  readonly message: string;
}

/** Topics with facts that several buses or lines claim, and sources that are no system. Paths begin at the list of systems. */
export function eventTopicProblems(systems: readonly System[]): Problem[] {
  const ids = new Set(systems.map(({ id }) => id));
  const buses = systems.filter(({ connector }) => connector?.protocol === 'kafka');
  const problems: Problem[] = [];
  systems.forEach(({ connector }, index) => {
    if (connector?.protocol !== 'kafka') return;
    if (buses.length > 1)
      problems.push({ path: [index, 'connector'], message: 'one system of the landscape may be the bus' });
    const seen = new Set<string>();
    connector.eventTopics.forEach(({ topic, sources }, at) => {
      const path = [index, 'connector', 'eventTopics', at];
      if (seen.has(topic)) problems.push({ path: [...path, 'topic'], message: `topic «${topic}» is listed twice` });
      seen.add(topic);
      sources.forEach((source, position) => {
        if (!ids.has(source))
          problems.push({ path: [...path, 'sources', position], message: `unknown system «${source}»` });
      });
    });
  });
  return problems;
}

/**
 * What is wrong with the consumers of a flow. A retry topic belongs to one consumer: a record put again where others read
 * too would reach those that have it already.
 */
export function busProblems(one: Flow, flows: readonly Flow[]): Problem[] {
  const shared = new Set(flows.flatMap(({ topics }) => topics));
  const problems: Problem[] = [];
  one.consumers.forEach((consumer, index) => {
    const say = (field: string, message: string) => problems.push({ path: ['consumers', index, field], message });
    if (!one.to.includes(consumer.system)) say('system', `«${consumer.system}» is no target of «${one.id}»`);
    for (const topic of consumer.topics ?? [])
      if (!one.topics.includes(topic)) say('topics', `«${topic}» is no topic of «${one.id}»`);
    for (const field of ['retryTopic', 'deadLetterTopic'] as const) {
      const topic = consumer[field];
      if (topic === undefined) continue;
      if (shared.has(topic)) say(field, `«${topic}» is a topic that others read`);
      const others = flows
        .flatMap((flow) => flow.consumers.map((other) => ({ flow: flow.id, other })))
        .filter(({ other }) => other !== consumer)
        .filter(({ other }) => other.retryTopic === topic || other.deadLetterTopic === topic);
      if (others[0]) say(field, `«${topic}» belongs to «${others[0].other.system}» of «${others[0].flow}»`);
    }
    if (consumer.deadLetters !== undefined && consumer.deadLetterTopic === undefined)
      say('deadLetters', `«${consumer.system}» names no deadLetterTopic whose records are read so`);
    const { number } = consumer.deadLetters ?? {};
    if (one.personalData && number !== undefined && 'key' in number && number.key === true)
      say('deadLetters', `the key of a record of «${one.id}» may name a person: it is shown to nobody as a number`);
    if (consumer.retryTopic !== undefined && consumer.retryTopic === consumer.deadLetterTopic)
      say('retryTopic', 'what is put again would come back as a dead letter');
  });
  return problems;
}

/** A bus without an address is not connected, and facts of flows over it reach nobody: they are not watched. */
export function withoutAbsentBus<File extends { readonly systems: System[]; readonly flows: Flow[] }>(
  file: File,
): File {
  const isBus = ({ connector }: System): boolean => connector?.protocol === 'kafka' && connector.brokers.length > 0;
  if (file.systems.some(isBus)) return file;
  return {
    ...file,
    systems: file.systems.map(({ connector, ...rest }) =>
      connector === undefined || connector.protocol === 'kafka' ? rest : { ...rest, connector },
    ),
    flows: file.flows.map((one) => (one.channel === 'kafka' ? { ...one, watched: false } : one)),
  };
}
