import { ITEM_STATES, type ItemState, isInFlight } from '@pult/shared/domain/operation/item';
import { type OrderedItem, turnOf } from '@pult/shared/domain/operation/key-order';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { admit } from './admission.ts';
import { neighboursOf, neighboursQuery, waitBehind } from './key-neighbours.ts';
import { createPace } from './pace.ts';
import { loadOperation } from './store.ts';
import { Bench, emptyOperations } from './testing/bench.ts';

/** Whose turn it is, on the real indexes: the same as by the list of all items, without reading it. */

const OPERATION = '00000000-0000-4000-8000-000000000001';
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(() => emptyOperations(database.db));

interface Given {
  readonly document: string;
  readonly record: string | null;
  readonly state: ItemState;
  readonly doubtSettled: boolean;
  readonly arrived: boolean;
}
const keysOf = ({ document, record }: Given): string[] =>
  record === null ? [`d ${document}`] : [`d ${document}`, `r ${record}`];

async function insertOperation(eligible: number): Promise<void> {
  await sql`insert into operation (id, verb, selection, plan, flows, rate, effective_rate, max_rate, created_at, created_by,
      expires_at, state, counts, started_at)
    values (${OPERATION}, 'resend', '{}', ${JSON.stringify({ eligible })}::jsonb, '{prices}', 10, 10, 10, now(), '{}', now(),
      'running', '{"verifying":0,"sending":0,"sent":0}', now())`.execute(database.db);
}
async function insertItems(items: readonly Given[]): Promise<void> {
  const rows = items.map((one, index) => ({ ...one, position: index + 1 }));
  await sql`
    insert into operation_item (operation_id, position, delivery_id, flow, consumer, message_id, business_key, order_key,
      document_type, document_number, occurred_at, state, doubt_settled, reason)
    select ${OPERATION}::uuid, position, 'd' || position, 'prices', 'shop', 'm', document, record, 'ПЦ', '1', now(), state,
      "doubtSettled", case when arrived then (array['already_applied', 'replaced'])[1 + position % 2] end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x (position int, document text, record text, state text,
      "doubtSettled" boolean, arrived boolean)`.execute(database.db);
}

const given: fc.Arbitrary<Given> = fc.record({
  document: fc.constantFrom('a', 'b', 'c'),
  record: fc.constantFrom(null, 'x', 'y'),
  state: fc.constantFrom(...ITEM_STATES),
  doubtSettled: fc.boolean(),
  arrived: fc.boolean(),
});
/** The database refuses two of a key on their way; the second one waits. */
const oneInFlight = (items: readonly Given[]): Given[] => {
  const taken = new Set<string>();
  return items.map((one) => {
    if (!isInFlight(one.state)) return one;
    if (keysOf(one).some((key) => taken.has(key))) return { ...one, state: 'pending' };
    for (const key of keysOf(one)) taken.add(key);
    return one;
  });
};

describe('neighbours of an item', () => {
  it('give it the same turn as all items of its keys, whatever became of them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(given, { minLength: 1, maxLength: 14 }).map(oneInFlight), async (items) => {
        await emptyOperations(database.db);
        await insertOperation(items.length);
        await insertItems(items);
        const all = items.map(
          (one, index): OrderedItem => ({
            position: index + 1,
            keys: keysOf(one),
            state: one.state,
            doubtSettled: one.doubtSettled,
            arrived: one.arrived,
          }),
        );
        const near = await neighboursOf(database.db, OPERATION, all);
        for (const item of all) expect(turnOf(item, near.get(item.position) ?? [])).toEqual(turnOf(item, all));
      }),
      { numRuns: 60 },
    );
  });

  it('are found at the ends of indexes, however many items share a key', async () => {
    await insertOperation(30_000);
    // Three records keys; of each the beginning is through, and some of it was at the target before.
    await sql`
      insert into operation_item (operation_id, position, delivery_id, flow, consumer, message_id, business_key, order_key,
        document_type, document_number, occurred_at, state, reason)
      select ${OPERATION}::uuid, n, 'd' || n, 'prices', 'shop', 'm', 'ПЦ ' || n, 'k' || (n % 3), 'ПЦ', '1', now(),
        case when n > 20000 then 'pending' when n % 10 = 0 then 'skipped' else 'applied' end,
        case when n <= 20000 and n % 10 = 0 then 'already_applied' end
      from generate_series(1, 30000) n`.execute(database.db);
    await sql`analyze operation_item`.execute(database.db);
    const positions = Array.from({ length: 200 }, (_, index) => 20_001 + index);
    const plan = await sql<{ 'QUERY PLAN': readonly [{ Plan: PlanNode }] }>`
      explain (analyze, timing off, format json) ${neighboursQuery(OPERATION, positions)}`.execute(database.db);
    const scans = scansOf(plan.rows[0]?.['QUERY PLAN'][0].Plan);
    expect(scans.map((scan) => scan['Node Type'])).not.toContain('Seq Scan');
    // Own rows and, per item, one end of each index: nothing that grows with the key.
    expect(scans.reduce((sum, scan) => sum + rowsRead(scan), 0)).toBeLessThan(200 * 7);
    expect(new Set(scans.map((scan) => scan['Index Name']))).toContain('operation_item_record_open');
  });

  it('let one of a key start in a round and the others wait in one statement', async () => {
    const bench = new Bench(database.db);
    await insertOperation(150);
    const pending = { state: 'pending', doubtSettled: true, arrived: false } as const;
    await insertItems(
      Array.from({ length: 150 }, (_, index) => ({ ...pending, document: `${index}`, record: `k${index % 3}` })),
    );
    const pace = createPace(bench.now - 5_000);
    const round = async () => {
      const operation = await loadOperation(database.db, OPERATION);
      return admit(bench.context, operation, { pace, active: 0, isBusy: () => false });
    };
    expect((await round()).map(({ position }) => position)).toEqual([1, 2, 3]);
    const waiting = async () =>
      (
        await sql<{ position: number; waits_for: number }>`
          select position, waits_for from operation_item where state = 'waiting_previous' order by position`.execute(
          database.db,
        )
      ).rows;
    expect(await waiting()).toHaveLength(147);
    expect((await waiting()).every(({ position, waits_for }) => waits_for === position - 3)).toBe(true);
    await sql`update operation_item set state = 'applied' where position = 2`.execute(database.db);
    bench.now += 1_000;
    expect((await round()).map(({ position }) => position)).toContain(5);
  });

  it('lets nobody wait who has started meanwhile', async () => {
    await insertOperation(2);
    const one = { document: 'a', record: null, doubtSettled: true, arrived: false };
    await insertItems([
      { ...one, state: 'sent' },
      { ...one, document: 'b', state: 'sending' },
      { ...one, state: 'pending' },
    ]);
    await waitBehind(database.db, OPERATION, [
      { position: 2, behind: 1 },
      { position: 3, behind: 1 },
    ]);
    const { rows } = await sql`select state, waits_for from operation_item order by position`.execute(database.db);
    expect(rows).toEqual([
      { state: 'sent', waits_for: null },
      { state: 'sending', waits_for: null },
      { state: 'waiting_previous', waits_for: 1 },
    ]);
  });
});

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}
const scansOf = (node: PlanNode | undefined): PlanNode[] =>
  node === undefined
    ? []
    : [
        ...(node['Node Type'].includes('Scan') && node.Plans === undefined ? [node] : []),
        ...(node.Plans ?? []).flatMap(scansOf),
      ];
const rowsRead = (scan: PlanNode): number =>
  (scan['Actual Rows'] + (scan['Rows Removed by Filter'] ?? 0)) * scan['Actual Loops'];
