/** Two Pults on one database and one bus: partitions are shared, one is killed while it reads; and one that dies in its catch-up. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, inject, it, vi } from 'vitest';
import { openTestBus, type TestBus, type TestRecord } from './connectors/testing/bus.ts';
import { writtenBusLandscape } from './modules/messages/testing/bus-landscape.ts';
import { createTestDatabase, type TestDatabase } from './platform/db/test-database.ts';
import { eventsOf } from './testing/exchange.ts';
import { endAllPults, type RunningPult, startPult } from './testing/running-pult.ts';

const DOCUMENTS = 2_000;
const PARTITIONS = 4;
const LETTERS = 60;
const LIMIT_MS = 300_000;
const POLL = { timeout: 120_000, interval: 50 };
/** Of four documents in a row, as `eventsOf` makes them: where each ends, and in which attempt. */
const ENDS = ['applied 1', 'failed 1', 'sent 1', 'applied 2'];

let folder: string;
let database: TestDatabase;
let bus: TestBus;
let env: Record<string, string>;

beforeEach(async () => {
  [folder, database] = await Promise.all([mkdtemp(path.join(tmpdir(), 'pult-bus-')), createTestDatabase()]);
  bus = openTestBus(inject('kafkaBrokers'));
  await Promise.all([
    bus.make('facts', PARTITIONS),
    bus.make('shop.dlq', 2),
    bus.make('archive.dlq'),
    bus.make('shop.retry'),
    bus.make('prices'),
  ]);
  env = { DATABASE_URL: database.url, LANDSCAPE_FILE: path.join(folder, 'landscape.yaml') };
  // Nothing becomes overdue while the test runs: the states are those of the facts alone.
  await writeFile(env.LANDSCAPE_FILE ?? '', JSON.stringify(writtenBusLandscape(bus, { ackTimeout: '1d' })));
});
afterEach(async () => {
  await endAllPults();
  await bus.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** All of it within some minutes, whatever the number of documents. */
const FACTS: readonly Record<string, unknown>[] = eventsOf(DOCUMENTS, {
  id: 'prices',
  source: 'ut',
  consumer: 'shop',
}).map((event, index) => ({ ...event, time: new Date(Date.now() - 300_000 + index * 30).toISOString() }));

const structured = (event: Record<string, unknown>): TestRecord => ({
  key: String(event.id),
  value: JSON.stringify(event),
  headers: { 'content-type': 'application/cloudevents+json' },
});
const binary = ({ data, ...attributes }: Record<string, unknown>): TestRecord => ({
  key: String(attributes.id),
  value: JSON.stringify(data),
  headers: {
    'content-type': 'application/json',
    ...Object.fromEntries(Object.entries(attributes).map(([name, text]) => [`ce_${name}`, String(text)])),
  },
});

/** Six records that nobody can fold, of every partition some. */
const poison = (): TestRecord[] =>
  [
    { key: 'p0', value: 'ЗК-1;1000;руб' },
    { key: 'p1', value: JSON.stringify({ number: 'ЗК-1' }) },
    { key: 'p2', value: null },
    structured({ ...FACTS[0], id: 'p3', source: 'zup' }),
    binary({ ...FACTS[0], id: 'p4', data: { ...(FACTS[0]?.data as object), flow: 'nothing' } }),
    structured({ ...FACTS[0], id: 'p5', time: 'yesterday' }),
  ].map((record, index) => ({ ...record, partition: index % PARTITIONS }));

const letter = (index: number): TestRecord => ({
  key: `ПЦ-${index}`,
  value: JSON.stringify({ price: index }),
  headers: {
    'message-id': `dead-${index}`,
    ce_type: 'ПакетЦен',
    ce_subject: `ПЦ-${index}`,
    'dlq-original-topic': bus.topic('prices'),
    'dlq-error': 'Цена ниже себестоимости',
  },
  partition: index % 2,
});

/** Facts in an order of no sense, a third of them twice, steps of one document on several partitions. */
function stream(): TestRecord[] {
  const weight = (text: string): string => createHash('sha256').update(text).digest('hex');
  const facts = FACTS.flatMap((event, index) => (index % 3 === 0 ? [event, event] : [event])).map((event, index) => ({
    ...(index % 2 === 0 ? structured(event) : binary(event)),
    partition: Number.parseInt(weight(`partition ${index}`).slice(0, 4), 16) % PARTITIONS,
  }));
  return [...facts, ...poison()]
    .map((record, index) => ({ record, at: weight(`order ${index}`) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ record }) => record);
}

const write = async (records: readonly TestRecord[], from: number, to: number): Promise<void> => {
  for (let at = from; at < to; at += 500)
    await bus.write(bus.topic('facts'), records.slice(at, Math.min(at + 500, to)));
};
const writeLetters = (from: number, to: number): Promise<void> =>
  bus.write(
    bus.topic('shop.dlq'),
    Array.from({ length: to - from }, (_, index) => letter(from + index)),
  );

const count = async (table: string): Promise<number> =>
  (await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(database.db)).rows[0]?.n ?? 0;

/** Partitions of a topic that an instance reads, by what it tells Prometheus. */
async function partitionsOf(pult: RunningPult, topic: string): Promise<number[]> {
  const text = await (await fetch(`${pult.url}/metrics`)).text();
  const samples = text.matchAll(/^pult_bus_lag_records\{topic="([^"]+)",partition="(\d+)"\}/gm);
  return [...samples].flatMap(([, name, partition]) => (name === topic ? [Number(partition)] : []));
}

/** Everything once, in its right state, counted once, and nothing left to read. */
async function expectAllOnce(letters: number): Promise<void> {
  await expect.poll(() => count('exchange_event'), POLL).toBe(FACTS.length + letters);
  await expect.poll(() => count('quarantine_event'), POLL).toBe(poison().length);
  for (const topic of [bus.topic('facts'), ...(letters > 0 ? [bus.topic('shop.dlq')] : [])]) {
    const ends = await bus.ends(topic);
    await expect.poll(() => bus.committed(topic), POLL).toEqual(ends);
  }
  const { rows } = await sql<{ message_id: string; ended: string }>`
    select message_id, state || ' ' || attempt as ended from delivery where message_id like 'prices-%'`.execute(
    database.db,
  );
  const wanted = Array.from({ length: DOCUMENTS }, (_, index) => [`prices-${index}`, ENDS[index % ENDS.length]]);
  expect(new Map(rows.map(({ message_id, ended }) => [message_id, ended]))).toEqual(new Map(wanted as never));
  expect(rows).toHaveLength(DOCUMENTS);
  // Every poison record once, by its place; every dead letter once, with its failure.
  const held = await sql<{ n: number; places: number; reasons: string[] }>`select count(*)::int as n,
    count(distinct bus_place)::int as places, array_agg(reason order by reason) as reasons from quarantine_event`.execute(
    database.db,
  );
  const reasons = ['foreign_source', 'invalid', 'unknown_flow', 'unreadable', 'unreadable', 'unreadable'];
  expect(held.rows).toEqual([{ n: poison().length, places: poison().length, reasons }]);
  const dead = await sql<{ n: number; of: number; failed: number }>`select count(*)::int as n,
    count(distinct delivery_id)::int as of, count(*) filter (where d.state = 'failed')::int as failed
    from dead_letter l join delivery d on d.id = l.delivery_id`.execute(database.db);
  expect(dead.rows).toEqual([{ n: letters, of: letters, failed: letters }]);
  // Rollups are those of the rows, minute by minute.
  for (const [measure, column] of [
    ['accepted', 'started_at'],
    ['applied', 'applied_at'],
    ['failed', 'first_failed_at'],
  ] as const) {
    const rolled = await sql`select minute, ${sql.ref(measure)} as n from rollup_minute
      where ${sql.ref(measure)} <> 0 order by minute`.execute(database.db);
    const counted =
      await sql`select date_trunc('minute', ${sql.ref(column)}) as minute, count(*)::int as n from delivery
      where ${sql.ref(column)} is not null group by 1 order by 1`.execute(database.db);
    expect(rolled.rows, measure).toEqual(counted.rows);
    expect(rolled.rows.length, measure).toBeGreaterThan(0);
  }
}

it('partitions are shared, one of two is killed while it reads: every fact counts once and nothing is left unread', {
  timeout: LIMIT_MS,
}, async () => {
  const facts = bus.topic('facts');
  const [victim, survivor] = await Promise.all([startPult(env), startPult(env)]);
  await vi.waitFor(async () => {
    const shares = await Promise.all([victim, survivor].map((one) => partitionsOf(one, facts)));
    expect(shares.map(({ length }) => length)).toEqual([2, 2]);
    expect(shares.flat().toSorted()).toEqual([0, 1, 2, 3]);
  }, POLL);

  const records = stream();
  const half = Math.floor(records.length / 2);
  await write(records, 0, half);
  await writeLetters(0, LETTERS / 2);
  await expect.poll(() => count('exchange_event'), POLL).toBeGreaterThan(500);
  // The rest comes while the kill happens: what the victim has fetched and not written dies with it.
  const rest = write(records, half, records.length);
  await expect.poll(() => count('exchange_event'), { ...POLL, interval: 5 }).toBeGreaterThan(half / 3);
  await victim.kill('SIGKILL');
  expect(await count('exchange_event')).toBeLessThan(FACTS.length);
  await rest;
  await writeLetters(LETTERS / 2, LETTERS);

  await expectAllOnce(LETTERS);
  await expect.poll(() => partitionsOf(survivor, facts), POLL).toEqual([0, 1, 2, 3]);
});

it('killed in the middle of its catch-up and started again it goes on where it was, and counts nothing twice', {
  timeout: LIMIT_MS,
}, async () => {
  const records = stream();
  await write(records, 0, records.length);
  const first = await startPult(env);
  await expect.poll(() => count('exchange_event'), { ...POLL, interval: 5 }).toBeGreaterThan(0);
  await first.kill('SIGKILL');
  const before = await count('exchange_event');
  expect(before).toBeLessThan(FACTS.length);
  // Its membership has not ended for the broker when the next one joins.
  const second = await startPult(env, first.port);
  await expectAllOnce(0);
  expect(second.child.exitCode).toBeNull();
});
