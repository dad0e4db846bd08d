import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { itemsPage } from './item-queries.ts';
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
