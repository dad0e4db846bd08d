/** Where the marks of a day stand and what its line says. Pure. */
import type { RhythmDay } from '@pult/shared/contracts/rhythm';

/** A moment of a day in hundredths of it. */
export const percentOf = (day: Pick<RhythmDay, 'from' | 'to'>, at: string): number => {
  const [from, to] = [Date.parse(day.from), Date.parse(day.to)];
  return ((Date.parse(at) - from) / (to - from)) * 100;
};

/** Stretches of the day outside the hours of the full step, in hundredths; none where every hour counts. */
export function restOf(day: RhythmDay): { readonly from: number; readonly width: number }[] {
  if (day.busy.length === 0) return day.kind === 'off' ? [{ from: 0, width: 100 }] : [];
  const rest: { from: number; width: number }[] = [];
  let at = 0;
  for (const span of day.busy) {
    const from = percentOf(day, span.from);
    if (from > at) rest.push({ from: at, width: from - at });
    at = percentOf(day, span.to);
  }
  if (at < 100) rest.push({ from: at, width: 100 - at });
  return rest;
}

/** Late marks that get their times written below: the last few, so that they do not run into each other. */
export function lateMarks(day: RhythmDay, least = 7): RhythmDay['slots'] {
  const kept: RhythmDay['slots'] = [];
  for (const slot of day.slots.filter(({ state }) => state === 'late').toReversed()) {
    const last = kept.at(-1);
    if (last === undefined || percentOf(day, last.dueAt) - percentOf(day, slot.dueAt) >= least) kept.push(slot);
  }
  return kept.toReversed();
}
