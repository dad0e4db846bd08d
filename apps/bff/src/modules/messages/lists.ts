/** Lists over deliveries: keyset pages, counts that say when they are estimates, causes, volume, search. */
import type { EndpointReply } from '@pult/shared/contracts/endpoint';
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import type {
  CauseRow,
  causesList,
  ErrorClassName,
  MessagesFilter,
  messagesList,
  messagesSummary,
  messagesVolume,
  searchAll,
} from '@pult/shared/contracts/messages';
import { AppError } from '@pult/shared/errors/app-error';
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { AMOUNT_ORDER, bySources, filterConditions, isNarrow, stuckPredicate, TIME_COLUMN } from './filter.ts';
import { createIncidentWaiting, NOTICED_WITHIN_MS } from './incident-waiting.ts';
import { countUpTo, readPage } from './page.ts';
import { messageRowOf, type StuckFacts } from './row.ts';
import { type DownFlow, downTable, rollupsAnswer, slotMs, slotOfRow, volumeByRollups } from './volume.ts';

export interface ListDeps {
  readonly db: Db;
  readonly flows: ReadonlyMap<string, FlowConfig>;
  readonly clock: Clock;
  /** Since when a system does not answer, ms; null when it does. */
  readonly downSince: (systemId: string) => number | null;
  readonly withoutConsumer?: StuckFacts['withoutConsumer'];
}

/** Counting stops here: beyond it the screen says «не меньше». */
const COUNT_LIMIT = 10_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const afterTime = z.object({ v: z.iso.datetime({ offset: true }), id: z.uuid() });
const afterAmount = z.object({ v: z.string().regex(/^-?\d{1,19}(\.\d{1,4})?$/), id: z.uuid() });
type Cursor = z.output<typeof afterTime>;

const encode = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');
/** Cursors come back from browsers: what the database could not compare is refused here. */
function decode(text: string | undefined, schema: z.ZodType<Cursor>): Cursor | null {
  if (text === undefined) return null;
  const parsed = schema.safeParse(jsonOf(Buffer.from(text, 'base64url').toString()));
  if (parsed.success) return parsed.data;
  throw new AppError('request.invalid', {
    issues: [{ path: 'query.cursor', code: 'custom', message: 'not a cursor of this list' }],
  });
}
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export async function listMessages(
  deps: ListDeps,
  query: MessagesFilter & { sort: 'newest' | 'oldest' | 'amount'; limit: number; cursor?: string | undefined },
): Promise<EndpointReply<typeof messagesList>> {
  const now = deps.clock.now();
  const { q: text, ...filter } = query;
  const where = filterConditions(filter, deps.flows, now);
  const narrow = isNarrow(filter);
  const byAmount = query.sort === 'amount';
  const after = decode(query.cursor, byAmount ? afterAmount : afterTime);
  const column = byAmount ? 'amount' : TIME_COLUMN[query.timeField ?? 'accepted'];
  const order = query.sort === 'oldest' ? 'asc' : 'desc';
  const value = byAmount ? AMOUNT_ORDER : sql`d.${sql.ref(column)}`;
  const keyset = after
    ? sql<boolean>`(${value}, d.id) ${sql.raw(order === 'asc' ? '>' : '<')} (${after.v}::${sql.raw(byAmount ? 'numeric' : 'timestamptz')}, ${after.id}::uuid)`
    : sql<boolean>`true`;
  // The range bounds the order itself, so that a search begins inside it.
  const bounds = [keyset];
  if (!byAmount) bounds.push(sql<boolean>`${value} is not null`);
  if (!byAmount && query.from) bounds.push(sql<boolean>`${value} >= ${query.from}`);
  if (!byAmount && query.to) bounds.push(sql<boolean>`${value} < ${query.to}`);
  const [{ rows, stoppedAt }, total] = await Promise.all([
    readPage(deps.db, {
      where,
      after: sql<boolean>`${sql.join(bounds, sql` and `)}`,
      value,
      order,
      limit: query.limit + 1,
      text,
      narrow,
    }),
    countUpTo(deps.db, { where, text, narrow, limit: COUNT_LIMIT }),
  ]);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const next =
    rows.length > query.limit && last
      ? { v: String(last.sort_value), id: last.id }
      : stoppedAt && { v: stoppedAt.value, id: stoppedAt.id };
  return {
    rows: page.map((row) =>
      messageRowOf(row, deps.flows.get(row.flow_id), {
        now,
        downSince: deps.downSince,
        withoutConsumer: deps.withoutConsumer,
      }),
    ),
    nextCursor: next ? encode(next) : null,
    total,
    now: new Date(now).toISOString(),
  };
}

