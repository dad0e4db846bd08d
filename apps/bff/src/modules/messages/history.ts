/** Internal read model for analytics: rollups by the hour over a range. Moscow keeps whole hours off UTC, so days add up from hours. */
import { sql } from 'kysely';
import type { ListDeps } from './lists.ts';

const HOUR_MS = 3_600_000;
export interface HourRow {
  readonly flowId: string;
  /** Start of the hour, ms since the epoch. */
  readonly at: number;
  readonly accepted: number;
  readonly applied: number;
  readonly failed: number;
}

export function createHistory({ db, clock }: ListDeps) {
  const chosen = (flowIds: readonly string[] | null) => (flowIds ? sql`and flow_id = any(${flowIds})` : sql``);
  const hour = sql`(floor(extract(epoch from minute) / 3600) * ${HOUR_MS})::bigint`;
  return {
    async hours(range: { from: number; to: number; flowIds: readonly string[] | null }): Promise<HourRow[]> {
      const { rows } = await sql<HourRow>`
        select flow_id as "flowId", ${hour} as at, sum(accepted)::int as accepted, sum(applied)::int as applied, sum(failed)::int as failed
        from rollup_minute where minute >= ${new Date(range.from)} and minute < ${new Date(range.to)} ${chosen(range.flowIds)}
        group by 1, 2`.execute(db);
      return rows;
    },
    /** Latency histograms per flow and hour. */
    async latencies(range: {
      from: number;
      to: number;
      flowIds: readonly string[] | null;
    }): Promise<{ flowId: string; at: number; bucket: number; count: number }[]> {
      const { rows } = await sql<{ flowId: string; at: number; bucket: number; count: number }>`
        select flow_id as "flowId", ${hour} as at, bucket, sum(count)::int as count
        from rollup_latency where minute >= ${new Date(range.from)} and minute < ${new Date(range.to)} ${chosen(range.flowIds)}
        group by 1, 2, 3 having sum(count) > 0`.execute(db);
      return rows;
    },
    async failures(range: { from: number; to: number; flowIds: readonly string[] | null }) {
      const { rows } = await sql<{
        at: number;
        causeId: string;
        flowId: string;
        errorClass: string;
        titleRu: string;
        titleEn: string;
        pattern: string;
        count: number;
      }>`
        select ${hour} as at, c.id as "causeId", c.flow_id as "flowId", c.error_class as "errorClass", c.title_ru as "titleRu",
          c.title_en as "titleEn", c.pattern, sum(r.failed)::int as count
        from rollup_cause r join failure_cause c on c.id = r.cause_id
        where r.minute >= ${new Date(range.from)} and r.minute < ${new Date(range.to)}
          ${range.flowIds ? sql`and c.flow_id = any(${range.flowIds})` : sql``}
        group by 1, 2 having sum(r.failed) > 0`.execute(db);
      return rows;
    },
    async state(): Promise<{ inDoubt: number; quarantine: number; freshAt: number | null; now: number }> {
      const { rows } = await sql<{ in_doubt: number; quarantine: number; fresh: Date | null }>`
        select (select count(*) from delivery where state = 'in_doubt')::int as in_doubt,
          (select count(*) from quarantine_event where closed_at is null)::int as quarantine,
          (select max(last_at) from system_report) as fresh`.execute(db);
      const [row] = rows;
      return {
        inDoubt: row?.in_doubt ?? 0,
        quarantine: row?.quarantine ?? 0,
        freshAt: row?.fresh?.getTime() ?? null,
        now: clock.now(),
      };
    },
  };
}
