/** What is read in another way for the sake of speed must say the same as the plain way. */
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { filterConditions, stuckPredicate } from './filter.ts';
import { createHistory } from './history.ts';
import { createIntake } from './intake.ts';
import { type ListDeps, messagesByTime } from './lists.ts';
import { countUpTo, readPage } from './page.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MESSAGES = 120;
const flows = new Map([
  ['site-orders', { id: 'site-orders', from: ['site'], to: ['ut'], watched: false } as unknown as FlowConfig],
]);
/** Every third buyer is «Электромонтаж»; message 77 alone says «Кабельный». */
const buyer = (n: number): string => (n === 77 ? 'ООО «Кабельный дом»' : n % 3 === 0 ? 'ООО «Электромонтаж»' : 'ИП Юн');

let database: TestDatabase;
let deps: ListDeps;

beforeAll(async () => {
  database = await createTestDatabase();
  deps = { db: database.db, flows, clock: { now: () => NOW }, downSince: () => null };
  const intake = createIntake({ ...deps, live: { announce: () => undefined } });
  const event = (n: number, kind: string, at: number) => ({
    specversion: '1.0',
    id: `${n}-${kind}`,
    source: 'site',
    type: `exchange.${kind}`,
    time: new Date(at).toISOString(),
    data: {
      flow: 'site-orders',
      consumer: 'ut',
      message: {
        id: `message-${n}`,
        key: { type: 'ЗаказКлиента', number: `ЗК-${n}` },
        counterparty: { name: buyer(n) },
        amount: `${n}.00`,
      },
      ...(kind === 'failed' ? { error: { text: 'Период закрыт для изменений' } } : {}),
    },
  });
  // Eight days, 97 minutes apart, so that hours, days of Moscow and the edges of ranges are all crossed.
  const events = Array.from({ length: MESSAGES }, (_, n) => {
    const at = NOW - 8 * DAY + n * 97 * MINUTE;
    return [
      event(n, 'accepted', at),
      ...(n % 5 === 0 ? [event(n, 'failed', at + 3_000)] : []),
      ...(n % 10 === 0 ? [] : [event(n, 'applied', at + 1_000 * (n + 1))]),
    ];
  }).flat();
  await intake.accept(events, 'site');
});
afterAll(() => database.close());

describe('a page found by a text', () => {
  const windows = { indexed: 10, short: 10 };
  const walk = async (text: string, order: 'asc' | 'desc'): Promise<string[]> => {
    const found: string[] = [];
    let after = sql<boolean>`true`;
    for (let pages = 0; pages < 100; pages += 1) {
      const { rows, stoppedAt } = await readPage(
        database.db,
        { where: sql<boolean>`true`, narrow: false, after, value: sql`d.started_at`, order, limit: 4, text },
        windows,
      );
      found.push(...rows.map(({ key_number }) => key_number));
      const last = rows.at(-1);
      const next = rows.length === 4 && last ? { value: last.sort_value, id: last.id } : stoppedAt;
      if (next === null) return found;
      after = sql<boolean>`(d.started_at, d.id) ${sql.raw(order === 'asc' ? '>' : '<')} (${next.value}::timestamptz, ${next.id}::uuid)`;
    }
    throw new Error('pages without end');
  };

  it.each([
    ['frequent and indexed', 'электро', (n: number) => buyer(n).includes('Электро')],
    ['rare and indexed', 'кабельный', (n: number) => n === 77],
    ['a number', 'ЗК-11', (n: number) => `${n}`.startsWith('11')],
    ['too short for the index', 'юн', (n: number) => buyer(n).includes('Юн')],
    ['found nowhere', 'светотехника', () => false],
  ])('%s: everything, in order, once', async (_what, text, matches) => {
    const expected = Array.from({ length: MESSAGES }, (_, n) => n)
      .filter(matches)
      .map((n) => `ЗК-${n}`);
    expect(await walk(text, 'asc')).toEqual(expected);
    expect(await walk(text, 'desc')).toEqual(expected.toReversed());
  });

  it.each([
    ['электро', { indexed: 1_000, short: 1_000 }, { count: 40, exact: true }],
    ['кабельный', { indexed: 10, short: 10 }, { count: 1, exact: true }],
    ['юн', { indexed: 10, short: 12 }, { count: 8, exact: false }],
    ['юн', { indexed: 10, short: 1_000 }, { count: 79, exact: true }],
  ])('«%s» within %o is counted as %o', async (text, within, expected) => {
    expect(
      await countUpTo(database.db, { where: sql<boolean>`true`, narrow: false, text, limit: 10_000 }, within),
    ).toEqual(expected);
  });

  it('asks the index for Russian letters, whatever the character type of the database', async () => {
    const plan = await database.db.transaction().execute(async (tx) => {
      await sql`set local enable_seqscan = off`.execute(tx);
      return sql`explain select 1 from delivery d where ${filterConditions({ q: 'кабельный' }, flows, NOW)}`.execute(
        tx,
      );
    });
    expect(JSON.stringify(plan.rows)).toMatch(/Bitmap Index Scan on delivery_search/);
    const { rows } = await sql<{ trigrams: number }>`
      select cardinality(show_trgm(search)) as trigrams from delivery where message_id = 'message-77'`.execute(
      database.db,
    );
    expect(rows[0]?.trigrams).toBeGreaterThan(20);
  });
});

