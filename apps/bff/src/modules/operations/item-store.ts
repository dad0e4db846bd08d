import type { ItemState as AnyItemState, ItemOutcome } from '@pult/shared/contracts/operations';
import { type ItemState, type ItemStep, nextItemState } from '@pult/shared/domain/operation/item';
import { NO_ITEMS } from '@pult/shared/domain/operation/operation-state';
import type { StageId } from '@pult/shared/domain/operation/stages';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { at, ITEM_COLUMNS, type ItemRow, json, type StoredCounts } from './rows.ts';

/** Items of operations. */

const CHANGEABLE = {
  reason: sql.ref('reason'),
  heldBy: sql.ref('held_by'),
  waitsFor: sql.ref('waits_for'),
  attempt: sql.ref('attempt'),
  idempotencyKey: sql.ref('idempotency_key'),
  maybeSent: sql.ref('maybe_sent'),
  asks: sql.ref('asks'),
  askMs: sql.ref('ask_ms'),
  notBefore: sql.ref('not_before'),
  error: sql.ref('error'),
  confirmedBy: sql.ref('confirmed_by'),
  startedAt: sql.ref('started_at'),
  sentAt: sql.ref('sent_at'),
  finishedAt: sql.ref('finished_at'),
  doubtUntil: sql.ref('doubt_until'),
  doubtSettled: sql.ref('doubt_settled'),
} as const;
export type ItemChange = { readonly [K in keyof typeof CHANGEABLE]?: ItemRow[K] };

function assignments(change: ItemChange): RawBuilder<unknown>[] {
  return (Object.keys(change) as (keyof typeof CHANGEABLE)[]).map((name) => {
    const value = change[name];
    return sql`${CHANGEABLE[name]} = ${name === 'error' && value != null ? json(value) : value}`;
  });
}

type ItemKey = Pick<ItemRow, 'operationId' | 'position' | 'state'>;

/**
 * Makes the steps, if the item is still in the state that the caller saw and the rules allow them. @returns the new
 * state, null when somebody was faster: then nothing was written
 */
export async function stepItem(
  tx: Db,
  item: ItemKey,
  steps: readonly ItemStep[],
  change: ItemChange = {},
): Promise<ItemState | null> {
  if (item.state === 'ineligible') return null;
  let state: ItemState = item.state;
  for (const step of steps) {
    const next = nextItemState(state, step);
    if (next === null) return null;
    state = next;
  }
  const { rows } = await sql`
    update operation_item set ${sql.join([sql`state = ${state}`, ...assignments(change)])}
    where operation_id = ${item.operationId} and position = ${item.position} and state = ${item.state}
    returning position`.execute(tx);
  return rows.length > 0 ? state : null;
}

/** Locks an item before anything is written about its delivery: everybody takes the two in this order. @returns false when it left that state */
export async function lockItem(tx: Db, item: ItemKey): Promise<boolean> {
  const { rows } = await sql`
    select position from operation_item
    where operation_id = ${item.operationId} and position = ${item.position} and state = ${item.state}
    for update`.execute(tx);
  return rows.length > 0;
}

/** Changes facts of an item without a step; false when it left that state. */
export async function changeItem(tx: Db, item: ItemKey, change: ItemChange): Promise<boolean> {
  const { rows } = await sql`
    update operation_item set ${sql.join(assignments(change))}
    where operation_id = ${item.operationId} and position = ${item.position} and state = ${item.state}
    returning position`.execute(tx);
  return rows.length > 0;
}

/**
 * Moves up to `limit` items that have not started to `returned` or `done` in one statement. @returns the moved items
 */
export async function endUnstarted(
  tx: Db,
  operationId: string,
  options: { to: 'returned' | 'done'; now: number; limit: number },
): Promise<ItemRow[]> {
  const from: ItemState[] = options.to === 'done' ? ['pending'] : ['pending', 'waiting_previous'];
  const started = options.to === 'done' ? sql`started_at = ${at(options.now)}, confirmed_by = 'answer',` : sql``;
  const { rows } = await sql<ItemRow>`
    with chosen as (select position from operation_item
      where operation_id = ${operationId} and state = any(${from}::text[]) order by position limit ${options.limit}
      for update)
    update operation_item i set ${started} state = ${options.to}, finished_at = ${at(options.now)}, waits_for = null
    from chosen where i.operation_id = ${operationId} and i.position = chosen.position
    returning ${ITEM_COLUMNS}`.execute(tx);
  return rows;
}

