/** How much earlier or later the bus was, as a mergeable histogram: the buckets of latencies with the sign of the difference. */
import { bucketLatencyMs, GROWTH, latencyBucket } from '../metrics/latency-histogram.ts';

/** Bucket of a difference bus − old in ms: negative when the bus was earlier, 0 at the very same moment. */
export function lagBucket(ms: number): number {
  const whole = Math.round(ms);
  return whole === 0 ? 0 : Math.sign(whole) * (latencyBucket(Math.abs(whole)) + 1);
}

/** Representative difference of a bucket, ms. */
export const bucketLagMs = (bucket: number): number =>
  bucket === 0 ? 0 : Math.sign(bucket) * bucketLatencyMs(Math.abs(bucket) - 1);

export interface LagSummary {
  readonly pairs: number;
  /** Share of pairs in which the bus was not later, 0…1. */
  readonly earlierShare: number;
  readonly medianMs: number;
  /** In 95 of 100 pairs the bus was later by this at most; negative: it was earlier by this at least. */
  readonly p95Ms: number;
  /** Largest difference in which the bus was later; 0 when it never was. */
  readonly latestMs: number;
}

/** Null for an empty histogram. */
export function summariseLags(histogram: Iterable<readonly [bucket: number, count: number]>): LagSummary | null {
  const filled = [...histogram].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  const pairs = filled.reduce((sum, [, count]) => sum + count, 0);
  if (pairs === 0) return null;
  const earlier = filled.reduce((sum, [bucket, count]) => (bucket <= 0 ? sum + count : sum), 0);
  return {
    pairs,
    earlierShare: earlier / pairs,
    medianMs: rankOf(filled, 0.5),
    p95Ms: rankOf(filled, 0.95),
    latestMs: Math.max(0, bucketLagMs(filled.at(-1)?.[0] ?? 0)),
  };
}

/** Difference at a share of the pairs, nearest rank, ms; of buckets in order. */
function rankOf(filled: readonly (readonly [bucket: number, count: number])[], share: number): number {
  const rank = Math.max(1, Math.ceil(share * filled.reduce((sum, [, count]) => sum + count, 0)));
  let seen = 0;
  const found = filled.find(([, count]) => {
    seen += count;
    return seen >= rank;
  });
  return bucketLagMs(found?.[0] ?? 0);
}

/** Differences above `from` up to and with `to`, ms; null: open on that side. */
export interface LagColumn {
  readonly from: number | null;
  readonly to: number | null;
  readonly count: number;
}

/**
 * Columns for a drawing: at most about `most` equal steps over where the pairs are — a few that are far away do not press
 * the others into one column, they stand in a column of their own, open to that side. Zero is always a border, and «at the
 * same moment» belongs to the side on which the bus was not later, as in {@link LagSummary.earlierShare}. A bucket that lies
 * over a border is shared out by its length: buckets and columns are of different widths, and would make combs otherwise.
 */
export function lagColumns(histogram: Iterable<readonly [bucket: number, count: number]>, most: number): LagColumn[] {
  const filled = [...histogram].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  const [lowest, highest] = [filled[0], filled.at(-1)];
  if (lowest === undefined || highest === undefined) return [];
  const [p10, p90] = [rankOf(filled, 0.1), rankOf(filled, 0.9)];
  const margin = Math.max(1, p90 - p10);
  const low = Math.min(0, Math.max(bucketSpan(lowest[0]).from, p10 - margin));
  const high = Math.max(0, Math.min(bucketSpan(highest[0]).to, p90 + margin));
  const step = niceStep((high - low) / most);
  const [first, last] = [Math.floor(low / step), Math.max(Math.floor(low / step) + 1, Math.ceil(high / step))];
  const borders = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  const columns = [null, ...borders].map((from, index) => ({ from, to: borders[index] ?? null, count: 0 }));
  for (const [bucket, count] of filled) {
    const span = bucketSpan(bucket);
    let shared = 0;
    for (const column of columns) {
      // How much of the bucket lies at or before the end of this column.
      const inside = (Math.min(span.to, column.to ?? span.to) - span.from) / (span.to - span.from);
      const until = Math.round(count * Math.max(0, inside));
      column.count += until - shared;
      shared = until;
    }
  }
  // An open column is there for what is in it.
  return columns.filter(({ from, to, count }) => count > 0 || (from !== null && to !== null));
}

/** Whole milliseconds of a bucket: above `from` up to and with `to`. */
function bucketSpan(bucket: number): { from: number; to: number } {
  if (bucket === 0) return { from: -1, to: 0 };
  const size = Math.abs(bucket) - 1;
  const upTo = Math.max(1, Math.floor(GROWTH ** size + 1e-6));
  const below = size === 0 ? 0 : Math.max(1, Math.floor(GROWTH ** (size - 1) + 1e-6));
  const span = below < upTo ? { below, upTo } : { below: upTo - 1, upTo };
  return bucket > 0 ? { from: span.below, to: span.upTo } : { from: -span.upTo - 1, to: -span.below - 1 };
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 20, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * MINUTE),
];

/** Round in the unit that it is written in, ms, not below `raw`. */
const niceStep = (raw: number): number => STEPS.find((step) => step >= raw) ?? Math.ceil(raw / HOUR) * HOUR;
