/** What Pult keeps of the exchange registers: the last reading of each base, and problems that the base lists no more. */
import type { ExchangeBase, ExchangeProblem } from '@pult/shared/contracts/exchange-registers';
import { sql } from 'kysely';
import { type Db, inTransaction } from '../../../platform/db/database.ts';
import type { NodeFacts, RegisterReading, RunFacts } from './reader.ts';
import { registersStale } from './rules.ts';

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
      where s.leased_until is null or s.leased_until <= ${at(lease.now)}
    returning system_id`.execute(db);
  return rows.length > 0;
}

export async function renewRegisters(db: Db, systemId: string, until: number): Promise<void> {
  await sql`update exchange_register_source set leased_until = ${at(until)} where system_id = ${systemId}`.execute(db);
}

/** Replaces what is known of a base by a whole reading, in one transaction; freshness moves only with it. */
export async function saveReading(db: Db, systemId: string, reading: RegisterReading, now: number): Promise<void> {
  const problems = reading.problems.map((problem) => ({
    ...problem,
    raisedAt: iso(problem.raisedAt),
    documentAt: iso(problem.documentAt),
  }));
  await inTransaction(db, async (tx) => {
    await sql`delete from exchange_node where system_id = ${systemId}`.execute(tx);
    await sql`
      insert into exchange_node (system_id, node_ref, code, name, sent_no, received_no, runs)
      select ${systemId}, ref, code, name, "sentNo", "receivedNo", runs
      from jsonb_to_recordset(${JSON.stringify(reading.nodes)}::jsonb)
        as r (ref text, code text, name text, "sentNo" bigint, "receivedNo" bigint, runs jsonb)`.execute(tx);
    await sql`
      insert into exchange_problem as p (id, system_id, node_ref, kind, metadata, object_ref, presentation, number,
        document_at, reason, comment, skipped, raised_at, found_at)
      select id, ${systemId}, "nodeRef", kind, metadata, "objectRef", presentation, number, "documentAt", reason, comment,
        skipped, "raisedAt", ${at(now)}
      from jsonb_to_recordset(${JSON.stringify(problems)}::jsonb) as r (id uuid, "nodeRef" text, kind text, metadata text,
        "objectRef" text, presentation text, number text, "documentAt" timestamptz, reason text, comment text,
        skipped boolean, "raisedAt" timestamptz)
      order by id
      on conflict (id) do update set node_ref = excluded.node_ref, presentation = excluded.presentation,
        number = excluded.number, document_at = excluded.document_at, reason = excluded.reason, comment = excluded.comment,
        skipped = excluded.skipped, raised_at = excluded.raised_at, gone_at = null,
        found_at = case when p.gone_at is null then p.found_at else excluded.found_at end`.execute(tx);
    // A reading that was cut off, or did not see the register, says nothing about what it did not list.
    if (!reading.truncated && !reading.unpublished.includes('РезультатыОбменаДанными'))
      await sql`
        update exchange_problem set gone_at = ${at(now)}
        where system_id = ${systemId} and gone_at is null and not (id = any(${problems.map(({ id }) => id)}::uuid[]))`.execute(
        tx,
      );
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
  readonly skipped: number;
  readonly newestProblemAt: Date | null;
}

/** Bases in the order asked for; one that was never read has no freshness. `everyMs`: how often they are read. */
export async function basesOf(
  db: Db,
  systems: readonly string[],
  when: { now: number; everyMs: number },
): Promise<ExchangeBase[]> {
  const { rows } = await sql<SourceRow>`
    select s.system_id as "systemId", fresh_at as "freshAt", tried_at as "triedAt", error_code as "errorCode",
      error_text as "errorText", error_since as "errorSince", unpublished, truncated,
      count(p.id) filter (where not p.skipped) as problems, count(p.id) filter (where p.skipped) as skipped,
      max(p.raised_at) filter (where not p.skipped) as "newestProblemAt"
    from exchange_register_source s
    left join exchange_problem p on p.system_id = s.system_id and p.gone_at is null
    where s.system_id = any(${[...systems]}::text[]) group by s.system_id`.execute(db);
  const nodes = await sql<Omit<NodeFacts, 'runs'> & { systemId: string; runs: NodeFacts['runs'] }>`
    select system_id as "systemId", node_ref as ref, code, name, sent_no as "sentNo", received_no as "receivedNo", runs
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
      skipped: row?.skipped ?? 0,
      newestProblemAt: isoDate(row?.newestProblemAt ?? null),
      nodes: nodes.rows
        .filter((node) => node.systemId === systemId)
        .map(({ systemId: _base, runs, ...node }) => ({
          ...node,
          export: runOf(runs.export),
          import: runOf(runs.import),
        })),
    };
  });
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
}

/** Open problems of the bases, newest first. */
export async function problemsOf(
  db: Db,
  systems: readonly string[],
  options: { skipped: boolean },
): Promise<ExchangeProblem[]> {
  const { rows } = await sql<ProblemRow>`
    select p.id, p.system_id as "systemId", nullif(n.name, '') as node, kind, metadata, presentation, object_ref as ref,
      number, document_at as "documentAt", reason, comment, skipped, raised_at as "raisedAt"
    from exchange_problem p left join exchange_node n on n.system_id = p.system_id and n.node_ref = p.node_ref
    where p.gone_at is null and p.system_id = any(${[...systems]}::text[]) and (${options.skipped} or not p.skipped)
    order by raised_at desc, p.id desc limit ${PROBLEMS_SHOWN}`.execute(db);
  return rows.map(({ metadata, presentation, ref, number, documentAt, raisedAt, ...row }) => ({
    ...row,
    object: { metadata, presentation, ref, number, date: isoDate(documentAt) },
    raisedAt: raisedAt.toISOString(),
  }));
}
