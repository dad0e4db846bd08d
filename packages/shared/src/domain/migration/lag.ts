/** How much earlier or later the bus was, as a mergeable histogram: the buckets of latencies with the sign of the difference. */
import { bucketLatencyMs, latencyBucket } from '../metrics/latency-histogram.ts';

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
  /** Largest difference in which the bus was later; 0 when it never was. */
  readonly latestMs: number;
}

/** Null for an empty histogram. */
export function summariseLags(histogram: Iterable<readonly [bucket: number, count: number]>): LagSummary | null {
  const filled = [...histogram].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  const pairs = filled.reduce((sum, [, count]) => sum + count, 0);
  if (pairs === 0) return null;
  let seen = 0;
  const middle = filled.find(([, count]) => {
    seen += count;
    return seen >= Math.ceil(pairs / 2);
  });
  const earlier = filled.reduce((sum, [bucket, count]) => (bucket <= 0 ? sum + count : sum), 0);
  return {
    pairs,
    earlierShare: earlier / pairs,
    medianMs: bucketLagMs(middle?.[0] ?? 0),
    latestMs: Math.max(0, bucketLagMs(filled.at(-1)?.[0] ?? 0)),
  };
}

/** `columns` equal steps from the 0,5th to the 99,5th percentile for a drawing; what lies outside is in the outermost columns. */
export function lagColumns(
  histogram: Iterable<readonly [bucket: number, count: number]>,
  columns: number,
): { readonly from: number; readonly to: number; readonly count: number }[] {
  const filled = [...histogram]
    .filter(([, count]) => count > 0)
    .map(([bucket, count]) => ({ ms: bucketLagMs(bucket), count }))
    .sort((a, b) => a.ms - b.ms);
  const total = filled.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return [];
  const at = (share: number): number => {
    let seen = 0;
    return (
      filled.find(({ count }) => {
        seen += count;
        return seen >= share * total;
      })?.ms ?? 0
    );
  };
  // Zero stands on the border of two columns: earlier and later are never one column.
  const [low, high] = [Math.min(0, at(0.005)), Math.max(0, at(0.995))];
  const step = niceStep(Math.max(1, high - low) / columns);
  const [first, last] = [Math.floor(low / step), Math.max(Math.floor(low / step) + 1, Math.ceil(high / step))];
  const counts = Array.from({ length: last - first }, (_, index) => ({
    from: (first + index) * step,
    to: (first + index + 1) * step,
    count: 0,
  }));
  for (const { ms, count } of filled) {
    const place = Math.min(counts.length - 1, Math.max(0, Math.floor(ms / step) - first));
    const column = counts[place];
    if (column) column.count += count;
  }
  return counts;
}

/** 1, 2 or 5 times a power of ten, not below `raw`. */
function niceStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 5].find((one) => one * power >= raw) ?? 10) * power;
}
