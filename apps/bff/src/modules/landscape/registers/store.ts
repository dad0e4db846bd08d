/** What Pult keeps of the exchange registers: the last reading of each base, and problems that the base lists no more. */
import type { ExchangeBase, ExchangeProblem } from '@pult/shared/contracts/exchange-registers';
import { sql } from 'kysely';
import { type Db, inTransaction } from '../../../platform/db/database.ts';
import { leaseIsFree } from '../../../platform/jobs/lease.ts';
import type { FailurePlace } from './mapping.ts';
import type { NodeFacts, ProblemFacts, RegisterReading, RunFacts } from './reader.ts';
import { confirms, lagOf, registersStale } from './rules.ts';

const at = (ms: number): Date => new Date(ms);
const iso = (ms: number | null): string | null => (ms === null ? null : at(ms).toISOString());
const isoDate = (date: Date | null): string | null => date?.toISOString() ?? null;
/** How long a solved problem is kept: long enough to see that it came back. */
const GONE_KEPT = '30 days';
export const PROBLEMS_SHOWN = 500;

/** Takes the reading of a base for one instance. @returns false while another one reads */
export async function claimRegisters(db: Db, systemId: string, lease: { now: number; ms: number }): Promise<boolean> {
  const { rows } = await sql`
    insert into exchange_register_source as s (system_id, leased_until) values (${systemId}, ${at(lease.now + lease.ms)})
    on conflict (system_id) do update set leased_until = excluded.leased_until
      where ${leaseIsFree(sql`s.leased_until`, lease)}
    returning system_id`.execute(db);
  return rows.length > 0;
}

export async function renewRegisters(db: Db, systemId: string, until: number): Promise<void> {
  await sql`update exchange_register_source set leased_until = ${at(until)} where system_id = ${systemId}`.execute(db);
}

/** A reading whose problems know which failures they are. */
export type PlacedReading = Omit<RegisterReading, 'problems'> & {
  readonly problems: readonly (ProblemFacts & { readonly place: FailurePlace | null })[];
};

