import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { figuresOf, type InstanceSample, serviceStatus } from './service-rules.ts';

const NOW = Date.parse('2026-11-28T09:00:00Z');
const instance = (change: Partial<InstanceSample> = {}): InstanceSample => ({
  url: 'http://a',
  up: true,
  error: null,
  version: 'v1.4.2',
  startedAt: NOW - 3_600_000,
  goroutines: 20,
  memoryBytes: 30_000_000,
  records: 0,
  errors: 0,
  buckets: null,
  ...change,
});
const sample = (secondsAgo: number, ...instances: InstanceSample[]) => ({ at: NOW - secondsAgo * 1_000, instances });

describe('figures of a service', () => {
  it('counts instances, versions and rates over all of them', () => {
    const figures = figuresOf(
      [
        sample(60, instance({ records: 100 }), instance({ url: 'http://b', records: 7, version: 'v1.4.3' })),
        sample(0, instance({ records: 130, errors: 3 }), instance({ url: 'http://b', records: 17, version: 'v1.4.3' })),
      ],
      3,
      NOW,
    );
    expect(figures).toMatchObject({
      expected: 3,
      up: 2,
      versions: ['v1.4.2', 'v1.4.3'],
      perMinute: 40,
      errorsPerMinute: 3,
      p95Ms: null,
    });
    expect(serviceStatus(figures)).toBe('warn');
    expect(serviceStatus({ up: 0, expected: 1 })).toBe('bad');
    expect(serviceStatus({ up: 3, expected: 3 })).toBe('ok');
  });

  it('takes a counter that fell as a restart, not as a loss', () => {
    const figures = figuresOf(
      [
        sample(60, instance({ records: 5_000 })),
        sample(30, instance({ records: 4 })),
        sample(0, instance({ records: 10 })),
      ],
      1,
      NOW,
    );
    expect(figures.perMinute).toBe(10);
  });

  it('finds p95 inside its bucket of what was observed meanwhile', () => {
    const buckets = (low: number, mid: number, all: number) =>
      [
        [0.1, low],
        [0.5, mid],
        [null, all],
      ] as const;
    const figures = (...counts: readonly [number, number, number]) =>
      figuresOf(
        [
          sample(60, instance({ buckets: buckets(1_000, 1_000, 1_000) })),
          sample(0, instance({ buckets: buckets(...counts) })),
        ],
        1,
        NOW,
      );
    expect(figures(1_090, 1_100, 1_100).p95Ms).toBe(300);
    expect(figures(1_100, 1_100, 1_100).p95Ms).toBe(95);
    // Slower than the last bound: at least that.
    expect(figures(1_000, 1_000, 1_100).p95Ms).toBe(500);
    expect(figures(1_000, 1_000, 1_000).p95Ms).toBeNull();
  });

  it('has rates that are never negative, whatever the instances say', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(10_000)), { maxLength: 20 }), (counts) => {
        const figures = figuresOf(
          counts.map((records, at) => sample((counts.length - at) * 10, instance({ records, errors: records }))),
          1,
          NOW,
        );
        expect(figures.perMinute ?? 0).toBeGreaterThanOrEqual(0);
        expect(figures.errorsPerMinute ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('says nothing of rates before there are two samples', () => {
    expect(figuresOf([], 2, NOW)).toMatchObject({ up: 0, perMinute: null, instances: [] });
    expect(figuresOf([sample(0, instance({ records: 5 }))], 1, NOW).perMinute).toBeNull();
  });
});
