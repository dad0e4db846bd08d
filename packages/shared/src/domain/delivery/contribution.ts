import { latencyBucket } from '../metrics/latency-histogram.ts';
import type { DeliverySummary } from './summary.ts';

const MINUTE_MS = 60_000;

/**
 * What one delivery adds to the rollups: one accepted, at most one applied, at most one failed (its first failure). The latency
 * is that of the flow: a message that failed waited for a person, and a month until somebody repaired it is not how fast the
 * flow is. Ingest applies contribution(after) − contribution(before), so rollups equal a recount whatever the order.
 */
export interface Contribution {
  readonly measure: 'accepted' | 'applied' | 'failed';
  /** Start of the minute, ms since the epoch. */
  readonly minute: number;
  /** Bucket of the latency accepted → applied; null for other measures and for a message that had failed. */
  readonly bucket: number | null;
  /** Cause of the first failure; null for other measures. */
  readonly causeId: string | null;
}

const minuteOf = (at: number): number => Math.floor(at / MINUTE_MS) * MINUTE_MS;

export function contributionsOf(summary: DeliverySummary): Contribution[] {
  const { startedAt, applied, firstFailure } = summary;
  const list: Contribution[] = [];
  if (startedAt !== null) list.push({ measure: 'accepted', minute: minuteOf(startedAt), bucket: null, causeId: null });
  if (applied)
    list.push({
      measure: 'applied',
      minute: minuteOf(applied.at),
      // Clocks of systems differ: a negative latency counts as none.
      bucket: firstFailure === null ? latencyBucket(Math.max(0, applied.at - (startedAt ?? applied.at))) : null,
      causeId: null,
    });
  if (firstFailure)
    list.push({ measure: 'failed', minute: minuteOf(firstFailure.at), bucket: null, causeId: firstFailure.causeId });
  return list;
}

/** The rows to add (+1) and to take back (−1) when a summary changes; equal parts cancel out. */
export function contributionDelta(
  before: DeliverySummary | null,
  after: DeliverySummary,
): (Contribution & { readonly by: 1 | -1 })[] {
  const key = (one: Contribution): string => `${one.measure} ${one.minute} ${one.bucket} ${one.causeId}`;
  const old = new Map((before ? contributionsOf(before) : []).map((one) => [key(one), one]));
  const changes: (Contribution & { by: 1 | -1 })[] = [];
  for (const one of contributionsOf(after)) if (!old.delete(key(one))) changes.push({ ...one, by: 1 });
  for (const one of old.values()) changes.push({ ...one, by: -1 });
  return changes;
}
