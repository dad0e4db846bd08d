import { AppError, SourceError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sourceError } from '../../connectors/port/source-errors.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { createRunner } from './runner.ts';
import { allItems, Bench, emptyOperations, person } from './testing/bench.ts';
import { ASKED_TYPE, refused, unreachable } from './testing/world.ts';
import { verifyDelivery } from './verify-delivery.ts';

/** What may be concluded from the answers of sources and targets, and what may not. */

let database: TestDatabase;
let bench: Bench;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyOperations(database.db);
  bench = new Bench(database.db);
});

const FINAL = ['completed', 'completed_with_failures', 'cancelled'];
const itemsOf = (id: string) => allItems(database.db, id);

describe('a request whose answer was lost', () => {
  it('is in doubt, not refused, when its repetition is refused', async () => {
    const [id = ''] = bench.world.add(1, { flow: 'stock' });
    bench.world.onArrival = () => 'silent';
    bench.world.onAsk = (_id, nth) => (nth === 1 ? unreachable(true) : refused());
    const { operation } = await bench.startOne(id);
    await bench.runUntil(bench.runner(), operation.id, FINAL);
    expect((await itemsOf(operation.id))[0]).toMatchObject({ state: 'in_doubt', error: { code: 'source.not_found' } });
    expect(bench.world.get(id)).toMatchObject({ state: 'in_doubt', failedAttempt: 1 });
  });

  it('is found at the target although its repetition is refused', async () => {
    const [id = ''] = bench.world.add(1);
    bench.world.onArrival = () => 'silent';
    bench.world.onAsk = (_id, nth) => {
      if (nth === 1) return unreachable(true);
      bench.world.atTarget.set(id, 1);
      return refused();
    };
    const { operation } = await bench.startOne(id);
    await bench.runUntil(bench.runner(), operation.id, FINAL);
    expect((await itemsOf(operation.id))[0]).toMatchObject({ state: 'applied', confirmedBy: 'verification' });
    expect(bench.world.sends).toHaveLength(1);
  });
});

describe('a flow that carries people', () => {
  it('keeps the code of a refusal and none of its words, which may name one', async () => {
    const words = { system: 'site', text: 'Сотрудник Лаптева И. О. не найден' };
    const refusal = () => new SourceError('source.rejected', words, { canRetry: false, maybeSent: false });
    bench.world.onAsk = refusal;
    const errorOf = async (flow: string, prefix: string) => {
      const [id = ''] = bench.world.add(1, { flow, prefix });
      const { operation } = await bench.startOne(id);
      await bench.runUntil(bench.runner(), operation.id, FINAL);
      return (await itemsOf(operation.id))[0]?.error;
    };
    expect(await errorOf('staff', 'p')).toEqual({ code: 'source.rejected', text: '' });
    expect(await errorOf('stock', 's')).toEqual({ code: 'source.rejected', text: words.text });
  });
});

describe('an answer whose text the database takes in no form', () => {
  const TEXTS = {
    'with NUL': '\0o\0o\0p\0s',
    'with half a character at the cut': `${'x'.repeat(1_999)}😀`,
  };

  it.each(Object.entries(TEXTS))('%s: the target is asked as often as with any other text', async (_name, text) => {
    bench = new Bench(database.db, { mostVerifications: 3 });
    const [id = ''] = bench.world.add(1);
    let questions = 0;
    bench.world.onVerify = () => {
      questions += 1;
      return sourceError('ut', { code: 'source.bad_answer', text, maybeSent: false }, { intent: 'read' });
    };
    const { operation } = await bench.startOne(id);
    await bench.runUntil(bench.runner(), operation.id, FINAL);
    expect(questions).toBe(3);
    expect((await itemsOf(operation.id))[0]).toMatchObject({ state: 'failed', error: { code: 'source.bad_answer' } });
  });

  it.each(Object.entries(TEXTS))('%s: a sure refusal is one request and a failure', async (_name, text) => {
    const [id = ''] = bench.world.add(1, { flow: 'stock' });
    let requests = 0;
    bench.world.onAsk = () => {
      requests += 1;
      return sourceError('site', { code: 'source.rejected', text, maybeSent: false }, { intent: 'keyed-write' });
    };
    const { operation } = await bench.startOne(id);
    await bench.runUntil(bench.runner(), operation.id, FINAL);
    expect(requests).toBe(1);
    expect((await itemsOf(operation.id))[0]).toMatchObject({ state: 'failed', error: { code: 'source.rejected' } });
  });
});

