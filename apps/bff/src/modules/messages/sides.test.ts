import { type KyselyPlugin, type RawNode, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { createSides } from './sides.ts';

/** A bus flow that carries twenty thousand messages for others and of other types, and none or few of those that are looked at. */

const NOW = Date.parse('2026-11-26T11:32:00Z');
const MINUTE = 60_000;
const MESSAGES = 20_000;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  // One a minute, the newest now; the last fifty are for dealers.
  await sql`
    insert into delivery (id, flow_id, consumer, message_id, state, state_at, started_at, attempt, revision, key_type,
      key_number, search, summary, recipient)
    select gen_random_uuid(), 'bus', 'go', n::text, 'applied', at, at, 1, 0, 'ПакетЦен', n::text, '', '{}'::jsonb,
      case when n <= 50 then 'market' else 'site' end
    from generate_series(1, ${MESSAGES}::int) n, lateral (select ${new Date(NOW)}::timestamptz - (n - 1) * interval '1 minute' as at) t`.execute(
    database.db,
  );
  // As many of another type, for nobody by name: they are no part of the comparison of prices.
  await sql`
    insert into delivery (id, flow_id, consumer, message_id, state, state_at, started_at, attempt, revision, key_type,
      key_number, search, summary)
    select gen_random_uuid(), 'bus', 'go', 's' || n, 'applied', at, at, 1, 0, case when n = 100 then 'Возврат' else 'Остатки' end,
      n::text, '', '{}'::jsonb
    from generate_series(1, ${MESSAGES}::int) n, lateral (select ${new Date(NOW)}::timestamptz - (n - 1) * interval '1 minute' as at) t`.execute(
    database.db,
  );
  await sql`analyze delivery`.execute(database.db);
});
afterAll(() => database.close());

interface PlanNode {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Has the database say how it answered instead of answering. */
class Explain implements KyselyPlugin {
  readonly plans: PlanNode[] = [];
  transformQuery({ node }: Parameters<KyselyPlugin['transformQuery']>[0]) {
    const raw = node as RawNode;
    const [first = '', ...rest] = raw.sqlFragments;
    return { ...raw, sqlFragments: [`explain (analyze, format json) ${first}`, ...rest] };
  }
  async transformResult({ result }: Parameters<KyselyPlugin['transformResult']>[0]) {
    const [row] = result.rows as { 'QUERY PLAN': [{ Plan: PlanNode }] }[];
    if (row) this.plans.push(row['QUERY PLAN'][0].Plan);
    return { ...result, rows: [] };
  }
}

const rowsRead = (plan: PlanNode): number =>
  Math.max(
    (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops'],
    ...(plan.Plans ?? []).map(rowsRead),
  );

describe('the first message for a system that the bus carries for somebody else, too', () => {
  const ask = async (among: readonly string[], db = database.db) =>
    createSides({ db, flows: new Map(), clock: { now: () => NOW }, downSince: () => null }).firstAt(
      { flowId: 'bus', types: ['ПакетЦен'], consumer: 'go', recipients: { among, orNone: false } },
      NOW - 60 * 86_400_000,
    );

  it('is the oldest that names one of its names', async () => {
    expect(await ask(['market'])).toBe(NOW - 49 * MINUTE);
    expect(await ask(['market', 'site'])).toBe(NOW - (MESSAGES - 1) * MINUTE);
    expect(await ask(['nobody'])).toBeNull();
  });

  it.each([{ among: ['market'] }, { among: ['nobody'] }, { among: ['nobody', 'market'] }])(
    'is found without reading what is for others: $among',
    async ({ among }) => {
      const explain = new Explain();
      await ask(among, database.db.withPlugin(explain));
      expect(explain.plans).not.toEqual([]);
      for (const plan of explain.plans) expect(rowsRead(plan)).toBeLessThanOrEqual(60);
    },
  );
});

describe('the deliveries of some types of a flow that carries others, too', () => {
  const sides = (db = database.db) =>
    createSides({ db, flows: new Map(), clock: { now: () => NOW }, downSince: () => null });
  const of = (types: readonly string[], among: readonly string[] = ['site']) => ({
    flowId: 'bus',
    types,
    consumer: 'go',
    recipients: { among, orNone: true },
  });
  const FROM = NOW - 60 * 86_400_000;

  it('begin with the oldest of any of them, whoever names nobody included', async () => {
    expect(await sides().firstAt(of(['ПакетЦен']), FROM)).toBe(NOW - (MESSAGES - 1) * MINUTE);
    expect(await sides().firstAt(of(['ПакетЦен'], ['market']), FROM)).toBe(NOW - 49 * MINUTE);
    expect(await sides().firstAt(of(['Возврат', 'Заказ']), FROM)).toBe(NOW - 99 * MINUTE);
    expect(await sides().firstAt(of(['Возврат', 'ПакетЦен'], ['market']), FROM)).toBe(NOW - 99 * MINUTE);
    expect(await sides().firstAt(of(['Заказ']), FROM)).toBeNull();
    expect(await sides().firstAt(of([], ['market']), FROM)).toBe(NOW - (MESSAGES - 1) * MINUTE);
  });

  it.each([{ types: ['Возврат'] }, { types: ['Заказ'] }, { types: ['Заказ', 'Возврат'] }])(
    'are found without reading the others: $types',
    async ({ types }) => {
      const explain = new Explain();
      const explained = sides(database.db.withPlugin(explain));
      await explained.firstAt(of(types), FROM);
      await explained.page({ ...of(types), recipients: null }, { from: FROM, after: null, limit: 3_000 });
      const after = { at: new Date(NOW).toISOString(), id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };
      await explained.page({ ...of(types), recipients: null }, { from: FROM, after, limit: 3_000 });
      expect(explain.plans).toHaveLength(3);
      for (const plan of explain.plans) expect(rowsRead(plan)).toBeLessThanOrEqual(10);
    },
  );
});
