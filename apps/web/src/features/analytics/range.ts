/** Ranges of the dashboards: whole days of Moscow, compared with as many days before. Pure. */
const DAY_MS = 86_400_000;
/** Moscow keeps UTC+3 all year since 2014. */
const MOSCOW_OFFSET_MS = 3 * 3_600_000;

export const PRESETS = ['today', 'week', 'month', 'quarter'] as const;
export type Preset = (typeof PRESETS)[number];
const DAYS: Readonly<Record<Preset, number>> = { today: 1, week: 7, month: 28, quarter: 91 };

export interface Range {
  readonly from: string;
  readonly to: string;
  readonly compareFrom: string;
  readonly compareTo: string;
}

const startOfDay = (at: number): number => Math.floor((at + MOSCOW_OFFSET_MS) / DAY_MS) * DAY_MS - MOSCOW_OFFSET_MS;
const iso = (at: number): string => new Date(at).toISOString();

/** The preset that ends now; the part of today that has passed is compared with the same part of the day before. */
export function presetRange(preset: Preset, now: number): Range {
  // Whole minutes keep the query key stable while the screen stays open.
  const to = Math.ceil(now / 60_000) * 60_000;
  const from = startOfDay(now) - (DAYS[preset] - 1) * DAY_MS;
  const shift = DAYS[preset] * DAY_MS;
  return { from: iso(from), to: iso(to), compareFrom: iso(from - shift), compareTo: iso(to - shift) };
}

/** A range chosen by hand: days inclusive, `YYYY-MM-DD` in Moscow; null when it is no range. */
export function customRange(firstDay: string, lastDay: string): Range | null {
  const from = Date.parse(`${firstDay}T00:00:00+03:00`);
  const to = Date.parse(`${lastDay}T00:00:00+03:00`) + DAY_MS;
  if (Number.isNaN(from) || Number.isNaN(to) || to <= from || to - from > 400 * DAY_MS) return null;
  return { from: iso(from), to: iso(to), compareFrom: iso(2 * from - to), compareTo: iso(from) };
}

/** The calendar day of an instant in Moscow, `YYYY-MM-DD`. */
export const moscowDay = (instant: string): string => iso(Date.parse(instant) + MOSCOW_OFFSET_MS).slice(0, 10);

/** The last day that a half-open range touches, `YYYY-MM-DD` in Moscow. */
export const lastDayOf = (to: string): string => moscowDay(iso(Date.parse(to) - 1));

export type Change = { readonly ratio: number | null; readonly verdict: 'better' | 'worse' | 'same' };

/** «хуже» and «лучше» are said from ±10 % on (screens.md). `lowerIsBetter` for failures and latency. */
export function changeOf(now: number, before: number | null, lowerIsBetter: boolean): Change {
  if (before === null || before === 0) return { ratio: null, verdict: 'same' };
  const ratio = now / before - 1;
  if (Math.abs(ratio) < 0.1) return { ratio, verdict: 'same' };
  return { ratio, verdict: ratio > 0 === lowerIsBetter ? 'worse' : 'better' };
}