/** Filter parts that the tabs set themselves. */
const withoutState = ({ state: _state, stuck: _stuck, ...rest }: MessagesFilter): MessagesFilter => rest;

/** A span over failures by cause means their first failure, as in the volume, unless another time is asked for. */
const byFailure = (filter: MessagesFilter): MessagesFilter =>
  filter.timeField === undefined && (filter.from !== undefined || filter.to !== undefined)
    ? { ...filter, timeField: 'failed', state: ['failed', 'in_doubt'] }
    : filter;

export async function summariseMessages(
  deps: ListDeps,
  filter: MessagesFilter,
): Promise<EndpointReply<typeof messagesSummary>> {
  const now = deps.clock.now();
  const open = withoutState(filter);
  const [{ rows: failures }, { rows }] = await Promise.all([
    sql<{ failed: number; causes: number; amount: string | null }>`
      select count(*) filter (where d.state = 'failed') as failed,
        count(distinct d.cause_id) filter (where d.state = 'failed') as causes,
        trim_scale(sum(d.amount))::text as amount
      from delivery d where d.state in ('failed', 'in_doubt')
        and ${filterConditions(byFailure(open), deps.flows, now)}`.execute(deps.db),
    sql<{ in_doubt: number; stuck: number }>`
      select count(*) filter (where d.state = 'in_doubt') as in_doubt,
        count(*) filter (where ${stuckPredicate(deps.flows.values(), now)}) as stuck
      from delivery d where d.state in ('accepted', 'sent', 'delivered', 'retrying', 'in_doubt')
        and ${filterConditions(open, deps.flows, now)}`.execute(deps.db),
  ]);
  const quarantine = await sql<{
    count: number;
  }>`select count(*) as count from quarantine_event where closed_at is null`.execute(deps.db);
  const [failure] = failures;
  const [row] = rows;
  return {
    failed: failure?.failed ?? 0,
    inDoubt: row?.in_doubt ?? 0,
    stuck: row?.stuck ?? 0,
    causes: failure?.causes ?? 0,
    amountAtRisk: failure?.amount ?? '0',
    quarantine: quarantine.rows[0]?.count ?? 0,
    incidents: await incidents(deps),
    now: new Date(now).toISOString(),
  };
}

/** Systems that are down, since when, and the watched flows that they take part in. */
function systemsDown(deps: ListDeps): { systemId: string; since: number; flows: string[] }[] {
  const flowsOf = new Map<string, string[]>();
  for (const flow of deps.flows.values())
    for (const systemId of new Set([...flow.from, ...flow.to])) {
      const own = flowsOf.get(systemId) ?? [];
      if (flow.watched) own.push(flow.id);
      flowsOf.set(systemId, own);
    }
  return [...flowsOf].flatMap(([systemId, flows]) => {
    const since = deps.downSince(systemId);
    return since === null || flows.length === 0 ? [] : [{ systemId, since, flows }];
  });
}

/** Flows that a system which is down takes part in, each with the moment since when it explains failures. */
function flowsDown(deps: ListDeps): DownFlow[] {
  const since = new Map<string, number>();
  for (const down of systemsDown(deps))
    for (const flow of down.flows) since.set(flow, Math.min(since.get(flow) ?? Number.POSITIVE_INFINITY, down.since));
  return [...since].map(([flow, at]) => ({ flow, since: at - NOTICED_WITHIN_MS }));
}

