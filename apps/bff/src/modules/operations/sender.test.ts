import { AppError, SourceError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { itemsPage } from './item-queries.ts';
import { createRunner } from './runner.ts';
import { Bench } from './testing/bench.ts';
import { refused, unreachable } from './testing/world.ts';

/** What may be concluded from the answers of sources and targets, and what may not. */

let database: TestDatabase;
let bench: Bench;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await sql`truncate operation, operation_item, operation_claim, operation_log restart identity cascade`.execute(
    database.db,
  );
  bench = new Bench(database.db);
});

const FINAL = ['completed', 'completed_with_failures', 'cancelled'];
const itemsOf = async (operationId: string) => {
  const page = { outcomes: null, search: null, sort: 'position', after: null, limit: 100 } as const;
  return (await itemsPage(database.db, { operationId, ...page })).rows;
};

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
    await bench.runUntil(bench.runner(), operation.id, FINAL, 1_000);
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
