/**
 * Latency histograms with buckets growing by 4 %: a quantile read from the middle of its bucket is off by 2 % at most.
 * Histograms merge by adding counts, so percentiles of any range are exact merges and never averages.
 */
export const GROWTH = 1.04;
const LOG_GROWTH = Math.log(GROWTH);

/** Bucket → count. */
export type LatencyHistogram = ReadonlyMap<number, number>;

/** Bucket of a latency in ms (≥ 0): 0 holds up to 1 ms, bucket n holds up to 1.04ⁿ ms. */
export const latencyBucket = (ms: number): number => (ms <= 1 ? 0 : Math.ceil(Math.log(ms) / LOG_GROWTH - 1e-9));

/** Representative latency of a bucket, ms. */
export const bucketLatencyMs = (bucket: number): number => (bucket === 0 ? 1 : (2 * GROWTH ** bucket) / (1 + GROWTH));

/** Sum of histograms, given as maps or as their entries. */
export function mergeHistograms(histograms: Iterable<Iterable<readonly [number, number]>>): Map<number, number> {
  const merged = new Map<number, number>();
  for (const histogram of histograms)
    for (const [bucket, count] of histogram) merged.set(bucket, (merged.get(bucket) ?? 0) + count);
  return merged;
}

/** Quantile 0…1 in ms; null for an empty histogram. */
export const quantileMs = (histogram: LatencyHistogram, quantile: number): number | null =>
  quantilesMs(histogram, [quantile])[0] ?? null;

/** Several quantiles of one histogram, in the order asked for; all null for an empty one. */
export function quantilesMs(histogram: LatencyHistogram, quantiles: readonly number[]): (number | null)[] {
  const filled = [...histogram].sort(([a], [b]) => a - b);
  const total = filled.reduce((sum, [, count]) => sum + count, 0);
  return quantiles.map((quantile) => {
    if (total <= 0) return null;
    const rank = Math.max(1, Math.ceil(quantile * total));
    let seen = 0;
    const found = filled.find(([, count]) => {
      seen += count;
      return seen >= rank;
    });
    return found === undefined ? null : bucketLatencyMs(found[0]);
  });
}
