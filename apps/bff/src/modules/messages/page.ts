/**
 * One page of deliveries in keyset order, and how many there are. A text is looked for in two ways: a frequent one stands
 * within the next rows of the order, a rare one is found by the index of trigrams; neither reads the whole table.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { textCondition } from './filter.ts';
import { DELIVERY_COLUMNS, type DeliveryRow } from './row.ts';
import { isIndexedText } from './search-text.ts';

export interface SearchWindows {
  /** Rows in the order of the page that are looked through for a text before the index of fragments is asked. */
  readonly indexed: number;
  /** The same for texts that no index can find: shorter than a trigram. Where it ends, the cursor goes on. */
  readonly short: number;
}
/** So many within the window make a text a frequent one. */
const FREQUENT = 50;
const WINDOWS: SearchWindows = { indexed: 20_000, short: 50_000 };

export type OrderedRow = DeliveryRow & { readonly sort_value: string };

export interface PageQuery {
  /** Conditions on `d` without the text. */
  readonly where: RawBuilder<boolean>;
  readonly text: string | undefined;
  /** The other conditions leave few rows by themselves: no text is looked for along the order. */
  readonly narrow: boolean;
  /** Conditions on `d` along the order: after a cursor, inside a range, where there is a value at all. */
  readonly after: RawBuilder<boolean>;
  readonly value: RawBuilder<unknown>;
  readonly order: 'asc' | 'desc';
  /** Rows at most. */
  readonly limit: number;
}

export interface PageRows {
  readonly rows: readonly OrderedRow[];
  /** Where to go on when the search stopped before it had a full page. */
  readonly stoppedAt: { readonly value: string; readonly id: string } | null;
}

/** The value of the order comes as JSON writes it, so that a cursor made of it can be checked when it comes back. */
export async function readPage(db: Db, page: PageQuery, windows = WINDOWS): Promise<PageRows> {
  const columns = sql`${DELIVERY_COLUMNS}, to_jsonb(${page.value}) #>> '{}' as sort_value`;
  const direction = sql.raw(page.order);
  const ordered = sql`order by ${page.value} ${direction}, d.id ${direction}`;
  if (page.text === undefined) {
    const { rows } = await sql<OrderedRow>`select ${columns} from delivery d where ${page.where} and ${page.after}
      ${ordered} limit ${page.limit}`.execute(db);
    return { rows, stoppedAt: null };
  }
  const short = !page.narrow && !isIndexedText(page.text);
  const size = short ? windows.short : windows.indexed;
  const near = page.narrow
    ? { rows: [] }
    : await sql<OrderedRow>`select ${columns} from (select * from delivery d where ${page.after} ${ordered} limit ${size}) as d
    where ${textCondition(page.text)} and ${page.where} ${ordered} limit ${page.limit}`.execute(db);
  if (near.rows.length >= page.limit) return { rows: near.rows, stoppedAt: null };
  if (!short) {
    // The fence keeps the planner from walking the order once more: rare texts come from their index and are sorted.
    const { rows } =
      await sql<OrderedRow>`select * from (select ${columns}, d.id as row_id, ${page.value} as row_order from delivery d
      where ${textCondition(page.text)} and ${page.where} and ${page.after} offset 0) as found
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

export interface Total {
  readonly count: number;
  readonly exact: boolean;
}

/**
 * How many there are: exact up to the limit. A frequent text is counted among the first rows of the order only, which is
 * «at least so many»; a rare one by its index.
 */
export async function countUpTo(
  db: Db,
  query: {
    readonly where: RawBuilder<boolean>;
    readonly text: string | undefined;
    readonly narrow: boolean;
    readonly limit: number;
  },
  windows = WINDOWS,
): Promise<Total> {
  const { where, text, narrow, limit } = query;
  const few = async (source: RawBuilder<unknown>, condition = where): Promise<number> => {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from (select 1 from ${source} as d where ${condition} limit ${limit}) as few`.execute(
      db,
    );
    return rows[0]?.count ?? 0;
  };
  if (text === undefined) {
    const count = await few(sql`delivery`);
    return { count, exact: count < limit };
  }
  const all = sql<boolean>`${textCondition(text)} and ${where}`;
  const countAll = async (): Promise<Total> => {
    // Without a limit the planner has no reason to hope for an early end, and takes the index.
    const { rows } = await sql<{ count: number }>`select count(*) as count from delivery d where ${all}`.execute(db);
    return { count: rows[0]?.count ?? 0, exact: true };
  };
  if (narrow) return countAll();
  const indexed = isIndexedText(text);
  const size = indexed ? windows.indexed : windows.short;
  const near = await few(
    sql`(select * from delivery order by started_at desc, id desc limit ${size})`,
    sql<boolean>`${textCondition(text)} and ${where}`,
  );
  if (indexed && near < FREQUENT) return countAll();
  const beyond = await sql<{ more: boolean }>`
    select exists (select from delivery order by started_at desc, id desc offset ${size} limit 1) as more`.execute(db);
  return { count: near, exact: near < limit && beyond.rows[0]?.more !== true };
}
