import { describe, expect, it } from 'vitest';
import { ageOf, type LastLook } from './age-of.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const source = (secondsAgo: number | null, stale = false) => ({
  at: secondsAgo === null ? null : new Date(NOW - secondsAgo * 1_000).toISOString(),
  stale,
});
const age = (sources: Parameters<typeof ageOf>[0], look: LastLook = { at: NOW - 5_000, failed: false }) =>
  ageOf(sources, { now: NOW, look });

describe('age of the data on screen', () => {
  it('is the newest news while all are in time', () =>
    expect(age([source(40), source(3), source(null)])).toEqual({ kind: 'ok', ms: 3_000 }));
  it('is the oldest late source as soon as one is late', () =>
    expect(age([source(3), source(700, true), source(400, true)])).toEqual({ kind: 'stale', ms: 700_000 }));
  it('is unknown before the first news, and never negative under a clock that is behind', () => {
    expect(age([source(null)])).toEqual({ kind: 'none' });
    expect(age([source(-5)])).toEqual({ kind: 'ok', ms: 0 });
  });
  it('counts from the last answer when the next look failed or did not come back, however fresh that answer was', () => {
    expect(age([source(17)], { at: NOW - 16_000, failed: true })).toEqual({ kind: 'stale', ms: 16_000 });
    expect(age([source(600)], { at: NOW - 590_000, failed: false })).toEqual({ kind: 'stale', ms: 590_000 });
    expect(age([source(700, true)], { at: NOW - 16_000, failed: true })).toEqual({ kind: 'stale', ms: 700_000 });
  });
});
