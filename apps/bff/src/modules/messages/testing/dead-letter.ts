import { type FlowConfig, landscapeFile } from '@pult/shared/contracts/landscape-file';
import type { DeadLetterRules } from '@pult/shared/contracts/landscape-file/dead-letters';
import type { DeadLetterOwner, DeadLetterRecord } from '../dead-letters/read.ts';

const title = { ru: 'а', en: 'a' };
export const DEAD_LETTER_TOPIC = 'go.dlq';

/** A flow over the bus to one service, which puts what it cannot process into a topic of its own. */
export function deadLetterOwner(rules?: DeadLetterRules): DeadLetterOwner {
  const [flow] = landscapeFile.parse({
    version: 1,
    systems: [
      {
        id: 'kafka',
        title,
        kind: 'bus',
        place: { column: 0, row: 0 },
        connector: { protocol: 'kafka', brokers: 'b:1' },
      },
      { id: 'go', title, kind: 'service', place: { column: 1, row: 0 } },
    ],
    flows: [
      {
        id: 'orders',
        title,
        what: title,
        from: ['kafka'],
        to: ['go'],
        era: 'to-be',
        channel: 'kafka',
        consumers: [
          { system: 'go', group: 'go', deadLetterTopic: DEAD_LETTER_TOPIC, ...(rules && { deadLetters: rules }) },
        ],
      },
    ],
  }).flows;
  const [consumer] = flow?.consumers ?? [];
  if (flow === undefined || consumer === undefined) throw new Error('no consumer');
  return { flow, consumer };
}

export const flowsOfOwner = ({ flow }: DeadLetterOwner): ReadonlyMap<string, FlowConfig> => new Map([[flow.id, flow]]);

interface Given {
  readonly key?: string | Buffer | null;
  readonly value?: string | Buffer | null;
  readonly headers?: Readonly<Record<string, string | Buffer>>;
}

/** A record of its topic, as the client of the bus gives it. */
export const deadLetterRecord = (
  { key = null, value = null, headers = {} }: Given,
  { offset = '7', timestamp }: { readonly offset?: string; readonly timestamp: number },
): DeadLetterRecord => ({
  topic: DEAD_LETTER_TOPIC,
  topicId: 'id',
  partition: 0,
  offset,
  timestamp,
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
  headers: Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)] as const),
});
