import {
  type Calendar,
  type CalendarYear,
  type DayOverride,
  dateOf,
  epochDayOf,
  type IsoWeekday,
  intervalsOn,
  minutesOf,
  timeOf,
  type WorkInterval,
  weekdayOf,
} from './calendar.ts';

/** One line of a published production calendar. A `working` or `short` weekend is a working day moved there. */
export interface ProductionDay {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly kind: 'off' | 'short' | 'working';
  /** Name of the holiday on this date. */
  readonly holiday: string | null;
  /** The day off was moved here from this date (`YYYY-MM-DD`). */
  readonly movedFrom: string | null;
}

/** A published production calendar of one year: only the dates that differ from the plain five-day week. */
export interface ProductionYear extends CalendarYear {
  readonly days: readonly ProductionDay[];
}

type Week = Calendar['week'];

/** Labour Code of Russia, article 95: the day before a holiday is one hour shorter. */
const SHORT_DAY_CUT_MINUTES = 60;

/** Holidays of article 112 of the Labour Code, for editions that mark days off without naming them. */
const HOLIDAYS_BY_LAW: Readonly<Record<string, string>> = {
  '01-01': 'Новогодние каникулы',
  '01-02': 'Новогодние каникулы',
  '01-03': 'Новогодние каникулы',
  '01-04': 'Новогодние каникулы',
  '01-05': 'Новогодние каникулы',
  '01-06': 'Новогодние каникулы',
  '01-07': 'Рождество Христово',
  '01-08': 'Новогодние каникулы',
  '02-23': 'День защитника Отечества',
  '03-08': 'Международный женский день',
  '05-01': 'Праздник Весны и Труда',
  '05-09': 'День Победы',
  '06-12': 'День России',
  '11-04': 'День народного единства',
};

/**
 * Turns a published year into dates that replace the intervals of `week`.
 *
 * A short day ends one hour of work earlier than its weekday. A working weekend follows the weekday whose day off was
 * moved to it (order of the Ministry of Health and Social Development No. 588n of 13 August 2009): Saturday
 * 1 November 2025 works like Monday 3 November.
 */
export function overridesOf(year: ProductionYear, week: Week): Record<string, DayOverride> {
  const overrides: Record<string, DayOverride> = {};
  const swappedWith = new Map<string, string>();
  for (const day of year.days) if (day.movedFrom !== null) swappedWith.set(day.movedFrom, day.date);

  for (const day of year.days) {
    if (day.kind === 'off') {
      overrides[day.date] = dayOff(day);
      continue;
    }
    const isWeekend = weekdayOfDate(day.date) >= 6;
    const model = isWeekend ? (swappedWith.get(day.date) ?? null) : day.date;
    const whole = model === null ? firstWorkingIntervals(week) : (week[weekdayOfDate(model)] ?? []);
    const intervals = day.kind === 'short' ? cutEnd(whole, SHORT_DAY_CUT_MINUTES) : whole;
    overrides[day.date] = {
      intervals,
      reason: { kind: isWeekend ? 'working-weekend' : 'short', title: null, movedFrom: null },
    };
  }
  return overrides;
}

/** What a year of a calendar adds up to; compared with the official norm before a calendar is published. */
export interface YearTotals {
  readonly workingDays: number;
  readonly daysOff: number;
  /** Working days with less time than the longest day of the week. */
  readonly shortDays: number;
  /** Norm of the year by the intervals, ms; changes of daylight saving time are not in it. */
  readonly workingMs: number;
}

/** Totals of a calendar year by local dates. The norm of 2026 in Russia: 247 days, 1972 h in a 40-hour week. */
export function yearTotals(calendar: Calendar, year: number): YearTotals {
  const first = epochDayOf(`${year}-01-01`) ?? 0;
  const next = epochDayOf(`${year + 1}-01-01`) ?? 0;
  const longest = Math.max(0, ...Object.values(calendar.week).map((intervals) => minutesIn(intervals ?? [])));
  let workingDays = 0;
  let shortDays = 0;
  let minutes = 0;
  for (let epochDay = first; epochDay < next; epochDay += 1) {
    const worked = minutesIn(intervalsOn(calendar, epochDay));
    if (worked === 0) continue;
    workingDays += 1;
    if (worked < longest) shortDays += 1;
    minutes += worked;
  }
  return { workingDays, daysOff: next - first - workingDays, shortDays, workingMs: minutes * 60_000 };
}

/** A date on which two calendars disagree. */
export interface CalendarDifference {
  readonly date: string;
  readonly was: readonly WorkInterval[];
  readonly now: readonly WorkInterval[];
}

/** Dates from `from` to `to` (local, inclusive) whose intervals differ, e.g. two sources of one year. */
export function diffCalendars(
  was: Calendar,
  now: Calendar,
  { from, to }: { from: string; to: string },
): CalendarDifference[] {
  const differences: CalendarDifference[] = [];
  const last = epochDayOf(to) ?? Number.NEGATIVE_INFINITY;
  for (let epochDay = epochDayOf(from) ?? Number.POSITIVE_INFINITY; epochDay <= last; epochDay += 1) {
    const before = intervalsOn(was, epochDay);
    const after = intervalsOn(now, epochDay);
    if (!sameIntervals(before, after)) differences.push({ date: dateOf(epochDay), was: before, now: after });
  }
  return differences;
}

function dayOff(day: ProductionDay): DayOverride {
  const title = day.holiday ?? HOLIDAYS_BY_LAW[day.date.slice(5)] ?? null;
  if (day.movedFrom !== null)
    return { intervals: [], reason: { kind: 'moved', title: day.holiday, movedFrom: day.movedFrom } };
  return { intervals: [], reason: { kind: 'holiday', title, movedFrom: null } };
}

const weekdayOfDate = (date: string): IsoWeekday => weekdayOf(epochDayOf(date) ?? 0);

function firstWorkingIntervals(week: Week): readonly WorkInterval[] {
  return Object.values(week).find((intervals) => intervals !== undefined && intervals.length > 0) ?? [];
}

function minutesIn(intervals: readonly WorkInterval[]): number {
  return intervals.reduce((sum, { from, to }) => sum + (minutesOf(to) ?? 0) - (minutesOf(from) ?? 0), 0);
}

function sameIntervals(a: readonly WorkInterval[], b: readonly WorkInterval[]): boolean {
  return a.length === b.length && a.every(({ from, to }, index) => from === b[index]?.from && to === b[index]?.to);
}

/** Takes working minutes off the end of a day; an interval shorter than the cut disappears and the rest is cut. */
function cutEnd(intervals: readonly WorkInterval[], cutMinutes: number): WorkInterval[] {
  const kept: WorkInterval[] = [];
  let left = cutMinutes;
  for (const interval of intervals.toReversed()) {
    const from = minutesOf(interval.from) ?? 0;
    const to = minutesOf(interval.to) ?? 0;
    const cut = Math.min(left, to - from);
    left -= cut;
    if (to - cut > from) kept.unshift({ from: interval.from, to: timeOf(to - cut) });
  }
  return kept;
}
