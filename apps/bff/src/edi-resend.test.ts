/** An order of a chain sent again: operation → file in the folder of УТ → its answer in the inbox, the modules together in real folders. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LandscapeFile, landscapeFile } from '@pult/shared/contracts/landscape-file';
import { AppError } from '@pult/shared/errors/app-error';
import fc from 'fast-check';
import { sql } from 'kysely';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { encode } from './connectors/files/encoding.ts';
import { type Connectors, createConnectors } from './connectors/registry.ts';
import { type AnswerDeps, answerOrder } from './modules/messages/edi/answer.ts';
import { createMessagesModule } from './modules/messages/index.ts';
import { BUYER, noticeText, orderText, responseText } from './modules/messages/testing/edi-files.ts';
import { createOperationsModule, type OperationsModule } from './modules/operations/index.ts';
import type { OperationConnectors } from './modules/operations/ports.ts';
import { allItems, emptyOperations, person } from './modules/operations/testing/bench.ts';
import { systemClock } from './platform/clock.ts';
import { createTestDatabase, type TestDatabase } from './platform/db/test-database.ts';
import { createTicker, type Ticker } from './platform/jobs/ticker.ts';
import { createMetrics } from './platform/telemetry/metrics.ts';

const POLL = { timeout: 15_000, interval: 20 };
const log = pino({ level: 'silent' });
const live = { announce: () => undefined };
const title = { ru: 'а', en: 'a' };
const place = { column: 0, row: 0 };

let database: TestDatabase;
let root: string;
let connectors: Connectors;
let operations: OperationsModule;
let answers: AnswerDeps;
let ticker: Ticker;
/** Carries operations out, apart from the intake: a test may hold it. */
let rounds: Ticker;
/** What the operation asks goes through here: a test may let it die after the answer. */
let afterAsk: () => void;

const landscape = (): LandscapeFile =>
  landscapeFile.parse({
    version: 1,
    systems: [
      {
        id: 'edi',
        title,
        kind: 'edi',
        place,
        connector: {
          protocol: 'files',
          folders: Object.fromEntries(
            ['inbox', 'archive', 'rejected', 'deliver', 'respond'].map((name) => [name, join(root, name)]),
          ),
          partners: [{ gln: BUYER, name: 'Сеть «Домострой»', inn: '2310031475' }],
          limits: { pollMs: '1s' },
        },
      },
      { id: 'ut', title, kind: 'onec', place },
    ],
    flows: [
      {
        id: 'edi-orders',
        title,
        what: title,
        from: ['edi'],
        to: ['ut'],
        channel: 'files',
        watched: true,
        retry: { resend: { system: 'edi', path: '/deliver' }, ratePerSecond: 8, maxRatePerSecond: 8 },
      },
    ],
  });

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyOperations(database.db);
  await sql`truncate delivery, exchange_event, delivery_fact, failure_cause, exchange_file, quarantine_event, edi_answer cascade`.execute(
    database.db,
  );
  root = mkdtempSync(join(tmpdir(), 'pult-edi-resend-'));
  for (const name of ['inbox', 'deliver', 'respond', 'ut-done']) mkdirSync(join(root, name));
  afterAsk = () => undefined;
  const file = landscape();
  const flows = new Map(file.flows.map((flow) => [flow.id, flow]));
  connectors = createConnectors({
    landscape: file,
    secrets: {},
    clock: systemClock,
    originals: (of) => messages.originals(of),
  });
  const messages = createMessagesModule({
    db: database.db,
    flows,
    clock: systemClock,
    live,
    downSince: () => null,
    approvalOf: async () => null,
    operationsOf: async () => new Map(),
    files: { systems: [{ id: 'edi', pollMs: 50 }], client: (id) => connectors.files(id) },
  });
  const ask: OperationConnectors['ask'] = async (...request) => {
    const answer = await connectors.ask(...request);
    afterAsk();
    return answer;
  };
  answers = { db: database.db, flows, clock: systemClock, live, filesOf: (id) => connectors.files(id) };
  operations = createOperationsModule({
    db: database.db,
    book: messages.book,
    connectors: { ...connectors, ask },
    landscape: file,
    maintenanceUntil: async () => null,
    live,
    clock: systemClock,
    log,
    settings: { tickMs: 20, backoffMs: 20 },
  });
  ticker = createTicker({ log, metrics: createMetrics() });
  messages.start(ticker);
  startRounds();
});
afterEach(async () => {
  await rounds.stop();
  await ticker.stop();
  await connectors.close();
  rmSync(root, { recursive: true, force: true });
});