describe('an outcome that cannot be stored', () => {
  afterEach(() => sql`drop function if exists no_errors() cascade`.execute(database.db));

  it('is looked for again after growing pauses, never with each round, and ends when it can', async () => {
    bench = new Bench(database.db, { mostVerifications: 1 });
    const [id = ''] = bench.world.add(1);
    let questions = 0;
    bench.world.onVerify = () => {
      questions += 1;
      return sourceError('ut', { code: 'source.bad_answer', text: 'busy', maybeSent: false }, { intent: 'read' });
    };
    const { operation } = await bench.startOne(id);
    await sql`create function no_errors() returns trigger language plpgsql as
      $$ begin if new.error is not null then raise exception 'refused'; end if; return new; end $$`.execute(
      database.db,
    );
    await sql`create trigger no_errors before update on operation_item for each row execute function no_errors()`.execute(
      database.db,
    );
    const runner = bench.runner();
    // A minute, with pauses of 2, 4, 8, 16 and 32 seconds.
    for (let round = 0; round < 120; round += 1) await bench.round(runner);
    expect(questions).toBe(5);
    await sql`drop trigger no_errors on operation_item`.execute(database.db);
    await bench.runUntil(runner, operation.id, FINAL);
    expect(questions).toBe(6);
    expect((await itemsOf(operation.id))[0]).toMatchObject({ state: 'failed', error: { text: 'busy' } });
  });
});

describe('a flow with several sources', () => {
  it('asks the one that accepted the message', async () => {
    const ids = bench.world.add(3, { flow: 'receipts' });
    bench.world.sources.set(ids[1] ?? '', 'branch');
    const operation = await bench.startMany(ids);
    await bench.runUntil(bench.runner(), operation.id, FINAL);
    expect(bench.world.asks.map(({ deliveryId, system }) => [deliveryId, system]).sort()).toEqual([
      [ids[0], 'site'],
      [ids[1], 'branch'],
      [ids[2], 'site'],
    ]);
  });

  it('sends nothing when no event says who did', async () => {
    const [id = ''] = bench.world.add(1, { flow: 'receipts' });
    bench.world.sources.set(id, null);
    const { operation } = await bench.startOne(id);
    await bench.runUntil(bench.runner(), operation.id, FINAL);
    expect(bench.world.asks).toEqual([]);
    expect((await itemsOf(operation.id))[0]).toMatchObject({
      state: 'failed',
      error: { code: 'operation.verb_unsupported' },
    });
  });
});

describe('a target that does not answer the question', () => {
  const confused = () =>
    new SourceError(
      'source.bad_answer',
      { system: 'ut', text: 'more than 1000 items look alike' },
      { canRetry: true, maybeSent: false },
    );

  it('is asked with longer and longer pauses, then the item fails with what it said; nothing is sent', async () => {
    const [id = ''] = bench.world.add(1);
    const at: number[] = [];
    bench.world.onVerify = () => {
      at.push(bench.now);
      return confused();
    };
    const { operation } = await bench.startOne(id);
    const runner = bench.runner();
    // Minutes pass between the last questions: the clock takes larger steps than a round of the runner does.
    for (let n = 0; n < 100; n += 1) await bench.round(runner, 10_000);
    await bench.runUntil(runner, operation.id, FINAL);
    const pauses = at.slice(1).map((instant, index) => instant - (at[index] ?? 0));
    expect(pauses).toHaveLength(bench.context.settings.mostVerifications - 1);
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(pauses.at(-1)).toBeGreaterThan(60_000);
    expect((await itemsOf(operation.id))[0]).toMatchObject({ state: 'failed', error: { code: 'source.bad_answer' } });
    expect(bench.world.asks).toEqual([]);
    expect(bench.world.get(id).state).toBe('failed');
  });

  it('that is away for everybody uses up no tries', async () => {
    const [id = ''] = bench.world.add(1);
    const { operation } = await bench.startOne(id);
    const runner = bench.runner();
    bench.world.onVerify = () => {
      bench.world.circuit = 'open';
      return confused();
    };
    for (let n = 0; n < 20; n += 1) {
      bench.world.circuit = 'closed';
      await bench.round(runner, 5_000);
    }
    expect(bench.world.verifications.length).toBeGreaterThan(bench.context.settings.mostVerifications);
    expect((await bench.service.get(operation.id)).counts).toMatchObject({ pending: 1, failed: 0 });
    bench.world.onVerify = () => null;
    bench.world.circuit = 'closed';
    await bench.runUntil(runner, operation.id, FINAL);
    expect((await bench.service.get(operation.id)).state).toBe('completed');
  });
});

