import { type Calendar, dateOf, intervalsOn, minutesOf } from './calendar.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** One local date of a calendar, laid out on the line of instants (ms since epoch, half-open). */
export interface WorkingDay {
  readonly epochDay: number;
  readonly startsAt: number;
  /** Start of the next local date; 23 or 25 hours later where clocks change. */
  readonly endsAt: number;
  /** Working stretches in order, flat: from, to, from, to… Empty on a day off. */
  readonly segments: readonly number[];
  readonly workingMs: number;
}

/**
 * Days of one calendar instance, computed once each. Temporal is asked only the first time a date is met; afterwards
 * a lookup is one map read, which is what keeps the due of a clock in microseconds.
 */
export interface WorkingDays {
  /** Local date that contains the instant, as days since 1970-01-01. */
  epochDayAt(at: number): number;
  day(epochDay: number): WorkingDay;
}

const known = new WeakMap<Calendar, WorkingDays>();

/** The cached days of a calendar. Calendars are immutable, so the instance itself is the key. */
export function workingDaysOf(calendar: Calendar): WorkingDays {
  const cached = known.get(calendar);
  if (cached !== undefined) return cached;
  const days = createWorkingDays(calendar);
  known.set(calendar, days);
  return days;
}

function createWorkingDays(calendar: Calendar): WorkingDays {
  const starts = new Map<number, number>();
  const days = new Map<number, WorkingDay>();

  const startOf = (epochDay: number): number => {
    const cached = starts.get(epochDay);
    if (cached !== undefined) return cached;
    const startsAt = Temporal.PlainDate.from(dateOf(epochDay)).toZonedDateTime(calendar.zone).epochMilliseconds;
    starts.set(epochDay, startsAt);
    return startsAt;
  };

  const day = (epochDay: number): WorkingDay => {
    const cached = days.get(epochDay);
    if (cached !== undefined) return cached;
    const computed = layOut(calendar, epochDay, startOf(epochDay), startOf(epochDay + 1));
    days.set(epochDay, computed);
    return computed;
  };

  const epochDayAt = (at: number): number => {
    // Local dates are within a day of the UTC date; a date skipped by its zone has no instant and is stepped over.
    let epochDay = Math.floor(at / DAY_MS);
    while (startOf(epochDay) > at) epochDay -= 1;
    while (startOf(epochDay + 1) <= at) epochDay += 1;
    return epochDay;
  };

  return { epochDayAt, day };
}

function layOut(calendar: Calendar, epochDay: number, startsAt: number, endsAt: number): WorkingDay {
  const segments: number[] = [];
  let workingMs = 0;
  let previousEnd = startsAt;
  for (const interval of intervalsOn(calendar, epochDay)) {
    const from = Math.max(instantOf(calendar.zone, epochDay, interval.from, startsAt, endsAt), previousEnd);
    const to = Math.min(instantOf(calendar.zone, epochDay, interval.to, startsAt, endsAt), endsAt);
    // Empty when the whole interval falls into the hour that the zone skips.
    if (to <= from) continue;
    segments.push(from, to);
    workingMs += to - from;
    previousEnd = to;
  }
  return { epochDay, startsAt, endsAt, segments, workingMs };
}

/**
 * Instant of a local time. In a DST gap the time moves forward by the gap, in an overlap the earlier (summer) one is
 * taken: Temporal's `compatible`, the same that RFC 5545 prescribes.
 */
function instantOf(zone: string, epochDay: number, time: string, startsAt: number, endsAt: number): number {
  const minutes = minutesOf(time) ?? 0;
  if (minutes === 1440) return endsAt;
  if (endsAt - startsAt === DAY_MS) return startsAt + minutes * MINUTE_MS;
  const local = Temporal.PlainDateTime.from(`${dateOf(epochDay)}T${time}`);
  return local.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;
}
