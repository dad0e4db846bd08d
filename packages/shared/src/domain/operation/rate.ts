/** Token bucket; instants and spans in ms. A value, not an object: the caller keeps it. */
export interface TokenBucket {
  readonly tokens: number;
  readonly at: number;
}

export const fullBucket = (now: number): TokenBucket => ({ tokens: 1, at: now });

/** Most tokens that gather while nothing is sent: a second's worth, so that a slow tick does not lower the rate. */
const burst = (ratePerSecond: number): number => 1 + ratePerSecond;

/** A clock that was set back is a new beginning: what it had said before is no moment to wait for. */
export function refill(bucket: TokenBucket, now: number, ratePerSecond: number): TokenBucket {
  const gained = (Math.max(0, now - bucket.at) / 1000) * ratePerSecond;
  return { tokens: Math.min(burst(ratePerSecond), bucket.tokens + gained), at: now };
}

/** Takes up to `wanted` whole tokens. */
export function take(bucket: TokenBucket, wanted: number): { readonly taken: number; readonly bucket: TokenBucket } {
  // A sum of small gains may end a hair below the whole number that it stands for.
  const taken = Math.min(wanted, Math.floor(bucket.tokens + 1e-9));
  return { taken, bucket: { ...bucket, tokens: bucket.tokens - taken } };
}

/** Answers slower than this make Pult slow down by itself; below the second limit it speeds up again. */
export const SLOW_ANSWER_MS = 2_000;
export const FINE_ANSWER_MS = 1_000;
const STEP = 0.75;
const LEAST_RATE = 0.2;

/** Rate to use next, between a fifth of a message per second and what the person chose. */
export function adaptRate(options: { chosen: number; present: number; p95Ms: number | null }): number {
  const { chosen, present, p95Ms } = options;
  if (p95Ms !== null && p95Ms > SLOW_ANSWER_MS) return Math.max(Math.min(LEAST_RATE, chosen), present * STEP);
  if (p95Ms === null || p95Ms < FINE_ANSWER_MS) return Math.min(chosen, present / STEP);
  return Math.min(chosen, present);
}

/** 95th percentile by nearest rank; null without values. */
export function p95(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? null;
}

/** Stages add their round trips to the plain division, so that short operations are not promised too early. */
export const STAGE_ROUND_TRIP_MS = 5_000;

/** Estimated time for `remaining` items, ms. */
export function estimateMs(options: { remaining: number; ratePerSecond: number; stagesAhead: number }): number {
  if (options.remaining === 0) return 0;
  return Math.round((options.remaining / options.ratePerSecond) * 1000 + options.stagesAhead * STAGE_ROUND_TRIP_MS);
}
