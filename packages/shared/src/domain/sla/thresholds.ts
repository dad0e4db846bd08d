import type { ClockReading } from './clock-reading.ts';

/** What the one durable job of a clock is armed for. */
export interface ArmedThreshold {
  readonly percent: number;
  /** ms since epoch. */
  readonly at: number;
}

/**
 * The next threshold ahead of a clock: the only one a job is armed for, anew after each fact. Null when the clock is
 * paused or closed, or when every threshold is passed.
 */
export function nextThreshold(reading: ClockReading): ArmedThreshold | null {
  if (reading.closedAt !== null || reading.openPauses.length > 0) return null;
  for (const { percent, at, passed } of reading.thresholds) if (!passed && at !== null) return { percent, at };
  return null;
}

/**
 * Thresholds that an awakened job has to announce: passed, and not yet announced for this goal. After a downtime each
 * comes once, in order.
 *
 * @param announced percents already announced since the goal was last set.
 */
export function missedThresholds(reading: ClockReading, announced: readonly number[]): ArmedThreshold[] {
  if (reading.state === 'cancelled') return [];
  return reading.thresholds.flatMap(({ percent, at, passed }) =>
    passed && at !== null && !announced.includes(percent) ? [{ percent, at }] : [],
  );
}

/** Identity of an escalation: the same clock, threshold and revision fire once however often the job runs. */
export function thresholdKey(clockId: string, percent: number, revision: number): string {
  return `${clockId}:${percent}:${revision}`;
}
