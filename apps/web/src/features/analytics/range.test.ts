import { describe, expect, it } from 'vitest';
import { changeOf, customRange, lastDayOf, moscowDay, presetRange } from './range.ts';

const NOW = Date.parse('2026-11-26T11:32:10Z');

describe('presetRange', () => {
  it('starts at midnight in Moscow and compares the same part of the day', () =>
    expect(presetRange('today', NOW)).toEqual({
      from: '2026-11-25T21:00:00.000Z',
      to: '2026-11-26T11:33:00.000Z',
      compareFrom: '2026-11-24T21:00:00.000Z',
      compareTo: '2026-11-25T11:33:00.000Z',
    }));
  it('keeps weekdays together: whole weeks back', () => {
    const { from, compareFrom } = presetRange('month', NOW);
    expect((Date.parse(from) - Date.parse(compareFrom)) % (7 * 86_400_000)).toBe(0);
  });
});

describe('customRange', () => {
  it('includes both days', () => expect(customRange('2026-11-01', '2026-11-02')?.to).toBe('2026-11-02T21:00:00.000Z'));
  it('refuses what is no range', () => {
    expect(customRange('2026-11-02', '2026-11-01')).toBeNull();
    expect(customRange('yesterday', '2026-11-01')).toBeNull();
  });
});

describe('days of a range', () => {
  it('come back as they were chosen', () => {
    const range = customRange('2026-11-01', '2026-11-02');
    expect([moscowDay(range?.from ?? ''), lastDayOf(range?.to ?? '')]).toEqual(['2026-11-01', '2026-11-02']);
  });
  it('are those of Moscow around midnight', () => {
    expect(moscowDay('2026-11-01T20:59:59.999Z')).toBe('2026-11-01');
    expect(moscowDay('2026-11-01T21:00:00.000Z')).toBe('2026-11-02');
  });
});

describe('changeOf', () => {
  it.each([
    [110, 100, true, 'worse'],
    [109, 100, true, 'same'],
    [110, 100, false, 'better'],
    [80, 100, true, 'better'],
  ] as const)('%d after %d, lower is better: %s → %s', (now, before, lower, verdict) =>
    expect(changeOf(now, before, lower).verdict).toBe(verdict),
  );
  it('says nothing without a past', () => expect(changeOf(5, null, true)).toEqual({ ratio: null, verdict: 'same' }));
});
