import type { ClockView } from '@pult/shared/contracts/sla';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tapeScale } from './tape-scale.ts';

type TapeDay = ClockView['tape']['days'][number];
const HOUR_MS = 3_600_000;
const MIDNIGHT = Date.parse('2026-05-06T21:00:00.000Z');
const iso = (ms: number): string => new Date(ms).toISOString();

const dayAt = (index: number, works: boolean): TapeDay => {
  const startsAt = MIDNIGHT + index * 24 * HOUR_MS;
  const interval = (from: number, to: number) => ({
    from: iso(startsAt + from * HOUR_MS),
    to: iso(startsAt + to * HOUR_MS),
  });
  return {
    date: iso(startsAt + 12 * HOUR_MS).slice(0, 10),
    isoWeekday: (index % 7) + 1,
    startsAt: iso(startsAt),
    endsAt: iso(startsAt + 24 * HOUR_MS),
    kind: works ? 'working' : 'weekend',
    normMs: works ? 8 * HOUR_MS : 0,
    segments: works ? [interval(9, 13), interval(14, 18)] : [],
    closesAt: null,
    reason: null,
    confirmed: true,
    pieces: [],
  };
};

it('puts later instants never to the left, all of them within the chart', () => {
  const days = fc
    .array(fc.boolean(), { minLength: 1, maxLength: 10 })
    .map((works) => works.map((one, n) => dayAt(n, one)));
  const offset = fc.integer({ min: -24 * HOUR_MS, max: 12 * 24 * HOUR_MS });
  fc.assert(
    fc.property(days, offset, offset, (drawn, one, two) => {
      const { place, days: places } = tapeScale(drawn);
      const [early, late] = [place(iso(MIDNIGHT + Math.min(one, two))), place(iso(MIDNIGHT + Math.max(one, two)))];
      expect(early).toBeLessThanOrEqual(late + 1e-9);
      expect(early).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThanOrEqual(100 + 1e-9);
      expect(places.reduce((sum, { widthPercent }) => sum + widthPercent, 0)).toBeCloseTo(100);
    }),
  );
});
