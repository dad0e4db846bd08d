import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { Bench } from './testing/bench.ts';

/** What the rounds of the runner owe to every item and every operation. */

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

describe('late news', () => {
  it('reach every unsettled item within some rounds, however many there are', async () => {
    const count = 2_500;
    const ids = bench.world.add(count);
    const { id } = await bench.startMany(ids);
    // All of them failed, a second after each other; the bulk way of saying what 2,500 rejections would have done.
    await sql`update operation_item set state = 'failed', attempt = 2, doubt_settled = true,
      finished_at = ${new Date(bench.now)}::timestamptz - (${count} - position) * interval '1 second'`.execute(
      database.db,
    );
    await sql`update operation_claim set released_at = now()`.execute(database.db);
    const runner = bench.runner();
    await bench.round(runner);
    expect(await bench.service.get(id)).toMatchObject({ state: 'completed_with_failures', counts: { failed: count } });
    for (const deliveryId of [ids[0], ids[1_249], ids[2_499]]) bench.world.apply(deliveryId ?? '');
    for (let n = 0; n < 4; n += 1) await bench.round(runner, 5_000);
    expect((await bench.service.get(id)).counts).toMatchObject({ applied: 3, failed: count - 3 });
  });
});