function startRounds(): void {
  rounds = createTicker({ log, metrics: createMetrics() });
  operations.start(rounds);
}

const put = (name: string, text: string): void =>
  writeFileSync(join(root, 'inbox', name), encode(text, /windows-1251/.test(text) ? 'windows-1251' : 'utf-8'));

/** An order that its target refused, and its delivery. */
async function refusedOrder(number: string): Promise<string> {
  put(`order_${number}.xml`, orderText({ number }));
  await vi.waitFor(async () => expect(await stateOf(number)).toMatchObject({ state: 'sent' }), POLL);
  put(`status_${number}.xml`, noticeText(`order_${number}.xml`, '2', 'Не удалось провести документ'));
  await vi.waitFor(async () => expect(await stateOf(number)).toMatchObject({ state: 'failed' }), POLL);
  return (await stateOf(number))?.id ?? '';
}
async function stateOf(number: string) {
  const { rows } = await sql<{ id: string; state: string; attempt: number }>`
    select id, state, attempt from delivery where key_number = ${number}`.execute(database.db);
  return rows[0];
}

/** УТ beside Pult: takes what lies in its folder, makes one document per order, answers each. */
class Trade {
  readonly documents = new Map<string, number>();
  readonly names: string[] = [];
  takeAll(): void {
    for (const name of this.#waiting()) {
      const number = /<NUMBER>([^<]+)</.exec(readFileSync(join(root, 'deliver', name), 'latin1'))?.[1] ?? '';
      this.names.push(name);
      // What it has already is found by the number of the client, and answered again.
      if (!this.documents.has(number)) this.documents.set(number, 1);
      renameSync(join(root, 'deliver', name), join(root, 'ut-done', name));
    }
  }
  answer(number: string): void {
    put(`ordrsp_${number}.xml`, responseText(number, ['10', '2.5'], '29'));
  }
  #waiting = (): string[] => readdirSync(join(root, 'deliver')).filter((name) => !name.startsWith('.'));
}
const delivered = (): string[] => readdirSync(join(root, 'deliver')).filter((name) => !name.startsWith('.'));

const plan = (deliveryIds: string[]) =>
  operations.service.plan({ verb: 'resend', selection: { deliveryIds } }, person('ops'));
async function startFor(deliveryIds: string[]): Promise<string> {
  const { operation } = await plan(deliveryIds);
  await operations.service.start(operation.id, { reason: 'УТ вернулась' }, person('ops'));
  return operation.id;
}

it('the file goes to УТ to the byte, УТ makes one document, and its answer confirms the item', async () => {
  const id = await refusedOrder('77');
  const operation = await startFor([id]);
  await vi.waitFor(() => expect(delivered()).toHaveLength(1), POLL);
  const [name = ''] = delivered();
  expect(name).toContain(`${operation}-${id}`);
  expect(readFileSync(join(root, 'deliver', name))).toEqual(
    Buffer.from(encode(orderText({ number: '77' }), 'windows-1251')),
  );
  const trade = new Trade();
  trade.takeAll();
  trade.answer('77');
  await expect.poll(async () => (await operations.service.get(operation)).state, POLL).toBe('completed');
  expect(await stateOf('77')).toMatchObject({ state: 'applied', attempt: 2 });
  expect(await allItems(database.db, operation)).toMatchObject([
    { state: 'applied', confirmedBy: 'event', attempt: 2 },
  ]);
  expect([...trade.documents]).toEqual([['77', 1]]);
  // Answers of УТ are no orders: nothing else was dropped.
  expect(delivered()).toEqual([]);
});

