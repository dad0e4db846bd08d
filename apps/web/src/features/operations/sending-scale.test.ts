import { describe, expect, it } from 'vitest';
import { ratePath, sendingSpan } from './sending-scale.ts';

describe('the span of the chart', () => {
  it('begins with the bucket of the start and reaches the forecast', () =>
    expect(sendingSpan({ startedAt: 12_300, now: 60_000, etaMs: 30_000, bucketMs: 1_000 })).toEqual({
      from: 12_000,
      to: 90_000,
    }));
  it('is never narrower than ten buckets, so that one message is no wall', () =>
    expect(sendingSpan({ startedAt: 12_300, now: 12_900, etaMs: null, bucketMs: 1_000 })).toEqual({
      from: 12_000,
      to: 22_000,
    }));
});

describe('the chosen rate', () => {
  it('is a staircase that goes on as a forecast', () => {
    const rates = [
      { at: new Date(0).toISOString(), perSecond: 4 },
      { at: new Date(10_000).toISOString(), perSecond: 3 },
    ];
    expect(
      ratePath(rates, { now: 20_000, to: 30_000 }).map((piece) => [
        piece.kind,
        piece.from,
        piece.to,
        piece.fromPerSecond,
        piece.perSecond,
        piece.ahead,
      ]),
    ).toEqual([
      ['level', 0, 10_000, 4, 4, false],
      ['step', 10_000, 10_000, 4, 3, false],
      ['level', 10_000, 20_000, 3, 3, false],
      ['level', 20_000, 30_000, 3, 3, true],
    ]);
    expect(ratePath(rates, { now: 20_000, to: 20_000 })).toHaveLength(3);
  });
});
