import type { RhythmDay } from '@pult/shared/contracts/rhythm';
import { describe, expect, it } from 'vitest';
import { lateMarks, percentOf, restOf } from './rhythm-model.ts';

const at = (time: string): string => new Date(Date.parse(`2026-11-26T${time}:00+03:00`)).toISOString();
const day = (more: Partial<RhythmDay> = {}): RhythmDay => ({
  from: at('00:00'),
  to: new Date(Date.parse(at('00:00')) + 86_400_000).toISOString(),
  kind: 'working',
  holiday: null,
  working: [],
  busy: [],
  slots: [],
  counts: { due: 0, onTime: 0, late: 0, missing: 0 },
  ...more,
});

describe('the line of a day', () => {
  it('places moments by their share of the day', () => {
    expect(percentOf(day(), at('00:00'))).toBe(0);
    expect(percentOf(day(), at('18:00'))).toBe(75);
  });
  it('shades what lies outside the hours: night and lunch, a whole day off, nothing around the clock', () => {
    const busy = [
      { from: at('06:00'), to: at('12:00') },
      { from: at('18:00'), to: at('21:36') },
    ];
    expect(restOf(day({ busy }))).toEqual([
      { from: 0, width: 25 },
      { from: 50, width: 25 },
      { from: 90, width: 10 },
    ]);
    expect(restOf(day({ kind: 'off' }))).toEqual([{ from: 0, width: 100 }]);
    expect(restOf(day())).toEqual([]);
  });
  it('writes the times of late marks that stand apart', () => {
    const slots = ['09:00', '09:15', '12:00'].map((time) => ({
      dueAt: at(time),
      state: 'late' as const,
      cameAt: at(time),
    }));
    expect(lateMarks(day({ slots })).map(({ dueAt }) => dueAt)).toEqual([at('09:15'), at('12:00')]);
  });
});
