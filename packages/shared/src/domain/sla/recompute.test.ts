import { describe, expect, it } from 'vitest';
import type { Calendar } from './calendar.ts';
import { readClock } from './clock-reading.ts';
import { previewImpact, recompute, withCalendar, withGoal } from './recompute.ts';
import { bookOf, clockOf, HOUR, MOSCOW, msk } from './testing/clock-builder.ts';

/** Version 4: Tuesday, 7 July 2026, is off. */
const JUBILEE: Calendar = {
  ...MOSCOW,
  version: 4,
  overrides: {
    ...MOSCOW.overrides,
    '2026-07-07': { intervals: [], reason: { kind: 'custom', title: 'Юбилей', movedFrom: null } },
  },
};

const book = bookOf(MOSCOW, JUBILEE);
const started = (text: string, goalHours: number) =>
  clockOf([{ kind: 'start', at: msk(text), goalMs: goalHours * HOUR }], book);
const stopped = clockOf(
  [
    { kind: 'start', at: msk('2026-07-06 17:00'), goalMs: 2 * HOUR },
    { kind: 'stop', at: msk('2026-07-08 09:30') },
  ],
  book,
);

describe('recompute', () => {
  it('gives a closed clock a second value and leaves the first', () => {
    const { was, now, changed } = recompute(stopped, JUBILEE, msk('2026-07-20 12:00'));
    expect(was).toMatchObject({ state: 'stopped-late', elapsedMs: 9.5 * HOUR, calendar: { version: 3 } });
    expect(now).toMatchObject({ state: 'met', elapsedMs: 1.5 * HOUR, calendar: { version: 4 } });
    expect(changed).toBe(true);
    expect(readClock(stopped, msk('2026-07-20 12:00'))).toEqual(was);
  });

  it('says when nothing changes, also as of an earlier instant', () => {
    expect(recompute(stopped, MOSCOW, msk('2026-07-07 12:00')).changed).toBe(false);
    expect(recompute(stopped, JUBILEE, msk('2026-07-07 12:00')).now.elapsedMs).toBe(HOUR);
  });
});

describe('preview of a change', () => {
  const clocks = [
    { id: 'later', clock: started('2026-07-06 17:00', 10) },
    { id: 'saved', clock: started('2026-07-06 17:00', 2) },
    { id: 'same', clock: started('2026-07-08 09:00', 2) },
    { id: 'closed', clock: stopped },
  ];
  const now = msk('2026-07-08 09:30');

  it('counts what moves where and what stops being a breach; closed clocks stay', () => {
    const preview = previewImpact(clocks, (clock) => withCalendar(clock, JUBILEE, 'whole', now), now);
    expect(preview).toMatchObject({
      total: 4,
      changed: 2,
      later: 2,
      earlier: 0,
      newlyBreached: 0,
      noLongerBreached: 1,
    });
    expect(preview.items.map(({ id, dueShiftMs }) => [id, dueShiftMs])).toEqual([
      ['later', 24 * HOUR],
      ['saved', 24 * HOUR],
    ]);
  });

  it('of a shorter goal counts new breaches', () => {
    const preview = previewImpact(clocks, (clock) => withGoal(clock, { goalMs: HOUR / 4 }, now), now);
    expect(preview).toMatchObject({ changed: 3, earlier: 3, newlyBreached: 2 });
  });

  it('ahead of now keeps what has been used', () => {
    const [later] = clocks;
    if (later === undefined) throw new Error('no clock');
    const rebased = withCalendar(later.clock, JUBILEE, 'ahead', msk('2026-07-06 18:00'));
    expect(readClock(rebased, now).elapsedMs).toBe(1.5 * HOUR);
    expect(later.clock.revision).toBe(1);
  });
});
