import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisTop, draggedSlots, gripOf, heightOf, slotsOf, timeTicks, valueTicks } from './volume-scale.ts';

describe('heights', () => {
  it('grow with the value and never leave the picture, on both scales', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), fc.constantFrom('lin' as const, 'log' as const), (a, b, scale) => {
        const top = Math.max(a, b, 1);
        const [low, high] = [heightOf(Math.min(a, b), top, scale), heightOf(Math.max(a, b), top, scale)];
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(high);
      }),
    );
  });
  it('on the logarithmic scale one beside a thousand is still seen', () => {
    expect(heightOf(1, 1_000, 'log')).toBeGreaterThan(0.1);
    expect(heightOf(1, 1_000, 'lin')).toBeLessThan(0.01);
    expect(heightOf(0, 10, 'log')).toBe(0);
  });
});

describe('ticks', () => {
  it('are what people say', () => {
    expect(valueTicks(1_284, 'log')).toEqual([1, 10, 100, 1_000]);
    expect(valueTicks(60, 'lin')).toEqual([30, 60]);
    expect(valueTicks(1, 'lin')).toEqual([1]);
    expect(valueTicks(0, 'lin')).toEqual([]);
  });
  it('reach to the top: no bar stands above the last line', () => {
    expect([1, 7, 14, 47, 96, 1_284].map((value) => axisTop(value, 'lin'))).toEqual([1, 8, 20, 60, 100, 2_000]);
    expect(axisTop(1_284, 'log')).toBe(1_284);
  });
  it('stand at whole hours of Moscow', () => {
    const ticks = timeTicks(Date.parse('2026-11-26T11:20:00Z'), Date.parse('2026-11-27T11:20:00Z'));
    expect(ticks.map((at) => new Date(at).toISOString().slice(11, 16))).toEqual([
      '12:00',
      '15:00',
      '18:00',
      '21:00',
      '00:00',
      '03:00',
      '06:00',
      '09:00',
    ]);
  });
});

describe('the brush', () => {
  it('begins anew in the open and takes hold of its sides', () => {
    const brush = { from: 20, to: 60 };
    expect(gripOf(40, brush, 1)).toBe('new');
    expect(gripOf(19, brush, 1)).toBe('from');
    expect(gripOf(60, brush, 1)).toBe('to');
    expect(draggedSlots({ kind: 'to', start: 60, now: 10 }, brush)).toEqual({ from: 10, to: 20 });
    expect(draggedSlots({ kind: 'new', start: 5, now: 3 }, brush)).toEqual({ from: 3, to: 5 });
  });
  it('covers the buckets of its span, cut to the window', () => {
    const window = { start: 1_000, bucketMs: 100, count: 10 };
    expect(slotsOf({ from: 1_200, to: 1_400 }, window)).toEqual({ from: 2, to: 3 });
    expect(slotsOf({ from: null, to: 1_250 }, window)).toEqual({ from: 0, to: 2 });
    expect(slotsOf({ from: 0, to: 500 }, window)).toBeNull();
    expect(slotsOf({ from: null, to: null }, window)).toBeNull();
  });
});
