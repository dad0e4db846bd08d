/** What was applied and what failed first, by slots of time: from the rollups where nothing but flows is asked, from rows otherwise. */
import type { MessagesFilter } from '@pult/shared/contracts/messages';
import { type RawBuilder, sql } from 'kysely';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export interface Slots {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly bucketMs: number;
}

export interface DownFlow {
  readonly flow: string;
  /** ms since the epoch. */
  readonly since: number;
}

/** The flows as the table `down (flow, since)`. */
export const downTable = (flows: readonly DownFlow[]): RawBuilder<unknown> =>
  sql`unnest(${flows.map(({ flow }) => flow)}::text[], ${flows.map(({ since }) => new Date(since))}::timestamptz[]) as down (flow, since)`;

/** Whole minutes up to an hour, whole hours above: slots that rollups can fill. */
export const slotMs = (span: number, slots: number): number => {
  const unit = span / slots > HOUR_MS ? HOUR_MS : MINUTE_MS;
  return Math.max(MINUTE_MS, Math.ceil(span / slots / unit) * unit);
};

const slotOf = (at: RawBuilder<unknown>, { start, bucketMs }: Slots): RawBuilder<number> =>
  sql<number>`floor((extract(epoch from ${at})::float8 * 1000 - ${start}) / ${bucketMs})::int`;

/** Slot of a moment of the delivery `d`. */
export const slotOfRow = (column: 'applied_at' | 'first_failed_at', slots: Slots): RawBuilder<number> =>
  slotOf(sql`d.${sql.ref(column)}`, slots);

/** Whether rollups know the answer: nothing but flows is asked, and the range is made of whole minutes. */
export function rollupsAnswer(filter: MessagesFilter, slots: Slots, now: number): boolean {
  const { flow: _flow, ...rest } = filter;
  const asksMore = Object.values(rest).some((value) => value !== undefined);
  const untilNow = slots.to >= now - MINUTE_MS;
  return !asksMore && slots.from % MINUTE_MS === 0 && (untilNow || slots.to % MINUTE_MS === 0);
}

/**
 * Rows `slot, applied, failed, incident` from the rollups: hours inside the range, minutes at its edges. `incident` counts
 * failures of the transport in `downFlows` since they are down.
 */
export function volumeByRollups(
  flows: readonly string[] | undefined,
  slots: Slots,
  downFlows: readonly DownFlow[],
): RawBuilder<unknown> {
  const figures = figuresByRollups(flows, slots);
  const hit = flows && flows.length > 0 ? downFlows.filter(({ flow }) => flows.includes(flow)) : downFlows;
  if (hit.length === 0) return figures;
  return sql`${figures}
    union all select ${slotOf(sql`r.minute`, slots)}, 0, 0, r.failed from rollup_cause r
      join failure_cause c on c.id = r.cause_id and c.error_class = 'transport'
      join ${downTable(hit)} on down.flow = c.flow_id and r.minute >= date_trunc('minute', down.since)
      where r.minute >= ${new Date(slots.from)} and r.minute < ${new Date(slots.to)}`;
}

function figuresByRollups(flows: readonly string[] | undefined, slots: Slots): RawBuilder<unknown> {
  const chosen = flows && flows.length > 0 ? sql`and flow_id = any(${flows})` : sql``;
  const firstHour = Math.ceil(slots.from / HOUR_MS) * HOUR_MS;
  const lastHour = Math.max(firstHour, Math.floor(slots.to / HOUR_MS) * HOUR_MS);
  const wide = slots.bucketMs % HOUR_MS === 0 && slots.start % HOUR_MS === 0;
  const minutes = (from: number, to: number) => sql`
    select ${slotOf(sql`minute`, slots)} as slot, applied, failed, 0 as incident from rollup_minute
    where minute >= ${new Date(from)} and minute < ${new Date(to)} ${chosen}`;
  if (!wide) return minutes(slots.from, slots.to);
  return sql`${minutes(slots.from, Math.min(firstHour, slots.to))}
    union all select ${slotOf(sql`hour`, slots)}, applied, failed, 0 from rollup_hour
      where hour >= ${new Date(firstHour)} and hour < ${new Date(lastHour)} ${chosen}
    union all ${minutes(Math.max(lastHour, slots.from), Math.max(slots.to, lastHour))}`;
}
