/** Hours under a chart of a day. Pure. */
const HOUR_MS = 3_600_000;
const STEP_MS = 3 * HOUR_MS;
/** A label that starts later than this would be cut off by the right edge. */
const LAST_SHARE = 0.96;

/**
 * Every third hour of Moscow inside a span, ms since the epoch, with its place from 0 to 1. Moscow is three whole hours ahead
 * of UTC, so its hours 0, 3, 6 … are those of the epoch too.
 */
export function dayTicks(from: number, to: number): { readonly at: number; readonly share: number }[] {
  const ticks: { at: number; share: number }[] = [];
  for (let at = Math.ceil(from / STEP_MS) * STEP_MS; at < to; at += STEP_MS) {
    const share = (at - from) / (to - from);
    if (share <= LAST_SHARE) ticks.push({ at, share });
  }
  return ticks;
}