/** First failures of the transport in a flow of a system that is down: the same judgement as in the list of causes. */
function explainedByIncident(down: readonly DownFlow[]): RawBuilder<boolean> {
  if (down.length === 0) return sql<boolean>`false`;
  return sql<boolean>`exists (select from ${downTable(down)} join failure_cause c on c.flow_id = down.flow and c.error_class = 'transport'
    where c.id = d.first_cause_id and d.first_failed_at >= down.since)`;
}

/** One root cause shown once: a system that is down with the flows and open deliveries it explains. */
async function incidents(deps: ListDeps): Promise<EndpointReply<typeof messagesSummary>['incidents']> {
  const down = systemsDown(deps);
  if (down.length === 0) return [];
  const waiting = await createIncidentWaiting(deps)(down.map(({ systemId, since }) => ({ systemId, since })));
  return down.map(({ systemId, since, flows }) => ({
    systemId,
    since: new Date(since).toISOString(),
    flows,
    waiting: waiting.get(systemId)?.count ?? 0,
  }));
}

export async function messagesByTime(
  deps: ListDeps,
  query: MessagesFilter & { buckets: number },
): Promise<EndpointReply<typeof messagesVolume>> {
  const now = deps.clock.now();
  const to = query.to ? Date.parse(query.to) : now;
  // Whole minutes, as the rollups have them.
  const from = query.from ? Date.parse(query.from) : Math.floor((to - DAY_MS) / 60_000) * 60_000;
  const bucketMs = slotMs(to - from, query.buckets);
  const start = Math.floor(from / bucketMs) * bucketMs;
  const slotting = { from, to, start, bucketMs };
  // The time of the brush is the time of the buckets: applied by its moment, failed by its first failure.
  const {
    from: _from,
    to: _to,
    timeField: _field,
    state: _state,
    buckets: _buckets,
    ...rest
  } = bySources(query, deps.flows);
  const where = filterConditions(rest, deps.flows, now);
  const span = (column: string) =>
    sql`d.${sql.ref(column)} >= ${new Date(from)} and d.${sql.ref(column)} < ${new Date(to)}`;
  const down = flowsDown(deps);
  const parts = rollupsAnswer(rest, slotting, now)
    ? volumeByRollups(rest.flow, slotting, down)
    : sql`select ${slotOfRow('applied_at', slotting)} as slot, count(*) as applied, 0 as failed, 0 as incident
        from delivery d where ${span('applied_at')} and ${where} group by 1
        union all
        select ${slotOfRow('first_failed_at', slotting)}, 0, count(*), count(*) filter (where ${explainedByIncident(down)})
        from delivery d where ${span('first_failed_at')} and ${where} group by 1`;
  const { rows } = await sql<{ slot: number; applied: number; failed: number; incident: number }>`
    select slot, sum(applied)::int as applied, sum(failed)::int as failed, sum(incident)::int as incident
    from (${parts}) as parts group by slot`.execute(deps.db);
  const found = new Map(rows.map((row) => [row.slot, row]));
  const slots = Math.max(1, Math.ceil((to - start) / bucketMs));
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    bucketMs,
    buckets: Array.from({ length: slots }, (_, index) => ({
      at: new Date(start + index * bucketMs).toISOString(),
      applied: found.get(index)?.applied ?? 0,
      failed: found.get(index)?.failed ?? 0,
      incident: found.get(index)?.incident ?? 0,
    })),
  };
}

interface CauseRecord {
  readonly id: string;
  readonly flow_id: string;
  readonly error_class: ErrorClassName;
  readonly pattern: string;
  readonly title_ru: string;
  readonly title_en: string;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly regressed_at: Date | null;
  readonly owner_id: string | null;
  readonly owner_name: string | null;
  readonly owned_at: Date | null;
  readonly snoozed_until: Date | null;
  readonly count: number;
  readonly amount: string | null;
  readonly counterparties: number;
}

const MAX_CAUSES = 200;

