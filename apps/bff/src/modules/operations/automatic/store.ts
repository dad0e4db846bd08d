import { sql } from 'kysely';
import type { Db } from '../../../platform/db/database.ts';
import { at, json, OPERATION_COLUMNS, type OperationRow, type Who } from '../rows.ts';

/** What people switched for a flow. */
export interface AutomaticSwitch {
  readonly pausedAt: Date | null;
  readonly pausedBy: Who | null;
  readonly reason: string | null;
  /** A person has let it go on: a stop of an operation up to this number counts no more. */
  readonly passedNumber: number;
}

const NEVER: AutomaticSwitch = { pausedAt: null, pausedBy: null, reason: null, passedNumber: 0 };

export async function switchOf(db: Db, flow: string): Promise<AutomaticSwitch> {
  const { rows } = await sql<AutomaticSwitch>`
    select paused_at as "pausedAt", paused_by as "pausedBy", reason, passed_number as "passedNumber"
    from automatic_retry_switch where flow_id = ${flow}`.execute(db);
  return rows[0] ?? NEVER;
}

/** The same under a lock that holds until the end of the transaction, also where nobody has switched anything yet. */
export async function lockSwitch(tx: Db, flow: string): Promise<AutomaticSwitch> {
  await sql`insert into automatic_retry_switch (flow_id) values (${flow}) on conflict do nothing`.execute(tx);
  await sql`select from automatic_retry_switch where flow_id = ${flow} for update`.execute(tx);
  return switchOf(tx, flow);
}

export async function storeSwitch(tx: Db, flow: string, next: AutomaticSwitch): Promise<void> {
  await sql`
    update automatic_retry_switch set paused_at = ${next.pausedAt}, reason = ${next.reason},
      passed_number = ${next.passedNumber}, paused_by = ${next.pausedBy === null ? null : json(next.pausedBy)}
    where flow_id = ${flow}`.execute(tx);
}

/** Those that Pult opened by itself for a flow; `ended` as the index has it. */
const AUTOMATIC = sql`o.created_by ->> 'kind' = 'pult'`;
const ended = sql`coalesce(o.finished_at, 'infinity'::timestamptz)`;

/** The automatic operation of a flow that is not at its end; null when there is none. */
export async function openAutomatic(db: Db, flow: string): Promise<OperationRow | null> {
  const { rows } = await sql<OperationRow>`
    select ${OPERATION_COLUMNS} from operation o
    where ${AUTOMATIC} and o.flows[1] = ${flow} and ${ended} = 'infinity'::timestamptz
    order by o.number limit 1`.execute(db);
  return rows[0] ?? null;
}

/** Every automatic operation that is not at its end, of whatever flow. */
export async function openAutomatics(db: Db): Promise<OperationRow[]> {
  const { rows } = await sql<OperationRow>`
    select ${OPERATION_COLUMNS} from operation o
    where o.finished_at is null and ${AUTOMATIC} and array_length(o.flows, 1) = 1 order by o.number`.execute(db);
  return rows;
}

/** When an item of an operation got on last: its source took it, or it ended, ms; null: none did. */
export async function lastMoved(db: Db, operationId: string): Promise<number | null> {
  const { rows } = await sql<{ at: Date | null }>`
    select greatest(max(sent_at), max(finished_at)) as at from operation_item where operation_id = ${operationId}`.execute(
    db,
  );
  return rows[0]?.at?.getTime() ?? null;
}

/** What the automatic operations of a flow did lately. */
export interface AutomaticRecord {
  /** Number of the newest one; 0: there was none. */
  readonly newest: number;
  /**
   * The last one that had started, where it ended because it had stopped itself or a person cancelled it; null: it went through,
   * was given back because something held its flow, or there was none.
   */
  readonly stopped: { readonly number: number; readonly at: number } | null;
  /** When items were begun since an instant, oldest first. */
  readonly begun: readonly number[];
}

/** What the automatic operations of a flow did since an instant. */
export async function recordOf(db: Db, flow: string, since: number): Promise<AutomaticRecord> {
  const { rows: operations } = await sql<{ number: number; stopped: boolean | null; finishedAt: Date | null }>`
    select o.number, o.finished_at as "finishedAt", o.started_at is not null and o.cancel_requested_at is not null
      and (o.pause_cause = 'rule' or o.cancelled_by ->> 'kind' = 'person') as stopped
    from operation o
    where ${AUTOMATIC} and o.flows[1] = ${flow} and (o.started_at is not null or o.finished_at is null)
    order by ${ended} desc limit 2`.execute(db);
  const { rows } = await sql<{ startedAt: Date }>`
    select i.started_at as "startedAt" from operation o join operation_item i on i.operation_id = o.id
    where ${AUTOMATIC} and o.flows[1] = ${flow} and ${ended} > ${at(since)} and i.started_at > ${at(since)}
    order by i.started_at`.execute(db);
  const last = operations.find(({ finishedAt }) => finishedAt !== null);
  return {
    newest: Math.max(0, ...operations.map(({ number }) => number)),
    stopped: last?.stopped && last.finishedAt ? { number: last.number, at: last.finishedAt.getTime() } : null,
    begun: rows.map(({ startedAt }) => startedAt.getTime()),
  };
}

export interface Tries {
  readonly count: number;
  /** When the last of them ended, ms; null: it has not. */
  readonly lastAt: number | null;
}

/**
 * How often Pult has tried each delivery by itself since a person sent it last: who has sent it anew has begun anew. Without
 * those that it has not tried.
 */
export async function triesOf(db: Db, deliveryIds: readonly string[]): Promise<Map<string, Tries>> {
  const { rows } = await sql<{ id: string; n: number; lastAt: Date | null }>`
    select t.id, count(*)::int as n, max(t.finished_at) as "lastAt" from (
      select i.delivery_id as id, i.finished_at, o.number, ${AUTOMATIC} as automatic,
        max(o.number) filter (where not (${AUTOMATIC})) over (partition by i.delivery_id) as last_of_people
      from operation_item i join operation o on o.id = i.operation_id
      where i.delivery_id = any(${[...deliveryIds]}::text[]) and i.started_at is not null and i.state <> 'returned'
    ) t
    where t.automatic and t.number > coalesce(t.last_of_people, 0) group by t.id`.execute(db);
  return new Map(rows.map(({ id, n, lastAt }) => [id, { count: n, lastAt: lastAt?.getTime() ?? null }]));
}
