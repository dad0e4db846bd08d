/** Dead letter → operation → retry topic of the consumer → its answer: the modules together, over a real broker. */
import { randomUUID } from 'node:crypto';
import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import { sql } from 'kysely';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { type Connectors, createConnectors } from './connectors/registry.ts';
import { openTestBus, type TestBus } from './connectors/testing/bus.ts';
import { busTopicsOf, createMessagesModule } from './modules/messages/index.ts';
import { busLandscape, flowsOf } from './modules/messages/testing/bus-landscape.ts';
import { createOperationsModule, type OperationsModule } from './modules/operations/index.ts';
import { emptyOperations, person } from './modules/operations/testing/bench.ts';
import { systemClock } from './platform/clock.ts';
import { createTestDatabase, type TestDatabase } from './platform/db/test-database.ts';
import { createTicker, type Ticker } from './platform/jobs/ticker.ts';
import { createMetrics } from './platform/telemetry/metrics.ts';

let database: TestDatabase;
let bus: TestBus;
let landscape: LandscapeFile;
let connectors: Connectors;
let operations: OperationsModule;
let ticker: Ticker;
const log = pino({ level: 'silent' });

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyOperations(database.db);
  await sql`truncate delivery, exchange_event, delivery_fact, failure_cause, dead_letter, quarantine_event cascade`.execute(
    database.db,
  );
  bus = openTestBus(inject('kafkaBrokers'));
  landscape = busLandscape(bus);
  await Promise.all([
    bus.make('facts'),
    bus.make('shop.dlq'),
    bus.make('archive.dlq'),
    bus.make('shop.retry', 3),
    bus.make('prices'),
  ]);
  connectors = createConnectors({ landscape, secrets: {}, clock: systemClock });
  const flows = flowsOf(landscape);
  const client = connectors.kafka('kafka');
  const live = { announce: () => undefined };
  const messages = createMessagesModule({
    db: database.db,
    flows,
    clock: systemClock,
    live,
    downSince: () => null,
    approvalOf: async () => null,
    operationsOf: async () => new Map(),
    bus: { client, topics: busTopicsOf('kafka', client.config, flows) },
  });
  operations = createOperationsModule({
    db: database.db,
    book: messages.book,
    connectors,
    landscape,
    maintenanceUntil: async () => null,
    live,
    clock: systemClock,
    log,
    settings: { tickMs: 20, backoffMs: 20 },
  });
  ticker = createTicker({ log, metrics: createMetrics() });
  messages.start(ticker);
  operations.start(ticker);
});
afterEach(async () => {
  await ticker.stop();
  await connectors.close();
  await bus.close();
});

const letter = (messageId: string, key: string, more: Record<string, string> = {}) => ({
  key,
  value: JSON.stringify({ message: messageId }),
  headers: {
    'message-id': messageId,
    ce_type: 'ПакетЦен',
    ce_subject: key,
    'dlq-original-topic': bus.topic('prices'),
    'dlq-error': 'Нет соединения с базой витрины',
    'dlq-attempt': '1',
    ...more,
  },
});

/** The consumer says what became of a message. */
const answer = (messageId: string, kind: 'applied' | 'failed', attempt: number) =>
  bus.write(bus.topic('facts'), [
    {
      value: JSON.stringify({
        specversion: '1.0',
        id: `${messageId}-${kind}-${attempt}`,
        source: 'shop',
        type: `exchange.${kind}`,
        time: new Date().toISOString(),
        data: {
          flow: 'prices',
          consumer: 'shop',
          attempt,
          message: { id: messageId, key: { type: 'ПакетЦен', number: messageId } },
          ...(kind === 'failed' ? { error: { text: 'опять' } } : {}),
        },
      }),
    },
  ]);

