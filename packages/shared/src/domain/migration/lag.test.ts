import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketLagMs, lagBucket, lagColumns, summariseLags } from './lag.ts';

const histogramOf = (lags: readonly number[]): Map<number, number> => {
  const histogram = new Map<number, number>();
  for (const lag of lags) histogram.set(lagBucket(lag), (histogram.get(lagBucket(lag)) ?? 0) + 1);
  return histogram;
};
const lags = fc.array(fc.integer({ min: -600_000, max: 600_000 }), { minLength: 1, maxLength: 200 });

describe('lag buckets', () => {
  it('keep sign and size within 2 %', () => {
    fc.assert(
      fc.property(fc.integer({ min: -600_000, max: 600_000 }), (ms) => {
        const read = bucketLagMs(lagBucket(ms));
        expect(Math.sign(read)).toBe(Math.sign(ms));
        expect(Math.abs(read - ms)).toBeLessThanOrEqual(Math.max(1, Math.abs(ms) * 0.021));
      }),
    );
  });

  it('one millisecond earlier, at once, and one millisecond later are three things', () => {
    expect([-1, 0, 1].map(lagBucket)).toEqual([-1, 0, 1]);
  });
});

describe('summariseLags', () => {
  it('counts pairs, shares and the latest one like the list behind it', () => {
    fc.assert(
      fc.property(lags, (list) => {
        const summary = summariseLags(histogramOf(list));
        expect(summary?.pairs).toBe(list.length);
        expect(summary?.earlierShare).toBeCloseTo(list.filter((one) => one <= 0).length / list.length, 9);
        const latest = Math.max(0, ...list);
        expect(Math.abs((summary?.latestMs ?? 0) - latest)).toBeLessThanOrEqual(Math.max(1, latest * 0.021));
      }),
    );
  });

  it('has nothing to say about nothing', () => {
    expect(summariseLags([])).toBeNull();
    expect(summariseLags([[3, 0]])).toBeNull();
    expect(lagColumns([], 10)).toEqual([]);
  });
});

describe('lagColumns', () => {
  it('hold every pair once, in equal steps, with zero on a border', () => {
    fc.assert(
      fc.property(lags, (list) => {
        const columns = lagColumns(histogramOf(list), 30);
        expect(columns.reduce((sum, { count }) => sum + count, 0)).toBe(list.length);
        const step = (columns[0]?.to ?? 0) - (columns[0]?.from ?? 0);
        for (const { from, to } of columns) expect(to - from).toBeCloseTo(step, 6);
        expect(columns.some(({ from, to }) => from < -1e-9 && to > 1e-9)).toBe(false);
      }),
    );
  });
});