/** Replaces what is known of a base by a whole reading, in one transaction; freshness moves only with it. */
export async function saveReading(db: Db, systemId: string, reading: PlacedReading, now: number): Promise<void> {
  const problems = reading.problems.map(({ place, node: _node, ...problem }) => ({
    ...problem,
    flowId: place?.flowId ?? null,
    consumer: place?.consumer ?? null,
    messageId: place?.messageId ?? null,
    raisedAt: iso(problem.raisedAt),
    documentAt: iso(problem.documentAt),
  }));
  const nodes = reading.nodes.map((node) => ({ ...node, exchangedAt: iso(node.exchangedAt) }));
  const sees = (register: string): boolean => !reading.unpublished.includes(register);
  await inTransaction(db, async (tx) => {
    await sql`delete from exchange_node where system_id = ${systemId}`.execute(tx);
    await sql`
      insert into exchange_node (system_id, node_ref, code, name, sent_no, received_no, runs, plan, flow_id, exchanged_at)
      select ${systemId}, ref, code, name, "sentNo", "receivedNo", runs, plan, "flowId", "exchangedAt"
      from jsonb_to_recordset(${JSON.stringify(nodes)}::jsonb)
        as r (ref text, code text, name text, "sentNo" bigint, "receivedNo" bigint, runs jsonb, plan text, "flowId" text,
          "exchangedAt" timestamptz)`.execute(tx);
    await noteLag(tx, systemId, now);
    await sql`
      insert into exchange_problem as p (id, system_id, node_ref, kind, metadata, object_ref, presentation, number,
        document_at, reason, comment, skipped, raised_at, found_at, type, flow_id, consumer, message_id)
      select id, ${systemId}, "nodeRef", kind, metadata, "objectRef", presentation, number, "documentAt", reason, comment,
        skipped, coalesce("raisedAt", ${at(now)}), ${at(now)}, type, "flowId", consumer, "messageId"
      from jsonb_to_recordset(${JSON.stringify(problems)}::jsonb) as r (id uuid, "nodeRef" text, kind text, metadata text,
        "objectRef" text, presentation text, number text, "documentAt" timestamptz, reason text, comment text,
        skipped boolean, "raisedAt" timestamptz, type text, "flowId" text, consumer text, "messageId" text)
      order by id
      on conflict (id) do update set node_ref = excluded.node_ref, presentation = excluded.presentation,
        number = excluded.number, document_at = excluded.document_at, reason = excluded.reason, comment = excluded.comment,
        skipped = excluded.skipped, gone_at = null, type = excluded.type, flow_id = excluded.flow_id,
        consumer = excluded.consumer, message_id = excluded.message_id,
        settled_at = case when excluded.skipped then p.settled_at end,
        ask_at = case when excluded.skipped then p.ask_at end, asked = case when excluded.skipped then p.asked else 0 end,
        raised_at = case when p.kind = 'not_integrated' and p.gone_at is null then p.raised_at else excluded.raised_at end,
        found_at = case when p.gone_at is null then p.found_at else excluded.found_at end`.execute(tx);
    // A reading that was cut off, or did not see a register, says nothing about what it did not list.
    if (!reading.truncated)
      await sql`
        update exchange_problem set gone_at = ${at(now)}
        where system_id = ${systemId} and gone_at is null and not (id = any(${[...problems.map(({ id }) => id), ...reading.unread]}::uuid[]))
          and case kind when 'not_integrated' then ${sees('СостоянияИнтеграцииОбъектов')}::boolean
            else ${sees('РезультатыОбменаДанными')}::boolean end`.execute(tx);
    await sql`delete from exchange_problem where gone_at < ${at(now)}::timestamptz - ${GONE_KEPT}::interval`.execute(
      tx,
    );
    await sql`
      insert into exchange_register_source (system_id, fresh_at, tried_at, unpublished, truncated)
      values (${systemId}, ${at(now)}, ${at(now)}, ${[...reading.unpublished]}::text[], ${reading.truncated})
      on conflict (system_id) do update set fresh_at = excluded.fresh_at, tried_at = excluded.tried_at,
        error_code = null, error_text = null, error_since = null, unpublished = excluded.unpublished,
        truncated = excluded.truncated, leased_until = null`.execute(tx);
  });
}

const LAG_KEPT = '7 days';

/** Keeps how the numbers of watched plans moved: a row where they differ from the last one. */
async function noteLag(tx: Db, systemId: string, now: number): Promise<void> {
  await sql`
    insert into exchange_lag (system_id, node_ref, at, sent_no, received_no)
    select n.system_id, n.node_ref, ${at(now)}, n.sent_no, n.received_no from exchange_node n
    left join lateral (
      select sent_no, received_no from exchange_lag l
      where l.system_id = n.system_id and l.node_ref = n.node_ref order by at desc limit 1
    ) last on true
    where n.system_id = ${systemId} and n.plan is not null and n.sent_no is not null and n.received_no is not null
      and (last.sent_no, last.received_no) is distinct from (n.sent_no, n.received_no)
    on conflict do nothing`.execute(tx);
  await sql`delete from exchange_lag where system_id = ${systemId} and at < ${at(now)}::timestamptz - ${LAG_KEPT}::interval`.execute(
    tx,
  );
}

interface LagRow {
  readonly systemId: string;
  readonly ref: string;
  readonly at: Date;
  readonly sentNo: number;
  readonly receivedNo: number;
}

/** Changes of the lag within the last day, with the one that stood at its beginning. */
async function lagHistory(db: Db, systems: readonly string[], now: number): Promise<LagRow[]> {
  const { rows } = await sql<LagRow>`
    select l.system_id as "systemId", l.node_ref as ref, l.at, l.sent_no as "sentNo", l.received_no as "receivedNo"
    from exchange_lag l
    where l.system_id = any(${[...systems]}::text[]) and l.at >= coalesce((
      select max(b.at) from exchange_lag b where b.system_id = l.system_id and b.node_ref = l.node_ref
        and b.at <= ${at(now)}::timestamptz - interval '1 day'), '-infinity')
    order by l.at`.execute(db);
  return rows;
}

