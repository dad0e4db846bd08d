import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketLatencyMs, latencyBucket, mergeHistograms, quantileMs } from './latency-histogram.ts';

const histogramOf = (values: readonly number[]) =>
  mergeHistograms(values.map((value) => new Map([[latencyBucket(value), 1]])));
const latency = fc.integer({ min: 1, max: 400_000_000 });

describe('latency histogram', () => {
  it('keeps every latency within 2 %', () =>
    fc.assert(
      fc.property(latency, (ms) => {
        expect(Math.abs(bucketLatencyMs(latencyBucket(ms)) - ms) / ms).toBeLessThanOrEqual(0.021);
      }),
    ));
  it('reads quantiles within 2 % of the exact ones', () =>
    fc.assert(
      fc.property(
        fc.array(latency, { minLength: 1, maxLength: 200 }),
        fc.constantFrom(0.5, 0.95, 0.99),
        (values, q) => {
          const exact = [...values].sort((a, b) => a - b)[Math.max(1, Math.ceil(q * values.length)) - 1] ?? 0;
          const read = quantileMs(histogramOf(values), q) ?? 0;
          expect(Math.abs(read - exact) / exact).toBeLessThanOrEqual(0.021);
        },
      ),
    ));
  it('merges in any order and grouping to the same histogram', () =>
    fc.assert(
      fc.property(fc.array(latency, { maxLength: 50 }), fc.nat(), (values, cut) => {
        const at = cut % (values.length + 1);
        const halves = mergeHistograms([histogramOf(values.slice(at)), histogramOf(values.slice(0, at))]);
        expect([...halves].sort()).toEqual([...histogramOf(values)].sort());
      }),
    ));
  it('says nothing about nothing', () => expect(quantileMs(new Map(), 0.5)).toBeNull());
});
