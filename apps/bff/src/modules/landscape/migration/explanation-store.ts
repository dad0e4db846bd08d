/** Reasons that people gave to differences, in PostgreSQL. */
import type { Explanation } from '@pult/shared/domain/migration/explanations';
import type { Outcome } from '@pult/shared/domain/migration/pairing';
import { sql } from 'kysely';
import type { Db } from '../../../platform/db/database.ts';

export interface ExplanationRow {
  readonly id: string;
  readonly kind: 'field' | 'pair' | 'day';
  readonly field: string | null;
  readonly pairId: string | null;
  readonly number: string | null;
  readonly outcome: Outcome | null;
  /** `YYYY-MM-DD` of the house. */
  readonly date: string | null;
  readonly reason: string;
  readonly at: Date;
  readonly by: string;
}

/** In force, oldest first: of two that cover a pair the first is named. */
export async function explanationsOf(db: Db, flowId: string): Promise<ExplanationRow[]> {
  const { rows } = await sql<ExplanationRow>`
    select id, kind, field, pair_id as "pairId", number, outcome, date, reason, at, actor_name as by
    from shadow_explanation where flow_id = ${flowId} and withdrawn_at is null order by at, id`.execute(db);
  return rows;
}

/** As the rules read it. */
export function ruleOf({ id, kind, field, pairId, outcome, date }: ExplanationRow): Explanation {
  if (kind === 'field') return { id, scope: { kind, field: field ?? '' } };
  if (kind === 'day') return { id, scope: { kind, date: date ?? '', outcome: outcome ?? 'differs' } };
  return { id, scope: { kind, pairId: pairId ?? '', outcome: outcome ?? 'differs' } };
}

export async function insertExplanation(
  tx: Db,
  row: Omit<ExplanationRow, 'at'> & { flowId: string; at: number; actorId: string | null },
): Promise<void> {
  await sql`
    insert into shadow_explanation (id, flow_id, kind, field, pair_id, number, outcome, date, reason, at, actor_id, actor_name)
    values (${row.id}, ${row.flowId}, ${row.kind}, ${row.field}, ${row.pairId}, ${row.number}, ${row.outcome}, ${row.date},
      ${row.reason}, ${new Date(row.at)}, ${row.actorId}, ${row.by})`.execute(tx);
}

/** Ends an explanation. @returns false when there is none in force */
export async function withdrawExplanation(tx: Db, flowId: string, id: string, now: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update shadow_explanation set withdrawn_at = ${new Date(now)}
    where id = ${id} and flow_id = ${flowId} and withdrawn_at is null`.execute(tx);
  return numAffectedRows === 1n;
}

/** How many pairs each explains. */
export async function explainedCounts(db: Db, ids: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; count: number }>`
    select explanation_id as id, count(*)::int as count from shadow_pair
    where explanation_id = any(${[...ids]}::uuid[]) group by 1`.execute(db);
  return new Map(rows.map(({ id, count }) => [id, count]));
}
