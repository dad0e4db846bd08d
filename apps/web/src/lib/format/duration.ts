import { formatLanguage, numberFormat } from './locale.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const TWO_DAYS = 48 * HOUR;

/** A number and its unit stay on one line. */
const GAP = '\u00a0';

const UNITS = {
  ru: { ms: 'мс', s: 'с', min: 'мин', h: 'ч', m: 'м', d: 'д' },
  en: { ms: 'ms', s: 's', min: 'min', h: 'h', m: 'm', d: 'd' },
} as const;

/** Wall time of machines: «0,4 с», «3 мин 12 с», «2 ч 05 мин». */
export function formatLatency(ms: number): string {
  const unit = UNITS[formatLanguage()];
  if (ms < 100) return `${Math.round(ms)}${GAP}${unit.ms}`;
  if (ms < 10 * SECOND) return `${numberFormat({ maximumFractionDigits: 1 }).format(ms / SECOND)}${GAP}${unit.s}`;
  if (ms < MINUTE) return `${Math.round(ms / SECOND)}${GAP}${unit.s}`;
  const total = Math.round(ms / SECOND);
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = total % 60;
  if (hours > 0)
    return minutes === 0
      ? `${hours}${GAP}${unit.h}`
      : `${hours}${GAP}${unit.h}${GAP}${String(minutes).padStart(2, '0')}${GAP}${unit.min}`;
  return seconds === 0 ? `${minutes}${GAP}${unit.min}` : `${minutes}${GAP}${unit.min}${GAP}${seconds}${GAP}${unit.s}`;
}

/** Working time of the SLA clock: «1 ч 12 м», «38 м»; the minus of overtime is a true minus. */
export function formatWorking(ms: number): string {
  const unit = UNITS[formatLanguage()];
  const sign = ms < 0 ? '−' : '';
  const minutes = Math.floor(Math.abs(ms) / MINUTE);
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return `${sign}${rest} ${unit.m}`;
  return `${sign}${hours} ${unit.h} ${String(rest).padStart(2, '0')} ${unit.m}`;
}

/** Age: «40 с», «23 мин», «2 ч 13 мин», «3 д»; used by relative time and freshness. */
export function formatMinutes(ms: number): string {
  const unit = UNITS[formatLanguage()];
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))}${GAP}${unit.s}`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}${GAP}${unit.min}`;
  if (ms >= TWO_DAYS) return `${Math.floor(ms / (24 * HOUR))}${GAP}${unit.d}`;
  const minutes = Math.floor((ms % HOUR) / MINUTE);
  const hours = `${Math.floor(ms / HOUR)}${GAP}${unit.h}`;
  return minutes === 0 ? hours : `${hours}${GAP}${String(minutes).padStart(2, '0')}${GAP}${unit.min}`;
}

export const HOUR_MS = HOUR;

/** A difference of two moments with its sign: «−1,9 с», «+2 с», «0 с»; the minus is a true minus. */
export function formatLag(ms: number): string {
  if (Math.round(ms) === 0) return `0${GAP}${UNITS[formatLanguage()].s}`;
  return `${ms < 0 ? '−' : '+'}${formatLatency(Math.abs(ms))}`;
}

/** A border between differences, to the millisecond: «+1,25 с», «−250 мс». Rounded, two borders would read the same. */
export function formatExactLag(ms: number): string {
  const size = Math.abs(ms);
  const unit = UNITS[formatLanguage()];
  const sign = ms < 0 ? '−' : '+';
  if (size === 0 || size >= MINUTE) return formatLag(ms);
  if (size < SECOND) return `${sign}${size}${GAP}${unit.ms}`;
  return `${sign}${numberFormat({ maximumFractionDigits: 3 }).format(size / SECOND)}${GAP}${unit.s}`;
}
