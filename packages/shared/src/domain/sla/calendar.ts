/** Day of the week as ISO 8601 counts it: 1 = Monday … 7 = Sunday. */
export type IsoWeekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

export const ISO_WEEKDAYS: readonly IsoWeekday[] = [1, 2, 3, 4, 5, 6, 7];

/**
 * Half-open stretch of local time on one date, `HH:MM`; `to` may be `24:00`. Work over midnight is two intervals on
 * two dates. A lunch break is the gap between two intervals of a date.
 */
export interface WorkInterval {
  readonly from: string;
  readonly to: string;
}

/** Why a date does not follow the week. `moved`: a day off moved here from `movedFrom`. */
export type DayReasonKind = 'holiday' | 'moved' | 'short' | 'working-weekend' | 'custom';

export interface DayReason {
  readonly kind: DayReasonKind;
  /** Name of the holiday, or what the administrator wrote. */
  readonly title: string | null;
  /** `YYYY-MM-DD` the day off came from. */
  readonly movedFrom: string | null;
}

/** Replaces the week's intervals on one date; no intervals = day off. */
export interface DayOverride {
  readonly intervals: readonly WorkInterval[];
  readonly reason: DayReason;
}

/** A production year inside a calendar: where its dates come from and whether the government has decreed them. */
export interface CalendarYear {
  readonly year: number;
  readonly confirmed: boolean;
  readonly source: string;
  /** `YYYY-MM-DD` of the source's edition. */
  readonly publishedOn: string | null;
}

/** A calendar is named together with its version: a running clock pins both. */
export interface CalendarRef {
  readonly id: string;
  readonly version: number;
}

/**
 * Производственный календарь: zone, week, dates that replace the week. Immutable: a change is a new version, which is
 * why everything computed from an instance may be cached on that instance.
 */
export interface Calendar extends CalendarRef {
  readonly title: string;
  /** IANA zone. Never an offset: Russian regions moved between offsets four times since 2010. */
  readonly zone: string;
  /** A weekday that is absent has no working time. */
  readonly week: Readonly<Partial<Record<IsoWeekday, readonly WorkInterval[]>>>;
  /** Key: local date `YYYY-MM-DD`. */
  readonly overrides: Readonly<Record<string, DayOverride>>;
  readonly years: readonly CalendarYear[];
}

const CLOCK_TIME = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;

/** Minutes from local midnight of `HH:MM` (0…1440), or null when it is no time of day. */
export function minutesOf(time: string): number | null {
  const match = CLOCK_TIME.exec(time);
  if (match === null) return null;
  if (match[1] === undefined || match[2] === undefined) return 1440;
  return Number(match[1]) * 60 + Number(match[2]);
}

/** `HH:MM` of minutes from local midnight (0…1440). */
export function timeOf(minutes: number): string {
  const hours = Math.trunc(minutes / 60);
  return `${String(hours).padStart(2, '0')}:${String(minutes - hours * 60).padStart(2, '0')}`;
}

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Days since 1970-01-01 of a `YYYY-MM-DD`, or null when there is no such date. */
export function epochDayOf(date: string): number | null {
  if (!DATE.test(date)) return null;
  const at = Date.parse(`${date}T00:00:00Z`);
  // Engines differ on 2026-02-30: some roll over, some refuse; the round trip refuses everywhere.
  if (Number.isNaN(at) || dateOf(at / DAY_MS) !== date) return null;
  return at / DAY_MS;
}

/** `YYYY-MM-DD` of days since 1970-01-01. */
export function dateOf(epochDay: number): string {
  return new Date(epochDay * DAY_MS).toISOString().slice(0, 10);
}

/** Weekday of days since 1970-01-01, which was a Thursday. */
export function weekdayOf(epochDay: number): IsoWeekday {
  return (((((epochDay + 3) % 7) + 7) % 7) + 1) as IsoWeekday;
}

/** Intervals that hold on a date: the override's when there is one, else the week's. */
export function intervalsOn(calendar: Calendar, epochDay: number): readonly WorkInterval[] {
  return calendar.overrides[dateOf(epochDay)]?.intervals ?? calendar.week[weekdayOf(epochDay)] ?? [];
}

export const isSameCalendar = (a: CalendarRef, b: CalendarRef): boolean => a.id === b.id && a.version === b.version;
