import { describe, expect, it } from 'vitest';
import { readClock } from './clock-reading.ts';
import { clockOf, type FactSketch, HOUR, msk } from './testing/clock-builder.ts';
import { missedThresholds, nextThreshold, thresholdKey } from './thresholds.ts';

const START: FactSketch = {
  kind: 'start',
  at: msk('2026-11-03 12:30'),
  goalMs: 4 * HOUR,
  thresholds: [50, 75, 90, 100],
};
const running = clockOf([START]);

describe('thresholds', () => {
  it('come in order, the next one only after the one before is reached (R10)', () => {
    expect(nextThreshold(readClock(running, msk('2026-11-03 12:30')))).toEqual({
      percent: 50,
      at: msk('2026-11-03 15:30'),
    });
    expect(nextThreshold(readClock(running, msk('2026-11-03 15:30')))).toEqual({
      percent: 75,
      at: msk('2026-11-03 16:30'),
    });
    expect(nextThreshold(readClock(running, msk('2026-11-03 18:00')))).toEqual({
      percent: 90,
      at: msk('2026-11-05 09:06'),
    });
    expect(nextThreshold(readClock(running, msk('2026-11-05 09:30')))).toBeNull();
  });

  it('of a paused or closed clock are not waited for', () => {
    const paused = clockOf([START, { kind: 'pause', at: msk('2026-11-03 14:30') }]);
    const stopped = clockOf([START, { kind: 'stop', at: msk('2026-11-03 14:30') }]);
    expect(nextThreshold(readClock(paused, msk('2026-11-03 15:00')))).toBeNull();
    expect(nextThreshold(readClock(stopped, msk('2026-11-03 15:00')))).toBeNull();
  });

  it('missed in a downtime come once each', () => {
    const reading = readClock(running, msk('2026-11-05 09:10'));
    expect(missedThresholds(reading, [50]).map(({ percent }) => percent)).toEqual([75, 90]);
    expect(missedThresholds(reading, [50, 75, 90])).toEqual([]);
    const cancelled = clockOf([START, { kind: 'cancel', at: msk('2026-11-05 09:05') }]);
    expect(missedThresholds(readClock(cancelled, msk('2026-11-05 09:10')), [])).toEqual([]);
  });

  it('have one key per clock, threshold and revision', () => {
    expect(thresholdKey('c1', 80, 3)).toBe('c1:80:3');
  });
});
