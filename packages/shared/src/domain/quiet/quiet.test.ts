import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decidingSystems, heldBetween, occurrenceOf, type QuietSpan, quietFor, quietStateOf } from './quiet.ts';

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
/** «1С:БП, обновление, сб 22:00–02:00». */
const SATURDAY = Date.parse('2026-11-28T22:00:00+03:00');
const once: QuietSpan = {
  fromAt: SATURDAY,
  untilAt: SATURDAY + 4 * HOUR,
  weekly: false,
  weeklyUntilAt: null,
  endedAt: null,
  resumedAt: null,
};
const weekly: QuietSpan = { ...once, weekly: true };

describe('when a period holds', () => {
  it('is planned, active and over by itself', () => {
    expect(quietStateOf(once, SATURDAY - 1)).toBe('planned');
    expect(quietStateOf(once, SATURDAY)).toBe('active');
    expect(quietStateOf(once, SATURDAY + 4 * HOUR - 1)).toBe('active');
    expect(quietStateOf(once, SATURDAY + 4 * HOUR)).toBe('ended');
  });
  it('comes back each week over midnight, until its last day', () => {
    expect(occurrenceOf(weekly, SATURDAY + WEEK + 3 * HOUR)).toEqual({
      from: SATURDAY + WEEK,
      until: SATURDAY + WEEK + 4 * HOUR,
    });
    expect(quietStateOf(weekly, SATURDAY + 5 * HOUR)).toBe('planned');
    const two = { ...weekly, weeklyUntilAt: SATURDAY + WEEK + HOUR };
    expect(occurrenceOf(two, SATURDAY + WEEK)).toEqual({ from: SATURDAY + WEEK, until: SATURDAY + WEEK + HOUR });
    expect(quietStateOf(two, SATURDAY + WEEK + HOUR)).toBe('ended');
  });
  it('ends early for good, or this time only', () => {
    expect(quietStateOf({ ...weekly, endedAt: SATURDAY + HOUR }, SATURDAY + HOUR)).toBe('ended');
    const resumed = { ...weekly, resumedAt: SATURDAY + HOUR };
    expect(quietStateOf(resumed, SATURDAY + HOUR)).toBe('planned');
    expect(occurrenceOf(resumed, SATURDAY + HOUR)?.from).toBe(SATURDAY + WEEK);
    expect(quietStateOf({ ...once, resumedAt: SATURDAY + HOUR }, SATURDAY + HOUR)).toBe('ended');
  });
  it('held once each week until now, and until somebody ended it', () => {
    const span = { from: SATURDAY - WEEK, to: SATURDAY + 2 * WEEK + HOUR };
    const week = (count: number, hours = 4) => ({
      from: SATURDAY + count * WEEK,
      to: SATURDAY + count * WEEK + hours * HOUR,
    });
    expect(heldBetween(once, span)).toEqual([week(0)]);
    expect(heldBetween(weekly, span)).toEqual([week(0), week(1), week(2)]);
    expect(heldBetween(weekly, { ...span, from: SATURDAY + 5 * HOUR })).toEqual([week(1), week(2)]);
    expect(heldBetween({ ...weekly, resumedAt: SATURDAY + WEEK + HOUR }, span)).toEqual([week(0), week(1, 1), week(2)]);
    expect(heldBetween({ ...weekly, endedAt: SATURDAY + WEEK + HOUR }, span)).toEqual([week(0), week(1, 1)]);
    expect(heldBetween({ ...once, resumedAt: SATURDAY }, span)).toEqual([]);
  });
  it('never answers an occurrence that is over, and each one is as long as the first', () =>
    fc.assert(
      fc.property(fc.integer({ min: -WEEK, max: 20 * WEEK }), fc.integer({ min: 1, max: WEEK }), (offset, length) => {
        const now = SATURDAY + offset;
        const found = occurrenceOf({ ...weekly, untilAt: SATURDAY + length }, now);
        expect(found).not.toBeNull();
        if (found === null) return;
        expect(found.until).toBeGreaterThan(now);
        expect(found.until - found.from).toBe(length);
        expect((found.from - SATURDAY) % WEEK).toBe(0);
        // No occurrence between now and the one found was left out.
        expect(found.from - WEEK + length <= now || found.from === SATURDAY).toBe(true);
      }),
    ));
});

describe('what a period covers', () => {
  const now = SATURDAY + HOUR;
  const of = (kind: 'flow' | 'system' | 'alarm', id: string, span = once) => ({ ...span, target: { kind, id } });
  const silence = { alarmId: 'silence:ut-site', flowId: 'ut-site', systemIds: ['ut', 'site'] };
  it('is one alarm, a flow, or what a system explains', () => {
    for (const period of [of('alarm', 'silence:ut-site'), of('flow', 'ut-site'), of('system', 'ut')])
      expect(quietFor([period], silence, now)?.period).toBe(period);
    for (const period of [of('alarm', 'stuck:ut-site'), of('flow', 'ut-bp'), of('system', 'bp')])
      expect(quietFor([period], silence, now)).toBeNull();
  });
  it('is said by the period that lasts longest, and by none that does not hold', () => {
    const longer = of('system', 'ut', { ...once, untilAt: SATURDAY + 9 * HOUR });
    expect(quietFor([of('flow', 'ut-site'), longer], silence, now)?.until).toBe(SATURDAY + 9 * HOUR);
    expect(quietFor([of('flow', 'ut-site')], silence, SATURDAY - 1)).toBeNull();
  });
  it('is a flow only for a system that stands alone at its end', () => {
    expect(decidingSystems({ from: ['erp-1', 'erp-2', 'erp-3'], to: ['ut'] })).toEqual(['ut']);
    expect(decidingSystems({ from: ['ut'], to: ['bp'] })).toEqual(['ut', 'bp']);
  });
});