export async function itemsInStates(
  db: Db,
  operationId: string,
  states: readonly AnyItemState[],
  limit = 10_000,
): Promise<ItemRow[]> {
  const { rows } = await sql<ItemRow>`
    select ${ITEM_COLUMNS} from operation_item i
    where i.operation_id = ${operationId} and i.state = any(${[...states]}::text[])
    order by i.position limit ${limit}`.execute(db);
  return rows;
}

/**
 * Items that may start: pending ones in order, and waiting ones whose predecessor moved. A pause that ends after
 * `pausedUntil`, ms, counts for none ({@link isPaused}).
 */
export async function startableItems(
  db: Db,
  operationId: string,
  options: { upTo: number; now: number; pausedUntil: number; limit: number },
): Promise<ItemRow[]> {
  const due = sql`i.operation_id = ${operationId} and i.position <= ${options.upTo}
    and (i.not_before is null or i.not_before <= ${at(options.now)} or i.not_before > ${at(options.pausedUntil)})`;
  const { rows } = await sql<ItemRow>`
    (select ${ITEM_COLUMNS} from operation_item i where ${due} and i.state = 'waiting_previous'
      and not exists (select from operation_item p where p.operation_id = i.operation_id and p.position = i.waits_for
        and (p.state in ('pending', 'waiting_previous', 'verifying', 'sending', 'sent')
          or (p.state = 'in_doubt' and not p.doubt_settled)))
      order by i.position limit ${options.limit})
    union all
    (select ${ITEM_COLUMNS} from operation_item i where ${due} and i.state = 'pending'
      order by i.position limit ${options.limit})`.execute(db);
  return rows.sort((a, b) => a.position - b.position);
}

/** What is left of an operation: document types of the items that have no outcome yet. */
export async function openTypes(db: Db, operationId: string): Promise<Pick<ItemRow, 'flow' | 'documentType'>[]> {
  const { rows } = await sql<Pick<ItemRow, 'flow' | 'documentType'>>`
    select distinct flow, document_type as "documentType" from operation_item
    where operation_id = ${operationId} and (state in ('pending', 'waiting_previous', 'verifying', 'sending', 'sent')
      or (state = 'in_doubt' and not doubt_settled))
    order by 1, 2`.execute(db);
  return rows;
}

/** All items that are about the same documents as the given ones, or go by the same record keys. */
export async function itemsOfSameKeys(db: Db, operationId: string, positions: readonly number[]): Promise<ItemRow[]> {
  const { rows } = await sql<ItemRow>`
    select ${ITEM_COLUMNS} from operation_item i
    where i.operation_id = ${operationId} and i.state <> 'ineligible' and i.position in (
      select same.position from operation_item same
      join (select distinct flow, consumer, business_key from operation_item
        where operation_id = ${operationId} and position = any(${[...positions]}::int[])) own
        on own.flow = same.flow and own.consumer = same.consumer and own.business_key = same.business_key
      where same.operation_id = ${operationId}
      union
      select same.position from operation_item same
      join (select distinct flow, consumer, order_key from operation_item
        where operation_id = ${operationId} and position = any(${[...positions]}::int[]) and order_key is not null) own
        on own.flow = same.flow and own.consumer = same.consumer and own.order_key = same.order_key
      where same.operation_id = ${operationId})`.execute(db);
  return rows;
}

/** Place of an item in the order in which items ended. */
export interface LatePlace {
  readonly finishedAt: Date;
  readonly operationId: string;
  readonly position: number;
}

/**
 * Items whose outcome the target may still improve after their operation has settled them, in the order of their end,
 * behind a place of that order.
 */
