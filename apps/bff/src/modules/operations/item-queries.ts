import type { ItemOutcome, OperationItem } from '@pult/shared/contracts/operations';
import { type RawBuilder, sql } from 'kysely';
import { csvFile } from '../../platform/csv-cell.ts';
import type { Db } from '../../platform/db/database.ts';
import { STATES_OF } from './item-store.ts';
import { ITEM_COLUMNS, type ItemRow } from './rows.ts';
import type { Holder } from './rules.ts';
import { itemView } from './view.ts';

/** Reading items for people: pages, the series of a chart, the file. */

export interface ItemsQuery {
  readonly operationId: string;
  readonly outcomes: readonly ItemOutcome[] | null;
  readonly search: string | null;
  readonly sort: 'position' | 'trouble';
  readonly after: { readonly rank: number; readonly position: number } | null;
  readonly limit: number;
}

/** Failures and doubts first, then what moves, then the rest in the order of the list. */
const TROUBLE: RawBuilder<number> = sql`case i.state when 'failed' then 0 when 'in_doubt' then 1
  when 'waiting_previous' then 2 when 'verifying' then 3 when 'sending' then 3 when 'sent' then 3
  when 'ineligible' then 9 when 'pending' then 8 else 5 end`;

export async function itemsPage(
  db: Db,
  query: ItemsQuery,
): Promise<{ rows: OperationItem[]; next: { rank: number; position: number } | null }> {
  const rank = query.sort === 'trouble' ? TROUBLE : sql<number>`0::int`;
  const states = query.outcomes === null ? null : query.outcomes.flatMap((outcome) => [...STATES_OF[outcome]]);
  const pattern = query.search === null ? null : `%${query.search.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const { rows } = await sql<ItemRow & { rank: number }>`
    select ${ITEM_COLUMNS}, ${rank} as rank from operation_item i
    where i.operation_id = ${query.operationId}
      and (${states}::text[] is null or i.state = any(${states}::text[]))
      and (${pattern}::text is null or i.document_number ilike ${pattern} or i.counterparty ilike ${pattern})
      and (${query.after?.rank ?? null}::int is null
        or (${rank}, i.position) > (${query.after?.rank ?? 0}::int, ${query.after?.position ?? 0}::int))
    order by ${rank}, i.position limit ${query.limit + 1}`.execute(db);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    rows: await viewOf(db, query.operationId, page),
    next: rows.length > query.limit && last !== undefined ? { rank: last.rank, position: last.position } : null,
  };
}

async function viewOf(db: Db, operationId: string, rows: readonly ItemRow[]): Promise<OperationItem[]> {
  const held = [...new Set(rows.map((row) => row.heldBy).filter((id) => id !== null))];
  const waited = [...new Set(rows.map((row) => row.waitsFor).filter((position) => position !== null))];
  const [holders, previous] = await Promise.all([
    sql<Holder>`select id, number from operation where id = any(${held}::uuid[])`.execute(db),
    sql<{ position: number; deliveryId: string; number: string }>`
      select position, delivery_id as "deliveryId", document_number as number from operation_item
      where operation_id = ${operationId} and position = any(${waited}::int[])`.execute(db),
  ]);
  const found = {
    holders: new Map(holders.rows.map((row) => [row.id, row])),
    byPosition: new Map(previous.rows.map(({ position, deliveryId, number }) => [position, { deliveryId, number }])),
  };
  return rows.map((row) => itemView(row, found));
}

export interface SeriesBucket {
  readonly at: string;
  readonly applied: number;
  readonly alreadyApplied: number;
  readonly failed: number;
  readonly inDoubt: number;
  readonly p95Ms: number | null;
}

const MOST_BUCKETS = 120;
const BUCKETS_MS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000];

/** Outcomes over time in at most 120 buckets. */
export async function seriesOf(
  db: Db,
  operation: { readonly id: string; readonly from: number; readonly to: number },
): Promise<{ bucketMs: number; buckets: SeriesBucket[] }> {
  const span = Math.max(1, operation.to - operation.from);
  const bucketMs = BUCKETS_MS.find((ms) => span / ms <= MOST_BUCKETS) ?? Math.ceil(span / MOST_BUCKETS);
  const { rows } = await sql<Omit<SeriesBucket, 'at'> & { at: Date }>`
    select date_bin(make_interval(secs => ${bucketMs / 1000}::float8), finished_at, 'epoch'::timestamptz) as at,
      count(*) filter (where state = 'applied')::int as applied,
      count(*) filter (where state = 'already_applied')::int as "alreadyApplied",
      count(*) filter (where state = 'failed')::int as failed,
      count(*) filter (where state = 'in_doubt')::int as "inDoubt",
      percentile_disc(0.95) within group (order by ask_ms) as "p95Ms"
    from operation_item where operation_id = ${operation.id} and finished_at is not null
      and state in ('applied', 'already_applied', 'failed', 'in_doubt')
    group by 1 order by 1`.execute(db);
  return { bucketMs, buckets: rows.map((row) => ({ ...row, at: row.at.toISOString() })) };
}

const COLUMNS = [
  'position',
  'documentType',
  'number',
  'counterparty',
  'amount',
  'flow',
  'consumer',
  'outcome',
  'reason',
  'errorCode',
  'errorText',
  'attempt',
  'startedAt',
  'finishedAt',
  'durationMs',
  'deliveryId',
] as const;

/** All items as CSV for a spreadsheet. */
export async function itemsCsv(db: Db, operationId: string): Promise<string> {
  const lines: unknown[][] = [[...COLUMNS]];
  let after: ItemsQuery['after'] = null;
  do {
    const query: ItemsQuery = { operationId, outcomes: null, search: null, sort: 'position', after, limit: 5_000 };
    const page: Awaited<ReturnType<typeof itemsPage>> = await itemsPage(db, query);
    for (const row of page.rows) {
      const flat: Record<string, unknown> = { ...row, errorCode: row.error?.code, errorText: row.error?.text };
      lines.push(COLUMNS.map((column) => flat[column]));
    }
    after = page.next;
  } while (after !== null);
  return csvFile(lines);
}