describe('a way that does not exist', () => {
  it.each([
    ['to the source', 'ask', 'operation.verb_unsupported'],
    ['to the target', 'verify', 'system.not_found'],
  ] as const)('%s refuses the item with the code that says so', async (_way, name, code) => {
    const [id = ''] = bench.world.add(1);
    const missing = () => Promise.reject(new AppError(code, { system: 'ut' }));
    const connectors = { ...bench.world.connectors, [name]: missing, state: () => null };
    const { operation } = await bench.startOne(id);
    const runner = createRunner({ ...bench.context, connectors });
    await bench.runUntil(runner, operation.id, FINAL, 5);
    expect((await itemsOf(operation.id))[0]).toMatchObject({ state: 'failed', error: { code } });
    expect(bench.world.get(id).state).toBe('failed');
    expect(bench.world.sends).toEqual([]);
  });
});

describe('a document that is found by its number', () => {
  const invoice = { flow: 'invoices', number: 'СФ-1', businessKey: 'СФ-1' };
  const reExport = async (deliveryId: string) => {
    const { operation } = await bench.service.plan(
      { verb: 'reExport', selection: { deliveryIds: [deliveryId] }, start: { reason: 'исправлено' } },
      person('ops'),
    );
    return operation;
  };

  it('proves the only message about it', async () => {
    const [id = ''] = bench.world.add(1, invoice);
    bench.world.atTarget.set(id, 1);
    const { operation } = await bench.startOne(id);
    await bench.runUntil(bench.runner(), operation.id, FINAL);
    expect((await itemsOf(operation.id))[0]).toMatchObject({ state: 'already_applied' });
    expect(bench.world.asks).toEqual([]);
  });

  it('does not swallow a later message: what another one brought is no reason not to send', async () => {
    const [created = ''] = bench.world.add(1, { ...invoice, prefix: 'a' });
    const [changed = ''] = bench.world.add(1, { ...invoice, prefix: 'b', occurredAt: 5_000 });
    bench.world.apply(created);
    const { operation } = await bench.startOne(changed);
    await bench.runUntil(bench.runner(), operation.id, FINAL);
    expect(bench.world.sends.map(({ deliveryId }) => deliveryId)).toEqual([changed]);
    expect((await itemsOf(operation.id))[0]).toMatchObject({ state: 'applied', confirmedBy: 'event' });
  });

  it('the same when the other one came with the same operation', async () => {
    bench.world.add(3, invoice);
    const ids = [...bench.world.deliveries.keys()];
    const { id } = await bench.startMany(ids);
    await bench.runUntil(bench.runner(), id, FINAL);
    expect(bench.world.sends.map(({ deliveryId }) => deliveryId)).toEqual(ids);
  });

  it('does not end the doubt about a later message', async () => {
    const [created = ''] = bench.world.add(1, { ...invoice, prefix: 'a' });
    const [changed = ''] = bench.world.add(1, { ...invoice, prefix: 'b', occurredAt: 5_000 });
    bench.world.apply(created);
    bench.world.onArrival = () => 'silent';
    const { operation } = await bench.startOne(changed);
    const runner = bench.runner();
    await bench.round(runner);
    await bench.round(runner, 61_000);
    for (let n = 0; n < 3; n += 1) await bench.round(runner, bench.context.settings.doubtEveryMs);
    expect((await itemsOf(operation.id))[0]).toMatchObject({ state: 'in_doubt' });
    expect((await bench.service.get(operation.id)).state).toBe('running');
    await bench.round(runner, bench.context.settings.doubtWindowMs);
    await bench.runUntil(runner, operation.id, FINAL);
    expect((await itemsOf(operation.id))[0]).toMatchObject({ state: 'in_doubt' });
    expect(bench.world.get(changed).state).toBe('in_doubt');
  });

  it('does not keep a re-export from bringing the state of today, and is not asked for', async () => {
    const [id = ''] = bench.world.add(1, invoice);
    bench.world.atTarget.set(id, 1);
    const { id: operationId } = await reExport(id);
    await bench.runUntil(bench.runner(), operationId, FINAL);
    expect(bench.world.asks).toMatchObject([{ deliveryId: id, path: '/re-export' }]);
    expect(bench.world.verifications).toEqual([]);
  });

  it('by the message itself it proves that one, whatever the verb and whatever else arrived', async () => {
    const [other = ''] = bench.world.add(1, { prefix: 'a', number: 'ЗК-1', businessKey: 'ЗК-1' });
    const [id = ''] = bench.world.add(1, { prefix: 'b', number: 'ЗК-1', businessKey: 'ЗК-1' });
    bench.world.apply(other);
    bench.world.atTarget.set(id, 1);
    const { id: operationId } = await reExport(id);
    await bench.runUntil(bench.runner(), operationId, FINAL);
    expect((await itemsOf(operationId))[0]).toMatchObject({ state: 'already_applied' });
    expect(bench.world.asks).toEqual([]);
  });

  it('is shown to the person who asks, and marks nothing that another message explains', async () => {
    const [created = ''] = bench.world.add(1, { ...invoice, prefix: 'a' });
    const [changed = ''] = bench.world.add(1, { ...invoice, prefix: 'b', state: 'in_doubt' });
    bench.world.apply(created);
    expect(await verifyDelivery(bench.context, changed, person('ops'))).toMatchObject({ outcome: 'applied' });
    expect(bench.world.get(changed).state).toBe('in_doubt');
  });
});

