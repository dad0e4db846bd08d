/**
 * When a message of a flow with a cadence is due (domain.md §1, Silence): a grid from Moscow midnight, inside the hours that
 * count. Moscow keeps UTC+3 all year since 2014, so a day has 24 hours and the grid needs no zone.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MOSCOW_OFFSET_MS = 3 * HOUR_MS;

/** What a flow promises; durations in ms, see `cadence` of the landscape file. */
export interface Cadence {
  readonly everyMs: number;
  /** Later than due by more than this is late. */
  readonly graceMs: number;
  readonly during: 'always' | 'working';
  /** Hours of a working day in place of the calendar's, `HH:MM`. */
  readonly hours?: { readonly from: string; readonly to: string } | undefined;
  /** Step outside the hours; absent: nothing is due there. */
  readonly offHoursEveryMs?: number | undefined;
}

/** Stretch of time, ms since the epoch. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Working stretches of the production calendar within a span, cut to it; ms since the epoch. */
export type WorkingHours = (from: number, to: number) => readonly Stretch[];

/** First moment of the Moscow day that holds a moment. */
export const dayStartOf = (at: number): number =>
  Math.floor((at + MOSCOW_OFFSET_MS) / DAY_MS) * DAY_MS - MOSCOW_OFFSET_MS;

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** The stretches of the Moscow day from `day` in which the full step is due; none on a day off. */
export function busyHours(cadence: Cadence, day: number, working: WorkingHours): readonly Stretch[] {
  if (cadence.during === 'always') return [{ from: day, to: day + DAY_MS }];
  const calendar = working(day, day + DAY_MS);
  if (calendar.length === 0 || !cadence.hours) return calendar;
  return [{ from: day + minutesOf(cadence.hours.from) * MINUTE_MS, to: day + minutesOf(cadence.hours.to) * MINUTE_MS }];
}

/** Moments of `[day, day + 1)` on a grid of `everyMs` from midnight. */
const grid = (day: number, everyMs: number): number[] =>
  Array.from({ length: Math.ceil(DAY_MS / everyMs) }, (_, index) => day + index * everyMs);

/**
 * The due moments of one Moscow day, in order; midnight belongs to the day that it begins. The opening of the hours is no due
 * moment of the full step: nobody works before it. A working day that no moment of the grid falls into is due by its end.
 */
export function dueOfDay(cadence: Cadence, day: number, working: WorkingHours): readonly number[] {
  const busy = busyHours(cadence, day, working);
  const isBusy = (at: number): boolean =>
    cadence.during === 'always' || busy.some(({ from, to }) => at > from && at <= to);
  const inside = grid(day, cadence.everyMs).filter(isBusy);
  const last = busy.at(-1);
  if (inside.length === 0 && last !== undefined) inside.push(last.to);
  const outside =
    cadence.offHoursEveryMs === undefined ? [] : grid(day, cadence.offHoursEveryMs).filter((at) => !isBusy(at));
  return [...inside, ...outside].sort((one, other) => one - other);
}

/** Due moments after `after` up to and including `until`, across days; `daysAtMost` bounds the search. */
export function* dueBetween(
  cadence: Cadence,
  { after, until, daysAtMost = 62 }: { after: number; until: number; daysAtMost?: number },
  working: WorkingHours,
): Generator<number, void, void> {
  const first = dayStartOf(after);
  for (let day = first; day <= until && day < first + daysAtMost * DAY_MS; day += DAY_MS)
    for (const at of dueOfDay(cadence, day, working)) if (at > after && at <= until) yield at;
}
