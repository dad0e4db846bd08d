/**
 * The write path of deliveries: facts in, folded rows and rollups out, in one transaction. Safe with several writers at
 * once and with facts seen before: events are deduplicated by their id, rows are locked in the order of their ids, and a
 * row that somebody else inserted in between sends the whole batch round again.
 */
import { contributionDelta } from '@pult/shared/domain/delivery/contribution';
import type { Cause } from '@pult/shared/domain/delivery/error-cause';
import { type DeliverySummary, summaryOfEvent } from '@pult/shared/domain/delivery/summary';
import { AppError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import { type Db, inTransaction } from '../../platform/db/database.ts';
import { noteArrivals } from './arrivals.ts';
import {
  type Change,
  type DeliveryRecord,
  mergeChange,
  recordOf,
  rowOf,
  type StoredDelivery,
} from './delivery-record.ts';
import type { ExchangeEvent } from './event.ts';
import { keepSealed } from './sealed.ts';

class Raced extends Error {}
const TRIES = 8;

/**
 * Runs a transaction that folds facts; a race with another writer (a row that appeared in between, a broken deadlock) sends
 * it round again from the start, so nothing is half-applied.
 * @throws AppError `server.overloaded` when it lost every race
 */
export async function inFoldTransaction<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await inTransaction(db, work);
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (!(error instanceof Raced || code === '40P01' || code === '40001')) throw error;
      // Nothing is wrong with the facts: whoever brought them brings them again.
      if (attempt >= TRIES) throw new AppError('server.overloaded', { retryAfterSeconds: 1 }, { cause: error });
    }
  }
}

/** Folds events inside a transaction of {@link inFoldTransaction}; answers which of them were new, by uid. */
export async function foldEvents(
  tx: Db,
  events: readonly ExchangeEvent[],
  now: number,
): Promise<{ fresh: Set<string>; touched: string[] }> {
  return foldOnce(tx, now, [...new Map(events.map((event) => [event.uid, event])).values()]);
}

async function foldOnce(
  tx: Db,
  now: number,
  events: readonly ExchangeEvent[],
): Promise<{ fresh: Set<string>; touched: string[] }> {
  const fresh = await insertEvents(tx, events);
  const news = events.filter(({ uid }) => fresh.has(uid));
  if (news.length === 0) return { fresh, touched: [] };
  await insertPayloads(tx, news);
  await keepSealed(tx, news);
  const touched = await changeDeliveries(
    tx,
    news.map((event) => ({ deliveryId: event.deliveryId, summary: summaryOfExchangeEvent(event, now), event })),
  );
  // Rows that every batch shares come last: their locks hold up the next batch until this one is durable.
  await noteCauses(
    tx,
    news.flatMap(({ failure, flowId, at }) => (failure ? [{ flowId, at, cause: failure.cause }] : [])),
  );
  await noteArrivals(tx, news, now);
  await noteReports(tx, events, now);
  return { fresh, touched };
}

const summaryOfExchangeEvent = (event: ExchangeEvent, heardAt: number): DeliverySummary =>
  summaryOfEvent({
    kind: event.kind,
    attempt: event.attempt,
    at: event.at,
    id: event.uid,
    heardAt,
    ...(event.failure ? { causeId: event.failure.cause.id } : {}),
  });

/** Merges changes into their deliveries and moves the rollups by the difference. Runs inside the caller's transaction. */
export async function changeDeliveries(tx: Db, changes: readonly Change[]): Promise<string[]> {
  const byDelivery = new Map<string, Change[]>();
  for (const change of changes)
    byDelivery.set(change.deliveryId, [...(byDelivery.get(change.deliveryId) ?? []), change]);
  const ids = [...byDelivery.keys()].sort();
  const present = await lockDeliveries(tx, ids);
  const inserts: DeliveryRecord[] = [];
  const updates: DeliveryRecord[] = [];
  const deltas = new Map<
    string,
    { flowId: string; measure: string; minute: number; bucket: number | null; causeId: string | null; by: number }
  >();
  for (const id of ids) {
    const before = present.get(id) ?? null;
    const after = (byDelivery.get(id) ?? []).reduce<DeliveryRecord | null>(mergeChange, before);
    if (!after) continue;
    (before ? updates : inserts).push(after);
    for (const { by, ...part } of contributionDelta(before?.summary ?? null, after.summary)) {
      const key = `${after.flowId} ${part.measure} ${part.minute} ${part.bucket} ${part.causeId}`;
      const sum = deltas.get(key);
      deltas.set(key, { flowId: after.flowId, ...part, by: (sum?.by ?? 0) + by });
    }
  }
  await insertDeliveries(tx, inserts);
  await updateDeliveries(tx, updates);
  await moveRollups(
    tx,
    [...deltas.values()].filter(({ by }) => by !== 0),
  );
  return ids;
}

