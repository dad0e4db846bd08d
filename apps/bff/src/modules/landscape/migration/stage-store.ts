/** Stages, checks of the way back and health of flows that move, in PostgreSQL. */
import type { Stage } from '@pult/shared/domain/migration/stages';
import { sql } from 'kysely';
import type { Db } from '../../../platform/db/database.ts';

export interface StageRow {
  readonly flowId: string;
  readonly version: number;
  readonly stage: Stage;
  readonly from: Stage;
  readonly at: Date;
  readonly by: string;
  readonly reason: string;
}

/** Every change of the flows, newest first. */
export async function stageRows(db: Db, flowIds: readonly string[]): Promise<StageRow[]> {
  const { rows } = await sql<StageRow>`
    select flow_id as "flowId", version, stage, from_stage as "from", at, actor_name as by, reason
    from flow_stage where flow_id = any(${[...flowIds]}::text[]) order by flow_id, version desc`.execute(db);
  return rows;
}

/** Adds a change. @returns false when somebody else has taken the version */
export async function insertStage(
  tx: Db,
  row: Omit<StageRow, 'at'> & { readonly at: number; readonly actorId: string | null },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into flow_stage (flow_id, version, stage, from_stage, at, actor_id, actor_name, reason)
    values (${row.flowId}, ${row.version}, ${row.stage}, ${row.from}, ${new Date(row.at)}, ${row.actorId}, ${row.by},
      ${row.reason})
    on conflict (flow_id, version) do nothing`.execute(tx);
  return numAffectedRows === 1n;
}

export interface RollbackCheck {
  readonly at: Date;
  readonly by: string;
}

/** The newest check at or after `since`. */
export async function rollbackCheck(db: Db, flowId: string, since: number): Promise<RollbackCheck | null> {
  const { rows } = await sql<RollbackCheck>`
    select at, actor_name as by from flow_rollback_check where flow_id = ${flowId} and at >= ${new Date(since)}
    order by at desc limit 1`.execute(db);
  return rows[0] ?? null;
}

export async function insertRollbackCheck(
  tx: Db,
  row: { id: string; flowId: string; at: number; actorId: string | null; by: string; reason: string },
): Promise<void> {
  await sql`
    insert into flow_rollback_check (id, flow_id, at, actor_id, actor_name, reason)
    values (${row.id}, ${row.flowId}, ${new Date(row.at)}, ${row.actorId}, ${row.by}, ${row.reason})`.execute(tx);
}

/** Since when both flows are healthy (null: one of them is not), and when somebody looked last; ms. */
export interface HealthNoted {
  readonly since: number | null;
  readonly checkedAt: number;
}

/** Undefined when nobody has looked yet. */
export async function healthNoted(db: Db, flowId: string): Promise<HealthNoted | undefined> {
  const { rows } = await sql<{ since: Date | null; checkedAt: Date }>`
    select since, checked_at as "checkedAt" from flow_healthy where flow_id = ${flowId}`.execute(db);
  const [row] = rows;
  return row && { since: row.since?.getTime() ?? null, checkedAt: row.checkedAt.getTime() };
}

export async function saveHealthy(
  db: Db,
  flowId: string,
  health: { since: number | null; now: number },
): Promise<void> {
  const since = health.since === null ? null : new Date(health.since);
  await sql`
    insert into flow_healthy (flow_id, since, checked_at) values (${flowId}, ${since}, ${new Date(health.now)})
    on conflict (flow_id) do update set since = excluded.since, checked_at = excluded.checked_at`.execute(db);
}
