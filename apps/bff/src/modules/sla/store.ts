import type { ClockFact, FactActor } from '@pult/shared/domain/sla/clock-facts';
import type { SubjectKind } from '@pult/shared/domain/sla/policy';
import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';

export interface StoredFact {
  readonly clockId: string;
  readonly sequence: number;
  readonly kind: ClockFact['kind'] | 'void';
  readonly at: number;
  readonly recordedAt: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly reason: string | null;
  readonly actor: FactActor | null;
  readonly voids: number | null;
}

export interface StoredMark {
  readonly clockId: string;
  readonly percent: number;
  readonly revision: number;
  readonly reachedAt: number;
  readonly recordedAt: number;
}

export interface NewClock {
  readonly id: string;
  readonly subjectId: string;
  readonly subjectKind: SubjectKind;
  readonly cycle: number;
  readonly policy: { readonly id: string; readonly version: number } | null;
  readonly startedAt: number;
  readonly goalMs: number;
}

const date = (ms: number): Date => new Date(ms);
const dateOrNull = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

export async function insertClock(tx: Db, clock: NewClock): Promise<void> {
  await sql`
    insert into sla_clock (id, subject_kind, subject_id, cycle, policy_id, policy_version, started_at, goal_ms, state)
    values (${clock.id}, ${clock.subjectKind}, ${clock.subjectId}, ${clock.cycle}, ${clock.policy?.id ?? null},
      ${clock.policy?.version ?? null}, ${date(clock.startedAt)}, ${clock.goalMs}, 'running')`.execute(tx);
}

/** Facts of one clock are written one after another: whoever adds one holds this lock. */
export async function lockClock(tx: Db, clockId: string): Promise<void> {
  await sql`select 1 from sla_clock where id = ${clockId} for update`.execute(tx);
}

export async function insertFact(tx: Db, fact: StoredFact): Promise<void> {
  await sql`
    insert into sla_clock_fact (clock_id, sequence, kind, at, recorded_at, body, reason, actor, voids)
    values (${fact.clockId}, ${fact.sequence}, ${fact.kind}, ${date(fact.at)}, ${date(fact.recordedAt)},
      ${JSON.stringify(fact.body)}::jsonb, ${fact.reason},
      ${fact.actor === null ? null : JSON.stringify(fact.actor)}::jsonb, ${fact.voids})`.execute(tx);
}

interface FactRow extends Omit<StoredFact, 'at' | 'recordedAt'> {
  readonly at: Date;
  readonly recordedAt: Date;
}

/** Facts of many clocks, in their order. */
export async function factsOf(db: Db, clockIds: readonly string[]): Promise<Map<string, StoredFact[]>> {
  const { rows } = await sql<FactRow>`
    select clock_id as "clockId", sequence, kind, at, recorded_at as "recordedAt", body, reason, actor, voids
    from sla_clock_fact where clock_id = any(${[...clockIds]}::uuid[]) order by clock_id, sequence`.execute(db);
  const facts = new Map<string, StoredFact[]>();
  for (const row of rows) {
    const list = facts.get(row.clockId) ?? [];
    list.push({ ...row, at: row.at.getTime(), recordedAt: row.recordedAt.getTime() });
    facts.set(row.clockId, list);
  }
  return facts;
}

export async function marksOf(db: Db, clockId: string): Promise<StoredMark[]> {
  const { rows } = await sql<{ percent: string; revision: number; reachedAt: Date; recordedAt: Date }>`
    select percent, revision, reached_at as "reachedAt", recorded_at as "recordedAt"
    from sla_mark where clock_id = ${clockId} order by recorded_at, percent`.execute(db);
  return rows.map((row) => ({
    clockId,
    percent: Number(row.percent),
    revision: row.revision,
    reachedAt: row.reachedAt.getTime(),
    recordedAt: row.recordedAt.getTime(),
  }));
}

/** @returns false when it was recorded before */
export async function insertMark(tx: Db, mark: StoredMark): Promise<boolean> {
  const { rows } = await sql<{ percent: string }>`
    insert into sla_mark (clock_id, percent, revision, reached_at, recorded_at)
    values (${mark.clockId}, ${mark.percent}, ${mark.revision}, ${date(mark.reachedAt)}, ${date(mark.recordedAt)})
    on conflict do nothing returning percent`.execute(tx);
  return rows.length > 0;
}

export interface DerivedClock {
  readonly clockId: string;
  readonly startedAt: number;
  readonly goalMs: number;
  readonly state: string;
  readonly dueAt: number | null;
  readonly closedAt: number | null;
  readonly elapsedMs: number | null;
  readonly revision: number;
  readonly nextMark: { readonly percent: number; readonly at: number } | null;
}

export async function saveDerived(tx: Db, derived: DerivedClock): Promise<void> {
  await sql`
    update sla_clock set started_at = ${date(derived.startedAt)}, goal_ms = ${derived.goalMs}, state = ${derived.state},
      due_at = ${dateOrNull(derived.dueAt)}, closed_at = ${dateOrNull(derived.closedAt)},
      elapsed_ms = ${derived.elapsedMs}, revision = ${derived.revision},
      next_mark_percent = ${derived.nextMark?.percent ?? null}, next_mark_at = ${dateOrNull(derived.nextMark?.at ?? null)}
    where id = ${derived.clockId}`.execute(tx);
}

/** Clocks whose next threshold has come; other instances pass by those that are held. */
export async function dueClocks(tx: Db, now: number, limit: number): Promise<{ clockId: string; subjectId: string }[]> {
  const { rows } = await sql<{ clockId: string; subjectId: string }>`
    select id as "clockId", subject_id as "subjectId" from sla_clock
    where next_mark_at <= ${date(now)} order by next_mark_at limit ${limit} for update skip locked`.execute(tx);
  return rows;
}

export interface ClosedCycle {
  readonly clockId: string;
  readonly subjectId: string;
  readonly kind: SubjectKind;
  readonly closedAt: number;
  readonly elapsedMs: number;
  readonly goalMs: number;
  readonly met: boolean;
}

/** Cycles that ended within a span, cancelled ones left out: what compliance is counted over. */
export async function closedCycles(db: Db, from: number, to: number): Promise<ClosedCycle[]> {
  const { rows } = await sql<Omit<ClosedCycle, 'closedAt'> & { closedAt: Date }>`
    select id as "clockId", subject_id as "subjectId", subject_kind as kind, closed_at as "closedAt",
      elapsed_ms as "elapsedMs", goal_ms as "goalMs", state = 'met' as met
    from sla_clock where closed_at >= ${date(from)} and closed_at < ${date(to)} and state in ('met', 'stopped-late')
    order by closed_at`.execute(db);
  return rows.map((row) => ({ ...row, closedAt: row.closedAt.getTime() }));
}

/** Open clocks past their due: hidden from compliance, which counts closed cycles only. */
export async function openBreached(db: Db, now: number, kinds: readonly SubjectKind[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from sla_clock
    where closed_at is null and subject_kind = any(${[...kinds]}::text[])
      and due_at < ${date(now)}`.execute(db);
  return rows[0]?.count ?? 0;
}
