const MINUTE_MS = 60_000;
const floor = (ms: number): number => Math.floor(ms / MINUTE_MS) * MINUTE_MS;

export interface MeasuredPart {
  readonly wallMs: number;
  readonly countedMs: number;
}

/**
 * Parts in whole minutes that still add up: each is the difference of two running totals cut to the minute, so that
 * the sum of what is shown is the total that is shown. Cut one by one they would lose up to a minute each.
 */
export function wholeMinutes(parts: readonly MeasuredPart[]): (MeasuredPart & { readonly runningMs: number })[] {
  let wall = 0;
  let counted = 0;
  return parts.map((part) => {
    const [wallBefore, countedBefore] = [floor(wall), floor(counted)];
    wall += part.wallMs;
    counted += part.countedMs;
    return { wallMs: floor(wall) - wallBefore, countedMs: floor(counted) - countedBefore, runningMs: floor(counted) };
  });
}
