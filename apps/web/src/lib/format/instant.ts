import { formatMinutes, HOUR_MS } from './duration.ts';
import { dayAndMonth, houseTime, weekday, writtenOut, zoneName } from './locale.ts';

const WEEK_MS = 6 * 24 * HOUR_MS;

/** Whether two moments lie in one day of the house. */
export const sameDay = (a: Date, b: Date): boolean =>
  houseTime(a).toISOString().slice(0, 10) === houseTime(b).toISOString().slice(0, 10);
const timeOf = (at: Date): string => houseTime(at).toISOString().slice(11, 16);
const yearOf = (at: Date): number => houseTime(at).getUTCFullYear();

/** Under an hour the age («23 мин»), today the clock time, else day and time. */
export function formatRelative(instant: string, now = Date.now()): string {
  const at = new Date(instant);
  const age = now - at.getTime();
  if (Math.abs(age) < HOUR_MS) return formatMinutes(Math.abs(age));
  return formatShort(at, new Date(now));
}

const withDay = (at: Date, now: Date): string =>
  `${dayAndMonth(at)}${yearOf(at) === yearOf(now) ? '' : ` ${yearOf(at)}`}, ${timeOf(at)}`;

function formatShort(at: Date, now: Date): string {
  if (sameDay(at, now)) return timeOf(at);
  return withDay(at, now);
}

/** Clock time today, day and time otherwise. */
export const formatMoment = (instant: string, now = Date.now()): string =>
  formatShort(new Date(instant), new Date(now));

/** Both ends of a span: one day is named once, two days are named both, today as well. */
export function formatEnds(from: string, to: string, now = Date.now()): readonly [from: string, to: string] {
  const [start, end, today] = [new Date(from), new Date(to), new Date(now)];
  return sameDay(start, end) ? [formatShort(start, today), timeOf(end)] : [withDay(start, today), withDay(end, today)];
}

/** The full instant with its zone, for titles: «26 ноября 2026 г. в 14:32:05 МСК». */
export const formatInstant = (instant: string): string => `${writtenOut(new Date(instant))} ${zoneName()}`;

/** Clock time with seconds. */
export const formatClockSeconds = (instant: string): string => houseTime(new Date(instant)).toISOString().slice(11, 19);

/** «чт 26 ноя, 14:32» */
export const formatWeekdayMoment = (instant: string): string => `${formatDay(instant)}, ${formatTime(instant)}`;

/** Clock time to the minute. */
export const formatTime = (instant: string): string => timeOf(new Date(instant));

/** «пт 27 ноя» */
export function formatDay(instant: string): string {
  const at = new Date(instant);
  return `${weekday(at)} ${dayAndMonth(at)}`;
}

/** «15:44» today, «пт, 10:37» within a week, else day and time. */
export function formatDue(instant: string, now = Date.now()): string {
  const at = new Date(instant);
  if (sameDay(at, new Date(now))) return timeOf(at);
  if (Math.abs(at.getTime() - now) < WEEK_MS) return `${weekday(at)}, ${timeOf(at)}`;
  return `${weekday(at)} ${formatShort(at, new Date(now))}`;
}

/** «26 ноя» of a date of the house, `YYYY-MM-DD`. */
export const formatDate = (date: string): string => dayAndMonth(new Date(`${date}T12:00:00+03:00`));

/** «26 ноя» of a moment. */
export const formatDayOf = (instant: string): string => dayAndMonth(new Date(instant));
