import type { Calendar } from './calendar.ts';
import type { ClockPause, SlaClock } from './clock.ts';
import { type WorkingDay, workingDaysOf } from './working-days.ts';
import { workingMsBetween } from './working-segments.ts';

/**
 * `lunch`: a gap between two intervals of a date; `night`: before the first or after the last one; `overdue`: work
 * after the due; `remaining`: work still ahead of the clock.
 */
export type TapeKind = 'working' | 'lunch' | 'night' | 'day-off' | 'pause' | 'remaining' | 'overdue';

/** Smallest unit of the tape: one kind within one date (a pause: within one stretch). Half-open, ms since epoch. */
export interface TapePiece {
  readonly kind: TapeKind;
  readonly from: number;
  readonly to: number;
  /** Working time by the calendar; of a pause too, where none of it counts. */
  readonly workingMs: number;
  /** Ahead of now. */
  readonly projected: boolean;
  readonly calendar: Calendar;
  /** The date of a piece; null for a pause, which may cover many. */
  readonly day: WorkingDay | null;
  readonly pauses: readonly ClockPause[];
}

export interface TapeBounds {
  /** Now, or the close of the clock. */
  readonly end: number;
  /** Working after this is overdue; null = no due. */
  readonly dueAt: number | null;
  /** End of what lies ahead; null = nothing does. */
  readonly projectedTo: number | null;
}

/**
 * Cuts the time of a clock from start to `end`, and on to `projectedTo`, into pieces without gap or overlap. The clock
 * must be the one known at `end`: it has no fact after it.
 */
export function cutTape(clock: SlaClock, { end, dueAt, projectedTo }: TapeBounds): TapePiece[] {
  const pieces: TapePiece[] = [];
  for (const run of clock.runs) {
    const from = run.from;
    const to = run.to ?? end;
    if (from >= to) continue;
    if (run.pauses.length > 0) {
      const workingMs = workingMsBetween(run.calendar, from, to);
      const { calendar, pauses } = run;
      pieces.push({ kind: 'pause', from, to, workingMs, projected: false, calendar, day: null, pauses });
      continue;
    }
    for (const piece of cutByCalendar(run.calendar, from, to)) pieces.push(...cutAtDue(piece, dueAt));
  }
  if (projectedTo === null) return pieces;
  for (const piece of cutByCalendar(clock.calendar, end, projectedTo))
    pieces.push({ ...piece, kind: piece.kind === 'working' ? 'remaining' : piece.kind, projected: true });
  return pieces;
}

function* cutByCalendar(calendar: Calendar, from: number, to: number): Generator<TapePiece, void, void> {
  const days = workingDaysOf(calendar);
  for (let epochDay = days.epochDayAt(from); ; epochDay += 1) {
    const day = days.day(epochDay);
    if (day.startsAt >= to) return;
    let cursor = day.startsAt;
    for (const { kind, until } of layersOf(day)) {
      const start = Math.max(cursor, from);
      const end = Math.min(until, to);
      cursor = until;
      if (start >= end) continue;
      const workingMs = kind === 'working' ? end - start : 0;
      yield { kind, from: start, to: end, workingMs, projected: false, calendar, day, pauses: [] };
    }
  }
}

/** What a date consists of, from its midnight to the next. */
function layersOf(day: WorkingDay): { kind: TapeKind; until: number }[] {
  if (day.segments.length === 0) return [{ kind: 'day-off', until: day.endsAt }];
  const layers: { kind: TapeKind; until: number }[] = [];
  for (let index = 0; index < day.segments.length; index += 2) {
    layers.push({ kind: index === 0 ? 'night' : 'lunch', until: day.segments[index] ?? 0 });
    layers.push({ kind: 'working', until: day.segments[index + 1] ?? 0 });
  }
  return [...layers, { kind: 'night', until: day.endsAt }];
}

function cutAtDue(piece: TapePiece, dueAt: number | null): TapePiece[] {
  if (piece.kind !== 'working' || dueAt === null || piece.to <= dueAt) return [piece];
  if (piece.from >= dueAt) return [{ ...piece, kind: 'overdue' }];
  return [
    { ...piece, to: dueAt, workingMs: dueAt - piece.from },
    { ...piece, kind: 'overdue', from: dueAt, workingMs: piece.to - dueAt },
  ];
}