export async function lateItems(
  db: Db,
  options: { since: number; after: LatePlace | null; limit: number },
): Promise<ItemRow[]> {
  const { after } = options;
  const behind =
    after === null
      ? sql``
      : sql`and (i.finished_at, i.operation_id, i.position) >
          (${after.finishedAt}::timestamptz, ${after.operationId}::uuid, ${after.position}::int)`;
  const { rows } = await sql<ItemRow>`
    select ${ITEM_COLUMNS} from operation_item i
    where i.state in ('failed', 'in_doubt') and i.attempt is not null and i.finished_at >= ${at(options.since)} ${behind}
      and (i.state = 'failed' or i.doubt_settled)
      and not exists (select from operation_claim c where c.delivery_id = i.delivery_id and c.released_at is null)
    order by i.finished_at, i.operation_id, i.position limit ${options.limit}`.execute(db);
  return rows;
}

export async function countItems(db: Db, operationId: string): Promise<StoredCounts> {
  const { rows } = await sql<{ state: AnyItemState; n: number; open: number }>`
    select state, count(*)::int as n, count(*) filter (where state = 'in_doubt' and not doubt_settled)::int as open
    from operation_item where operation_id = ${operationId} group by state`.execute(db);
  const counts: Record<string, number> = { ...NO_ITEMS, ineligible: 0 };
  for (const { state, n, open } of rows) {
    counts[state] = n;
    if (state === 'in_doubt') counts.doubtOpen = open;
  }
  return counts as unknown as StoredCounts;
}

export interface StageNumbers {
  readonly stage: StageId;
  readonly open: number;
  readonly started: number;
  readonly finished: number;
  readonly failed: number;
  readonly inDoubt: number;
  readonly firstAt: Date | null;
  readonly lastAt: Date | null;
}

export async function stageNumbers(db: Db, operationId: string): Promise<StageNumbers[]> {
  const { rows } = await sql<StageNumbers>`
    select case when position <= 1 then 'canary1' when position <= 11 then 'canary10' else 'rest' end as stage,
      count(*) filter (where state in ('pending', 'waiting_previous', 'verifying', 'sending', 'sent')
        or (state = 'in_doubt' and not doubt_settled))::int as open,
      count(*) filter (where state not in ('pending', 'waiting_previous', 'returned', 'skipped') or started_at is not null)::int as started,
      count(*) filter (where state in ('applied', 'already_applied', 'done', 'failed') or (state in ('skipped', 'returned') and started_at is not null))::int as finished,
      count(*) filter (where state = 'failed')::int as failed,
      count(*) filter (where state = 'in_doubt')::int as "inDoubt",
      min(started_at) as "firstAt", max(finished_at) as "lastAt"
    from operation_item where operation_id = ${operationId} and state <> 'ineligible' group by 1`.execute(db);
  return rows;
}

/** Newest outcomes that the stop rule looks at, oldest of them first; true = failed or unknown. */
export async function newestOutcomes(
  db: Db,
  operationId: string,
  since: Date | null,
  limit: number,
): Promise<boolean[]> {
  const { rows } = await sql<{ bad: boolean }>`
    select state in ('failed', 'in_doubt') as bad from operation_item
    where operation_id = ${operationId} and finished_at is not null and finished_at > ${since ?? at(0)}
      and state in ('applied', 'already_applied', 'failed', 'in_doubt')
    order by finished_at desc limit ${limit}`.execute(db);
  return rows.map(({ bad }) => bad).reverse();
}

/** How the screen counts states: three of them are «в работе». */
export const STATES_OF: Readonly<Record<ItemOutcome, readonly AnyItemState[]>> = {
  pending: ['pending'],
  waiting_previous: ['waiting_previous'],
  in_progress: ['verifying', 'sending', 'sent'],
  applied: ['applied'],
  already_applied: ['already_applied'],
  done: ['done'],
  failed: ['failed'],
  in_doubt: ['in_doubt'],
  skipped: ['skipped'],
  returned: ['returned'],
  ineligible: ['ineligible'],
};
export const outcomeOf = (state: AnyItemState): ItemOutcome =>
  state === 'verifying' || state === 'sending' || state === 'sent' ? 'in_progress' : state;
