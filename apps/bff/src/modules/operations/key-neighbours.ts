/** What of the other items of a key decides about the turn of an item: its nearest neighbours, not the list. */
import type { ItemState } from '@pult/shared/domain/operation/item';
import type { OrderedItem } from '@pult/shared/domain/operation/key-order';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';

// Written as the predicates of the indexes (migration 0074), or they are not used.
const OPEN = sql`(n.state in ('pending', 'waiting_previous', 'verifying', 'sending', 'sent')
  or (n.state = 'in_doubt' and not n.doubt_settled))`;
const STOPPED_SHORT = sql`(n.state in ('failed', 'skipped', 'returned') or (n.state = 'in_doubt' and n.doubt_settled))`;
const IN_FLIGHT = sql`n.state in ('verifying', 'sending', 'sent')`;
/** Nobody waits for one that the target had already, or in whose place a newer one goes. */
const IN_THE_WAY = sql`n.reason is distinct from 'already_applied' and n.reason is distinct from 'replaced'`;

const COLUMNS = sql`n.position, n.state, n.doubt_settled`;
const sameFlow = sql`n.operation_id = own.operation_id and n.flow = own.flow and n.consumer = own.consumer`;

/** The nearest older one that is not through, the nearest older one that did not get through, a newer one on its way. */
const ofKey = (sameKey: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  (select ${COLUMNS} from operation_item n where ${sameFlow} and ${sameKey} and n.position < own.position
    and ${OPEN} and ${IN_THE_WAY} order by n.position desc limit 1)
  union all
  (select ${COLUMNS} from operation_item n where ${sameFlow} and ${sameKey} and n.position < own.position
    and ${STOPPED_SHORT} and ${IN_THE_WAY} order by n.position desc limit 1)
  union all
  (select ${COLUMNS} from operation_item n where ${sameFlow} and ${sameKey} and n.position > own.position
    and ${IN_FLIGHT} limit 1)`;

/** The question itself, so that its plan can be looked at. */
export const neighboursQuery = (operationId: string, positions: readonly number[]) => sql<{
  readonly of: number;
  readonly position: number;
  readonly state: ItemState;
  readonly doubt_settled: boolean;
}>`
  select own.position as "of", near.position, near.state, near.doubt_settled
  from operation_item own cross join lateral (
    ${ofKey(sql`n.business_key = own.business_key`)}
    union all
    ${ofKey(sql`n.order_key = own.order_key and n.order_key is not null`)}
  ) near
  where own.operation_id = ${operationId} and own.position = any(${[...positions]}::int[])`;

/**
 * Neighbours of each of the items, by position: those among which {@link turnOf} finds the same turn as among all items of its
 * document and of its record key. Costs the same however many those are.
 */
export async function neighboursOf(
  db: Db,
  operationId: string,
  items: readonly { readonly position: number; readonly keys: readonly string[] }[],
): Promise<ReadonlyMap<number, readonly OrderedItem[]>> {
  const found = new Map<number, OrderedItem[]>();
  if (items.length === 0) return found;
  const keysOf = new Map(items.map(({ position, keys }) => [position, keys]));
  const { rows } = await neighboursQuery(operationId, [...keysOf.keys()]).execute(db);
  for (const { of, position, state, doubt_settled } of rows) {
    // It was found by one of the keys; by which makes no difference.
    const neighbour = { position, state, doubtSettled: doubt_settled, keys: keysOf.get(of) ?? [] };
    found.set(of, [...(found.get(of) ?? []), neighbour]);
  }
  return found;
}

/** Lets items wait that have not started, each behind its neighbour, in one statement. */
export async function waitBehind(
  db: Db,
  operationId: string,
  waits: readonly { readonly position: number; readonly behind: number }[],
): Promise<void> {
  if (waits.length === 0) return;
  await sql`
    with turn as (
      select i.position, w.behind from operation_item i
      join unnest(${waits.map(({ position }) => position)}::int[], ${waits.map(({ behind }) => behind)}::int[]) as w (position, behind)
        on w.position = i.position
      where i.operation_id = ${operationId} and i.state in ('pending', 'waiting_previous') order by i.position for update of i)
    update operation_item i set state = 'waiting_previous', waits_for = turn.behind
    from turn where i.operation_id = ${operationId} and i.position = turn.position`.execute(db);
}
