/**
 * Latency histograms with buckets growing by 4 %: a quantile read from the middle of its bucket is off by 2 % at most.
 * Histograms merge by adding counts, so percentiles of any range are exact merges and never averages.
 */
const GROWTH = 1.04;
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
export function quantileMs(histogram: LatencyHistogram, quantile: number): number | null {
  let total = 0;
  for (const count of histogram.values()) total += count;
  if (total <= 0) return null;
  const rank = Math.max(1, Math.ceil(quantile * total));
  let seen = 0;
  for (const bucket of [...histogram.keys()].sort((a, b) => a - b)) {
    seen += histogram.get(bucket) ?? 0;
    if (seen >= rank) return bucketLatencyMs(bucket);
  }
  return null;
}
