import { formatMinutes, HOUR_MS } from './duration.ts';
import { dateFormat } from './locale.ts';

const sameDay = (a: Date, b: Date): boolean => {
  const day = dateFormat({ dateStyle: 'short' });
  return day.format(a) === day.format(b);
};

/** Under an hour the age («23 мин»), today the clock time, else day and time. */
export function formatRelative(instant: string, now = Date.now()): string {
  const at = new Date(instant);
  const age = now - at.getTime();
  if (Math.abs(age) < HOUR_MS) return formatMinutes(Math.abs(age));
  return formatShort(at, new Date(now));
}

function formatShort(at: Date, now: Date): string {
  if (sameDay(at, now)) return dateFormat({ hour: '2-digit', minute: '2-digit' }).format(at);
  return dateFormat({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(at);
}

/** Clock time today, day and time otherwise. */
export const formatMoment = (instant: string, now = Date.now()): string =>
  formatShort(new Date(instant), new Date(now));

/** The full instant with its zone, for titles. */
export const formatInstant = (instant: string): string =>
  `${dateFormat({ day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(instant))} МСК`;

/** Clock time with seconds. */
export const formatClockSeconds = (instant: string): string =>
  dateFormat({ hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(instant));

/** «чт 26 ноя, 14:32» */
export const formatWeekdayMoment = (instant: string): string =>
  dateFormat({ weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(
    new Date(instant),
  );

/** Clock time to the minute. */
export const formatTime = (instant: string): string =>
  dateFormat({ hour: '2-digit', minute: '2-digit' }).format(new Date(instant));

/** «пт 27 ноя» */
export const formatDay = (instant: string): string =>
  dateFormat({ weekday: 'short', day: 'numeric', month: 'short' }).format(new Date(instant));

/** «до 15:44», «пт, до 10:37»: the day is said only when it is another one. */
export function formatDue(instant: string, now = Date.now()): string {
  const at = new Date(instant);
  const time = formatTime(instant);
  return sameDay(at, new Date(now))
    ? time
    : `${dateFormat({ weekday: 'short', day: 'numeric', month: 'short' }).format(at)}, ${time}`;
}
