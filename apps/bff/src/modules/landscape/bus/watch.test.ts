import { landscapeBus } from '@pult/shared/contracts/bus';
import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import { SourceError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createServiceInstance } from '../../../connectors/service/client.ts';
import { testConnection } from '../../../connectors/testing/connection.ts';
import { startScriptedServer } from '../../../connectors/testing/scripted-server.ts';
import { createTestDatabase, type TestDatabase } from '../../../platform/db/test-database.ts';
import type { BusReading, GroupFacts, MissedOnBus } from './ports.ts';
import { type BusWatch, createBusWatch } from './watch.ts';

const START = Date.parse('2026-11-28T09:00:00Z');
const SECOND = 1_000;
const title = { ru: 'а', en: 'a' };
const place = { column: 0, row: 0 };
const file = landscapeFile.parse({
  version: 1,
  systems: [
    { id: 'erp-1', title, kind: 'onec', place },
    { id: 'kafka', title, kind: 'bus', place },
    {
      id: 'ims3',
      title,
      kind: 'service',
      place,
      consumerGroups: ['ims3'],
      connector: { protocol: 'service', url: 'http://127.0.0.1:1/a', more: ['http://127.0.0.1:1/b'] },
    },
  ],
  flows: [
    {
      id: 'bus-erp-ims3',
      title,
      what: title,
      from: ['erp-1', 'kafka'],
      to: ['kafka', 'ims3'],
      channel: 'kafka',
      watched: true,
      topics: ['erp.production.v1'],
      consumers: [{ system: 'ims3', group: 'ims3', deadLetterTopic: 'erp.ims3.dlq' }],
    },
  ],
});
const [flow] = file.flows;

let now = START;
let reading: BusReading | Error;
let asked = 0;
let open = new Map<string, number>();
let database: TestDatabase;
let server: Awaited<ReturnType<typeof startScriptedServer>>;
const hints: string[] = [];

const member = { clientId: 'ims3-1', host: '/127.0.0.1', assigned: [{ topic: 'erp.production.v1', partitions: [0] }] };
const group = (change: Partial<GroupFacts> = {}): GroupFacts => ({
  group: 'ims3',
  state: 'STABLE',
  members: [member],
  offsets: [{ topic: 'erp.production.v1', partition: 0, committed: 100 }],
  ...change,
});
const bus = (newest: number, ...groups: GroupFacts[]): BusReading => ({
  controller: 1,
  brokers: [{ id: 1, address: '127.0.0.1:9092' }],
  topics: [{ topic: 'erp.production.v1', partitions: [{ partition: 0, leader: 1, oldest: 0, newest }] }],
  groups,
});

/** One instance of Pult: several share the database. */
function instance(connected = true, missed: MissedOnBus[] = []): BusWatch {
  const connection = testConnection(server.url, { system: 'ims3' });
  const at = (path: string) =>
    createServiceInstance({
      connection,
      url: `${server.url}/${path}`,
      healthPath: '/healthz',
      metricsPath: '/metrics',
    });
  return createBusWatch({
    db: database.db,
    file,
    clock: { now: () => now },
    live: { announce: (topic) => void hints.push(topic) },
    log: { error: () => undefined },
    busAdmin: () =>
      connected
        ? {
            read: async () => {
              asked += 1;
              if (reading instanceof Error) throw reading;
              return reading;
            },
          }
        : null,
    busMissed: () => missed,
    activity: { openDeadLetters: async () => open },
    service: () => ({ system: 'ims3', instances: [at('a'), at('b')] }),
  });
}

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startScriptedServer(() => ({ status: 404 }));
});
afterAll(async () => {
  await database.close();
  await server.close();
});
beforeEach(async () => {
  now = START;
  asked = 0;
  hints.length = 0;
  reading = bus(100, group());
  await sql`truncate bus_source, bus_sample, service_source`.execute(database.db);
});

/** One round of the loop each five seconds. */
async function rounds(watch: BusWatch, readings: readonly (BusReading | Error)[]): Promise<void> {
  for (const one of readings) {
    now += 5 * SECOND;
    reading = one;
    await watch.readBus('kafka');
  }
  await watch.refresh();
}

it('is read once per interval, whichever instance looks, and every instance knows what was read', async () => {
  const [first, second] = [instance(), instance()];
  await Promise.all([first.readBus('kafka'), second.readBus('kafka')]);
  await second.readBus('kafka');
  expect(asked).toBe(1);
  await Promise.all([first.refresh(), second.refresh()]);
  expect(first.lag('kafka')).toMatchObject({ lag: 0, members: 1 });
  expect(second.lag('ims3')).toEqual(first.lag('ims3'));
  now += 5 * SECOND;
  await second.readBus('kafka');
  expect(asked).toBe(2);
});

