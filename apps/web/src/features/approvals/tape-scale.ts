import type { ClockView } from '@pult/shared/contracts/sla';

type TapeDay = ClockView['tape']['days'][number];

const HOUR_MS = 3_600_000;
/** A day off tells its name and no hours: it needs less room. */
const OFF_WEIGHT = 0.45;

export interface DayPlace {
  readonly day: TapeDay;
  readonly leftPercent: number;
  readonly widthPercent: number;
  /** Hours that are written over the strip, with their place. */
  readonly hours: readonly { readonly hour: number; readonly leftPercent: number }[];
}

export interface TapeScale {
  readonly days: readonly DayPlace[];
  /** Days in widths of a working day. */
  readonly weight: number;
  /** Place of an instant, 0…100; nights are no wider than a point, what lies outside stands at the edge. */
  place(at: string): number;
}

/** Days side by side, each from the earliest opening to the latest closing hour of them all. */
export function tapeScale(days: readonly TapeDay[]): TapeScale {
  const offsets = days.flatMap((day) =>
    day.segments.flatMap(({ from, to }) => [hoursInto(day, from), hoursInto(day, to)]),
  );
  const opens = Math.floor(Math.min(9, ...offsets));
  const closes = Math.ceil(Math.max(18, ...offsets));
  const weights = days.map((day) => (day.segments.length === 0 ? OFF_WEIGHT : 1));
  const weight = weights.reduce((sum, one) => sum + one, 0) || 1;
  let left = 0;
  const places = days.map((day, index): DayPlace => {
    const widthPercent = ((weights[index] ?? 1) / weight) * 100;
    const leftPercent = left;
    left += widthPercent;
    const hours = day.segments.length === 0 ? [] : Array.from({ length: closes - opens }, (_, n) => opens + n);
    return {
      day,
      leftPercent,
      widthPercent,
      hours: hours.map((hour) => ({
        hour,
        leftPercent: leftPercent + ((hour - opens) / (closes - opens)) * widthPercent,
      })),
    };
  });
  const place = (at: string): number => {
    const found = places.findLast(({ day }) => day.startsAt <= at) ?? places[0];
    if (!found) return 0;
    const share = (hoursInto(found.day, at) - opens) / (closes - opens);
    return found.leftPercent + Math.min(1, Math.max(0, share)) * found.widthPercent;
  };
  return { days: places, weight, place };
}

const hoursInto = (day: TapeDay, at: string): number => (Date.parse(at) - Date.parse(day.startsAt)) / HOUR_MS;
