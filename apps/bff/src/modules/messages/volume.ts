/** What was applied, by slots of time: whole hours from the rollups where nothing but flows is asked, rows otherwise. */
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

/** Rows `slot, count` of what was applied, from the rollups: hours inside the range, minutes at its edges. */
export function appliedByRollups(flows: readonly string[] | undefined, slots: Slots): RawBuilder<unknown> {
  const chosen = flows && flows.length > 0 ? sql`and flow_id = any(${flows})` : sql``;
  const firstHour = Math.ceil(slots.from / HOUR_MS) * HOUR_MS;
  const lastHour = Math.max(firstHour, Math.floor(slots.to / HOUR_MS) * HOUR_MS);
  const wide = slots.bucketMs % HOUR_MS === 0 && slots.start % HOUR_MS === 0;
  const minutes = (from: number, to: number) => sql`
    select ${slotOf(sql`minute`, slots)} as slot, applied as count from rollup_minute
    where minute >= ${new Date(from)} and minute < ${new Date(to)} ${chosen}`;
  if (!wide) return minutes(slots.from, slots.to);
  return sql`${minutes(slots.from, Math.min(firstHour, slots.to))}
    union all select ${slotOf(sql`hour`, slots)}, applied from rollup_hour
      where hour >= ${new Date(firstHour)} and hour < ${new Date(lastHour)} ${chosen}
    union all ${minutes(Math.max(lastHour, slots.from), Math.max(slots.to, lastHour))}`;
}