it('tells what one instance found missing to all of them, once, through readings and restarts, for two weeks', async () => {
  const gap = (change: Partial<MissedOnBus> = {}): MissedOnBus => ({
    topic: 'exchange.events.v1',
    topicId: 'T',
    partition: 0,
    from: '10',
    records: 6,
    at: now,
    ...change,
  });
  const [finder, other, restarted] = [
    instance(true, [gap(), gap({ partition: 1 })]),
    instance(),
    instance(true, [gap({ at: now + SECOND }), gap({ from: '900' })]),
  ];
  const missed = async () =>
    landscapeBus.responses[200]
      .parse(await other.view())
      .buses[0]?.missed.map(({ partition, records }) => [partition, records]);
  // Nothing is known of the bus yet: it is noted with the first reading.
  await finder.refresh();
  await rounds(other, [bus(100, group())]);
  await finder.refresh();
  await rounds(other, [bus(120, group()), bus(140, group())]);
  expect(await missed()).toEqual([
    [0, 6],
    [1, 6],
  ]);
  await restarted.refresh();
  await rounds(other, [bus(150, group())]);
  expect(await missed()).toEqual([
    [0, 6],
    [1, 6],
    [0, 6],
  ]);
  now += 14 * 24 * 3_600 * SECOND;
  await rounds(other, [bus(160, group())]);
  expect(await missed()).toEqual([]);
});

it('foresees when a lag is gone', async () => {
  const watch = instance();
  await rounds(
    watch,
    [500, 460, 420, 380, 340, 300].map((lag) => bus(100 + lag, group())),
  );
  expect(watch.lag('ims3')).toEqual({
    lag: 300,
    forecast: { kind: 'falling', inMs: 37_500 },
    members: 1,
    withoutConsumer: [],
  });
  const view = landscapeBus.responses[200].parse(await watch.view());
  expect(view.buses[0]?.groups[0]).toMatchObject({
    group: 'ims3',
    systemId: 'ims3',
    flows: ['bus-erp-ims3'],
    lag: 300,
  });
  expect(view.buses[0]?.groups[0]?.trend.at(-1)?.lag).toBe(300);
  expect(view.buses[0]?.brokers).toEqual([{ id: 1, address: '127.0.0.1:9092', controller: true, leads: 1 }]);
});

it('calls a group without a member by the time it lost the last one, and says so of its flow and its consumer', async () => {
  const watch = instance();
  const empty = group({ state: 'EMPTY', members: [] });
  await rounds(watch, [bus(100, group()), bus(103, empty), bus(105, empty)]);
  // A restart takes a moment.
  expect(flow && watch.flow(flow)).toEqual({ connected: true, withoutConsumer: [] });
  await rounds(watch, [bus(106, empty), bus(107, empty)]);
  const since = START + 10 * SECOND;
  expect(flow && watch.flow(flow)?.withoutConsumer).toEqual([{ group: 'ims3', systemId: 'ims3', since, lag: 7 }]);
  expect(watch.withoutConsumer('bus-erp-ims3', 'ims3')).toBe(since);
  expect(watch.withoutConsumer('bus-erp-ims3', 'notify')).toBeNull();
  expect(hints).toContain('landscape');
  await rounds(watch, [bus(107, group())]);
  expect(watch.withoutConsumer('bus-erp-ims3', 'ims3')).toBeNull();
});

it('knows a group that never read: what the topic keeps waits for it', async () => {
  const watch = instance();
  await rounds(
    watch,
    [1, 2, 3, 4, 5].map(() => bus(40)),
  );
  expect(flow && watch.flow(flow)?.withoutConsumer).toMatchObject([{ group: 'ims3', lag: 40 }]);
});

it('keeps the last reading when the brokers do not answer, with its age, and judges no reader from it', async () => {
  const watch = instance();
  const gone = new SourceError(
    'source.unreachable',
    { system: 'kafka', text: 'ECONNREFUSED' },
    { canRetry: true, maybeSent: false },
  );
  await rounds(watch, [bus(100, group({ members: [], state: 'EMPTY' })), gone]);
  expect(watch.downSince('kafka')).toBeNull();
  await rounds(watch, [gone, gone]);
  expect(watch.downSince('kafka')).toBe(START + 10 * SECOND);
  now += 60 * SECOND;
  await watch.refresh();
  const [state] = landscapeBus.responses[200].parse(await watch.view()).buses;
  expect(state).toMatchObject({
    connected: true,
    stale: true,
    freshAt: '2026-11-28T09:00:05.000Z',
    error: { code: 'source.unreachable', text: 'ECONNREFUSED' },
  });
  expect(state?.groups).toHaveLength(1);
  expect(flow && watch.flow(flow)?.withoutConsumer).toEqual([]);
  await rounds(watch, [bus(100, group())]);
  expect(watch.downSince('kafka')).toBeNull();
});

