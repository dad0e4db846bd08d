/**
 * One page of deliveries in keyset order, and how many there are. A text is looked for in two ways: a frequent one stands
 * within the next rows of the order, a rare one is found by the index of trigrams; neither reads the whole table.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { DELIVERY_COLUMNS, type DeliveryRow } from './row.ts';

/** Rows in the order of the page that are looked through for a text before the index of texts is asked. */
const WINDOW = 20_000;
/** The same for texts that no index can find: shorter than a trigram. */
const SHORT_TEXT_WINDOW = 100_000;
const TRIGRAM = 3;

export type OrderedRow = DeliveryRow & { readonly sort_value: string };

export interface PageQuery {
  /** Conditions on `d`. */
  readonly where: RawBuilder<boolean>;
  /** Conditions on `d` along the order: after a cursor, inside a range, where there is a value at all. */
  readonly after: RawBuilder<boolean>;
  readonly value: RawBuilder<unknown>;
  readonly order: 'asc' | 'desc';
  /** Rows at most. */
  readonly limit: number;
  readonly text: string | undefined;
}

export interface PageRows {
  readonly rows: readonly OrderedRow[];
  /** Where to go on when the search stopped before it had a full page. */
  readonly stoppedAt: { readonly value: string; readonly id: string } | null;
}

/** Letters and digits of a text that an index of trigrams can use. */
const isShort = (text: string): boolean => !text.split(/[^\p{L}\p{N}]+/u).some((word) => [...word].length >= TRIGRAM);

/** The value of the order comes as JSON writes it, so that a cursor made of it can be checked when it comes back. */
export async function readPage(db: Db, page: PageQuery): Promise<PageRows> {
  const columns = sql`${DELIVERY_COLUMNS}, to_jsonb(${page.value}) #>> '{}' as sort_value`;
  const direction = sql.raw(page.order);
  const ordered = sql`order by ${page.value} ${direction}, d.id ${direction}`;
  if (page.text === undefined) {
    const { rows } = await sql<OrderedRow>`select ${columns} from delivery d where ${page.where} and ${page.after}
      ${ordered} limit ${page.limit}`.execute(db);
    return { rows, stoppedAt: null };
  }
  const short = isShort(page.text);
  const size = short ? SHORT_TEXT_WINDOW : WINDOW;
  const near =
    await sql<OrderedRow>`select ${columns} from (select * from delivery d where ${page.after} ${ordered} limit ${size}) as d
    where ${page.where} ${ordered} limit ${page.limit}`.execute(db);
  if (near.rows.length >= page.limit) return { rows: near.rows, stoppedAt: null };
  if (!short) {
    // The fence keeps the planner from walking the order once more: rare texts come from their index and are sorted.
    const { rows } =
      await sql<OrderedRow>`select * from (select ${columns}, d.id as row_id, ${page.value} as row_order from delivery d
      where ${page.where} and ${page.after} offset 0) as found
      order by row_order ${direction}, row_id ${direction} limit ${page.limit}`.execute(db);
    return { rows, stoppedAt: null };
  }
  const edge = await sql<{
    value: string;
    id: string;
  }>`select to_jsonb(${page.value}) #>> '{}' as value, d.id from delivery d where ${page.after}
    ${ordered} offset ${size - 1} limit 1`.execute(db);
  return { rows: near.rows, stoppedAt: edge.rows[0] ?? null };
}

/** Counts up to the limit; of a text too short for the index only among the rows next to the page. */
export async function countUpTo(
  db: Db,
  { where, text, limit }: { where: RawBuilder<boolean>; text: string | undefined; limit: number },
): Promise<{ count: number; exact: boolean }> {
  if (text === undefined || !isShort(text)) {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from (select 1 from delivery d where ${where} limit ${limit}) as few`.execute(db);
    const count = rows[0]?.count ?? 0;
    return { count, exact: count < limit };
  }
  const { rows } = await sql<{ count: number; more: boolean }>`
    select (select count(*) from (select 1 from (select * from delivery order by started_at desc, id desc limit ${SHORT_TEXT_WINDOW}) as d
      where ${where} limit ${limit}) as few) as count,
      exists (select from delivery order by started_at desc, id desc offset ${SHORT_TEXT_WINDOW} limit 1) as more`.execute(
    db,
  );
  const [row] = rows;
  return { count: row?.count ?? 0, exact: (row?.count ?? 0) < limit && row?.more !== true };
}
