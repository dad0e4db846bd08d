import { describe, expect, it } from 'vitest';
import { type LagColumn, lagScale, lagTicks } from './lag-scale.ts';

const inner = (from: number, to: number, step: number): LagColumn[] =>
  Array.from({ length: (to - from) / step }, (_, index) => ({
    from: from + index * step,
    to: from + (index + 1) * step,
    count: 1,
  }));
const WITH_OUTLIERS: LagColumn[] = [
  { from: null, to: -5_000, count: 2 },
  ...inner(-5_000, 2_000, 200),
  { from: 2_000, to: null, count: 3 },
];

describe('the scale of «кто раньше»', () => {
  it('keeps everything on the picture: far away stands over the open column of its side', () => {
    const { at, boxOf } = lagScale(WITH_OUTLIERS);
    for (const ms of [-3_600_000, -5_000, -1_900, 0, 1_999, 3_600_000]) {
      expect(at(ms)).toBeGreaterThanOrEqual(0);
      expect(at(ms)).toBeLessThanOrEqual(100);
    }
    const boxes = WITH_OUTLIERS.map(boxOf);
    for (const [index, box] of boxes.slice(1).entries())
      expect(box.x).toBeGreaterThanOrEqual((boxes[index]?.x ?? 0) + (boxes[index]?.width ?? 0) - 1e-9);
    expect((boxes.at(-1)?.x ?? 0) + (boxes.at(-1)?.width ?? 0)).toBe(100);
    const last = boxes.at(-1);
    expect(at(3_600_000)).toBeGreaterThan(last?.x ?? 100);
  });

  it('takes the whole width when nothing is far away', () => {
    const { at } = lagScale(inner(-400, 400, 100));
    expect([at(-400), at(0), at(400)]).toEqual([0, 50, 100]);
  });

  it('names zero and what is open, no two over one another', () => {
    const ticks = lagTicks(WITH_OUTLIERS);
    expect(ticks.filter(({ open }) => open !== null)).toMatchObject([
      { open: '<', ms: -5_000, count: 2 },
      { open: '>', ms: 2_000, count: 3 },
    ]);
    expect(lagTicks(inner(-5_000, 2_000, 200)).map(({ ms }) => ms)).toContain(0);
    for (const [index, tick] of ticks.slice(1).entries())
      expect(tick.at - (ticks[index]?.at ?? 0)).toBeGreaterThanOrEqual(14);
  });
});
