import fc from 'fast-check';
import { type Calendar, type DayOverride, ISO_WEEKDAYS, timeOf, type WorkInterval } from '../calendar.ts';
import type { FactSketch } from './clock-builder.ts';
import { HOUR, MINUTE, msk } from './clock-builder.ts';

/** Zones with a gap and an overlap inside the years drawn, at an hour of their own, by half an hour, at midnight. */
const ZONES = [
  'Europe/Moscow',
  'Europe/Berlin',
  'America/Los_Angeles',
  'Australia/Lord_Howe',
  'America/Havana',
  'Asia/Kathmandu',
];

const intervals = (minLength: number) =>
  fc.uniqueArray(fc.integer({ min: 0, max: 96 }), { minLength: minLength * 2, maxLength: 6 }).map((quarters) => {
    const edges = quarters.toSorted((a, b) => a - b);
    const found: WorkInterval[] = [];
    for (let index = 0; index + 1 < edges.length; index += 2)
      found.push({ from: timeOf((edges[index] ?? 0) * 15), to: timeOf((edges[index + 1] ?? 0) * 15) });
    return found;
  });

const dateIn2026 = fc
  .integer({ min: 0, max: 364 })
  .map((day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10));

const override = intervals(0).map(
  (replaced): DayOverride => ({ intervals: replaced, reason: { kind: 'custom', title: null, movedFrom: null } }),
);

/** Valid calendars: any zone, weeks with gaps, dates that replace the week. */
export const calendarArbitrary: fc.Arbitrary<Calendar> = fc
  .record({
    zone: fc.constantFrom(...ZONES),
    monday: intervals(1),
    rest: fc.array(intervals(0), { minLength: 6, maxLength: 6 }),
    overrides: fc.dictionary(dateIn2026, override, { maxKeys: 20 }),
  })
  .map(({ zone, monday, rest, overrides }) => ({
    id: 'random',
    version: 1,
    title: 'random',
    zone,
    week: Object.fromEntries(ISO_WEEKDAYS.map((weekday, index) => [weekday, [monday, ...rest][index] ?? []])),
    overrides,
    years: [],
  }));

/** Any millisecond of 2026. */
export const instantArbitrary: fc.Arbitrary<number> = fc.integer({
  min: Date.UTC(2026, 0, 1),
  max: Date.UTC(2026, 11, 31),
});

/** Goals from a millisecond to 60 hours of working time. */
export const goalArbitrary: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 1, max: 60 * HOUR }),
  fc.integer({ min: 1, max: 60 * 4 }).map((quarters) => quarters * 15 * MINUTE),
);

interface Step {
  readonly gapMs: number;
  readonly kind: 'pause' | 'resume' | 'retarget' | 'rebase' | 'stop' | 'cancel';
  readonly cause: 'clarification' | 'reserve-mode';
  readonly goalMs: number;
  readonly scope: 'whole' | 'ahead';
}

const step: fc.Arbitrary<Step> = fc.record({
  gapMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 * HOUR })),
  kind: fc.constantFrom(
    'pause',
    'pause',
    'pause',
    'resume',
    'resume',
    'resume',
    'retarget',
    'rebase',
    'stop',
    'cancel',
  ),
  cause: fc.constantFrom('clarification', 'reserve-mode'),
  goalMs: goalArbitrary,
  scope: fc.constantFrom('whole', 'ahead'),
});

/** A start followed by any facts, fitting or not, in order of time; `calendar` is the one of start and rebases. */
export const sketchesArbitrary = (calendar: Calendar): fc.Arbitrary<FactSketch[]> =>
  fc
    .record({
      startDay: fc.integer({ min: 0, max: 300 * 24 * 60 }),
      goalMs: goalArbitrary,
      steps: fc.array(step, { maxLength: 12 }),
    })
    .map(({ startDay, goalMs, steps }) => {
      let now = msk('2026-01-01 00:00') + startDay * MINUTE;
      const sketches: FactSketch[] = [{ kind: 'start', at: now, goalMs, calendar }];
      for (const { gapMs, kind, cause, goalMs: next, scope } of steps) {
        now += gapMs;
        if (kind === 'pause' || kind === 'resume') sketches.push({ kind, at: now, cause });
        else if (kind === 'retarget') sketches.push({ kind, at: now, goalMs: next });
        else if (kind === 'rebase') sketches.push({ kind, at: now, calendar, scope });
        else sketches.push({ kind, at: now });
      }
      return sketches;
    });