it('a runner that dies between the drop and its record drops under the same name: one file, one document', async () => {
  const id = await refusedOrder('78');
  const trade = new Trade();
  let deaths = 0;
  afterAsk = () => {
    deaths += 1;
    // The first time the file waits still, the second time УТ has it already when the next runner asks.
    if (deaths === 2) trade.takeAll();
    if (deaths <= 2) throw new Error('killed');
  };
  const operation = await startFor([id]);
  await vi.waitFor(async () => expect(await allItems(database.db, operation)).toMatchObject([{ state: 'sent' }]), POLL);
  expect(deaths).toBe(3);
  expect(delivered()).toHaveLength(1);
  trade.takeAll();
  expect(trade.names).toHaveLength(2);
  expect(new Set(trade.names).size).toBe(1);
  expect(readdirSync(join(root, 'ut-done'))).toEqual([trade.names[0]]);
  trade.answer('78');
  await expect.poll(async () => (await operations.service.get(operation)).state, POLL).toBe('completed');
  expect(await stateOf('78')).toMatchObject({ state: 'applied', attempt: 2 });
  expect([...trade.documents]).toEqual([['78', 1]]);
});

it('an order whose file Pult never had is refused in the plan with its reason', async () => {
  const kept = await refusedOrder('79');
  // As history loads it: what became of the order, without its file.
  await sql`insert into delivery select (jsonb_populate_record(null::delivery, to_jsonb(d) || jsonb_build_object(
    'id', '00000000-0000-8000-8000-000000000001', 'message_id', 'history:80', 'key_number', '80'))).*
    from delivery d where id = ${kept}`.execute(database.db);
  const { operation } = await plan([kept, '00000000-0000-8000-8000-000000000001']);
  expect(operation.plan).toMatchObject({ eligible: 1, ineligible: [{ reason: 'no_file', count: 1 }] });
});

const refuse = (deliveryId: string) => {
  const { actor } = person('operator');
  if (actor.kind !== 'person') throw new Error('a person answers');
  const input = { wish: { kind: 'cancel' }, reason: 'no_stock', comment: '', requestId: 'r' } as const;
  return answerOrder(answers, { ...input, deliveryId, actor });
};
const start = (id: string) => operations.service.start(id, { reason: 'УТ вернулась' }, person('ops'));
const codeOf = (error: unknown): unknown => (error instanceof AppError ? error.code : error);

/** Waits until somebody waits for the lock of a delivery. */
const untilOneIsBlocked = () =>
  vi.waitFor(async () => {
    const waiting =
      await sql`select from pg_stat_activity where wait_event_type = 'Lock' and query like '%from delivery%'
      and datname = current_database()`.execute(database.db);
    expect(waiting.rows).toHaveLength(1);
  }, POLL);

describe('an order that a person has refused to its chain', () => {
  it('is no candidate of a resend, however far the refusal has come, until the chain does not take it', async () => {
    const id = await refusedOrder('81');
    await refuse(id);
    const planned = async () => (await plan([id])).operation.plan;
    for (const state of ['waiting', 'dropped', 'seen']) {
      await sql`update edi_answer set state = ${state}, next_at = now() + interval '1 hour'`.execute(database.db);
      expect(await planned()).toMatchObject({ eligible: 0, ineligible: [{ reason: 'refused_to_chain', count: 1 }] });
    }
    for (const state of ['refused', 'withdrawn']) {
      await sql`update edi_answer set state = ${state}`.execute(database.db);
      expect(await planned()).toMatchObject({ eligible: 1 });
    }
  });

  it('may be sent when the answer accepts something: the accounting system still has to take it', async () => {
    const id = await refusedOrder('82');
    await refuse(id);
    await sql`update edi_answer set document = jsonb_set(document, '{verdict}', '"changed"')`.execute(database.db);
    expect((await plan([id])).operation.plan).toMatchObject({ eligible: 1 });
  });

  it('after the plan was made is passed over by the start, with its reason, and the others are sent', async () => {
    const refused = await refusedOrder('83');
    const other = await refusedOrder('84');
    const { operation } = await plan([refused, other]);
    await refuse(refused);
    await start(operation.id);
    await vi.waitFor(() => expect(delivered()).toHaveLength(1), POLL);
    expect(delivered()[0]).toContain(other);
    const items = await allItems(database.db, operation.id);
    expect(items.find(({ deliveryId }) => deliveryId === refused)).toMatchObject({
      state: 'skipped',
      reason: 'refused_to_chain',
    });
  });

  it('at the very moment of the start is seen by it: the start waits for the decision', async () => {
    const id = await refusedOrder('85');
    const { operation } = await plan([id]);
    let started: Promise<unknown> = Promise.resolve();
    await database.db.transaction().execute(async (tx) => {
      // As the answer does it: the delivery is locked, then the answer is written.
      await sql`select from delivery where id = ${id} for update`.execute(tx);
      started = start(operation.id).then(
        () => 'started',
        (error: unknown) => codeOf(error),
      );
      await untilOneIsBlocked();
      await sql`insert into edi_answer (delivery_id, system_id, flow_id, document, name, bytes, encoding, decided_at, decided_by_id,
          decided_by, state, next_at)
        values (${id}, 'edi', 'edi-orders', '{"verdict":"rejected"}', 'a.xml', '', 'utf-8', now(), 'o', 'O', 'waiting',
          now() + interval '1 hour')`.execute(tx);
    });
    expect(await started).toBe('operation.nothing_eligible');
    expect(delivered()).toEqual([]);
  });

  it('and sent again at once by another is one of the two', async () => {
    for (let number = 90; number < 96; number += 1) {
      const id = await refusedOrder(String(number));
      const { operation } = await plan([id]);
      const [answer, sending] = await Promise.allSettled([refuse(id), start(operation.id)]);
      expect([answer.status, sending.status].toSorted()).toEqual(['fulfilled', 'rejected']);
      if (answer.status === 'rejected') expect(codeOf(answer.reason)).toBe('edi.order_busy');
      if (sending.status === 'rejected') expect(codeOf(sending.reason)).toBe('operation.nothing_eligible');
      const claims = await sql`select from operation_claim where delivery_id = ${id}`.execute(database.db);
      const refusals = await sql`select from edi_answer where delivery_id = ${id}`.execute(database.db);
      expect(claims.rows.length + refusals.rows.length).toBe(1);
    }
  });
});

