/** The condition «время»: from and to as one value of the search line, the brush and the address. */
import { formatMoment, formatTime, sameDay } from './instant.ts';
import { ZONE_OFFSET_MS } from './locale.ts';

export interface TimeSpan {
  /** ISO 8601; null: open on this side. */
  readonly from: string | null;
  readonly to: string | null;
}

const DAY_MS = 86_400_000;
const DASH = /\s*[-–—]\s*/;

/** Both sides in one text; null when neither is set. */
export const spanValue = ({ from, to }: TimeSpan): string | null => (from || to ? `${from ?? ''}/${to ?? ''}` : null);

/** The sides of {@link spanValue}. */
export function spanOf(value: string | null): TimeSpan {
  const [from, to] = (value ?? '').split('/');
  return { from: from || null, to: to || null };
}

const startOfDay = (at: number): number => Math.floor((at + ZONE_OFFSET_MS) / DAY_MS) * DAY_MS - ZONE_OFFSET_MS;

interface Point {
  /** Start of the day, ms since the epoch. */
  readonly day: number;
  /** Within the day; null: the whole day is meant. */
  readonly timeMs: number | null;
}

function pointOf(text: string, now: number, day: number): Point | null {
  const words = text.trim().toLowerCase();
  if (/^(сегодня|today)$/.test(words)) return { day: startOfDay(now), timeMs: null };
  if (/^(вчера|yesterday)$/.test(words)) return { day: startOfDay(now) - DAY_MS, timeMs: null };
  const found = /^(?:(сегодня|today|вчера|yesterday|\d{1,2}\.\d{1,2}(?:\.\d{4})?)[ ,]*)?(?:(\d{1,2}):(\d{2}))?$/.exec(
    words,
  );
  if (!found || words === '') return null;
  const [, date, hours, minutes] = found;
  const timeMs = hours === undefined ? null : (Number(hours) * 60 + Number(minutes)) * 60_000;
  if (Number(hours ?? 0) > 24 || Number(minutes ?? 0) > 59) return null;
  if (date === undefined) return { day, timeMs };
  if (/^(сегодня|today)/.test(date)) return { day: startOfDay(now), timeMs };
  if (/^(вчера|yesterday)/.test(date)) return { day: startOfDay(now) - DAY_MS, timeMs };
  const [dayOfMonth, month, year] = date.split('.').map(Number);
  const at = Date.UTC(year ?? new Date(now + ZONE_OFFSET_MS).getUTCFullYear(), (month ?? 1) - 1, dayOfMonth ?? 1);
  const real = new Date(at);
  if (real.getUTCMonth() !== (month ?? 1) - 1 || real.getUTCDate() !== dayOfMonth) return null;
  return { day: at - ZONE_OFFSET_MS, timeMs };
}

/**
 * What a person types: «сегодня», «вчера 08:00–14:30», «08:00-14:30», «24.11–26.11», «24.11 08:00 – 25.11 10:00», «с 08:00»,
 * «до 24.11». Null when it is no time or the end is before the start.
 */
export function parseSpan(typed: string, now: number): string | null {
  const open = /^(с|from|до|to|until)\s+(.+)$/i.exec(typed.trim());
  const today = startOfDay(now);
  if (open) {
    const point = pointOf(open[2] ?? '', now, today);
    if (!point) return null;
    const at = new Date(point.day + (point.timeMs ?? 0)).toISOString();
    return spanValue(/^(с|from)$/i.test(open[1] ?? '') ? { from: at, to: null } : { from: null, to: at });
  }
  const [left = '', right, ...more] = typed.split(DASH);
  if (more.length > 0) return null;
  const from = pointOf(left, now, today);
  if (!from) return null;
  const to = right === undefined ? from : pointOf(right, now, from.day);
  if (!to) return null;
  const start = from.day + (from.timeMs ?? 0);
  const end = to.timeMs === null ? to.day + DAY_MS : to.day + to.timeMs;
  if (right === undefined && from.timeMs !== null) return spanValue({ from: new Date(start).toISOString(), to: null });
  return end > start ? spanValue({ from: new Date(start).toISOString(), to: new Date(end).toISOString() }) : null;
}

/** «08:00–14:32», «24 ноя, 08:00 – 26 ноя, 10:00», «с 08:00», «до 14:32»; `words` are those of an open side. */
export function formatSpan(
  value: string,
  words: { readonly from: string; readonly to: string },
  now = Date.now(),
): string {
  const { from, to } = spanOf(value);
  if (from && to)
    return sameDay(new Date(from), new Date(to))
      ? `${formatMoment(from, now)}–${formatTime(to)}`
      : `${formatMoment(from, now)} – ${formatMoment(to, now)}`;
  if (from) return `${words.from} ${formatMoment(from, now)}`;
  return to ? `${words.to} ${formatMoment(to, now)}` : '';
}
