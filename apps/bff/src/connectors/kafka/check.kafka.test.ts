import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { openTestBus, type TestBus } from '../testing/bus.ts';
import { kafkaSteps } from './check.ts';
import { createKafkaClient } from './client.ts';

/** Steps of a check of the bus, over a real broker and where none is. */

let bus: TestBus;
beforeAll(() => {
  bus = openTestBus(inject('kafkaBrokers'));
});
afterAll(() => bus.close());

async function walk(topics: readonly string[], brokers: readonly string[] = bus.config.brokers, user?: string) {
  const config = {
    ...bus.config,
    brokers: [...brokers],
    limits: { ...bus.config.limits, timeoutMs: 5_000 },
    ...(user === undefined ? {} : { userEnv: 'U', passwordEnv: 'P' }),
  };
  const secrets = { U: user, P: 'пароль' };
  const steps = kafkaSteps({
    connect: () => createKafkaClient({ system: 'kafka', clock: systemClock, config, secrets }),
    brokers,
    tls: false,
    certificate: false,
    login: user === undefined ? null : { user, hasPassword: true, mechanism: 'SCRAM-SHA-512' },
    groups: [{ group: config.groupId, right: 'Read' }],
    topics: topics.map((topic) => ({ topic, right: 'Read' as const })),
  });
  const done: string[] = [];
  for (const step of steps) {
    const outcome = await step.run();
    if (!outcome.ok) return { done, failed: step.id, ...outcome.fault };
    done.push(step.id);
  }
  return { done, failed: null };
}

it('passes where the broker is and has the topics, and joins no group', async () => {
  const topic = await bus.make('facts');
  expect(await walk([topic])).toEqual({ done: ['login', 'rights', 'objects'], failed: null });
  expect([...(await bus.admin.listGroups()).keys()]).not.toContain(bus.config.groupId);
});

it('names every topic that the cluster does not have', async () => {
  const topic = await bus.make('there');
  const missing = [bus.topic('wrong'), bus.topic('gone')];
  expect(await walk([topic, ...missing])).toMatchObject({
    done: ['login', 'rights'],
    failed: 'objects',
    code: 'topic_missing',
    data: { objects: missing },
  });
});

it('says that nobody listens at the address of the broker', async () => {
  expect(await walk([], ['127.0.0.1:1'])).toMatchObject({
    done: [],
    failed: 'login',
    code: 'refused',
    request: 'Kafka 127.0.0.1:1',
  });
});

it('says that what listens there does not answer as a broker', async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  expect(await walk([], [`127.0.0.1:${address.port}`])).toMatchObject({ failed: 'login', code: 'no_answer' });
  silent.close();
});

it('says that the broker did not take the login, and never quotes the password', async () => {
  const outcome = await walk([], bus.config.brokers, 'pult');
  expect(outcome).toMatchObject({ done: [], failed: 'login' });
  expect(JSON.stringify(outcome)).not.toContain('пароль');
});
