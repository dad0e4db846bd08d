/** Geometry of the chart of an operation. Pure. */

/** From the start to now, and on to the forecast while it runs; at least ten buckets wide. */
export function sendingSpan(input: {
  readonly startedAt: number;
  readonly now: number;
  readonly etaMs: number | null;
  readonly bucketMs: number;
}): { readonly from: number; readonly to: number } {
  const from = Math.floor(input.startedAt / input.bucketMs) * input.bucketMs;
  const end = Math.max(input.now, input.startedAt) + (input.etaMs ?? 0);
  return { from, to: Math.max(end, from + 10 * input.bucketMs) };
}

export interface RatePiece {
  readonly kind: 'level' | 'step';
  readonly from: number;
  readonly to: number;
  readonly fromPerSecond: number;
  readonly perSecond: number;
  /** In the time that is still to come. */
  readonly ahead: boolean;
}

/** The chosen rate as a staircase: level pieces and the steps between them; the last goes on as a forecast. */
export function ratePath(
  rates: readonly { readonly at: string; readonly perSecond: number }[],
  until: { readonly now: number; readonly to: number },
): RatePiece[] {
  return rates.flatMap(({ at, perSecond }, index): RatePiece[] => {
    const from = Date.parse(at);
    const next = rates[index + 1];
    const to = next ? Date.parse(next.at) : until.now;
    const level: RatePiece = { kind: 'level', from, to, fromPerSecond: perSecond, perSecond, ahead: false };
    if (next)
      return [level, { kind: 'step', from: to, to, fromPerSecond: perSecond, perSecond: next.perSecond, ahead: false }];
    return until.to > until.now ? [level, { ...level, from: until.now, to: until.to, ahead: true }] : [level];
  });
}