async function lockDeliveries(tx: Db, ids: readonly string[]): Promise<Map<string, DeliveryRecord>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<StoredDelivery>`
    select id, flow_id, consumer, message_id, key_type, key_number, key_ref, recipient, counterparty, inn,
      trim_scale(amount)::text as amount, occurred_at, revision, operation_id, idempotency_key, trace_id, error, summary
    from delivery where id = any(${ids}::uuid[]) order by id for update`.execute(tx);
  return new Map(rows.map((row) => [row.id, recordOf(row)]));
}

const SHAPE = sql`(id uuid, flow_id text, consumer text, message_id text, state text, state_at timestamptz, started_at timestamptz,
  applied_at timestamptz, first_failed_at timestamptz, occurred_at timestamptz, attempt int, revision int, key_type text,
  key_number text, key_ref text, recipient text, counterparty text, inn text, amount numeric, error jsonb, cause_id uuid, first_cause_id uuid,
  operation_id uuid, idempotency_key text, trace_id text, search text, summary jsonb)`;

async function insertDeliveries(tx: Db, records: readonly DeliveryRecord[]): Promise<void> {
  if (records.length === 0) return;
  const { numAffectedRows } = await sql`
    insert into delivery (id, flow_id, consumer, message_id, state, state_at, started_at, applied_at, first_failed_at, occurred_at,
      attempt, revision, key_type, key_number, key_ref, recipient, counterparty, inn, amount, error, cause_id, first_cause_id, operation_id,
      idempotency_key, trace_id, search, summary, version)
    select id, flow_id, consumer, message_id, state, state_at, started_at, applied_at, first_failed_at, occurred_at,
      attempt, revision, key_type, key_number, key_ref, recipient, counterparty, inn, amount, error, cause_id, first_cause_id, operation_id,
      idempotency_key, trace_id, search, summary, 1
    from json_to_recordset(${JSON.stringify(records.map(rowOf))}::json) as r ${SHAPE}
    on conflict (id) do nothing`.execute(tx);
  if (Number(numAffectedRows) !== records.length) throw new Raced('a delivery appeared in between');
}

async function updateDeliveries(tx: Db, records: readonly DeliveryRecord[]): Promise<void> {
  if (records.length === 0) return;
  await sql`
    update delivery d set state = r.state, state_at = r.state_at, started_at = r.started_at, applied_at = r.applied_at,
      first_failed_at = r.first_failed_at, occurred_at = r.occurred_at, attempt = r.attempt, revision = r.revision,
      key_type = r.key_type, key_number = r.key_number, key_ref = r.key_ref, recipient = r.recipient,
      counterparty = r.counterparty, inn = r.inn, amount = r.amount, error = r.error, cause_id = r.cause_id,
      first_cause_id = r.first_cause_id, operation_id = r.operation_id, idempotency_key = r.idempotency_key,
      trace_id = r.trace_id, search = r.search, summary = r.summary, version = d.version + 1
    from json_to_recordset(${JSON.stringify(records.map(rowOf))}::json) as r ${SHAPE}
    where d.id = r.id`.execute(tx);
}

async function insertEvents(tx: Db, events: readonly ExchangeEvent[]): Promise<Set<string>> {
  const rows = events.map((event) => ({
    uid: event.uid,
    delivery_id: event.deliveryId,
    source: event.source,
    event_id: event.eventId,
    kind: event.kind,
    attempt: event.attempt,
    revision: event.revision,
    at: new Date(event.at).toISOString(),
    error: event.failure
      ? { class: event.failure.cause.errorClass, code: event.failure.code, text: event.failure.text }
      : null,
    operation_id: event.operation?.id ?? null,
    trace_id: event.traceId,
  }));
  // Where all are new, one row says so, instead of one row each.
  const inserted = await sql<{ count: number; uids: string[] | null }>`
    with inserted as (
      insert into exchange_event (uid, delivery_id, source, event_id, kind, attempt, revision, at, error, operation_id, trace_id)
      select * from json_to_recordset(${JSON.stringify(rows)}::json) as r (uid uuid, delivery_id uuid, source text, event_id text,
        kind text, attempt int, revision int, at timestamptz, error jsonb, operation_id uuid, trace_id text)
      order by uid
      on conflict (uid) do nothing returning uid)
    select count(*)::int as count, case when count(*) < ${rows.length} then array_agg(uid::text) end as uids from inserted`.execute(
    tx,
  );
  const uids = inserted.rows[0]?.uids ?? null;
  return new Set(uids ?? (inserted.rows[0]?.count === rows.length ? rows.map(({ uid }) => uid) : []));
}

