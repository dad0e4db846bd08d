/** The client of the bus as the demonstration uses it: topics are made, records are acknowledged by the broker before it goes on. */
import { Admin, compatibilityPartitioner, Producer } from '@platformatic/kafka';
import type { OutRecord } from './message.ts';
import { TOPICS } from './topics.ts';

export interface Link {
  readonly brokers: readonly string[];
  /** Acknowledged when it resolves. @throws when the broker does not */
  send(records: readonly OutRecord[]): Promise<void>;
  /** Makes the topics that are not there. @throws when the broker does not answer */
  prepare(): Promise<void>;
  close(): Promise<void>;
}

const TIMEOUTS = { connectTimeout: 3_000, requestTimeout: 15_000, retries: 1, retryDelay: 300 } as const;

export function createLink(brokers: readonly string[]): Link {
  const base = { bootstrapBrokers: [...brokers], ...TIMEOUTS };
  let producer: Producer | null = null;
  return {
    brokers,
    send: async (records) => {
      if (records.length === 0) return;
      producer ??= new Producer({ ...base, clientId: 'stand', partitioner: compatibilityPartitioner, acks: -1 });
      await producer.send({
        messages: records.map(({ topic, key, value, headers }) => ({
          topic,
          key: Buffer.from(key),
          value: Buffer.from(value),
          headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
        })),
      });
    },
    prepare: async () => {
      const admin = new Admin({ ...base, clientId: 'stand-admin' });
      try {
        const known = new Set(await admin.listTopics());
        const missing = [...TOPICS].filter(([topic]) => !known.has(topic));
        for (const [topic, partitions] of missing)
          await admin.createTopics({ topics: [topic], partitions, replicas: 1 });
      } finally {
        await admin.close().catch(() => undefined);
      }
    },
    close: async () => {
      await producer?.close().catch(() => undefined);
    },
  };
}
