import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import type { DeadLetterRules } from '@pult/shared/contracts/landscape-file/dead-letters';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { openTestBus, type TestBus, type TestRecord } from '../../../connectors/testing/bus.ts';
import { systemClock } from '../../../platform/clock.ts';
import { createTestDatabase, type TestDatabase } from '../../../platform/db/test-database.ts';
import { eventsOf } from '../../../testing/exchange.ts';
import { createIntake } from '../intake.ts';
import { closeQuarantined, listQuarantine } from '../quarantine.ts';
import { readStory } from '../story.ts';
import { busLandscape, flowsOf } from '../testing/bus-landscape.ts';
import { type BusIntake, createBusIntake } from './bus-intake.ts';
import { type BusTopics, busTopicsOf } from './judge.ts';

let database: TestDatabase;
let bus: TestBus;
let landscape: LandscapeFile;
let topics: BusTopics;
const running: BusIntake[] = [];
const person = {
  kind: 'person',
  userId: 'ops',
  name: 'Нечаева Ольга',
  email: null,
  roles: ['ops'],
  permissions: [],
  sessionId: 's',
} as const;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  bus = openTestBus(inject('kafkaBrokers'));
  landscape = busLandscape(bus);
  topics = busTopicsOf('kafka', bus.client().config, flowsOf(landscape));
  topics = { ...topics, sources: new Map([[bus.topic('facts'), ['ut', 'shop']]]) };
  await Promise.all([bus.make('facts', 3), bus.make('shop.dlq'), bus.make('archive.dlq'), bus.make('shop.retry')]);
  await sql`truncate delivery, exchange_event, delivery_fact, message_payload, failure_cause, rollup_minute, rollup_latency,
    rollup_cause, quarantine_event, system_report, heartbeat, dead_letter cascade`.execute(database.db);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await bus.close();
});

const deps = () => ({
  db: database.db,
  flows: flowsOf(landscape),
  clock: systemClock,
  downSince: () => null,
  approvalOf: async () => null,
  operationsOf: async () => new Map(),
  live: { announce: () => undefined },
  bus: { topics },
});

function start(options: { batchSize?: number; away?: () => boolean; stuck?: () => boolean } = {}): BusIntake {
  const real = createIntake(deps());
  const intake = createBusIntake({
    client: bus.client(),
    topics,
    clock: systemClock,
    sessionMs: 6_000,
    batchSize: options.batchSize ?? 200,
    intake: {
      fold: async (portion) => {
        if (options.away?.()) throw Object.assign(new Error('Connection terminated unexpectedly'));
        return real.fold(portion);
      },
    },
  });
  running.push(intake);
  intake.start();
  return intake;
}

