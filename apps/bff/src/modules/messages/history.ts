/** Internal read model for analytics: rollups over a range, by the hour or by the day of Moscow. */
import { type RawBuilder, sql } from 'kysely';
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

/** Above this length a report is drawn by the day, and reads days. */
const DAYS_ABOVE_MS = 72 * HOUR_MS;
const DAY_MS = 24 * HOUR_MS;
/** The house keeps Moscow time, UTC+3 all year since 2014. */
const MOSCOW_OFFSET_MS = 3 * HOUR_MS;

interface Range {
  readonly from: number;
  readonly to: number;
  readonly flowIds: readonly string[] | null;
}

const ceilTo = (at: number, step: number, offset = 0): number => Math.ceil((at + offset) / step) * step - offset;
const floorTo = (at: number, step: number, offset = 0): number => Math.floor((at + offset) / step) * step - offset;

const startOf = (unit: 'hour' | 'day', column: 'minute' | 'hour' | 'day'): RawBuilder<number> => {
  const [step, offset] = unit === 'hour' ? [3_600, 0] : [86_400, MOSCOW_OFFSET_MS / 1_000];
  return sql<number>`((floor((extract(epoch from ${sql.ref(column)})::float8 + ${offset}) / ${step}) * ${step} - ${offset}) * 1000)::bigint`;
};

/**
 * A rollup over a range: its long steps where they lie inside the range, minutes at the two edges; rows `at` and the
 * columns asked for. The sum is that of the minutes, read from fewer rows.
 */
function rollup(
  names: {
    readonly minutes: string;
    readonly steps: string;
    readonly column: 'hour' | 'day';
    readonly columns: string;
  },
  range: Range & { readonly where: RawBuilder<unknown> },
): RawBuilder<unknown> {
  const [step, offset] = names.column === 'hour' ? [HOUR_MS, 0] : [DAY_MS, MOSCOW_OFFSET_MS];
  const first = Math.min(ceilTo(range.from, step, offset), range.to);
  const last = Math.max(first, floorTo(range.to, step, offset));
  const columns = sql.raw(names.columns);
  const part = (table: string, column: 'minute' | 'hour' | 'day', from: number, to: number) => sql`
    select ${startOf(names.column, column)} as at, ${columns} from ${sql.table(table)}
    where ${sql.ref(column)} >= ${new Date(from)} and ${sql.ref(column)} < ${new Date(to)} ${range.where}`;
  return sql`${part(names.minutes, 'minute', range.from, first)} union all ${part(names.steps, names.column, first, last)}
    union all ${part(names.minutes, 'minute', last, range.to)}`;
}

export function createHistory({ db, clock }: ListDeps) {
  const ofFlows = ({ flowIds }: Range) => (flowIds ? sql`and flow_id = any(${flowIds})` : sql``);
  return {
    async hours(range: Range): Promise<HourRow[]> {
      const parts = rollup(
        {
          minutes: 'rollup_minute',
          steps: 'rollup_hour',
          column: 'hour',
          columns: 'flow_id, accepted, applied, failed',
        },
        { ...range, where: ofFlows(range) },
      );
      const { rows } = await sql<HourRow>`
        select flow_id as "flowId", at, sum(accepted)::int as accepted, sum(applied)::int as applied, sum(failed)::int as failed
        from (${parts}) as parts group by 1, 2`.execute(db);
      return rows;
    },
    /** Latency histograms per flow and hour; per flow and day of Moscow above three days. */
    async latencies(range: Range): Promise<{ flowId: string; at: number; bucket: number; count: number }[]> {
      const parts =
        range.to - range.from > DAYS_ABOVE_MS
          ? rollup(
              {
                minutes: 'rollup_latency',
                steps: 'rollup_latency_day',
                column: 'day',
                columns: 'flow_id, bucket, count',
              },
              { ...range, where: ofFlows(range) },
            )
          : sql`select ${startOf('hour', 'minute')} as at, flow_id, bucket, count from rollup_latency
              where minute >= ${new Date(range.from)} and minute < ${new Date(range.to)} ${ofFlows(range)}`;
      // A histogram comes as one row: ninety days of four flows are 27 thousand buckets.
      const { rows } = await sql<{ flowId: string; at: number; buckets: number[]; counts: number[] }>`
        select flow_id as "flowId", at, array_agg(bucket) as buckets, array_agg(count) as counts from (
          select flow_id, at, bucket::int as bucket, sum(count)::int as count
          from (${parts}) as parts group by 1, 2, 3 having sum(count) > 0) as filled group by 1, 2`.execute(db);
      return rows.flatMap(({ flowId, at, buckets, counts }) =>
        buckets.map((bucket, place) => ({ flowId, at, bucket, count: counts[place] ?? 0 })),
      );
    },
    /** Failures per cause and hour; per cause and day of Moscow above three days. */
    async failures(range: Range) {
      const parts =
        range.to - range.from > DAYS_ABOVE_MS
          ? rollup(
              { minutes: 'rollup_cause', steps: 'rollup_cause_day', column: 'day', columns: 'cause_id, failed' },
              { ...range, where: sql`` },
            )
          : sql`select ${startOf('hour', 'minute')} as at, cause_id, failed from rollup_cause
              where minute >= ${new Date(range.from)} and minute < ${new Date(range.to)}`;
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
        select r.at, c.id as "causeId", c.flow_id as "flowId", c.error_class as "errorClass", c.title_ru as "titleRu",
          c.title_en as "titleEn", c.pattern, r.count
        from (select at, cause_id, sum(failed)::int as count from (${parts}) as parts group by 1, 2 having sum(failed) > 0) as r
        join failure_cause c on c.id = r.cause_id
        where true ${range.flowIds ? sql`and c.flow_id = any(${range.flowIds})` : sql``}`.execute(db);
      return rows;
    },
    async state(): Promise<{
      inDoubt: number;
      quarantine: number;
      freshAt: number | null;
      since: number | null;
      now: number;
    }> {
      const { rows } = await sql<{ in_doubt: number; quarantine: number; fresh: Date | null; since: Date | null }>`
        select (select count(*) from delivery where state = 'in_doubt')::int as in_doubt,
          (select count(*) from quarantine_event where closed_at is null)::int as quarantine,
          (select max(last_at) from system_report) as fresh, (select min(hour) from rollup_hour) as since`.execute(db);
      const [row] = rows;
      return {
        inDoubt: row?.in_doubt ?? 0,
        quarantine: row?.quarantine ?? 0,
        freshAt: row?.fresh?.getTime() ?? null,
        since: row?.since?.getTime() ?? null,
        now: clock.now(),
      };
    },
  };
}