/** Content of a revision: of several events that carry it, the earliest one's, in whatever order they come. */
async function insertPayloads(tx: Db, events: readonly ExchangeEvent[]): Promise<void> {
  const rows = events.flatMap((event) =>
    event.payload
      ? [
          {
            delivery_id: event.deliveryId,
            revision: event.revision,
            at: new Date(event.at).toISOString(),
            size_bytes: event.payload.sizeBytes,
            truncated: event.payload.truncated,
            body: event.payload.body,
          },
        ]
      : [],
  );
  if (rows.length === 0) return;
  await sql`
    insert into message_payload as p (delivery_id, revision, at, size_bytes, truncated, body)
    select distinct on (delivery_id, revision) *
    from json_to_recordset(${JSON.stringify(rows)}::json) as r (delivery_id uuid, revision int, at timestamptz,
      size_bytes int, truncated boolean, body jsonb)
    order by delivery_id, revision, at, size_bytes, body
    on conflict (delivery_id, revision) do update set at = excluded.at, size_bytes = excluded.size_bytes,
      truncated = excluded.truncated, body = excluded.body
    where (excluded.at, excluded.size_bytes) < (p.at, p.size_bytes)
      or ((excluded.at, excluded.size_bytes) = (p.at, p.size_bytes) and excluded.body < p.body)`.execute(tx);
}

export interface NotedFailure {
  readonly flowId: string;
  readonly at: number;
  readonly cause: Cause & { readonly id: string };
}

const QUIET_MS = 24 * 3_600_000;

/** A cause that was quiet for a day and comes again has regressed, whether its failures come one by one or in one batch. */
export async function noteCauses(tx: Db, failures: readonly NotedFailure[]): Promise<void> {
  const byCause = new Map<string, NotedFailure[]>();
  for (const failure of failures) byCause.set(failure.cause.id, [...(byCause.get(failure.cause.id) ?? []), failure]);
  if (byCause.size === 0) return;
  const iso = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());
  const rows = [...byCause.values()].map((list) => {
    const times = list.map(({ at }) => at).sort((one, other) => one - other);
    const again = times.findLast((at, index) => index > 0 && at - (times[index - 1] ?? at) > QUIET_MS);
    const [{ flowId, cause } = list[0] as NotedFailure] = list;
    return {
      id: cause.id,
      flow_id: flowId,
      error_class: cause.errorClass,
      pattern: cause.pattern,
      title_ru: cause.title.ru,
      title_en: cause.title.en,
      first: iso(times[0]),
      last: iso(times.at(-1)),
      again: iso(again),
    };
  });
  await sql`
    insert into failure_cause as c (id, flow_id, error_class, pattern, title_ru, title_en, first_seen_at, last_seen_at, regressed_at)
    select id, flow_id, error_class, pattern, title_ru, title_en, first, last, again
    from json_to_recordset(${JSON.stringify(rows)}::json) as r (id uuid, flow_id text, error_class text,
      pattern text, title_ru text, title_en text, first timestamptz, last timestamptz, again timestamptz)
    order by id
    on conflict (id) do update set
      first_seen_at = least(c.first_seen_at, excluded.first_seen_at),
      last_seen_at = greatest(c.last_seen_at, excluded.last_seen_at),
      regressed_at = greatest(c.regressed_at,
        case when excluded.first_seen_at - c.last_seen_at > interval '24 hours' then excluded.first_seen_at end,
        case when excluded.regressed_at - c.last_seen_at > interval '24 hours' then excluded.regressed_at end)`.execute(
    tx,
  );
}

async function noteReports(tx: Db, events: readonly ExchangeEvent[], now: number): Promise<void> {
  const newest = new Map<string, number>();
  for (const event of events) newest.set(event.source, Math.max(newest.get(event.source) ?? 0, event.at));
  await noteSystemReports(tx, newest, now);
}

