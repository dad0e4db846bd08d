import type { CheckStep, CheckStepId, ConnectionCheck } from '@pult/shared/contracts/connection-checks';
import { sql } from 'kysely';
import type { Db } from '../../../platform/db/database.ts';
import { interruptedSteps } from './rules.ts';

const at = (ms: number): Date => new Date(ms);
export const CHECKS_SHOWN = 20;
/** Enough to see how a connection came to be; older ones say nothing about today. */
const CHECKS_KEPT = 50;

interface Row {
  readonly id: string;
  readonly systemId: string;
  readonly state: ConnectionCheck['state'];
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly startedBy: string;
  readonly from: CheckStepId | null;
  readonly steps: CheckStep[];
}

const COLUMNS = sql.raw(`id, system_id as "systemId", state, started_at as "startedAt", finished_at as "finishedAt",
  started_by as "startedBy", from_step as "from", steps`);

const viewOf = (row: Row): ConnectionCheck => ({
  ...row,
  startedAt: row.startedAt.toISOString(),
  finishedAt: row.finishedAt?.toISOString() ?? null,
  steps: row.state === 'interrupted' ? interruptedSteps(row.steps) : row.steps,
});

export interface NewCheck {
  readonly id: string;
  readonly systemId: string;
  readonly startedBy: string;
  readonly from: CheckStepId | null;
  readonly steps: readonly CheckStep[];
  readonly now: number;
  readonly leaseMs: number;
}

/** Begins a check unless one runs. @returns false when one does */
export async function insertCheck(tx: Db, check: NewCheck): Promise<boolean> {
  const { rows } = await sql`
    insert into connection_check (id, system_id, state, started_at, started_by, from_step, steps, leased_until)
    values (${check.id}, ${check.systemId}, 'running', ${at(check.now)}, ${check.startedBy}, ${check.from},
      ${JSON.stringify(check.steps)}::jsonb, ${at(check.now + check.leaseMs)})
    on conflict (system_id) where state = 'running' do nothing returning id`.execute(tx);
  if (rows.length === 0) return false;
  await sql`
    delete from connection_check where system_id = ${check.systemId} and id in (
      select id from connection_check where system_id = ${check.systemId}
      order by started_at desc, id desc offset ${CHECKS_KEPT})`.execute(tx);
  return true;
}

/** Writes how far a check is, and renews its lease. @returns false when it is no longer ours to write: it was interrupted */
export async function saveSteps(
  db: Db,
  id: string,
  progress: { steps: readonly CheckStep[]; now: number; leaseMs: number },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update connection_check set steps = ${JSON.stringify(progress.steps)}::jsonb,
      leased_until = ${at(progress.now + progress.leaseMs)} where id = ${id} and state = 'running'`.execute(db);
  return numAffectedRows === 1n;
}

/** Renews the lease of a check whose step takes long. */
export async function renewCheck(db: Db, id: string, lease: { now: number; ms: number }): Promise<void> {
  await sql`update connection_check set leased_until = ${at(lease.now + lease.ms)}
    where id = ${id} and state = 'running'`.execute(db);
}

export async function finishCheck(
  db: Db,
  id: string,
  end: { state: 'ok' | 'failed' | 'interrupted'; steps: readonly CheckStep[]; now: number },
): Promise<void> {
  const fault = end.steps.find(({ state }) => state === 'failed')?.fault?.code ?? null;
  await sql`
    update connection_check set state = ${end.state}, steps = ${JSON.stringify(end.steps)}::jsonb,
      finished_at = ${at(end.now)}, fault_code = ${fault}, leased_until = null
    where id = ${id} and state = 'running'`.execute(db);
}

/** Ends checks whose process is gone. @returns their systems */
export async function interruptAbandoned(db: Db, now: number): Promise<string[]> {
  const { rows } = await sql<{ systemId: string }>`
    update connection_check set state = 'interrupted', finished_at = ${at(now)}, leased_until = null
    where state = 'running' and leased_until <= ${at(now)} returning system_id as "systemId"`.execute(db);
  return rows.map(({ systemId }) => systemId);
}

export async function checksOf(db: Db, systemId: string, limit: number): Promise<ConnectionCheck[]> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from connection_check where system_id = ${systemId}
    order by started_at desc, id desc limit ${limit}`.execute(db);
  return rows.map(viewOf);
}

/** The last check of each of the systems. */
export async function lastChecks(db: Db, systems: readonly string[]): Promise<ConnectionCheck[]> {
  const { rows } = await sql<Row>`
    select distinct on (system_id) ${COLUMNS} from connection_check where system_id = any(${[...systems]}::text[])
    order by system_id, started_at desc, id desc`.execute(db);
  return rows.map(viewOf);
}

/** When checks of the system ended with one of these faults, the newest first. */
export async function failedAt(db: Db, systemId: string, codes: readonly string[], since: number): Promise<number[]> {
  const { rows } = await sql<{ finishedAt: Date }>`
    select finished_at as "finishedAt" from connection_check
    where system_id = ${systemId} and state = 'failed' and fault_code = any(${[...codes]}::text[])
      and finished_at > ${at(since)} order by finished_at desc limit 10`.execute(db);
  return rows.map(({ finishedAt }) => finishedAt.getTime());
}
