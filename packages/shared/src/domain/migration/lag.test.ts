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
        const rank = (share: number) => [...list].sort((a, b) => a - b)[Math.ceil(share * list.length) - 1] ?? 0;
        for (const [share, read] of [
          [0.5, summary?.medianMs],
          [0.95, summary?.p95Ms],
        ] as const)
          expect(Math.abs((read ?? 0) - rank(share))).toBeLessThanOrEqual(Math.max(1, Math.abs(rank(share)) * 0.021));
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
        expect(columns.every(({ count }) => count >= 0)).toBe(true);
        const inner = columns.flatMap(({ from, to }) => (from === null || to === null ? [] : [{ from, to }]));
        expect(new Set(inner.map(({ from, to }) => to - from)).size).toBe(1);
        expect(inner.length).toBeLessThanOrEqual(32);
        expect(inner.some(({ from, to }) => from < 0 && to > 0)).toBe(false);
        for (const [index, { to }] of columns.slice(0, -1).entries()) expect(columns[index + 1]?.from).toBe(to);
      }),
    );
  });

  it('put as many on each side of zero as there are, at the same moment being not later', () => {
    fc.assert(
      fc.property(lags, (list) => {
        const columns = lagColumns(histogramOf(list), 30);
        const later = columns.reduce((sum, { from, count }) => ((from ?? -1) >= 0 ? sum + count : sum), 0);
        expect(later).toBe(list.filter((one) => one > 0).length);
      }),
    );
  });

  it('keep every pair within two hundredths of its place', () => {
    fc.assert(
      fc.property(lags, (list) => {
        const columns = lagColumns(histogramOf(list), 30);
        const off = (ms: number) => Math.max(1, Math.abs(ms) * 0.041);
        for (const { to } of columns) {
          if (to === null) continue;
          const drawn = columns.reduce(
            (sum, one) => ((one.to ?? Number.POSITIVE_INFINITY) <= to ? sum + one.count : sum),
            0,
          );
          expect(drawn).toBeLessThanOrEqual(list.filter((one) => one <= to + off(to)).length);
          expect(drawn).toBeGreaterThanOrEqual(list.filter((one) => one <= to - off(to)).length);
        }
      }),
    );
  });

  it('let no outlier press the others together: it stands in a column of its own, open to its side', () => {
    const list = [...Array.from({ length: 200 }, (_, index) => -2_500 + index * 10), 600_000, -3_600_000];
    const columns = lagColumns(histogramOf(list), 36);
    expect(columns[0]).toMatchObject({ from: null, count: 1 });
    expect(columns.at(-1)).toMatchObject({ to: null, count: 1 });
    expect(columns.filter(({ count }) => count > 0).length).toBeGreaterThan(10);
    expect(Math.max(...columns.map(({ count }) => count))).toBeLessThan(40);
  });

  it('draw what lies even as even, without combs', () => {
    const list = Array.from({ length: 20_000 }, (_, index) => -index / 2);
    const inner = lagColumns(histogramOf(list), 36).slice(1, -1);
    const counts = inner.map(({ count }) => count);
    expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(1.2);
  });
});
