import { Kysely, type KyselyPlugin, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '../../platform/db/database.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { itemsPage } from './item-queries.ts';
import { Bench } from './testing/bench.ts';
import { unreachable } from './testing/world.ts';

/** A runner is killed in front of each of its statements in turn; the next one has only the database. */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await sql`truncate operation, operation_item, operation_claim, operation_log restart identity cascade`.execute(
    database.db,
  );
});

class Killed extends Error {}

/** A connection pool that dies after `statements` statements and then answers nothing more. */
function mortalDatabase(statements: number): { db: Db; died: () => boolean; close: () => Promise<void> } {
  let left = statements;
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      if (left <= 0) throw new Killed('killed');
      left -= 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const pool = new pg.Pool({ connectionString: database.url, max: 4 });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }), plugins: [plugin] });
  return { db, died: () => left <= 0, close: () => db.destroy() };
}

const FINAL = ['completed', 'completed_with_failures', 'cancelled'];

/** Plays one operation with a kill after `statements`; @returns whether the kill came before the end. */
async function playWithKill(
  statements: number,
  scenario: (bench: Bench) => string[],
): Promise<{ killed: boolean; bench: Bench; id: string }> {
  const bench = new Bench(database.db);
  const ids = scenario(bench);
  const { id } = await bench.startMany(ids);
  const mortal = mortalDatabase(statements);
  const first = bench.runner(mortal.db);
  for (let n = 0; n < 40 && !mortal.died(); n += 1) {
    bench.now += 1_000;
    await first.tick().catch(() => undefined);
    await first.idle();
    // What the source took travels on, dead runner or not.
    bench.world.settle();
  }
  const killed = !FINAL.includes((await bench.service.get(id)).state);
  await mortal.close();
  await bench.runUntil(bench.runner(), id, FINAL);
  return { killed, bench, id };
}

async function expectNothingLostOrDoubled(bench: Bench, id: string, ids: readonly string[]): Promise<void> {
  const keys = new Map<string, Set<string>>();
  for (const ask of bench.world.asks) {
    const seen = keys.get(ask.deliveryId) ?? new Set();
    keys.set(ask.deliveryId, seen.add(`${ask.key} ${ask.attempt}`));
  }
  for (const seen of keys.values()) expect(seen.size).toBe(1);
  const sent = bench.world.sends.map(({ deliveryId }) => deliveryId);
  expect(new Set(sent).size).toBe(sent.length);
  const { rows } = await itemsPage(database.db, {
    operationId: id,
    outcomes: null,
    search: null,
    sort: 'position',
    after: null,
    limit: 100,
  });
  expect(rows.map(({ deliveryId }) => deliveryId).sort()).toEqual([...ids].sort());
  expect(rows.map(({ state }) => state).filter((state) => !['applied', 'already_applied'].includes(state))).toEqual([]);
  const claims = await sql<{
    n: number;
  }>`select count(*)::int as n from operation_claim where released_at is null`.execute(database.db);
  expect(claims.rows[0]?.n).toBe(0);
}

/** Kills in front of every statement until a play ends by itself. */
async function killEverywhere(scenario: (bench: Bench) => string[]): Promise<number> {
  for (let statements = 0; ; statements += 1) {
    await sql`truncate operation, operation_item, operation_claim, operation_log restart identity cascade`.execute(
      database.db,
    );
    const { killed, bench, id } = await playWithKill(statements, scenario);
    await expectNothingLostOrDoubled(bench, id, [...bench.world.deliveries.keys()]);
    if (!killed) return statements;
  }
}

describe('a runner that is killed', () => {
  it('at any statement loses nothing and sends nothing twice: asked first, then sent', async () => {
    const statements = await killEverywhere((bench) => bench.world.add(2));
    expect(statements).toBeGreaterThan(20);
  }, 120_000);

  it('the same where the target cannot be asked', async () => {
    const statements = await killEverywhere((bench) => bench.world.add(2, { flow: 'stock' }));
    expect(statements).toBeGreaterThan(15);
  }, 120_000);

  it('the same when requests were lost on the way', async () => {
    await killEverywhere((bench) => {
      bench.world.onAsk = (_id, nth) => (nth === 1 ? unreachable(true) : nth === 2 ? unreachable(false) : null);
      return bench.world.add(2);
    });
  }, 120_000);

  it('the same for two messages of one document', async () => {
    await killEverywhere((bench) => {
      bench.world.add(2, { businessKey: 'ЗК-1' });
      return [...bench.world.deliveries.keys()];
    });
  }, 120_000);
});
