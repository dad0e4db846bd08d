import { describe, expect, it } from 'vitest';
import { ageOf } from './age-of.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const source = (secondsAgo: number | null, stale = false) => ({
  at: secondsAgo === null ? null : new Date(NOW - secondsAgo * 1_000).toISOString(),
  stale,
});

describe('age of the data on screen', () => {
  it('is the newest news while all are in time', () =>
    expect(ageOf([source(40), source(3), source(null)], NOW)).toEqual({ kind: 'ok', ms: 3_000 }));
  it('is the oldest late source as soon as one is late', () =>
    expect(ageOf([source(3), source(700, true), source(400, true)], NOW)).toEqual({ kind: 'stale', ms: 700_000 }));
  it('is unknown before the first news, and never negative under a clock that is behind', () => {
    expect(ageOf([source(null)], NOW)).toEqual({ kind: 'none' });
    expect(ageOf([source(-5)], NOW)).toEqual({ kind: 'ok', ms: 0 });
  });
});
