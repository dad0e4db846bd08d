import { describe, expect, it } from 'vitest';
import { dayTicks } from './day-ticks.ts';

const at = (text: string) => Date.parse(`${text}+03:00`);
const hours = (from: string, to: string) =>
  dayTicks(at(from), at(to)).map((tick) => new Date(tick.at + 3 * 3_600_000).toISOString().slice(11, 16));

describe('dayTicks', () => {
  it('starts a calendar day at midnight', () =>
    expect(hours('2026-11-24T00:00', '2026-11-25T00:00')).toEqual([
      '00:00',
      '03:00',
      '06:00',
      '09:00',
      '12:00',
      '15:00',
      '18:00',
      '21:00',
    ]));
  it('names the real hours of the last 24 and puts them where they were', () => {
    expect(hours('2026-11-24T14:30', '2026-11-25T14:30')).toEqual([
      '15:00',
      '18:00',
      '21:00',
      '00:00',
      '03:00',
      '06:00',
      '09:00',
      '12:00',
    ]);
    expect(dayTicks(at('2026-11-24T14:30'), at('2026-11-25T14:30'))[0]?.share).toBeCloseTo(0.5 / 24);
  });
  it('leaves out a label that would be cut off at the right', () =>
    expect(hours('2026-11-24T15:10', '2026-11-25T15:10').at(-1)).toBe('12:00'));
});
