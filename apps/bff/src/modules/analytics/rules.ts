/** Sums of the dashboards: hours become days of Moscow, histograms merge, percentiles are read from the merge. Pure. */
import type { Measure } from '@pult/shared/contracts/analytics';
import { mergeHistograms, quantilesMs } from '@pult/shared/domain/metrics/latency-histogram';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The house keeps Moscow time, UTC+3 all year since 2014. */
const MOSCOW_OFFSET_MS = 3 * HOUR_MS;
/** Ranges up to three days are shown by the hour. */
const HOURLY_UP_TO_MS = 3 * DAY_MS;

export interface HourFigures {
  readonly flowId: string;
  readonly at: number;
  readonly accepted: number;
  readonly applied: number;
  readonly failed: number;
}
export interface HourLatency {
  readonly flowId: string;
  readonly at: number;
  readonly bucket: number;
  readonly count: number;
}

export const bucketKind = (from: number, to: number): 'hour' | 'day' => (to - from <= HOURLY_UP_TO_MS ? 'hour' : 'day');

/** Start of the Moscow day. */
export const dayOf = (at: number): number => Math.floor((at + MOSCOW_OFFSET_MS) / DAY_MS) * DAY_MS - MOSCOW_OFFSET_MS;
const bucketOf = (at: number, kind: 'hour' | 'day'): number =>
  kind === 'day' ? dayOf(at) : Math.floor(at / HOUR_MS) * HOUR_MS;

/** Starts of all buckets that a range touches, in order. */
export function bucketStarts(from: number, to: number, kind: 'hour' | 'day'): number[] {
  const starts: number[] = [];
  const step = kind === 'day' ? DAY_MS : HOUR_MS;
  for (let at = bucketOf(from, kind); at < to; at += step) starts.push(at);
  return starts;
}

/** 0 = Monday … 6 = Sunday in Moscow. */
export const weekdayOf = (at: number): number => (Math.floor((at + MOSCOW_OFFSET_MS) / DAY_MS) + 3) % 7;
export const hourOf = (at: number): number => Math.floor((at + MOSCOW_OFFSET_MS) / HOUR_MS) % 24;

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value));

/** One measure over any rows; percentiles come from the merged histogram, never from averages. */
export function measureOf(figures: readonly HourFigures[], latencies: readonly HourLatency[]): Measure {
  const histogram = mergeHistograms([latencies.map(({ bucket, count }) => [bucket, count] as const)]);
  const [p50 = null, p95 = null, p99 = null] = quantilesMs(histogram, [0.5, 0.95, 0.99]);
  const sum = (pick: (one: HourFigures) => number) => figures.reduce((total, one) => total + pick(one), 0);
  return {
    accepted: sum(({ accepted }) => accepted),
    applied: sum(({ applied }) => applied),
    failed: sum(({ failed }) => failed),
    latency: {
      p50: rounded(p50),
      p95: rounded(p95),
      p99: rounded(p99),
    },
  };
}

/** Rows grouped by the start of their bucket. */
export function groupByBucket<T extends { readonly at: number }>(
  rows: readonly T[],
  kind: 'hour' | 'day',
): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const key = bucketOf(row.at, kind);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** Mean per hour of the week over the hours of the range that count; 7 × 24, Monday first. */
export function weekGrid(
  figures: readonly HourFigures[],
  { from, to }: { readonly from: number; readonly to: number },
  pick: (one: HourFigures) => number,
  counts: (at: number) => boolean = () => true,
): number[][] {
  const sums = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0));
  const hours = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0));
  const add = (grid: number[][], at: number, value: number): void => {
    const row = grid[weekdayOf(at)];
    const hour = hourOf(at);
    if (row) row[hour] = (row[hour] ?? 0) + value;
  };
  for (let at = Math.floor(from / HOUR_MS) * HOUR_MS; at < to; at += HOUR_MS) if (counts(at)) add(hours, at, 1);
  for (const one of figures) add(sums, one.at, pick(one));
  return sums.map((row, day) =>
    row.map((sum, hour) => Math.round((sum / Math.max(1, hours[day]?.[hour] ?? 1)) * 10) / 10),
  );
}

/** Value at a share 0…1 of sorted numbers, nearest rank; null for none. */
export function rankOf(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? null;
}

/** How many decisions used up which tenth of their goal; past 100 % by twenties, the last bucket is open. */
export function goalDistribution(
  percents: readonly number[],
): { fromPercent: number; toPercent: number | null; count: number }[] {
  const edges = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 120, 150];
  return edges.map((fromPercent, index) => {
    const toPercent = edges[index + 1] ?? null;
    // A goal used up exactly is met: 100 % belongs to the last bucket in time.
    const inside = (value: number) =>
      fromPercent >= 100
        ? value > fromPercent && (toPercent === null || value <= toPercent)
        : value >= fromPercent && (toPercent === 100 ? value <= 100 : value < (toPercent ?? Number.POSITIVE_INFINITY));
    return { fromPercent, toPercent, count: percents.filter(inside).length };
  });
}
