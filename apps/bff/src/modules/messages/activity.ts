/** Internal read model for the landscape: numbers of flows now, volume over time, news of systems. */
import { quantileMs } from '@pult/shared/domain/metrics/latency-histogram';
import { sql } from 'kysely';
import { createSharing } from '../../platform/shared-answers.ts';
import { openDeadLetters } from './dead-letters/store.ts';
import { stuckPredicate } from './filter.ts';
import { createIncidentWaiting } from './incident-waiting.ts';
import type { ListDeps } from './lists.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const SPARK_MINUTES = 30;

const ms = (at: Date | null): number | null => at?.getTime() ?? null;

/** Every open console asks for the same numbers, over all flows: they are read at most so often. */
const NUMBERS_WINDOW_MS = 250;

export function createActivity(deps: ListDeps) {
  const { db } = deps;
  const share = createSharing<Awaited<ReturnType<typeof readNumbers>>>(NUMBERS_WINDOW_MS);

  const readNumbers = async (now: number) => {
    const ago = (span: number) => new Date(now - span);
    /** Rates are said over whole minutes: the present one has just begun. */
    const whole = Math.floor(now / MINUTE_MS) * MINUTE_MS;
    const inWhole = (minutes: number) =>
      sql`minute >= ${new Date(whole - minutes * MINUTE_MS)} and minute < ${new Date(whole)}`;
    const stuck = stuckPredicate(deps.flows.values(), now);
    const [rollups, open, last, latency] = await Promise.all([
      sql<{
        flow_id: string;
        p5: number;
        p60: number;
        f60: number;
        wa5: number;
        wa60: number;
        wp5: number;
        wp60: number;
        spark: { m: number; n: number }[] | null;
      }>`
        select flow_id,
          coalesce(sum(applied) filter (where minute >= ${ago(5 * MINUTE_MS)}), 0)::int as p5,
          coalesce(sum(applied) filter (where minute >= ${ago(HOUR_MS)}), 0)::int as p60,
          coalesce(sum(failed) filter (where minute >= ${ago(HOUR_MS)}), 0)::int as f60,
          coalesce(sum(accepted) filter (where ${inWhole(5)}), 0)::int as wa5,
          coalesce(sum(accepted) filter (where ${inWhole(60)}), 0)::int as wa60,
          coalesce(sum(applied) filter (where ${inWhole(5)}), 0)::int as wp5,
          coalesce(sum(applied) filter (where ${inWhole(60)}), 0)::int as wp60,
          jsonb_agg(jsonb_build_object('m', extract(epoch from minute) * 1000, 'n', applied))
            filter (where minute >= ${ago(SPARK_MINUTES * MINUTE_MS)} and applied > 0) as spark
        from rollup_minute where minute >= ${ago(DAY_MS)} group by flow_id`.execute(db),
      sql<{
        flow_id: string;
        failed: number;
        in_doubt: number;
        stuck: number;
        oldest_failed: Date | null;
        oldest_in_doubt: Date | null;
        oldest_stuck: Date | null;
        failed_amount: string | null;
        in_doubt_amount: string | null;
        stuck_amount: string | null;
        waiting: number;
        amount: string | null;
      }>`
        select d.flow_id,
          count(*) filter (where d.state = 'failed')::int as failed,
          count(*) filter (where d.state = 'in_doubt')::int as in_doubt,
          count(*) filter (where d.is_stuck)::int as stuck,
          min(d.state_at) filter (where d.state = 'failed') as oldest_failed,
          min(d.state_at) filter (where d.state = 'in_doubt') as oldest_in_doubt,
          min(d.state_at) filter (where d.is_stuck) as oldest_stuck,
          trim_scale(sum(d.amount) filter (where d.state = 'failed'))::text as failed_amount,
          trim_scale(sum(d.amount) filter (where d.state = 'in_doubt'))::text as in_doubt_amount,
          trim_scale(sum(d.amount) filter (where d.is_stuck))::text as stuck_amount,
          count(*)::int as waiting,
          trim_scale(sum(d.amount))::text as amount
        from (
          -- Said once and worked out once per row: «offset 0» keeps the planner from writing it out three times.
          select d.flow_id, d.state, d.state_at, d.amount, ${stuck} as is_stuck
          from delivery d where d.state not in ('applied', 'discarded') offset 0
        ) d group by d.flow_id`.execute(db),
      // One question for all flows: one each would take every connection of the pool as soon as a table is locked.
      sql<{ flow_id: string; accepted: Date | null; applied: Date | null; first: Date | null }>`
        select f.flow_id,
          (select started_at from delivery d where d.flow_id = f.flow_id and started_at <= ${new Date(now)} order by started_at desc limit 1) as accepted,
          (select minute from rollup_minute r where r.flow_id = f.flow_id and applied > 0 and minute <= ${new Date(now)} order by minute desc limit 1) as applied,
          (select minute from rollup_minute r where r.flow_id = f.flow_id order by minute limit 1) as first
        from unnest(${[...deps.flows.keys()]}::text[]) as f (flow_id)`.execute(db),
      sql<{ flow_id: string; bucket: number; hour: number; day: number }>`
        select flow_id, bucket, coalesce(sum(count) filter (where minute >= ${ago(HOUR_MS)}), 0)::int as hour, sum(count)::int as day
        from rollup_latency where minute >= ${ago(DAY_MS)} group by flow_id, bucket`.execute(db),
    ]);
    const rollupOf = new Map(rollups.rows.map((row) => [row.flow_id, row]));
    const openOf = new Map(open.rows.map((row) => [row.flow_id, row]));
    const latencyOf = Map.groupBy(latency.rows, (row) => row.flow_id);
    const numbersOf = ({ flow_id: flowId, accepted, applied, first }: (typeof last.rows)[number]) => {
      const rollup = rollupOf.get(flowId);
      const state = openOf.get(flowId);
      const histogram = (pick: 'hour' | 'day') =>
        new Map((latencyOf.get(flowId) ?? []).filter((row) => row[pick] > 0).map((row) => [row.bucket, row[pick]]));
      const start = Math.floor(now / MINUTE_MS) * MINUTE_MS - (SPARK_MINUTES - 1) * MINUTE_MS;
      const spark = Array.from({ length: SPARK_MINUTES }, () => 0);
      for (const { m, n } of rollup?.spark ?? []) {
        const slot = Math.round((m - start) / MINUTE_MS);
        if (slot >= 0 && slot < SPARK_MINUTES) spark[slot] = n;
      }
      const lastEventAt = Math.max(ms(accepted) ?? 0, ms(applied) ?? 0) || null;
      return {
        failed: state?.failed ?? 0,
        failedLastHour: rollup?.f60 ?? 0,
        inDoubt: state?.in_doubt ?? 0,
        stuck: state?.stuck ?? 0,
        oldestFailedAt: ms(state?.oldest_failed ?? null),
        oldestInDoubtAt: ms(state?.oldest_in_doubt ?? null),
        oldestStuckAt: ms(state?.oldest_stuck ?? null),
        failedAmount: state?.failed_amount ?? '0',
        inDoubtAmount: state?.in_doubt_amount ?? '0',
        stuckAmount: state?.stuck_amount ?? '0',
        waiting: state?.waiting ?? 0,
        waitingAmount: state?.amount ?? '0',
        accepted: { fiveMinutes: rollup?.wa5 ?? 0, hour: rollup?.wa60 ?? 0 },
        applied: { fiveMinutes: rollup?.wp5 ?? 0, hour: rollup?.wp60 ?? 0 },
        seenSince: ms(first),
        wholeUntil: whole,
        appliedLast5Min: rollup?.p5 ?? 0,
        appliedLastHour: rollup?.p60 ?? 0,
        lastAcceptedAt: ms(accepted),
        lastAppliedAt: ms(applied),
        lastEventAt,
        latencyP95Ms: roundMs(quantileMs(histogram('hour'), 0.95)),
        usualLatencyP95Ms: roundMs(quantileMs(histogram('day'), 0.95)),
        spark,
      };
    };
    return new Map(last.rows.map((row) => [row.flow_id, numbersOf(row)]));
  };

  return {
    /** Never older than the question; see {@link createSharing}. */
    flowNumbers: (now: number) => share('', () => readNumbers(now)),

    /** See {@link createIncidentWaiting}. */
    waitingFor: createIncidentWaiting(deps),

    openDeadLetters: () => openDeadLetters(db),

    async volume(query: { from: number; to: number; bucketMs: number; flowId?: string }) {
      const { from, to, bucketMs, flowId } = query;
      const { rows } = await sql<{ slot: number; applied: number; failed: number }>`
        select floor((extract(epoch from minute) * 1000 - ${from}) / ${bucketMs})::int as slot,
          sum(applied)::int as applied, sum(failed)::int as failed
        from rollup_minute where minute >= ${new Date(from)} and minute < ${new Date(to)}
          ${flowId ? sql`and flow_id = ${flowId}` : sql``} group by 1`.execute(db);
      const found = new Map(rows.map((row) => [row.slot, row]));
      return Array.from({ length: Math.ceil((to - from) / bucketMs) }, (_, slot) => ({
        at: from + slot * bucketMs,
        applied: found.get(slot)?.applied ?? 0,
        failed: found.get(slot)?.failed ?? 0,
      }));
    },

    /** Applied in each of some hours, by flow; hours are their starts, ms. */
    async appliedInHours(hours: readonly number[]) {
      const { rows } = await sql<{ flow_id: string; hour: Date; applied: number }>`
        select flow_id, hour, applied from rollup_hour
        where hour = any(${hours.map((hour) => new Date(hour))}::timestamptz[]) and applied > 0`.execute(db);
      return rows.map((row) => ({ flowId: row.flow_id, hour: row.hour.getTime(), applied: row.applied }));
    },

    async oldestOpen(flowId: string, limit: number) {
      const { rows } = await sql<{
        id: string;
        key_number: string;
        amount: string | null;
        state: string;
        state_at: Date;
      }>`
        select id, key_number, trim_scale(amount)::text as amount, state, state_at from delivery
        where flow_id = ${flowId} and state not in ('applied', 'discarded') order by state_at limit ${limit}`.execute(
        db,
      );
      return rows.map((row) => ({
        id: row.id,
        number: row.key_number,
        amount: row.amount,
        state: row.state,
        since: row.state_at.getTime(),
      }));
    },

    async newCauses(now: number, limit: number) {
      const since = new Date(now - DAY_MS);
      const { rows } = await sql<{
        id: string;
        flow_id: string;
        title_ru: string;
        title_en: string;
        first_seen_at: Date;
        regressed_at: Date | null;
        count: number;
        amount: string | null;
      }>`
        select c.id, c.flow_id, c.title_ru, c.title_en, c.first_seen_at, c.regressed_at, count(*)::int as count,
          trim_scale(sum(d.amount))::text as amount
        from failure_cause c join delivery d on d.cause_id = c.id and d.state = 'failed'
        where (c.first_seen_at >= ${since} or c.regressed_at >= ${since}) and (c.snoozed_until is null or c.snoozed_until < ${new Date(now)})
        group by c.id order by count desc, c.id limit ${limit}`.execute(db);
      return rows.map((row) => ({
        id: row.id,
        flowId: row.flow_id,
        title: { ru: row.title_ru, en: row.title_en },
        count: row.count,
        amount: row.amount ?? '0',
        firstSeenAt: (row.regressed_at ?? row.first_seen_at).getTime(),
        kind: row.first_seen_at >= since ? ('new' as const) : ('regressed' as const),
      }));
    },

    async quarantined() {
      const { rows } = await sql<{
        count: number;
      }>`select count(*)::int as count from quarantine_event where closed_at is null`.execute(db);
      return rows[0]?.count ?? 0;
    },

    /** Open quarantine of one system. */
    async quarantinedOf(systemId: string) {
      const { rows } = await sql<{
        count: number;
      }>`select count(*)::int as count from quarantine_event where closed_at is null and system_id = ${systemId}`.execute(
        db,
      );
      return rows[0]?.count ?? 0;
    },

    async lastReports() {
      const { rows } = await sql<{
        system_id: string;
        last_at: Date;
      }>`select system_id, last_at from system_report`.execute(db);
      return new Map(rows.map((row) => [row.system_id, row.last_at.getTime()]));
    },
  };
}

const roundMs = (value: number | null): number | null => (value === null ? null : Math.round(value));