export async function listCauses(
  deps: ListDeps,
  filter: MessagesFilter,
  only?: string,
): Promise<EndpointReply<typeof causesList>> {
  const now = deps.clock.now();
  const where = filterConditions(byFailure(withoutState(filter)), deps.flows, now);
  const { rows } = await sql<CauseRecord>`
    select c.*, g.count, g.amount, g.counterparties from (
      select d.cause_id, count(*) as count, trim_scale(sum(d.amount))::text as amount,
        count(distinct coalesce(d.inn, d.counterparty)) as counterparties
      from delivery d where d.state = 'failed' and d.cause_id is not null ${only ? sql`and d.cause_id = ${only}` : sql``} and ${where} group by d.cause_id
    ) as g ${only ? sql`right` : sql``} join failure_cause c on c.id = g.cause_id
    ${only ? sql`where c.id = ${only}` : sql``}
    order by g.count desc nulls last, c.id limit ${MAX_CAUSES}`.execute(deps.db);
  const sparks = await sparklines(
    deps.db,
    rows.map(({ id }) => id),
    now,
  );
  return {
    rows: rows.map((row) => causeRowOf(row, sparks.get(row.id) ?? [], deps, now)),
    now: new Date(now).toISOString(),
  };
}

function causeRowOf(row: CauseRecord, sparkline: number[], deps: ListDeps, now: number): CauseRow {
  const flow = deps.flows.get(row.flow_id);
  const down = (row.error_class === 'transport' ? [...(flow?.to ?? []), ...(flow?.from ?? [])] : [])
    .map((systemId) => ({ systemId, since: deps.downSince(systemId) }))
    // An incident explains what has failed since it began, not what failed for the same reason weeks ago.
    .find(({ since }) => since !== null && row.last_seen_at.getTime() >= since - NOTICED_WITHIN_MS);
  return {
    id: row.id,
    flowId: row.flow_id,
    errorClass: row.error_class,
    title: { ru: row.title_ru, en: row.title_en },
    pattern: row.pattern,
    status:
      now - row.first_seen_at.getTime() < DAY_MS
        ? 'new'
        : row.regressed_at && now - row.regressed_at.getTime() < DAY_MS
          ? 'regressed'
          : now - row.last_seen_at.getTime() < DAY_MS
            ? 'ongoing'
            : 'quiet',
    count: row.count ?? 0,
    amount: row.amount ?? '0',
    counterparties: row.counterparties ?? 0,
    firstSeenAt: row.first_seen_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    sparkline,
    owner: row.owner_id
      ? {
          id: row.owner_id,
          name: row.owner_name ?? row.owner_id,
          since: (row.owned_at ?? row.first_seen_at).toISOString(),
        }
      : null,
    snoozedUntil: row.snoozed_until && row.snoozed_until.getTime() > now ? row.snoozed_until.toISOString() : null,
    incident: down?.since == null ? null : { systemId: down.systemId, since: new Date(down.since).toISOString() },
  };
}

async function sparklines(db: Db, ids: readonly string[], now: number): Promise<Map<string, number[]>> {
  const hours = 24;
  const start = Math.floor(now / HOUR_MS) * HOUR_MS - (hours - 1) * HOUR_MS;
  const { rows } = await sql<{ cause_id: string; slot: number; failed: number }>`
    select cause_id, floor((extract(epoch from minute) * 1000 - ${start}) / ${HOUR_MS})::int as slot, sum(failed)::int as failed
    from rollup_cause where cause_id = any(${ids}::uuid[]) and minute >= ${new Date(start)} group by 1, 2`.execute(db);
  const lines = new Map<string, number[]>();
  for (const { cause_id, slot, failed } of rows) {
    const line = lines.get(cause_id) ?? Array.from({ length: hours }, () => 0);
    if (slot >= 0 && slot < hours) line[slot] = failed;
    lines.set(cause_id, line);
  }
  return new Map(ids.map((id) => [id, lines.get(id) ?? Array.from({ length: hours }, () => 0)]));
}

export async function searchMessages(deps: ListDeps, q: string): Promise<EndpointReply<typeof searchAll>> {
  const { rows } = await listMessages(deps, { q, sort: 'newest', limit: 8 });
  return { rows: rows.map((row) => ({ ...row, flowTitle: deps.flows.get(row.flowId)?.title.ru ?? row.flowId })) };
}