it('what is stuck is found in the index of open deliveries', async () => {
  const budget = { accepted: MINUTE, sent: MINUTE, delivered: MINUTE };
  const watched = [...flows.values()].map((flow) => ({ ...flow, watched: true, budget }));
  const plan = await database.db.transaction().execute(async (tx) => {
    await sql`set local enable_seqscan = off`.execute(tx);
    return sql`explain select 1 from delivery d where ${stuckPredicate(watched, NOW)}`.execute(tx);
  });
  expect(JSON.stringify(plan.rows)).toMatch(/delivery_open/);
});

describe('numbers from the rollups', () => {
  const total = (rows: readonly { readonly [name: string]: unknown }[], name: string): number =>
    rows.reduce((sum, row) => sum + Number(row[name]), 0);

  it.each([1, 8])('the volume of %i days equals that of the rows', async (days) => {
    const from = new Date(NOW - days * DAY).toISOString();
    const byRollups = await messagesByTime(deps, { from, buckets: 96 });
    // A condition that every message meets sends the question to the rows.
    const byRows = await messagesByTime(deps, { from, buckets: 96, minAmount: -1 });
    expect(byRollups).toEqual(byRows);
    expect(total(byRollups.buckets, 'applied')).toBeGreaterThan(days);
    expect(await messagesByTime(deps, { from, buckets: 96, source: ['site'] })).toEqual(byRollups);
    const elsewhere = await messagesByTime(deps, { from, buckets: 96, source: ['bp'] });
    expect(total(elsewhere.buckets, 'applied') + total(elsewhere.buckets, 'failed')).toBe(0);
  });

  it.each([
    [NOW - 2 * DAY, NOW],
    [NOW - 8 * DAY, NOW + DAY],
    [NOW - 7 * DAY + 17 * MINUTE, NOW - 2 * DAY - 31 * MINUTE],
    [NOW - 7 * DAY + 5 * HOUR, NOW - 3 * DAY - 20 * HOUR],
  ])('hours and days of %i–%i add up to its minutes', async (from, to) => {
    const history = createHistory(deps);
    const range = { from, to, flowIds: null };
    const sums = await sql<{ applied: number; failed: number; latencies: number; causes: number }>`
      select (select coalesce(sum(applied), 0)::int from rollup_minute where minute >= ${new Date(from)} and minute < ${new Date(to)}) as applied,
        (select coalesce(sum(failed), 0)::int from rollup_minute where minute >= ${new Date(from)} and minute < ${new Date(to)}) as failed,
        (select coalesce(sum(count), 0)::int from rollup_latency where minute >= ${new Date(from)} and minute < ${new Date(to)}) as latencies,
        (select coalesce(sum(failed), 0)::int from rollup_cause where minute >= ${new Date(from)} and minute < ${new Date(to)}) as causes`.execute(
      database.db,
    );
    const hours = await history.hours(range);
    expect({
      applied: total(hours as never, 'applied'),
      failed: total(hours as never, 'failed'),
      latencies: total(await history.latencies(range), 'count'),
      causes: total(await history.failures(range), 'count'),
    }).toEqual(sums.rows[0]);
    expect(sums.rows[0]?.applied).toBeGreaterThan(10);
  });
});
