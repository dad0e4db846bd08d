import { Kysely, type KyselyPlugin, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '../../platform/db/database.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import type { OperationConnectors } from './ports.ts';
import { createRunner } from './runner.ts';
import { allItems, Bench, emptyOperations } from './testing/bench.ts';
import { unreachable } from './testing/world.ts';

/** A runner is killed in front of each statement and request in turn; the next one has only the database. */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyOperations(database.db);
});

class Killed extends Error {}

interface Mortal {
  readonly db: Db;
  /** Counts a step; throws when the last one is over. */
  readonly step: () => void;
  readonly died: () => boolean;
  readonly close: () => Promise<void>;
}

/** A process that dies after so many statements and requests, and then does nothing more. */
function mortal(steps: number): Mortal {
  let left = steps;
  const step = (): void => {
    if (left <= 0) throw new Killed('killed');
    left -= 1;
  };
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      step();
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const pool = new pg.Pool({ connectionString: database.url, max: 4 });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }), plugins: [plugin] });
  return { db, step, died: () => left <= 0, close: () => db.destroy() };
}

const FINAL = ['completed', 'completed_with_failures', 'cancelled'];

/** Plays one operation with a kill after `steps`; @returns whether the kill came before the end. */
async function playWithKill(
  steps: number,
  scenario: (bench: Bench) => string[],
): Promise<{ killed: boolean; bench: Bench; id: string }> {
  const bench = new Bench(database.db);
  const { id } = await bench.startMany(scenario(bench));
  const process = mortal(steps);
  const { ask, verify, state, redrive } = bench.world.connectors;
  const connectors: OperationConnectors = {
    state,
    redrive,
    ask: async (...request) => {
      process.step();
      return ask(...request);
    },
    verify: async (...question) => {
      process.step();
      return verify(...question);
    },
  };
  const first = createRunner({ ...bench.context, db: process.db, connectors });
  for (let n = 0; n < 60 && !process.died(); n += 1) {
    bench.now += 1_000;
    await first.tick().catch(() => undefined);
    await first.idle();
    // The target is slow: what was sent before the kill is reported only after the new runner has looked.
    if (!process.died()) bench.world.settle();
  }
  const killed = !FINAL.includes((await bench.service.get(id)).state);
  await process.close();
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
  const rows = await allItems(database.db, id);
  expect(rows.map(({ deliveryId }) => deliveryId).sort()).toEqual([...ids].sort());
  expect(rows.map(({ state }) => state).filter((state) => !['applied', 'already_applied'].includes(state))).toEqual([]);
  const claims = await sql<{
    n: number;
  }>`select count(*)::int as n from operation_claim where released_at is null`.execute(database.db);
  expect(claims.rows[0]?.n).toBe(0);
}

/** Kills in front of every step until a play ends by itself. */
async function killEverywhere(scenario: (bench: Bench) => string[]): Promise<number> {
  for (let steps = 0; ; steps += 1) {
    await emptyOperations(database.db);
    const { killed, bench, id } = await playWithKill(steps, scenario);
    await expectNothingLostOrDoubled(bench, id, [...bench.world.deliveries.keys()]);
    if (!killed) return steps;
  }
}

describe('a runner that is killed', () => {
  it('at any statement loses nothing and sends nothing twice: asked first, then sent', async () => {
    const steps = await killEverywhere((bench) => bench.world.add(2));
    expect(steps).toBeGreaterThan(20);
  }, 120_000);

  it('the same where the target cannot be asked', async () => {
    const steps = await killEverywhere((bench) => bench.world.add(2, { flow: 'stock' }));
    expect(steps).toBeGreaterThan(15);
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