/** Notes a reading that failed: what was known stays, and says how old it is. */
export async function noteFailedReading(
  db: Db,
  systemId: string,
  failure: { code: string; text: string | null; now: number },
): Promise<void> {
  await sql`
    update exchange_register_source set tried_at = ${at(failure.now)}, error_code = ${failure.code},
      error_text = ${failure.text}, error_since = coalesce(error_since, ${at(failure.now)}), leased_until = null
    where system_id = ${systemId}`.execute(db);
}

interface SourceRow {
  readonly systemId: string;
  readonly freshAt: Date | null;
  readonly triedAt: Date | null;
  readonly errorCode: string | null;
  readonly errorText: string | null;
  readonly errorSince: Date | null;
  readonly unpublished: string[];
  readonly truncated: boolean;
  readonly problems: number;
  readonly failures: number;
  readonly skipped: number;
  readonly newestProblemAt: Date | null;
}

/** Bases in the order asked for; one that was never read has no freshness. `everyMs`: how often they are read. */
export async function basesOf(
  db: Db,
  systems: readonly string[],
  when: { now: number; everyMs: number; lagWarnOf: (systemId: string, plan: string) => number },
): Promise<ExchangeBase[]> {
  const { rows } = await sql<SourceRow>`
    select s.system_id as "systemId", fresh_at as "freshAt", tried_at as "triedAt", error_code as "errorCode",
      error_text as "errorText", error_since as "errorSince", unpublished, truncated,
      count(p.id) filter (where not p.skipped) as problems, count(p.id) filter (where p.skipped) as skipped,
      count(p.id) filter (where not p.skipped and p.flow_id is not null) as failures,
      max(p.raised_at) filter (where not p.skipped and p.flow_id is null) as "newestProblemAt"
    from exchange_register_source s
    left join exchange_problem p on p.system_id = s.system_id and p.gone_at is null
    where s.system_id = any(${[...systems]}::text[]) group by s.system_id`.execute(db);
  const history = await lagHistory(db, systems, when.now);
  const nodes = await sql<NodeRow>`
    select system_id as "systemId", node_ref as ref, code, name, sent_no as "sentNo", received_no as "receivedNo", runs,
      plan, flow_id as "flowId", exchanged_at as "exchangedAt"
    from exchange_node where system_id = any(${[...systems]}::text[]) order by name, code`.execute(db);
  return systems.map((systemId) => {
    const row = rows.find((one) => one.systemId === systemId);
    return {
      systemId,
      freshAt: isoDate(row?.freshAt ?? null),
      triedAt: isoDate(row?.triedAt ?? null),
      stale: registersStale(row?.freshAt?.getTime() ?? null, when.now, when.everyMs),
      error:
        row?.errorCode != null && row.errorSince !== null
          ? { code: row.errorCode, text: row.errorText, since: row.errorSince.toISOString() }
          : null,
      unpublished: row?.unpublished ?? [],
      truncated: row?.truncated ?? false,
      problems: row?.problems ?? 0,
      failures: row?.failures ?? 0,
      skipped: row?.skipped ?? 0,
      newestProblemAt: isoDate(row?.newestProblemAt ?? null),
      nodes: nodes.rows
        .filter((node) => node.systemId === systemId)
        .map(({ systemId: _base, runs, plan, flowId, exchangedAt, ...node }) => ({
          ...node,
          plan:
            plan === null || flowId === null
              ? null
              : planOf({ ...node, set: plan, flowId, exchangedAt }, when.lagWarnOf(systemId, plan), history),
          export: runOf(runs.export),
          import: runOf(runs.import),
        })),
    };
  });
}