const count = async (table: string): Promise<number> => {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from ${sql.table(table)}`.execute(
    database.db,
  );
  return rows[0]?.count ?? 0;
};
const until = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 40_000, interval: 50 });

const FACTS = eventsOf(60, { id: 'prices', source: 'ut', consumer: 'shop' });
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
const mixed = FACTS.map((event, index) => (index % 2 === 0 ? structured(event) : binary(event)));

async function deliveries() {
  const { rows } =
    await sql`select message_id, state, attempt, key_number, amount::text as amount from delivery order by message_id`.execute(
      database.db,
    );
  return rows;
}

describe('facts over the bus', () => {
  it('end in the same deliveries as over HTTP, in both modes, and again they change nothing', async () => {
    const http = createIntake(deps());
    await http.accept(FACTS, 'ut');
    const expected = await deliveries();
    await sql`truncate delivery, exchange_event cascade`.execute(database.db);
    start();
    await bus.write(bus.topic('facts'), mixed);
    await until(async () => expect(await count('exchange_event')).toBe(FACTS.length));
    expect(await deliveries()).toEqual(expected);
    await bus.write(bus.topic('facts'), mixed);
    await until(async () =>
      expect((await bus.committed(bus.topic('facts'))).reduce((sum, one) => sum + Number(one), 0)).toBe(
        2 * FACTS.length,
      ),
    );
    expect(await deliveries()).toEqual(expected);
    expect(await count('exchange_event')).toBe(FACTS.length);
    expect(await count('quarantine_event')).toBe(0);
  });

  it('wait for a database that is away: nothing is committed on the bus and nothing is lost', async () => {
    let away = true;
    start({ away: () => away });
    await bus.write(bus.topic('facts'), mixed);
    await until(async () => expect(running[0]?.state().heldRecords).toBeGreaterThan(0));
    expect(await bus.committed(bus.topic('facts'))).toEqual([]);
    away = false;
    await until(async () => expect(await count('exchange_event')).toBe(FACTS.length));
  });

  it('are shared by two instances; what one had in hand when it died the other takes', async () => {
    let dead = false;
    const first = start({ batchSize: 10, away: () => dead });
    const second = start({ batchSize: 10 });
    await until(async () => {
      expect(first.state().assigned.length).toBeGreaterThan(0);
      expect(second.state().assigned.length).toBeGreaterThan(0);
    });
    dead = true;
    await bus.write(bus.topic('facts'), mixed);
    await until(async () => expect(first.state().heldRecords).toBeGreaterThan(0));
    await first.stop();
    await until(async () => expect(await count('exchange_event')).toBe(FACTS.length));
  });
});

describe('what cannot be folded', () => {
  const fact = (change: Record<string, unknown>) =>
    ({ ...structuredClone(FACTS[0]), ...change }) as Record<string, unknown>;

  it('lies in quarantine with its place and its reason, once, and the rest goes on', async () => {
    start();
    const poison: TestRecord[] = [
      { key: 'a', value: 'ЗК-1;1000;руб', partition: 0 },
      { key: 'b', value: JSON.stringify({ number: 'ЗК-1' }), partition: 0 },
      { ...structured(fact({ id: 'x1', source: 'zup' })), partition: 0 },
      { ...structured(fact({ id: 'x2', data: { ...(FACTS[0]?.data as object), flow: 'nothing' } })), partition: 0 },
      { ...structured(fact({ id: 'x3', time: 'yesterday' })), partition: 0 },
      { ...structured(fact({ id: 'good' })), partition: 0 },
    ];
    await bus.write(bus.topic('facts'), poison);
    await until(async () => expect(await count('exchange_event')).toBe(1));
    const { rows } = await listQuarantine(deps(), { limit: 10, withContent: true });
    const found = rows.map(({ reason, bus: at, systemId }) => ({ reason, at, systemId }));
    const at = (offset: string) => ({ topic: bus.topic('facts'), partition: 0, offset });
    expect(found.toSorted((a, b) => Number(a.at?.offset) - Number(b.at?.offset))).toEqual([
      { reason: 'unreadable', at: at('0'), systemId: 'kafka' },
      { reason: 'unreadable', at: at('1'), systemId: 'kafka' },
      { reason: 'foreign_source', at: at('2'), systemId: 'kafka' },
      { reason: 'unknown_flow', at: at('3'), systemId: 'ut' },
      { reason: 'invalid', at: at('4'), systemId: 'ut' },
    ]);
    // The group begins at the start again: the same places, the same rows.
    await Promise.all(running.splice(0).map((one) => one.stop()));
    const again = { ...bus.config, groupId: `${bus.config.groupId}-again` };
    const intake = createBusIntake({
      client: bus.client(again),
      topics,
      clock: systemClock,
      intake: createIntake(deps()),
    });
    running.push(intake);
    intake.start();
    await until(async () => expect(intake.state().assigned).not.toEqual([]));
    await bus.write(bus.topic('facts'), [{ ...structured(fact({ id: 'last' })), partition: 0 }]);
    await until(async () => expect(await count('exchange_event')).toBe(2));
    expect(await count('quarantine_event')).toBe(5);
  });

  it('is accepted by a replay after the landscape was repaired, by the rules of its topic', async () => {
    start();
    await bus.write(bus.topic('facts'), [
      structured(fact({ id: 'x1', source: 'shop', data: { ...(FACTS[0]?.data as object), flow: 'later' } })),
    ]);
    await until(async () => expect(await count('quarantine_event')).toBe(1));
    const [row] = (await listQuarantine(deps(), { limit: 1, withContent: true })).rows;
    const input = { eventId: row?.id ?? '', verb: 'replay', reason: undefined, actor: person, requestId: 'r' } as const;
    expect(await closeQuarantined(deps(), input)).toBe('quarantined');
    const prices = flowsOf(landscape).get('prices');
    if (!prices) throw new Error('no flow');
    const flows = new Map([['later', { ...prices, id: 'later' }]]);
    const repaired = { ...deps(), flows, bus: { topics: { ...topics, flows } } };
    expect(await closeQuarantined(repaired, input)).toBe('accepted');
    expect(await count('exchange_event')).toBe(1);
  });
});

describe('dead letters', () => {
  const letter = (change: Record<string, string> = {}): TestRecord => ({
    key: 'ПЦ-7',
    value: JSON.stringify({ price: 10 }),
    headers: {
      'message-id': 'm-7',
      ce_id: 'e-7',
      ce_type: 'ПакетЦен',
      ce_subject: 'ПЦ-7',
      'dlq-original-topic': bus.topic('prices'),
      'dlq-original-partition': '1',
      'dlq-original-offset': '41',
      'dlq-error': 'Цена ниже себестоимости по номенклатуре «А-100»',
      'dlq-attempt': '3',
      ...change,
    },
  });

  it('are failures of their delivery, with the place, the key and the headers of the record', async () => {
    start();
    await bus.write(bus.topic('shop.dlq'), [letter({ recipient: 'site' })]);
    await until(async () => expect(await count('dead_letter')).toBe(1));
    const { rows } = await sql<{ id: string }>`select id from delivery`.execute(database.db);
    const story = await readStory(deps(), rows[0]?.id ?? '');
    expect(story.identifiers.recipient).toBe('site');
    expect(story.row).toMatchObject({ state: 'failed', attempt: 3, consumer: 'shop', messageId: 'm-7' });
    expect(story.actions.resend).toEqual({ allowed: true, reason: null });
    expect(story.deadLetters).toMatchObject([
      {
        topic: bus.topic('shop.dlq'),
        partition: 0,
        offset: '0',
        attempt: 3,
        original: { topic: bus.topic('prices'), partition: 1, offset: '41' },
        key: 'ПЦ-7',
        kept: true,
      },
    ]);
    expect(story.deadLetters[0]?.headers).toContainEqual({ name: 'ce_subject', value: 'ПЦ-7' });
  });

  it('say no more about a document than the system whose document it is', async () => {
    start();
    await bus.write(bus.topic('shop.dlq'), [letter({ 'message-id': 'prices-0', ce_subject: 'чужой номер' })]);
    await until(async () => expect(await count('dead_letter')).toBe(1));
    await bus.write(bus.topic('facts'), FACTS.slice(0, 1).map(structured));
    await until(async () => expect(await count('exchange_event')).toBe(2));
    expect(await deliveries()).toMatchObject([{ key_number: 'ЗК-0', state: 'failed', amount: '1000.5000' }]);
  });

  it('that nobody can be named for lie in quarantine with their place', async () => {
    start();
    const { headers, ...rest } = letter();
    const { 'message-id': _id, ce_id: _ce, ...nameless } = headers as Record<string, string>;
    await bus.write(bus.topic('shop.dlq'), [{ ...rest, headers: nameless }]);
    await until(async () => expect(await count('quarantine_event')).toBe(1));
    const [row] = (await listQuarantine(deps(), { limit: 1, withContent: true })).rows;
    expect(row).toMatchObject({
      reason: 'unreadable',
      systemId: 'kafka',
      bus: { topic: bus.topic('shop.dlq'), partition: 0, offset: '0' },
    });
    expect(row?.issues[0]?.path).toBe('headers.message-id');
  });

  it('of Spring and of Kafka Connect are known by the rule of their consumer, also those that lay in quarantine without one', async () => {
    const spring = {
      key: 'ПЦ-7',
      value: JSON.stringify({ id: 'm-7' }),
      headers: {
        'kafka_dlt-original-topic': bus.topic('prices'),
        'kafka_dlt-original-partition': Buffer.from([0, 0, 0, 1]),
        'kafka_dlt-original-offset': Buffer.from([0, 0, 0, 0, 0, 0, 0, 41]),
        'kafka_dlt-exception-message': 'Listener failed',
      },
    };
    const connect = {
      key: '{"schema":{},"payload":{"id":4711}}',
      value: 'ffff',
      headers: {
        '__connect.errors.topic': bus.topic('prices'),
        '__connect.errors.partition': '1',
        '__connect.errors.offset': '42',
        '__connect.errors.exception.message': 'Unknown product',
      },
    };
    start();
    await bus.write(bus.topic('shop.dlq'), [spring]);
    await until(async () => expect(await count('quarantine_event')).toBe(1));
    await Promise.all(running.splice(0).map((one) => one.stop()));

    const rules: DeadLetterRules[] = [
      { messageId: { json: 'id' }, type: { text: 'ПакетЦен' }, number: { key: true } },
      { messageId: { key: 'payload.id' } },
    ];
    landscape = {
      ...landscape,
      flows: landscape.flows.map((flow) => ({
        ...flow,
        consumers: flow.consumers.map((consumer, index) => ({ ...consumer, deadLetters: rules[index] })),
      })),
    };
    topics = { ...busTopicsOf('kafka', bus.client().config, flowsOf(landscape)), sources: topics.sources };
    start();
    await bus.write(bus.topic('archive.dlq'), [connect]);
    await until(async () => expect(await count('dead_letter')).toBe(1));
    const [held] = (await listQuarantine(deps(), { limit: 1, withContent: true })).rows;
    const input = {
      eventId: held?.id ?? '',
      verb: 'replay' as const,
      reason: 'правило задано',
      actor: person,
      requestId: 'r',
    };
    expect(await closeQuarantined(deps(), input)).toBe('accepted');
    const { rows } = await sql`
      select d.message_id, d.consumer, d.state, d.key_type, d.key_number, l.original_partition, l.original_position::int
      from delivery d join dead_letter l on l.delivery_id = d.id order by d.message_id`.execute(database.db);
    expect(rows).toMatchObject([
      { message_id: '4711', consumer: 'archive', state: 'failed', original_partition: 1, original_position: 42 },
      { message_id: 'm-7', consumer: 'shop', key_type: 'ПакетЦен', key_number: 'ПЦ-7', original_position: 41 },
    ]);
  });

  it('read twice are one failure and one record', async () => {
    start();
    await bus.write(bus.topic('shop.dlq'), [letter()]);
    await until(async () => expect(await count('dead_letter')).toBe(1));
    await Promise.all(running.splice(0).map((one) => one.stop()));
    const again = bus.client({ groupId: `${bus.config.groupId}-again` });
    const intake = createBusIntake({ client: again, topics, clock: systemClock, intake: createIntake(deps()) });
    running.push(intake);
    intake.start();
    await bus.write(bus.topic('archive.dlq'), [letter({ 'message-id': 'm-8' })]);
    await until(async () => expect(await count('dead_letter')).toBe(2));
    expect(await count('exchange_event')).toBe(2);
    const { rows } = await sql`select sum(failed)::int as failed from rollup_minute`.execute(database.db);
    expect(rows).toEqual([{ failed: 2 }]);
  });
});