/** Remembers the newest news of systems. News of a clock that is ahead are as old as their arrival, never younger. */
export async function noteSystemReports(tx: Db, newest: ReadonlyMap<string, number>, now: number): Promise<void> {
  if (newest.size === 0) return;
  const rows = [...newest].map(([system_id, at]) => ({
    system_id,
    last_at: new Date(Math.min(at, now)).toISOString(),
  }));
  await sql`
    insert into system_report as s (system_id, last_at)
    select * from json_to_recordset(${JSON.stringify(rows)}::json) as r (system_id text, last_at timestamptz)
    order by system_id
    on conflict (system_id) do update set last_at = greatest(s.last_at, excluded.last_at)`.execute(tx);
}

interface RollupMove {
  readonly flowId: string;
  readonly measure: string;
  readonly minute: number;
  readonly bucket: number | null;
  readonly causeId: string | null;
  readonly by: number;
}

/** Adds differences to the rollups; rows in a fixed order so that two writers cannot lock each other out. */
async function moveRollups(tx: Db, moves: readonly RollupMove[]): Promise<void> {
  if (moves.length === 0) return;
  const minutes = new Map<
    string,
    { flow_id: string; minute: string; accepted: number; applied: number; failed: number }
  >();
  const latencies: { flow_id: string; minute: string; bucket: number; count: number }[] = [];
  const causes: { cause_id: string; minute: string; failed: number }[] = [];
  for (const move of moves) {
    const minute = new Date(move.minute).toISOString();
    const key = `${move.flowId} ${minute}`;
    const row = minutes.get(key) ?? { flow_id: move.flowId, minute, accepted: 0, applied: 0, failed: 0 };
    if (move.measure === 'accepted') row.accepted += move.by;
    if (move.measure === 'applied') row.applied += move.by;
    if (move.measure === 'failed') row.failed += move.by;
    minutes.set(key, row);
    if (move.bucket !== null) latencies.push({ flow_id: move.flowId, minute, bucket: move.bucket, count: move.by });
    if (move.causeId) causes.push({ cause_id: move.causeId, minute, failed: move.by });
  }
  // One statement moves them all, the longer steps with the minutes; every row is named once.
  await sql`
    with minute_moves as (select * from json_to_recordset(${JSON.stringify([...minutes.values()])}::json) as r (flow_id text,
      minute timestamptz, accepted int, applied int, failed int)),
    latency_moves as (select * from json_to_recordset(${JSON.stringify(latencies)}::json) as r (flow_id text, minute timestamptz,
      bucket smallint, count int)),
    cause_moves as (select * from json_to_recordset(${JSON.stringify(causes)}::json) as r (cause_id uuid, minute timestamptz, failed int)),
    minutes as (
      insert into rollup_minute as m (flow_id, minute, accepted, applied, failed)
      select flow_id, minute, accepted, applied, failed from minute_moves order by flow_id, minute
      on conflict (flow_id, minute) do update set accepted = m.accepted + excluded.accepted,
        applied = m.applied + excluded.applied, failed = m.failed + excluded.failed),
    hours as (
      insert into rollup_hour as m (flow_id, hour, accepted, applied, failed)
      select flow_id, date_trunc('hour', minute, 'UTC'), sum(accepted), sum(applied), sum(failed) from minute_moves group by 1, 2 order by 1, 2
      on conflict (flow_id, hour) do update set accepted = m.accepted + excluded.accepted,
        applied = m.applied + excluded.applied, failed = m.failed + excluded.failed),
    latencies as (
      insert into rollup_latency as m (flow_id, minute, bucket, count)
      select flow_id, minute, bucket, count from latency_moves order by flow_id, minute, bucket
      on conflict (flow_id, minute, bucket) do update set count = m.count + excluded.count),
    latency_days as (
      insert into rollup_latency_day as m (flow_id, day, bucket, count)
      select flow_id, ${MOSCOW_DAY}, bucket, sum(count) from latency_moves group by 1, 2, 3 having sum(count) <> 0 order by 1, 2, 3
      on conflict (flow_id, day, bucket) do update set count = m.count + excluded.count),
    causes as (
      insert into rollup_cause as m (cause_id, minute, failed)
      select cause_id, minute, failed from cause_moves order by cause_id, minute
      on conflict (cause_id, minute) do update set failed = m.failed + excluded.failed)
    insert into rollup_cause_day as m (cause_id, day, failed)
    select cause_id, ${MOSCOW_DAY}, sum(failed) from cause_moves group by 1, 2 having sum(failed) <> 0 order by 1, 2
    on conflict (cause_id, day) do update set failed = m.failed + excluded.failed`.execute(tx);
}

/** First moment of the Moscow day of a minute: UTC+3 all year since 2014. */
const MOSCOW_DAY = sql`date_trunc('day', minute + interval '3 hours', 'UTC') - interval '3 hours'`;