type NodeRow = Omit<NodeFacts, 'exchangedAt'> & { readonly systemId: string; readonly exchangedAt: Date | null };

function planOf(
  node: Pick<NodeFacts, 'ref' | 'sentNo' | 'receivedNo'> & { set: string; flowId: string; exchangedAt: Date | null },
  lagWarn: number,
  history: readonly LagRow[],
): NonNullable<ExchangeBase['nodes'][number]['plan']> {
  const lag = lagOf(node.sentNo, node.receivedNo);
  return {
    set: node.set,
    flowId: node.flowId,
    lagWarn,
    lag,
    confirms: confirms(lag, lagWarn),
    exchangedAt: isoDate(node.exchangedAt),
    history: history
      .filter(({ ref }) => ref === node.ref)
      .map((row) => ({ at: row.at.toISOString(), lag: lagOf(row.sentNo, row.receivedNo) })),
  };
}

const runOf = (run: RunFacts | undefined): ExchangeBase['nodes'][number]['export'] =>
  run === undefined
    ? null
    : {
        result: run.result,
        startedAt: iso(run.startedAt),
        endedAt: iso(run.endedAt),
        succeededAt: iso(run.succeededAt),
      };

interface ProblemRow {
  readonly id: string;
  readonly systemId: string;
  readonly node: string | null;
  readonly kind: ExchangeProblem['kind'];
  readonly metadata: string;
  readonly presentation: string;
  readonly ref: string | null;
  readonly number: string | null;
  readonly documentAt: Date | null;
  readonly reason: string;
  readonly comment: string | null;
  readonly skipped: boolean;
  readonly raisedAt: Date;
  readonly deliveryId: string | null;
  readonly flowId: string | null;
}

/** A problem before links are made to it. */
export type StoredProblem = Omit<ExchangeProblem, 'object'> & {
  readonly object: Omit<ExchangeProblem['object'], 'link'>;
};

/** Open problems of the bases, newest first. */
export async function problemsOf(
  db: Db,
  systems: readonly string[],
  options: { skipped: boolean },
): Promise<StoredProblem[]> {
  const { rows } = await sql<ProblemRow>`
    select p.id, p.system_id as "systemId", nullif(n.name, '') as node, kind, metadata, presentation, object_ref as ref,
      number, document_at as "documentAt", reason, comment, skipped, raised_at as "raisedAt",
      delivery_id as "deliveryId", p.flow_id as "flowId"
    from exchange_problem p left join exchange_node n on n.system_id = p.system_id and n.node_ref = p.node_ref
    where p.gone_at is null and p.system_id = any(${[...systems]}::text[]) and (${options.skipped} or not p.skipped)
    order by raised_at desc, p.id desc limit ${PROBLEMS_SHOWN}`.execute(db);
  return rows.map(({ metadata, presentation, ref, number, documentAt, raisedAt, deliveryId, flowId, ...row }) => ({
    ...row,
    message: deliveryId === null || flowId === null ? null : { deliveryId, flowId },
    object: { metadata, presentation, ref, number, date: isoDate(documentAt) },
    raisedAt: raisedAt.toISOString(),
  }));
}

/** A problem as the page of its message shows it. */
export interface ProblemOfDelivery {
  readonly systemId: string;
  readonly kind: ExchangeProblem['kind'];
  readonly metadata: string;
  readonly ref: string | null;
  readonly raisedAt: Date;
  readonly skipped: boolean;
  readonly goneAt: Date | null;
}

/** Problems of registers that are failures of a delivery, newest first. */
export async function problemsOfDelivery(db: Db, deliveryId: string): Promise<ProblemOfDelivery[]> {
  const { rows } = await sql<ProblemOfDelivery>`
    select system_id as "systemId", kind, metadata, object_ref as ref, raised_at as "raisedAt", skipped, gone_at as "goneAt"
    from exchange_problem where delivery_id = ${deliveryId} order by raised_at desc, id limit 20`.execute(db);
  return rows;
}
