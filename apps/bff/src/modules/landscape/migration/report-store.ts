/** Sums of the comparison over a period, from its rollups. */
import type { Outcome } from '@pult/shared/domain/migration/pairing';
import { sql } from 'kysely';
import type { Db } from '../../../platform/db/database.ts';

export interface Period {
  readonly from: number;
  readonly to: number;
}

export interface StepCount {
  /** Begin of the step, ms. */
  readonly at: number;
  readonly outcome: Outcome;
  readonly explained: boolean;
  readonly count: number;
}

const HOUSE_OFFSET_S = 3 * 3_600;

/** Counts per hour, or per date of the house when `stepMs` is a day. */
export async function stepCounts(db: Db, flowId: string, period: Period & { stepMs: number }): Promise<StepCount[]> {
  const step = period.stepMs / 1_000;
  const offset = step > 3_600 ? HOUSE_OFFSET_S : 0;
  const { rows } = await sql<StepCount>`
    select ((floor((extract(epoch from hour)::float8 + ${offset}) / ${step}) * ${step} - ${offset}) * 1000)::bigint as at,
      outcome, explained, sum(count)::int as count
    from shadow_hour where flow_id = ${flowId} and hour >= ${new Date(period.from)} and hour < ${new Date(period.to)}
    group by 1, 2, 3 having sum(count) > 0`.execute(db);
  return rows;
}

/** Histogram of a measure over a period. */
export async function histogramOf(
  db: Db,
  flowId: string,
  { measure, from, to }: Period & { measure: 'lag' | 'old' | 'bus' },
): Promise<Map<number, number>> {
  const { rows } = await sql<{ bucket: number; count: number }>`
    select bucket::int as bucket, sum(count)::int as count from shadow_histogram
    where flow_id = ${flowId} and measure = ${measure} and hour >= ${new Date(from)} and hour < ${new Date(to)}
    group by 1 having sum(count) > 0`.execute(db);
  return new Map(rows.map(({ bucket, count }) => [bucket, count]));
}

/** Pairs of several flows since a moment: all that count, and those that are the same or explained. */
export async function shares(
  db: Db,
  flowIds: readonly string[],
  from: number,
): Promise<Map<string, { pairs: number; good: number }>> {
  const { rows } = await sql<{ flowId: string; pairs: number; good: number }>`
    select flow_id as "flowId", sum(count)::int as pairs,
      coalesce(sum(count) filter (where outcome = 'same' or explained), 0)::int as good
    from shadow_hour where flow_id = any(${[...flowIds]}::text[]) and hour >= ${new Date(from)} and outcome <> 'neither'
    group by 1`.execute(db);
  return new Map(rows.map(({ flowId, ...sums }) => [flowId, sums]));
}

/** Pairs that wait for their second side now. */
export async function waitingCount(db: Db, flowId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from shadow_pair where flow_id = ${flowId} and outcome = 'waiting'`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Newest pair and most frequent explanation of each outcome that is not the same. */
export async function oddFacts(
  db: Db,
  flowId: string,
  { from, to }: Period,
): Promise<Map<string, { lastAt: number; why: string | null }>> {
  const { rows } = await sql<{ outcome: string; lastAt: Date; why: string | null }>`
    select outcome, max(at) as "lastAt", mode() within group (order by explanation_id) as why from shadow_pair
    where flow_id = ${flowId} and outcome <> 'same' and at >= ${new Date(from)} and at < ${new Date(to)} group by 1`.execute(
    db,
  );
  return new Map(rows.map(({ outcome, lastAt, why }) => [outcome, { lastAt: lastAt.getTime(), why }]));
}
