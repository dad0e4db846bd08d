import type {
  OperationLogEntry,
  OperationPlan,
  OperationSelection,
  OperationState,
  OperationVerb,
} from '@pult/shared/contracts/operations';
import { NO_ITEMS } from '@pult/shared/domain/operation/operation-state';
import { AppError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { at, json, OPERATION_COLUMNS, type OperationRow, type StoredCounts, type Who } from './rows.ts';
import type { Holder, PlannedItem } from './rules.ts';

/** Operations themselves, their claims and their log. */

export interface NewOperation {
  readonly id: string;
  readonly verb: OperationVerb;
  readonly selection: OperationSelection;
  readonly plan: OperationPlan;
  readonly title: string | null;
  readonly flows: readonly string[];
  readonly rate: number;
  readonly maxRate: number;
  readonly now: number;
  readonly by: Who;
  readonly expiresAt: number;
}

export async function insertOperation(tx: Db, one: NewOperation): Promise<number> {
  const ineligible = one.plan.ineligible.reduce((sum, { count }) => sum + count, 0);
  const counts: StoredCounts = { ...NO_ITEMS, pending: one.plan.eligible, ineligible };
  const { rows } = await sql<{ number: number }>`
    insert into operation (id, verb, selection, plan, title, flows, rate, effective_rate, max_rate, created_at,
      created_by, expires_at, state, counts)
    values (${one.id}, ${one.verb}, ${json(one.selection)}, ${json(one.plan)}, ${one.title}, ${[...one.flows]},
      ${one.rate}, ${one.rate}, ${one.maxRate}, ${at(one.now)}, ${json(one.by)}, ${at(one.expiresAt)}, 'planned',
      ${json(counts)})
    returning number`.execute(tx);
  return rows[0]?.number ?? 0;
}

const INSERT_CHUNK = 5_000;

export async function insertItems(tx: Db, operationId: string, items: readonly PlannedItem[]): Promise<void> {
  for (let from = 0; from < items.length; from += INSERT_CHUNK) {
    const chunk = items.slice(from, from + INSERT_CHUNK).map((item) => ({
      p: item.position,
      d: item.deliveryId,
      f: item.flow,
      c: item.consumer,
      m: item.messageId,
      k: item.businessKey,
      ok: item.orderKey,
      t: item.documentType,
      n: item.number,
      r: item.ref,
      cp: item.counterparty,
      a: item.amount,
      o: new Date(item.occurredAt).toISOString(),
      s: item.reason === null ? 'pending' : 'ineligible',
      w: item.reason,
      h: item.heldBy?.id ?? null,
    }));
    await sql`
      insert into operation_item (operation_id, position, delivery_id, flow, consumer, message_id, business_key, order_key,
        document_type, document_number, document_ref, counterparty, amount, occurred_at, state, reason, held_by)
      select ${operationId}::uuid, p, d, f, c, m, k, ok, t, n, r, cp, a, o, s, w, h
      from jsonb_to_recordset(${json(chunk)}::jsonb) as x (p int, d text, f text, c text, m text, k text, ok text, t text,
        n text, r text, cp text, a numeric, o timestamptz, s text, w text, h uuid)`.execute(tx);
  }
}

/** @throws AppError `operation.not_found` */
export async function loadOperation(db: Db, id: string, options: { lock?: boolean } = {}): Promise<OperationRow> {
  const { rows } = await sql<OperationRow>`
    select ${OPERATION_COLUMNS} from operation o where o.id = ${id}
    ${options.lock === true ? sql`for update` : sql``}`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new AppError('operation.not_found', { operation: id });
  return row;
}

export interface OperationsQuery {
  readonly before: number | null;
  readonly limit: number;
  readonly states: readonly OperationState[] | null;
  readonly open: boolean | null;
  readonly verb: OperationVerb | null;
  readonly flow: string | null;
  readonly createdBy: string | null;
  readonly automatic: boolean | null;
  readonly deliveryId: string | null;
}

export async function listOperations(db: Db, query: OperationsQuery): Promise<OperationRow[]> {
  const { rows } = await sql<OperationRow>`
    select ${OPERATION_COLUMNS} from operation o
    where (${query.before}::bigint is null or o.number < ${query.before})
      and (${query.states === null ? null : [...query.states]}::text[] is null or o.state = any(${query.states === null ? null : [...query.states]}::text[]))
      and (${query.open}::boolean is null or (o.finished_at is null) = ${query.open}::boolean)
      and (${query.verb}::text is null or o.verb = ${query.verb})
      and (${query.flow}::text is null or o.flows @> array[${query.flow}]::text[])
      and (${query.createdBy}::text is null or o.created_by->>'id' = ${query.createdBy})
      and (${query.automatic}::boolean is null or (o.created_by->>'kind' = 'pult') = ${query.automatic}::boolean)
      and (${query.deliveryId}::text is null or o.id in
        (select operation_id from operation_item where delivery_id = ${query.deliveryId}))
    order by o.number desc limit ${query.limit}`.execute(db);
  return rows;
}

/** Started and not at their end, oldest first. */
export async function runningOperations(db: Db): Promise<OperationRow[]> {
  const { rows } = await sql<OperationRow>`
    select ${OPERATION_COLUMNS} from operation o
    where o.finished_at is null and o.started_at is not null order by o.number`.execute(db);
  return rows;
}

export async function countOpenOperations(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from operation where finished_at is null and started_at is not null`.execute(db);
  return rows[0]?.n ?? 0;
}

/** How a message speaks of its operations. */
export async function operationMentions(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, { number: number; startedBy: string | null }>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: string; number: number; started_by: string | null }>`
    select id, number, started_by ->> 'name' as started_by from operation where id = any(${ids}::uuid[])`.execute(db);
  return new Map(rows.map((row) => [row.id, { number: row.number, startedBy: row.started_by }]));
}

/** Plans that nobody started in time. */
export async function overduePlans(db: Db, now: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from operation where finished_at is null and started_at is null and expires_at <= ${at(now)}`.execute(db);
  return rows.map(({ id }) => id);
}

const CHANGEABLE = {
  rate: sql.ref('rate'),
  effectiveRate: sql.ref('effective_rate'),
  startedAt: sql.ref('started_at'),
  startedBy: sql.ref('started_by'),
  reason: sql.ref('reason'),
  pauseCause: sql.ref('pause_cause'),
  pausedBy: sql.ref('paused_by'),
  judgedFrom: sql.ref('judged_from'),
  cancelRequestedAt: sql.ref('cancel_requested_at'),
  cancelledBy: sql.ref('cancelled_by'),
  holdingSystem: sql.ref('holding_system'),
  holdingSince: sql.ref('holding_since'),
  state: sql.ref('state'),
  counts: sql.ref('counts'),
  finishedAt: sql.ref('finished_at'),
} as const;
const AS_JSON = new Set(['startedBy', 'pausedBy', 'cancelledBy', 'counts']);

export type OperationChange = { readonly [K in keyof typeof CHANGEABLE]?: OperationRow[K] };

export async function changeOperation(tx: Db, id: string, change: OperationChange): Promise<void> {
  const sets = (Object.keys(change) as (keyof typeof CHANGEABLE)[]).map((name) => {
    const value = change[name];
    return sql`${CHANGEABLE[name]} = ${AS_JSON.has(name) && value !== null ? json(value) : value}`;
  });
  await sql`update operation set ${sql.join([...sets, sql`version = version + 1`])} where id = ${id}`.execute(tx);
}

/** Running operations by delivery. */
export async function holdersOf(db: Db, deliveryIds: readonly string[]): Promise<Map<string, Holder>> {
  const { rows } = await sql<{ deliveryId: string } & Holder>`
    select c.delivery_id as "deliveryId", o.id, o.number from operation_claim c
    join operation o on o.id = c.operation_id
    where c.released_at is null and c.delivery_id = any(${[...deliveryIds]}::text[])`.execute(db);
  return new Map(rows.map(({ deliveryId, id, number }) => [deliveryId, { id, number }]));
}

/**
 * Claims the pending deliveries of these places that nobody holds; what another operation holds becomes `skipped` with
 * the holder. @returns the deliveries that were not claimed before
 */
export async function claimItems(
  tx: Db,
  operationId: string,
  { from, to }: { from: number; to: number },
  now: number,
): Promise<string[]> {
  const claimed = await sql<{ id: string }>`
    insert into operation_claim (delivery_id, operation_id, claimed_at)
    select delivery_id, operation_id, ${at(now)}::timestamptz from operation_item
    where operation_id = ${operationId} and state = 'pending' and position between ${from} and ${to}
    order by delivery_id
    on conflict (delivery_id) where released_at is null do nothing
    returning delivery_id as id`.execute(tx);
  await sql`
    update operation_item i set state = 'skipped', reason = 'in_operation', finished_at = ${at(now)}, held_by =
      (select c.operation_id from operation_claim c where c.delivery_id = i.delivery_id and c.released_at is null)
    where i.operation_id = ${operationId} and i.state = 'pending' and i.position between ${from} and ${to}
      and not exists (select from operation_claim c where c.operation_id = i.operation_id
        and c.delivery_id = i.delivery_id and c.released_at is null)`.execute(tx);
  return claimed.rows.map(({ id }) => id);
}

/** Up to `limit` deliveries that the operation holds. */
export async function heldDeliveries(tx: Db, operationId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select delivery_id as id from operation_claim where operation_id = ${operationId} and released_at is null
    order by delivery_id limit ${limit}`.execute(tx);
  return rows.map(({ id }) => id);
}

export async function releaseClaims(
  tx: Db,
  operationId: string,
  deliveryIds: readonly string[],
  now: number,
): Promise<void> {
  await sql`
    update operation_claim set released_at = ${at(now)}
    where operation_id = ${operationId} and delivery_id = any(${[...deliveryIds]}::text[]) and released_at is null`.execute(
    tx,
  );
}

export interface LogLine {
  readonly code: OperationLogEntry['code'];
  readonly actor: Who;
  readonly now: number;
  readonly data?: Readonly<Record<string, unknown>>;
}

export async function writeLog(tx: Db, operationId: string, line: LogLine): Promise<void> {
  await sql`
    insert into operation_log (operation_id, at, code, actor, data)
    values (${operationId}, ${at(line.now)}, ${line.code}, ${json(line.actor)}, ${json(line.data ?? {})})`.execute(tx);
}

/** Writes a line unless the operation has one with this code and stage already. @returns whether it was new */
export async function writeLogOnce(tx: Db, operationId: string, line: LogLine, stage: string): Promise<boolean> {
  const { rows } = await sql`
    insert into operation_log (operation_id, at, code, actor, data)
    select ${operationId}::uuid, ${at(line.now)}::timestamptz, ${line.code}::text, ${json(line.actor)}::jsonb,
      ${json({ ...line.data, stage })}::jsonb
    where not exists (select from operation_log where operation_id = ${operationId} and code = ${line.code}::text
      and data->>'stage' = ${stage}) returning id`.execute(tx);
  return rows.length > 0;
}

export async function logOf(db: Db, operationId: string, limit: number): Promise<OperationLogEntry[]> {
  const { rows } = await sql<Omit<OperationLogEntry, 'at'> & { at: Date }>`
    select id, at, code, actor, data from operation_log where operation_id = ${operationId}
    order by id desc limit ${limit}`.execute(db);
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