describe('a document of a type that no question covers', () => {
  const note = { flow: 'notes', documentType: 'Оплата' };
  const doubtful = (id: string, documentType: string) =>
    bench.world.add(1, { ...note, documentType, prefix: id, state: 'in_doubt' });

  it('is not called absent: a doubtful one is a risk in the plan, and stays in doubt when nothing is heard', async () => {
    const [unknown = ''] = doubtful('a', 'Оплата');
    const [known = ''] = doubtful('b', ASKED_TYPE);
    const { plan } = (await bench.startMany([unknown, known])) as { plan: { riskInDoubt: number; verifiable: number } };
    expect(plan).toMatchObject({ verifiable: 1, riskInDoubt: 1 });
    expect(bench.world.verifications).toEqual([]);
  });

  it('is never looked for; one that the question covers is, first', async () => {
    bench.world.onArrival = () => 'silent';
    const [unknown = ''] = bench.world.add(1, { ...note, prefix: 'a' });
    const [known = ''] = bench.world.add(1, { ...note, documentType: ASKED_TYPE, prefix: 'b' });
    bench.world.atTarget.set(known, 1);
    const ends: Record<string, string | undefined> = {};
    for (const id of [unknown, known]) {
      const { operation } = await bench.startOne(id);
      await bench.runUntil(bench.runner(), operation.id, FINAL);
      ends[id] = (await itemsOf(operation.id))[0]?.state;
    }
    expect(ends).toEqual({ [unknown]: 'in_doubt', [known]: 'already_applied' });
    expect(bench.world.verifications).toEqual([known]);
    expect(bench.world.get(unknown).state).toBe('in_doubt');
  });

  it('cannot be asked about by a person either', async () => {
    const [id = ''] = doubtful('a', 'Оплата');
    await expect(verifyDelivery(bench.context, id, person('ops'))).rejects.toMatchObject({
      code: 'operation.verb_unsupported',
    });
  });
});
