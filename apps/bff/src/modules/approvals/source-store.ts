import type { ApprovalSystem } from '@pult/shared/contracts/approvals';
import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { leaseIsFree } from '../../platform/jobs/lease.ts';

/** How fresh each source is, where its reading goes on and who reads it now. */

export interface SourceRow {
  readonly system: ApprovalSystem;
  readonly freshAt: Date | null;
  readonly triedAt: Date | null;
  readonly errorCode: string | null;
  readonly errorText: string | null;
  readonly errorSince: Date | null;
  readonly cursor: Readonly<Record<string, unknown>>;
}

export async function sourcesOf(db: Db): Promise<SourceRow[]> {
  const { rows } = await sql<SourceRow>`
    select system, fresh_at as "freshAt", tried_at as "triedAt", error_code as "errorCode", error_text as "errorText",
      error_since as "errorSince", cursor from approval_source order by system desc`.execute(db);
  return rows;
}

/** Notes the end of a reading. A failure leaves freshness where it was and remembers since when it fails. */
export async function noteReading(
  db: Db,
  note: {
    system: ApprovalSystem;
    now: number;
    error: { code: string; text: string | null } | null;
    cursor?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const at = new Date(note.now);
  const cursor = note.cursor === undefined ? null : JSON.stringify(note.cursor);
  await sql`
    insert into approval_source as s (system, fresh_at, tried_at, error_code, error_text, error_since, cursor)
    values (${note.system}, ${note.error === null ? at : null}, ${at}, ${note.error?.code ?? null},
      ${note.error?.text ?? null}, ${note.error === null ? null : at}, coalesce(${cursor}::jsonb, '{}'::jsonb))
    on conflict (system) do update set
      fresh_at = coalesce(excluded.fresh_at, s.fresh_at), tried_at = excluded.tried_at,
      error_code = excluded.error_code, error_text = excluded.error_text,
      error_since = case when excluded.error_code is null then null else coalesce(s.error_since, excluded.error_since) end,
      cursor = s.cursor || coalesce(${cursor}::jsonb, '{}'::jsonb)`.execute(db);
}

/** Takes the reading of a system for one instance. @returns false while another one reads */
export async function claimReading(db: Db, system: ApprovalSystem, now: number, leaseMs: number): Promise<boolean> {
  const until = new Date(now + leaseMs);
  const { rows } = await sql<{ system: string }>`
    insert into approval_source as s (system, leased_until) values (${system}, ${until})
    on conflict (system) do update set leased_until = excluded.leased_until
      where ${leaseIsFree(sql`s.leased_until`, { now, ms: leaseMs })}
    returning system`.execute(db);
  return rows.length > 0;
}

export async function renewReading(db: Db, system: ApprovalSystem, until: number): Promise<void> {
  await sql`update approval_source set leased_until = ${new Date(until)} where system = ${system}`.execute(db);
}

/** When some instance last tried to read the system, ms; null before the first time. */
export async function triedAt(db: Db, system: ApprovalSystem): Promise<number | null> {
  const { rows } = await sql<{ at: Date | null }>`select tried_at as at from approval_source
    where system = ${system}`.execute(db);
  return rows[0]?.at?.getTime() ?? null;
}

export async function releaseReading(db: Db, system: ApprovalSystem): Promise<void> {
  await sql`update approval_source set leased_until = null where system = ${system}`.execute(db);
}