it('goes on when the instance that was reading died', async () => {
  await sql`insert into bus_source (system_id, leased_until, tried_at) values ('kafka', ${new Date(START + 60_000)}, ${new Date(START)})`.execute(
    database.db,
  );
  const watch = instance();
  await watch.readBus('kafka');
  expect(asked).toBe(0);
  now += 60 * SECOND;
  await watch.readBus('kafka');
  expect(asked).toBe(1);
});

it('goes on when the clock was set back: neither the last look nor a lease of the time ahead is waited for', async () => {
  await sql`insert into bus_source (system_id, leased_until, tried_at)
    values ('kafka', ${new Date(START + 3_600_000)}, ${new Date(START + 3_590_000)})`.execute(database.db);
  await instance().readBus('kafka');
  expect(asked).toBe(1);
});

it('without brokers is not connected, and so is its flow', async () => {
  const watch = instance(false);
  await rounds(watch, [bus(100)]);
  expect(asked).toBe(0);
  expect(flow && watch.flow(flow)).toEqual({ connected: false, withoutConsumer: [] });
  expect(watch.lag('kafka')).toBeNull();
  const [state] = landscapeBus.responses[200].parse(await watch.view()).buses;
  expect(state).toMatchObject({ connected: false, stale: false, groups: [], freshAt: null });
});

it('polls each instance of a service: figures of those that answer, the reason of those that do not', async () => {
  const watch = instance();
  let handled = 10;
  server.answer(({ url }) => {
    if (url.startsWith('/b'))
      return { status: 503, body: { status: 'unhealthy', error: 'no connection to the broker' } };
    return url.endsWith('/healthz')
      ? { body: 'ok' }
      : {
          body: `ims3_build_info{version="v2.1.0"} 1\ngo_goroutines 17\nprocess_start_time_seconds 1.79e9\nkafka_consumer_records_total{topic="erp.production.v1"} ${handled}\n`,
        };
  });
  await watch.readService('ims3');
  now += 60 * SECOND;
  handled = 70;
  await watch.readService('ims3');
  await watch.refresh();
  expect(watch.figures('ims3')).toMatchObject({
    expected: 2,
    up: 1,
    versions: ['v2.1.0'],
    perMinute: 60,
    errorsPerMinute: 0,
    freshAt: new Date(now).toISOString(),
    instances: [
      { up: true, version: 'v2.1.0', goroutines: 17, error: null },
      { up: false, version: null, error: 'no connection to the broker' },
    ],
  });
});

it('calls a service down from the second look at which no instance is well, since the first, however long it lasts', async () => {
  const watch = instance();
  const look = async (isWell: boolean) => {
    server.answer(({ url }) =>
      url.endsWith('/metrics') ? { body: 'go_goroutines 17\n' } : { status: isWell ? 200 : 503, body: 'ok' },
    );
    await watch.readService('ims3');
    await watch.refresh();
    now += 60 * SECOND;
  };
  await look(true);
  const since = now;
  await look(false);
  expect(watch.downSince('ims3')).toBeNull();
  for (let minute = 0; minute < 8; minute += 1) await look(false);
  expect(watch.downSince('ims3')).toBe(since);
  const restarted = instance();
  await restarted.refresh();
  expect(restarted.downSince('ims3')).toBe(since);
  await look(true);
  expect(watch.downSince('ims3')).toBeNull();
});

it('says of a dead letter topic how much of it is open still, beside what the broker keeps', async () => {
  const watch = instance();
  const kept = { topic: 'erp.ims3.dlq', partitions: [{ partition: 0, leader: 1, oldest: 0, newest: 25 }] };
  const reading = bus(100, group());
  await rounds(watch, [{ ...reading, topics: [...reading.topics, kept] }]);
  const topics = async () =>
    landscapeBus.responses[200]
      .parse(await watch.view())
      .buses[0]?.topics.map(({ topic, records, open: left }) => [topic, records, left]);
  open = new Map([['erp.ims3.dlq', 3]]);
  expect(await topics()).toEqual([
    ['erp.production.v1', 100, null],
    ['erp.ims3.dlq', 25, 3],
  ]);
  open = new Map();
  expect((await topics())?.[1]).toEqual(['erp.ims3.dlq', 25, 0]);
});
