import { randomUUID } from 'node:crypto';
import { Admin, Consumer } from '@platformatic/kafka';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { createKafkaClient, type KafkaClient } from './client.ts';
import { readOverview } from './overview.ts';

const run = randomUUID().slice(0, 8);
const topic = `overview-${run}`;
const group = `readers-${run}`;
const base = { clientId: 'test', bootstrapBrokers: [inject('kafkaBrokers')] };
const admin = new Admin(base);
const reader = new Consumer({
  ...base,
  clientId: 'reader-1',
  groupId: group,
  sessionTimeout: 6_000,
  heartbeatInterval: 500,
});
let client: KafkaClient;

beforeAll(async () => {
  client = createKafkaClient({
    system: 'kafka',
    clock: systemClock,
    secrets: {},
    config: {
      protocol: 'kafka',
      brokers: [inject('kafkaBrokers')],
      groupId: 'pult',
      tls: false,
      sasl: 'SCRAM-SHA-512',
      eventTopics: [],
      limits: { concurrency: 1, timeoutMs: 10_000, pollMs: 5_000 },
    },
  });
  await admin.createTopics({ topics: [topic], partitions: 2, replicas: 1 });
  await client.send(
    ['a', 'b', 'c'].map((text) => ({ topic, key: Buffer.from('one'), value: Buffer.from(text), headers: [] })),
  );
});
afterAll(async () => {
  await reader.close(true);
  await client.close();
  await admin.close();
});

const look = () => readOverview(client, { topics: [topic, 'nowhere'], groups: [group, 'nobody'] });
const groupNow = async () => (await look()).groups.find((one) => one.group === group);

it('tells what the cluster holds and who reads it, before, while and after somebody does', async () => {
  const before = await look();
  expect(before.brokers).toHaveLength(1);
  expect(before.controller).toBe(before.brokers[0]?.id);
  const found = before.topics.filter((one) => [topic, 'nowhere'].includes(one.topic));
  expect(found.map((one) => one.topic)).toEqual([topic]);
  expect(found[0]?.partitions.map(({ newest }) => newest).toSorted()).toEqual([0, 3]);
  expect(found[0]?.partitions.every(({ leader, oldest }) => leader === before.brokers[0]?.id && oldest === 0)).toBe(
    true,
  );
  expect(before.groups.some((one) => one.group === group || one.group === 'nobody')).toBe(false);

  const stream = await reader.consume({
    topics: [topic],
    mode: 'committed',
    fallbackMode: 'earliest',
    autocommit: false,
  });
  for await (const message of stream) {
    await message.commit();
    if (message.offset === 1n) break;
  }
  await vi.waitFor(
    async () =>
      expect(await groupNow()).toMatchObject({
        state: 'Stable',
        members: [{ clientId: 'reader-1', assigned: [{ topic, partitions: [0, 1] }] }],
        offsets: [{ topic, committed: 2 }],
      }),
    { timeout: 20_000, interval: 200 },
  );

  await reader.close(true);
  await vi.waitFor(async () => expect(await groupNow()).toMatchObject({ state: 'Empty', members: [] }), {
    timeout: 20_000,
    interval: 200,
  });
});
