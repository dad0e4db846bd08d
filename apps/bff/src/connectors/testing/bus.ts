/** A corner of the broker of this test run: topics and groups of its own, and a producer that writes what it is told. */
import { randomUUID } from 'node:crypto';
import { Admin, Consumer, Producer } from '@platformatic/kafka';
import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import { expect, vi } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { createKafkaClient, type KafkaClient } from '../kafka/client.ts';
import type { KafkaConfig } from '../kafka/tls-files.ts';

type Text = Readonly<Record<string, string | Buffer>>;
export interface TestRecord {
  readonly key?: string | null;
  readonly value?: string | Buffer | null;
  readonly headers?: Text;
  readonly partition?: number;
  /** ms; now when absent. */
  readonly timestamp?: number;
}

export interface TestBus {
  /** Name of a topic here; the same word is the same topic. */
  topic(word: string): string;
  /** A topic that the broker has and names to whoever asks. */
  make(word: string, partitions?: number): Promise<string>;
  remove(word: string): Promise<void>;
  write(topic: string, records: readonly TestRecord[]): Promise<void>;
  /** Everything that stands on a topic now, partition by partition. */
  read(
    topic: string,
  ): Promise<{ key: string | null; value: string | null; headers: [string, string][]; partition: number }[]>;
  /** What the group has committed, by partition. */
  committed(topic: string): Promise<bigint[]>;
  /** Where each partition of a topic ends. */
  ends(topic: string): Promise<bigint[]>;
  readonly config: KafkaConfig;
  client(overrides?: Partial<KafkaConfig>): KafkaClient;
  readonly admin: Admin;
  close(): Promise<void>;
}

export function openTestBus(brokers: string): TestBus {
  const tag = randomUUID().slice(0, 8);
  // A broker that has just come up refuses groups for some seconds.
  const base = { clientId: `test-${tag}`, bootstrapBrokers: [brokers], retries: 60, retryDelay: 250 };
  const admin = new Admin(base);
  const producer = new Producer({ ...base, acks: -1 });
  const clients: KafkaClient[] = [];
  const topic = (word: string): string => `${tag}.${word}`;
  const ends = async (name: string): Promise<bigint[]> => {
    const [listed] = await admin.listOffsets({ topics: [{ name, partitions: await partitionsOf(admin, name) }] });
    return inOrder(listed?.partitions ?? []).map(({ offset }) => offset);
  };
  const config = kafkaConfigOf({ protocol: 'kafka', brokers, groupId: `pult-${tag}` });
  return {
    topic,
    config,
    admin,
    make: async (word, partitions = 1) => {
      await admin.createTopics({ topics: [topic(word)], partitions, replicas: 1 });
      // The broker answers before it has learned of the topic itself.
      await vi.waitFor(async () => expect(await partitionsOf(admin, topic(word))).toHaveLength(partitions), 30_000);
      return topic(word);
    },
    remove: async (word) => admin.deleteTopics({ topics: [topic(word)] }),
    write: async (name, records) => {
      await producer.send({
        messages: records.map(({ key, value, headers = {}, partition, timestamp }) => ({
          topic: name,
          ...(key == null ? {} : { key: Buffer.from(key) }),
          ...(value == null ? {} : { value: Buffer.from(value) }),
          ...(partition === undefined ? {} : { partition }),
          ...(timestamp === undefined ? {} : { timestamp: BigInt(timestamp) }),
          headers: new Map(Object.entries(headers).map(([one, text]) => [Buffer.from(one), Buffer.from(text)])),
        })),
      });
    },
    read: async (name) => {
      const expected = (await ends(name)).reduce((sum, one) => sum + Number(one), 0);
      const found: Awaited<ReturnType<TestBus['read']>> = [];
      if (expected === 0) return found;
      const consumer = new Consumer({ ...base, groupId: `look-${randomUUID()}`, maxWaitTime: 100 });
      const stream = await consumer.consume({ topics: [name], mode: 'earliest', autocommit: false });
      for await (const message of stream) {
        found.push({
          key: message.key?.toString() ?? null,
          value: message.value?.toString() ?? null,
          headers: message.headerEntries.map(([one, text]) => [one.toString(), text.toString()]),
          partition: message.partition,
        });
        if (found.length >= expected) break;
      }
      await consumer.close(true);
      return found;
    },
    committed: async (name) => {
      const [group] = await admin.listConsumerGroupOffsets({ groups: [config.groupId] });
      const partitions = group?.topics.find((one) => one.name === name)?.partitions ?? [];
      return inOrder(partitions).map((one) => one.committedOffset);
    },
    ends,
    client: (overrides = {}) => {
      const client = createKafkaClient({
        system: 'kafka',
        clock: systemClock,
        config: { ...config, ...overrides },
        secrets: {},
      });
      clients.push(client);
      return client;
    },
    close: async () => {
      await Promise.all(clients.map((one) => one.close()));
      await producer.close();
      await admin.close();
    },
  };
}

const inOrder = <T extends { partitionIndex: number }>(partitions: readonly T[]): T[] =>
  partitions.toSorted((a, b) => a.partitionIndex - b.partitionIndex);

async function partitionsOf(admin: Admin, name: string): Promise<{ partitionIndex: number; timestamp: bigint }[]> {
  const metadata = await admin.metadata({ topics: [name], forceUpdate: true });
  const count = metadata.topics.get(name)?.partitionsCount ?? 0;
  return Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, timestamp: -1n }));
}

/** A connector of the landscape with its defaults. */
export function kafkaConfigOf(connector: Record<string, unknown>): KafkaConfig {
  const title = { ru: 'а', en: 'a' };
  const file = landscapeFile.parse({
    version: 1,
    systems: [{ id: 'kafka', title, kind: 'bus', place: { column: 0, row: 0 }, connector }],
    flows: [{ id: 'x', title, what: title, from: ['kafka'], to: ['kafka'], channel: 'rest' }],
  });
  return file.systems[0]?.connector as KafkaConfig;
}
