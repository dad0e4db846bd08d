/** One line of a benchmark's table. */
export interface Measurement {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** Raw baseline of the same run, in the same unit. */
  readonly baseline?: number;
  /** value / baseline */
  readonly ratio?: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  /** Median of this run over the median of the smaller database. */
  readonly growth?: number;
  readonly bar: string;
  /** Whether the bar holds in this run; absent where there is none. */
  readonly held?: boolean;
}

export const rounded = (value: number, digits = 1): number => Math.round(value * 10 ** digits) / 10 ** digits;

/** Value at a share 0…1 of the samples, nearest rank. */
export function rank(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

/** Milliseconds that a piece of work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