async function failedDeliveries(expected: number): Promise<Map<string, string>> {
  const read = async () =>
    (
      await sql<{
        id: string;
        message_id: string;
      }>`select id, message_id from delivery where state = 'failed' order by message_id`.execute(database.db)
    ).rows;
  await vi.waitFor(async () => expect(await read()).toHaveLength(expected), { timeout: 40_000 });
  return new Map((await read()).map(({ id, message_id }) => [message_id, id]));
}

const startFor = async (deliveryIds: string[]): Promise<string> => {
  const { operation } = await operations.service.plan({ verb: 'resend', selection: { deliveryIds } }, person('ops'));
  await operations.service.start(operation.id, { reason: 'витрина вернулась' }, person('ops'));
  return operation.id;
};
const stateOf = async (id: string): Promise<string> => (await operations.service.get(id)).state;
const headersOf = (record: { headers: [string, string][] } | undefined) => Object.fromEntries(record?.headers ?? []);

describe('redrive', () => {
  it('puts the record to the retry topic of its consumer and nowhere else, and is done when the consumer says so', async () => {
    await bus.write(bus.topic('shop.dlq'), [letter('m-1', 'ПЦ-1')]);
    const [id = ''] = (await failedDeliveries(1)).values();
    const operation = await startFor([id]);
    await vi.waitFor(async () => expect(await bus.read(bus.topic('shop.retry'))).toHaveLength(1), { timeout: 30_000 });
    const [record] = await bus.read(bus.topic('shop.retry'));
    expect(record).toMatchObject({ key: 'ПЦ-1', value: JSON.stringify({ message: 'm-1' }) });
    expect(headersOf(record)).toMatchObject({
      'message-id': 'm-1',
      ce_subject: 'ПЦ-1',
      'dlq-error': 'Нет соединения с базой витрины',
      'retry-attempt': '2',
      'retry-operation': operation,
      'retry-idempotency-key': `${operation}:${id}`,
    });
    expect(await bus.read(bus.topic('prices'))).toEqual([]);
    await answer('m-1', 'applied', 2);
    await expect.poll(() => stateOf(operation), { timeout: 30_000 }).toBe('completed');
  });

  it('that fails again comes back as a dead letter of this attempt, and the operation says so', async () => {
    await bus.write(bus.topic('shop.dlq'), [letter('m-1', 'ПЦ-1')]);
    const [id = ''] = (await failedDeliveries(1)).values();
    const operation = await startFor([id]);
    await vi.waitFor(async () => expect(await bus.read(bus.topic('shop.retry'))).toHaveLength(1), { timeout: 30_000 });
    const again = headersOf((await bus.read(bus.topic('shop.retry')))[0]);
    await bus.write(bus.topic('shop.dlq'), [letter('m-1', 'ПЦ-1', again)]);
    await expect.poll(() => stateOf(operation), { timeout: 30_000 }).toBe('completed_with_failures');
    const { rows } = await sql`select attempt, state from delivery`.execute(database.db);
    expect(rows).toEqual([{ attempt: 2, state: 'failed' }]);
  });

  it('keeps the order of one key: the next record leaves after the one before has arrived', async () => {
    // One after the other: each is younger than the one before.
    for (const [index, key] of ['ПЦ-0', 'ПЦ-1', 'ПЦ-1', 'ПЦ-2'].entries()) {
      await bus.write(bus.topic('shop.dlq'), [letter(`m-${index}`, key)]);
      await failedDeliveries(index + 1);
    }
    const operation = await startFor([...(await failedDeliveries(4)).values()]);
    const sent = async () =>
      (await bus.read(bus.topic('shop.retry'))).map((one) => headersOf(one)['message-id']).toSorted();
    const untilSent = (ids: string[]) =>
      vi.waitFor(async () => expect(await sent()).toEqual(ids), { timeout: 40_000, interval: 300 });
    // The first alone, as of every operation.
    await untilSent(['m-0']);
    await answer('m-0', 'applied', 2);
    await untilSent(['m-0', 'm-1', 'm-3']);
    await answer('m-1', 'applied', 2);
    await untilSent(['m-0', 'm-1', 'm-2', 'm-3']);
    await answer('m-2', 'applied', 2);
    await answer('m-3', 'applied', 2);
    await expect.poll(() => stateOf(operation), { timeout: 30_000 }).toBe('completed');
  });

  it('keeps the order of the bus for one key of the records, whatever documents they are about and whenever they were given up', async () => {
    await bus.make('dealers');
    const topic = bus.topic('dealers');
    const at = Date.now();
    const ids = Array.from({ length: 5 }, () => randomUUID());
    // A dealer is the key, each record is about a document of its own; all of one millisecond, given up in another order.
    const letters = ids.map((id, index) => ({
      ...letter(id, 'дилер-7', {
        ce_subject: `ЗК-${index}`,
        'dlq-original-topic': topic,
        'dlq-original-partition': '2',
        'dlq-original-offset': String(98 + index),
      }),
      timestamp: at,
    }));
    await bus.write(
      bus.topic('shop.dlq'),
      [3, 0, 4, 2, 1].flatMap((index) => letters[index] ?? []),
    );
    const operation = await startFor([...(await failedDeliveries(5)).values()]);
    const waiting = async () =>
      (await sql`select position from operation_item where state = 'waiting_previous'`.execute(database.db)).rows
        .length;
    // A slow consumer: it says that it is through with a record long after it got it, and reads what came meanwhile.
    for (const [index, id] of ids.entries()) {
      await vi.waitFor(async () => expect(await bus.read(bus.topic('shop.retry'))).toHaveLength(index + 1), {
        timeout: 30_000,
      });
      // Behind the first one, which every operation sends alone, each waits for the one before it, and nothing else does.
      const behind = index === 0 ? 0 : ids.length - index - 1;
      await expect.poll(waiting, { timeout: 10_000 }).toBe(behind);
      const sent = await bus.read(bus.topic('shop.retry'));
      expect(sent.map((one) => headersOf(one)['message-id'])).toEqual(ids.slice(0, index + 1));
      await answer(id, 'applied', 2);
    }
    await expect.poll(() => stateOf(operation), { timeout: 30_000 }).toBe('completed');
  });

  describe('of a record that is too large to be kept', () => {
    const LARGE = { message: 'm-1', lines: 'x'.repeat(300_000) };
    const left = async (): Promise<string> => {
      // Among others, in a batch that does not begin with it.
      await bus.write(bus.topic('shop.dlq'), [
        letter('m-0', 'ПЦ-0'),
        { ...letter('m-1', 'ПЦ-1'), value: JSON.stringify(LARGE) },
      ]);
      const id = (await failedDeliveries(2)).get('m-1') ?? '';
      await sql`update dead_letter set kept = false, value = null, headers = '[]' where size_bytes > 300000`.execute(
        database.db,
      );
      return id;
    };
    const errorOf = async (operation: string) => {
      await expect.poll(() => stateOf(operation), { timeout: 30_000 }).toBe('completed_with_failures');
      const { rows } = await sql<{ error: { code: string } }>`select error from operation_item`.execute(database.db);
      return rows[0]?.error.code;
    };

    it('takes it from where it was left, whole', async () => {
      const operation = await startFor([await left()]);
      await vi.waitFor(async () => expect(await bus.read(bus.topic('shop.retry'))).toHaveLength(1), {
        timeout: 30_000,
      });
      const [record] = await bus.read(bus.topic('shop.retry'));
      expect(record).toMatchObject({ key: 'ПЦ-1', value: JSON.stringify(LARGE) });
      expect(headersOf(record)).toMatchObject({
        'message-id': 'm-1',
        'dlq-error': 'Нет соединения с базой витрины',
        'retry-attempt': '2',
        'retry-operation': operation,
      });
      await answer('m-1', 'applied', 2);
      await expect.poll(() => stateOf(operation), { timeout: 30_000 }).toBe('completed');
    });

    it('sends nothing and says so when its retention is over', async () => {
      const id = await left();
      await bus.admin.deleteRecords({
        topics: [{ name: bus.topic('shop.dlq'), partitions: [{ partition: 0, offset: 2n }] }],
      });
      expect(await errorOf(await startFor([id]))).toBe('source.record_gone');
      expect(await bus.read(bus.topic('shop.retry'))).toEqual([]);
    });

    it('sends nothing when the topic was made anew, whatever stands at its place now', async () => {
      const id = await left();
      await sql`update dead_letter set topic_id = 'an earlier one' where not kept`.execute(database.db);
      expect(await errorOf(await startFor([id]))).toBe('source.record_gone');
      expect(await bus.read(bus.topic('shop.retry'))).toEqual([]);
    });

    it.each([
      ['key', sql`key = 'another'`],
      ['size', sql`size_bytes = size_bytes + 1`],
    ])('sends no record of another %s', async (_what, change) => {
      const id = await left();
      await sql`update dead_letter set ${change} where not kept`.execute(database.db);
      expect(await errorOf(await startFor([id]))).toBe('source.record_gone');
      expect(await bus.read(bus.topic('shop.retry'))).toEqual([]);
    });
  });

  it('says in the plan what cannot go again: no record, no retry topic', async () => {
    await bus.write(bus.topic('shop.dlq'), [letter('m-1', 'ПЦ-1'), letter('m-9', 'ПЦ-9')]);
    await bus.write(bus.topic('archive.dlq'), [letter('m-1', 'ПЦ-1')]);
    await answer('m-2', 'failed', 1);
    await failedDeliveries(4);
    const { rows } = await sql<{ id: string }>`select id from delivery`.execute(database.db);
    const { operation } = await operations.service.plan(
      { verb: 'resend', selection: { deliveryIds: rows.map(({ id }) => id) } },
      person('ops'),
    );
    expect(operation.plan.eligible).toBe(2);
    expect(operation.plan.ineligible.map(({ reason, count }) => [reason, count]).toSorted()).toEqual([
      ['no_record', 1],
      ['no_retry_topic', 1],
    ]);
  });

  it('repeated after a crash between the broker and the database carries the same key and the same attempt', async () => {
    await bus.write(bus.topic('shop.dlq'), [letter('m-1', 'ПЦ-1')]);
    const [id = ''] = (await failedDeliveries(1)).values();
    await ticker.stop();
    const record = { key: Buffer.from('ПЦ-1'), value: Buffer.from('{}'), headers: [] };
    let crashes = 1;
    const crashing = createOperationsModule({
      db: database.db,
      book: {
        ...createMessagesModule({
          db: database.db,
          flows: flowsOf(landscape),
          clock: systemClock,
          live: { announce: () => undefined },
          downSince: () => null,
          approvalOf: async () => null,
          operationsOf: async () => new Map(),
        }).book,
        recordToResend: async () => record,
      },
      connectors: {
        ...connectors,
        redrive: async (system, request) => {
          await connectors.redrive(system, request);
          // The acknowledgement came, and nobody lived to write it down.
          if (crashes-- > 0) throw new Error('killed');
        },
      },
      landscape,
      maintenanceUntil: async () => null,
      live: { announce: () => undefined },
      clock: systemClock,
      log,
      settings: { tickMs: 20, backoffMs: 20 },
    });
    ticker = createTicker({ log, metrics: createMetrics() });
    crashing.start(ticker);
    await startFor([id]);
    await vi.waitFor(async () => expect((await bus.read(bus.topic('shop.retry'))).length).toBeGreaterThan(1), {
      timeout: 50_000,
    });
    const keys = (await bus.read(bus.topic('shop.retry'))).map((one) => {
      const { 'retry-idempotency-key': key, 'retry-attempt': attempt } = headersOf(one);
      return `${key} ${attempt}`;
    });
    expect(new Set(keys).size).toBe(1);
  });
});
