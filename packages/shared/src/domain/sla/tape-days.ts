import { type Calendar, type DayReason, dateOf, type IsoWeekday, weekdayOf } from './calendar.ts';
import type { SlaClock } from './clock.ts';
import type { TapeKind, TapePiece } from './tape-pieces.ts';
import { type WorkingDay, workingDaysOf } from './working-days.ts';
import { type Segment, workingMsBetween } from './working-segments.ts';

export type TapeDayKind = 'working' | 'short' | 'working-weekend' | 'weekend' | 'holiday' | 'moved' | 'custom';

/** A piece of the strip drawn under a date. */
export interface TapeDayPiece extends Segment {
  readonly kind: TapeKind;
  readonly workingMs: number;
  readonly projected: boolean;
}

/** Header of one local date of the tape. Instants in ms since epoch. */
export interface TapeDay extends Segment {
  /** `YYYY-MM-DD` in the calendar's zone. */
  readonly date: string;
  readonly isoWeekday: IsoWeekday;
  readonly kind: TapeDayKind;
  /** Working time of the date, ms. */
  readonly normMs: number;
  readonly segments: readonly Segment[];
  /** End of the last working stretch; null on a day off. */
  readonly closesAt: number | null;
  readonly reason: DayReason | null;
  /** False when the year of the date is not decreed yet. */
  readonly confirmed: boolean;
  readonly pieces: readonly TapeDayPiece[];
}

/** Why a date is off: the override's reason, or a plain weekend (null). */
export interface DayOff {
  readonly date: string;
  readonly reason: DayReason | null;
}

/** Dates of the tape in the zone of the clock's calendar, each with the pieces that fall on it. */
export function daysOfTape(clock: SlaClock, pieces: readonly TapePiece[]): TapeDay[] {
  const last = pieces.at(-1);
  const bounds = workingDaysOf(clock.calendar);
  const firstDay = bounds.epochDayAt(clock.startedAt);
  const lastDay = last === undefined ? firstDay : bounds.epochDayAt(last.to - 1);
  const days: TapeDay[] = [];
  let next = 0;
  for (let epochDay = firstDay; epochDay <= lastDay; epochDay += 1) {
    const { startsAt: from, endsAt: to } = bounds.day(epochDay);
    const calendar = calendarAt(clock, Math.max(from, clock.startedAt));
    while ((pieces[next]?.to ?? Number.POSITIVE_INFINITY) <= from) next += 1;
    const here: TapeDayPiece[] = [];
    for (let index = next; index < pieces.length; index += 1) {
      const piece = pieces[index];
      if (piece === undefined || piece.from >= to) break;
      here.push(clip(piece, { from, to }));
    }
    days.push(describe(calendar, workingDaysOf(calendar).day(epochDay), { from, to }, here));
  }
  return days;
}

/** The day off that a date without working time is. */
export function dayOffOf(calendar: Calendar, epochDay: number): DayOff {
  const date = dateOf(epochDay);
  return { date, reason: calendar.overrides[date]?.reason ?? null };
}

/** True when the calendar covers the year of the date and the year is decreed. */
export function isConfirmed(calendar: Calendar, epochDay: number): boolean {
  const year = Number(dateOf(epochDay).slice(0, 4));
  return calendar.years.some((known) => known.year === year && known.confirmed);
}

function describe(calendar: Calendar, day: WorkingDay, bounds: Segment, pieces: TapeDayPiece[]): TapeDay {
  const date = dateOf(day.epochDay);
  const reason = calendar.overrides[date]?.reason ?? null;
  const segments: Segment[] = [];
  for (let index = 0; index < day.segments.length; index += 2)
    segments.push({ from: day.segments[index] ?? 0, to: day.segments[index + 1] ?? 0 });
  return {
    ...bounds,
    date,
    isoWeekday: weekdayOf(day.epochDay),
    kind: reason?.kind ?? (segments.length > 0 ? 'working' : 'weekend'),
    normMs: day.workingMs,
    segments,
    closesAt: segments.at(-1)?.to ?? null,
    reason,
    confirmed: isConfirmed(calendar, day.epochDay),
    pieces,
  };
}

function clip(piece: TapePiece, bounds: Segment): TapeDayPiece {
  const from = Math.max(piece.from, bounds.from);
  const to = Math.min(piece.to, bounds.to);
  const whole = from === piece.from && to === piece.to;
  const workingMs = whole || piece.workingMs === 0 ? piece.workingMs : workingMsBetween(piece.calendar, from, to);
  return { kind: piece.kind, from, to, workingMs, projected: piece.projected };
}

function calendarAt(clock: SlaClock, at: number): Calendar {
  return clock.runs.find((run) => run.from <= at && (run.to === null || at < run.to))?.calendar ?? clock.calendar;
}
