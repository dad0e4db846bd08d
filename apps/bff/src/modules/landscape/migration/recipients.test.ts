import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../platform/db/test-database.ts';
import { carried, factEvent, HOUR, MINUTE, MigrationBench, migrationFile, NOW, PACKAGE } from './testing/bench.ts';

/** Two flows of today whose messages are alike, and one flow of the bus that both move to. */

let database: TestDatabase;
let bench: MigrationBench;

beforeAll(async () => {
  database = await createTestDatabase();
  bench = new MigrationBench(database.db);
  await bench.listen();
});
afterAll(async () => {
  await bench.close();
  await database.close();
});
beforeEach(async () => {
  bench.now = NOW;
  await sql`truncate delivery, exchange_event, message_payload, shadow_pair, shadow_hour, shadow_histogram,
    shadow_explanation, shadow_progress, flow_stage cascade`.execute(database.db);
});

/** The rollups of every comparison, and the same sums counted from the pairs. */
const rollups = async () => {
  const kept = await sql`
    select flow_id, outcome, hour, sum(count)::int as count from shadow_hour group by 1, 2, 3 having sum(count) <> 0
    order by 1, 2, 3`.execute(database.db);
  const counted = await sql`
    select flow_id, outcome, date_trunc('hour', at, 'UTC') as hour, count(*)::int as count
    from shadow_pair where outcome <> 'waiting' group by 1, 2, 3 order by 1, 2, 3`.execute(database.db);
  return { kept: kept.rows, counted: counted.rows };
};

const UNIT = { ...PACKAGE, stocks: [{ code: 'mcb', unit: 'NMP', quantity: 12 }] };

describe('a message that the bus carries for somebody else', () => {
  const outcomesOf = async (flow: string): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await bench.call('ops', 'GET', `${flow}/shadow?period=all`)).body.outcomes.map(
        ({ outcome, count }: { outcome: string; count: number }) => [outcome, count],
      ),
    );
  const SHOP = { recipient: 'site', messageId: 'bus-shop' };
  const ownPairs = async () =>
    (await sql`select * from shadow_pair where flow_id = 'prices' order by id`.execute(database.db)).rows;
  const DEALERS = { recipient: 'market', messageId: 'bus-dealers' };

  it('is never the same, though type, number and content are: a flow that the bus never carried has no pair', async () => {
    await bench.report([
      ...carried('prices', 'P1', HOUR),
      ...carried('dealers', 'P1', HOUR),
      ...carried('bus', 'P1', HOUR),
      ...carried('prices', 'P2', HOUR),
      ...carried('dealers', 'P2', HOUR),
      ...carried('bus', 'P2', HOUR, SHOP),
    ]);
    await bench.migrations.compare();
    expect(await outcomesOf('prices')).toEqual({ same: 2, differs: 0, only_old: 0, only_bus: 0 });
    expect(await outcomesOf('dealers')).toEqual({ same: 0, differs: 0, only_old: 0, only_bus: 0 });
    const { body } = await bench.call('ops', 'GET', 'dealers/migration');
    expect(body).toMatchObject({ next: 'cut-over', ready: false });
  });

  it('pairs with the flow of its recipient, each with its own, whatever came first', async () => {
    await bench.report([
      ...carried('bus', 'P1', HOUR, DEALERS),
      ...carried('bus', 'P1', HOUR, { ...SHOP, payload: UNIT }),
      ...carried('prices', 'P1', HOUR),
      ...carried('dealers', 'P1', HOUR),
      ...carried('prices', 'P2', HOUR),
      ...carried('bus', 'P2', HOUR, { recipient: 'market', messageId: 'bus-dealers-2' }),
    ]);
    await bench.migrations.compare();
    expect(await outcomesOf('prices')).toEqual({ same: 0, differs: 1, only_old: 1, only_bus: 0 });
    expect(await outcomesOf('dealers')).toEqual({ same: 1, differs: 0, only_old: 0, only_bus: 1 });
  });

  it('leaves the pairs that an earlier version made of it, and only those', async () => {
    const shop = [...carried('bus', 'P1', HOUR), ...carried('prices', 'P1', HOUR)];
    await bench.report([...shop, ...carried('dealers', 'P1', HOUR), ...carried('bus', 'P9', 30 * MINUTE)]);
    // Both flows took everything for theirs, and nobody kept of what the pairs were made.
    const before = new MigrationBench(database.db, {
      ...migrationFile(),
      flows: migrationFile().flows.map((flow) =>
        flow.id === 'dealers' && flow.migration
          ? { ...flow, migration: { ...flow.migration, addressed: false } }
          : flow,
      ),
    });
    await before.migrations.compare();
    await sql`update shadow_progress set claims = null`.execute(database.db);
    expect(await outcomesOf('dealers')).toMatchObject({ same: 1, only_bus: 1 });
    const kept = await ownPairs();
    await bench.migrations.compare();
    expect(await outcomesOf('dealers')).toEqual({ same: 0, differs: 0, only_old: 0, only_bus: 0 });
    expect(await ownPairs()).toEqual(kept);
    expect((await rollups()).kept).toEqual((await rollups()).counted);
    // Once: what was looked through is not looked through again.
    expect(await bench.migrations.compare()).toBe(0);
    // The bus begins to carry the flow: it has a shadow of its own from then on.
    await bench.report([...carried('bus', 'P2', 20 * MINUTE, DEALERS), ...carried('dealers', 'P2', 20 * MINUTE)]);
    await bench.migrations.compare();
    expect(await outcomesOf('dealers')).toEqual({ same: 1, differs: 0, only_old: 0, only_bus: 0 });
  });

  it('and whose recipient is told last, leaves the flow that it was taken for', async () => {
    await bench.report([
      ...carried('prices', 'P0', 2 * HOUR),
      ...carried('bus', 'P0', 2 * HOUR, SHOP),
      ...carried('prices', 'P1', HOUR),
      ...carried('bus', 'P1', HOUR, { messageId: 'late' }),
      ...carried('bus', 'P2', HOUR, { messageId: 'alone' }),
    ]);
    await bench.migrations.compare();
    expect(await outcomesOf('prices')).toEqual({ same: 2, differs: 0, only_old: 0, only_bus: 1 });
    await bench.report(
      ['late', 'alone'].map((messageId, index) =>
        factEvent({ flow: 'bus', number: `P${index + 1}`, kind: 'sent', ago: HOUR, messageId, recipient: 'market' }),
      ),
    );
    await bench.migrations.compare();
    expect(await outcomesOf('prices')).toEqual({ same: 1, differs: 0, only_old: 1, only_bus: 0 });
    expect((await rollups()).kept).toEqual((await rollups()).counted);
  });

  it('named by its consumer itself, is passed on to nobody', async () => {
    await bench.report([...carried('prices', 'P1', HOUR), ...carried('bus', 'P1', HOUR, { recipient: 'go' })]);
    await bench.migrations.compare();
    expect(await outcomesOf('prices')).toMatchObject({ same: 1 });
  });
});
