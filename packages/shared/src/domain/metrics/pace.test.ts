import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paceOf, sumTraffic, type Traffic } from './pace.ts';

const MINUTE = 60_000;
const traffic = (more: Partial<Traffic>): Traffic => ({
  fiveMinutes: 0,
  hour: 0,
  seenMs: 30 * 24 * 60 * MINUTE,
  usualHour: null,
  ...more,
});

/** Minutes with what came in each, the newest last, and the traffic that they make. */
const anyMinutes = fc
  .record({
    minutes: fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 180 }),
    usualHour: fc.option(fc.double({ min: 0, max: 5_000, noNaN: true })),
  })
  .map(({ minutes, usualHour }) => {
    const sum = (last: number) => minutes.slice(-last).reduce((total, one) => total + one, 0);
    return {
      minutes,
      sum,
      traffic: { fiveMinutes: sum(5), hour: sum(60), seenMs: minutes.length * MINUTE, usualHour },
    };
  });

describe('how fast a flow goes', () => {
  it('says four in five minutes of a quiet flow as four an hour, not as forty-eight', () => {
    expect(paceOf(traffic({ fiveMinutes: 4, hour: 4, usualHour: 1.2 }))).toEqual({
      kind: 'rate',
      per: 'hour',
      value: 4,
      usual: 1.2,
    });
  });

  it('says of a flow that was just begun how many came in how long, and nothing in its first minute', () => {
    expect(paceOf(traffic({ fiveMinutes: 4, hour: 4, seenMs: 5 * MINUTE + 1 }))).toEqual({
      kind: 'count',
      count: 4,
      minutes: 5,
    });
    expect(paceOf(traffic({ fiveMinutes: 4, hour: 4, seenMs: MINUTE - 1 }))).toEqual({ kind: 'unknown' });
    expect(paceOf(traffic({ seenMs: null }))).toEqual({ kind: 'unknown' });
  });

  it('says a busy flow by the minute, and that it stands still', () => {
    expect(paceOf(traffic({ fiveMinutes: 60, hour: 700, usualHour: 600 }))).toMatchObject({
      per: 'minute',
      value: 12,
      usual: 10,
    });
    expect(paceOf(traffic({ fiveMinutes: 0, hour: 0, usualHour: 600 }))).toMatchObject({ per: 'minute', value: 0 });
  });

  it('never says more than came: a rate holds over a window that was seen whole and is no shorter than its unit', () => {
    fc.assert(
      fc.property(anyMinutes, ({ minutes, sum, traffic: given }) => {
        const pace = paceOf(given);
        switch (pace.kind) {
          case 'count':
            expect(pace.minutes).toBe(minutes.length);
            expect(pace.count).toBe(sum(minutes.length));
            return;
          case 'rate': {
            const window = pace.per === 'minute' ? 5 : 60;
            expect(minutes.length).toBeGreaterThanOrEqual(window);
            expect(pace.per === 'minute' ? pace.value * window : pace.value).toBeCloseTo(sum(window), 6);
            expect(pace.usual === null).toBe(given.usualHour === null);
            if (pace.usual !== null)
              expect(pace.usual).toBeCloseTo((given.usualHour ?? 0) / (pace.per === 'minute' ? 60 : 1), 6);
            return;
          }
          case 'unknown':
            throw new Error('a minute was seen');
        }
      }),
    );
  });

  it('adds flows up without losing or making a message, and knows the usual of all only when it knows that of each', () => {
    fc.assert(
      fc.property(fc.array(anyMinutes, { maxLength: 5 }), (parts) => {
        const sum = sumTraffic(parts.map((part) => part.traffic));
        expect(sum.hour).toBe(parts.reduce((total, part) => total + part.traffic.hour, 0));
        expect(sum.fiveMinutes).toBe(parts.reduce((total, part) => total + part.traffic.fiveMinutes, 0));
        expect(sum.usualHour === null).toBe(
          parts.length === 0 || parts.some((part) => part.traffic.usualHour === null),
        );
        expect(sum.seenMs).toBe(
          parts.length === 0 ? null : Math.max(...parts.map((part) => part.minutes.length)) * MINUTE,
        );
      }),
    );
  });
});