describe('an order that its chain replaces while an operation holds it', () => {
  const replace = (number: string): void =>
    put(`order_${number}_r.xml`, orderText({ number, docType: 'R', quantity: '5' }));
  const byId = async (id: string) => {
    const { rows } = await sql<{ state: string; held: boolean }>`
      select state, summary -> 'control' ->> 'kind' = 'claimed' as held from delivery where id = ${id}`.execute(
      database.db,
    );
    return rows[0];
  };
  const ended = async (operation: string) => (await operations.service.get(operation)).state;
  const seen = (number: string) =>
    vi.waitFor(async () => {
      const { rows } = await sql`select from exchange_file
        where number = ${number} and document ->> 'purpose' = 'replace' and delivery_id is not null`.execute(
        database.db,
      );
      expect(rows).toHaveLength(1);
    }, POLL);
  /** Facts in the order in which they were written under the lock of the delivery. */
  const factsOf = async (id: string): Promise<string[]> => {
    const { rows } = await sql<{ kind: string }>`
      select kind from delivery_fact where delivery_id = ${id} and kind in ('attempt_started', 'discarded') order by id`.execute(
      database.db,
    );
    return rows.map(({ kind }) => kind);
  };

  it.each(['running', 'paused'] as const)('ends as replaced, without being sent, when that one is %s', async (how) => {
    const id = await refusedOrder('200');
    await rounds.stop();
    const operation = await startFor([id]);
    if (how === 'paused') await operations.service.pause(operation, 'ждём', person('ops'));
    replace('200');
    await vi.waitFor(async () => expect(await byId(id)).toEqual({ state: 'discarded', held: true }), POLL);
    // Until the operation has let it go nobody knows whether it is on its way.
    await expect(refuse(id)).rejects.toMatchObject({ code: 'edi.order_busy' });
    startRounds();
    await vi.waitFor(
      async () =>
        expect(await allItems(database.db, operation)).toMatchObject([{ state: 'skipped', reason: 'replaced' }]),
      POLL,
    );
    await expect.poll(() => ended(operation), POLL).toMatch(/^completed/);
    expect(await byId(id)).toEqual({ state: 'discarded', held: false });
    expect(delivered()).toEqual([]);
    expect(await factsOf(id)).toEqual(['discarded']);
  });

  it('is not sent when the replacement comes at the very moment of the sending, which waits for it', async () => {
    const id = await refusedOrder('201');
    await rounds.stop();
    const operation = await startFor([id]);
    await database.db.transaction().execute(async (tx) => {
      // As the intake does it: the older order is locked, the newer one is written, both are committed together.
      await sql`select from delivery where id = ${id} for update`.execute(tx);
      startRounds();
      await untilOneIsBlocked();
      await sql`insert into delivery select (jsonb_populate_record(null::delivery, to_jsonb(d) || jsonb_build_object(
        'id', '00000000-0000-8000-8000-000000000002', 'message_id', 'newer'))).* from delivery d where id = ${id}`.execute(
        tx,
      );
      await sql`insert into exchange_file select (jsonb_populate_record(null::exchange_file, to_jsonb(f) || jsonb_build_object(
        'id', '00000000-0000-8000-8000-000000000003', 'hash', 'newer', 'delivery_id', '00000000-0000-8000-8000-000000000002',
        'document', f.document || '{"purpose":"replace"}'))).* from exchange_file f
        where delivery_id = ${id} and kind = 'order'`.execute(tx);
    });
    await vi.waitFor(
      async () =>
        expect(await allItems(database.db, operation)).toMatchObject([{ state: 'skipped', reason: 'replaced' }]),
      POLL,
    );
    expect(delivered()).toEqual([]);
    expect(await factsOf(id)).toEqual([]);
  });

  /** A look at УТ has found it, not posted, long ago. */
  const foundUnposted = (id: string) =>
    sql`update delivery set state = 'delivered', state_at = now() - interval '9 days',
      summary = jsonb_set(summary, '{reach}', summary -> 'reach' || '{"rank":3}') where id = ${id}`.execute(
      database.db,
    );

  it('is no candidate of a resend any more, not even when УТ has it unposted or a person has restored it', async () => {
    const id = await refusedOrder('202');
    const { operation } = await plan([id]);
    await foundUnposted(id);
    replace('202');
    await seen('202');
    // УТ has it: that holds, and its alarm stays.
    expect(await byId(id)).toMatchObject({ state: 'delivered' });
    expect((await plan([id])).operation.plan).toMatchObject({ ineligible: [{ reason: 'replaced', count: 1 }] });
    await sql`update delivery set state = 'failed' where id = ${id}`.execute(database.db);
    expect((await plan([id])).operation.plan).toMatchObject({ ineligible: [{ reason: 'replaced', count: 1 }] });
    await expect(start(operation.id)).rejects.toMatchObject({ code: 'operation.nothing_eligible' });
    expect(delivered()).toEqual([]);
  });

  it('and УТ has it unposted is not sent again, and what УТ has stays open', async () => {
    const id = await refusedOrder('203');
    await foundUnposted(id);
    await rounds.stop();
    const operation = await startFor([id]);
    expect(await byId(id)).toEqual({ state: 'retrying', held: true });
    replace('203');
    await seen('203');
    expect(await byId(id)).toEqual({ state: 'retrying', held: true });
    startRounds();
    await expect.poll(() => ended(operation), POLL).toMatch(/^completed/);
    expect(await allItems(database.db, operation)).toMatchObject([{ state: 'skipped', reason: 'replaced' }]);
    expect(await byId(id)).toEqual({ state: 'delivered', held: false });
    expect(delivered()).toEqual([]);
  });

  it('in whatever order start, pause and replacement come, is sent only when its sending began before it was replaced', async () => {
    let number = 300;
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(['start', 'replace', 'pause'] as const, { minLength: 2 }),
        fc.boolean(),
        async (steps, together) => {
          number += 1;
          const id = await refusedOrder(String(number));
          const { operation } = await plan([id]);
          const quiet = (work: Promise<unknown>) => work.catch(codeOf);
          const make = {
            start: () => quiet(start(operation.id)),
            pause: () => quiet(operations.service.pause(operation.id, 'ждём', person('ops'))),
            replace: async () => replace(String(number)),
          };
          const running = [];
          for (const step of [...steps, ...(['start', 'replace'] as const).filter((one) => !steps.includes(one))]) {
            const made = make[step]();
            running.push(made);
            if (!together) await made;
          }
          await Promise.all(running);
          await seen(String(number));
          // Nothing is left undecided: not started, ended as replaced, or left before.
          await vi.waitFor(async () => {
            const [item] = await allItems(database.db, operation.id);
            expect(['skipped', 'sent']).toContain(item?.state);
          }, POLL);
          const [item] = await allItems(database.db, operation.id);
          const dropped = delivered().some((name) => name.includes(id));
          expect(dropped).toBe(item?.state === 'sent');
          expect(await factsOf(id)).toEqual(dropped ? ['attempt_started', 'discarded'] : ['discarded']);
        },
      ),
      { numRuns: 10 },
    );
  });
});
