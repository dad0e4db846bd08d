import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketKind,
  bucketStarts,
  dayOf,
  goalDistribution,
  groupByBucket,
  hourOf,
  measureOf,
  rankOf,
  weekdayOf,
  weekGrid,
} from './rules.ts';

const HOUR = 3_600_000;
const iso = (text: string) => Date.parse(text);

describe('days of Moscow', () => {
  it('begin at 21:00 UTC', () => {
    expect(new Date(dayOf(iso('2026-11-24T20:59:59Z'))).toISOString()).toBe('2026-11-23T21:00:00.000Z');
    expect(new Date(dayOf(iso('2026-11-24T21:00:00Z'))).toISOString()).toBe('2026-11-24T21:00:00.000Z');
  });
  it('know weekday and hour', () => {
    expect(weekdayOf(iso('2026-11-23T00:00:00Z'))).toBe(0);
    expect(weekdayOf(iso('2026-11-22T20:00:00Z'))).toBe(6);
    expect(hourOf(iso('2026-11-23T06:30:00Z'))).toBe(9);
  });
  it('are whole even when the range is not', () => {
    expect(bucketStarts(iso('2026-11-23T10:00:00Z'), iso('2026-11-25T10:00:00Z'), 'day')).toHaveLength(3);
    expect(bucketKind(0, 24 * HOUR)).toBe('hour');
    expect(bucketKind(0, 80 * HOUR)).toBe('day');
  });
});

describe('measures', () => {
  const row = fc.record({
    flowId: fc.constantFrom('a', 'b'),
    at: fc.integer({ min: 0, max: 400 }).map((hour) => hour * HOUR),
    accepted: fc.nat(50),
    applied: fc.nat(50),
    failed: fc.nat(5),
  });
  it('of the buckets add up to the measure of the whole', () =>
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
        const whole = measureOf(rows, []);
        const parts = [...groupByBucket(rows, 'day').values()].map((group) => measureOf(group, []));
        expect(parts.reduce((sum, part) => sum + part.applied, 0)).toBe(whole.applied);
        expect(parts.reduce((sum, part) => sum + part.failed, 0)).toBe(whole.failed);
      }),
    ));
  it('average the week over the hours that count, not over days left out', () => {
    const from = iso('2026-11-22T21:00:00Z');
    const figures = [{ flowId: 'a', at: from, accepted: 0, applied: 10, failed: 0 }];
    const firstWeek = (at: number) => at < from + 7 * 24 * HOUR;
    expect(weekGrid(figures, { from, to: from + 14 * 24 * HOUR }, ({ applied }) => applied, firstWeek)[0]?.[0]).toBe(
      10,
    );
  });
  it('average the week over the hours that were there', () => {
    const from = iso('2026-11-22T21:00:00Z');
    const figures = [0, 7 * 24].map((hour) => ({
      flowId: 'a',
      at: from + hour * HOUR,
      accepted: 0,
      applied: 10,
      failed: 0,
    }));
    expect(weekGrid(figures, { from, to: from + 14 * 24 * HOUR }, ({ applied }) => applied)[0]?.[0]).toBe(10);
    expect(weekGrid(figures.slice(1), { from, to: from + 14 * 24 * HOUR }, ({ applied }) => applied)[0]?.[0]).toBe(5);
  });
});

describe('decisions', () => {
  it('fall into exactly one bucket each', () =>
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { maxLength: 80 }), (percents) => {
        expect(goalDistribution(percents).reduce((sum, { count }) => sum + count, 0)).toBe(percents.length);
      }),
    ));
  it('count the exact goal as in time', () => {
    const full = goalDistribution([100]);
    expect(full.find(({ toPercent }) => toPercent === 100)?.count).toBe(1);
  });
  it('rank by the nearest', () => {
    expect(rankOf([5, 1, 3], 0.5)).toBe(3);
    expect(rankOf([], 0.5)).toBeNull();
  });
});
