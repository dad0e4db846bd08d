import { AppError } from '../../errors/app-error.ts';
import type { Calendar } from './calendar.ts';
import { workingDaysOf } from './working-days.ts';

/** Half-open stretch of instants, ms since epoch. */
export interface Segment {
  readonly from: number;
  readonly to: number;
}

/**
 * No search looks further than this: a calendar whose week has working time always answers long before, one that has
 * none would be searched for ever.
 */
const HORIZON_DAYS = 366 * 100;

/**
 * Working stretches from an instant on, lazily and without an end (up to a hundred years). The first one is cut at
 * `from`. Instants in ms since epoch.
 */
export function* workingSegments(calendar: Calendar, from: number): Generator<Segment, void, void> {
  const days = workingDaysOf(calendar);
  const firstDay = days.epochDayAt(from);
  for (let epochDay = firstDay; epochDay < firstDay + HORIZON_DAYS; epochDay += 1) {
    const { segments } = days.day(epochDay);
    for (let index = 0; index < segments.length; index += 2) {
      const start = Math.max(segments[index] ?? 0, from);
      const end = segments[index + 1] ?? 0;
      if (start < end) yield { from: start, to: end };
    }
  }
}

/** Working milliseconds in `[from, to)`, exact; 0 when `to` is not after `from`. */
export function workingMsBetween(calendar: Calendar, from: number, to: number): number {
  if (to <= from) return 0;
  const days = workingDaysOf(calendar);
  let total = 0;
  for (let epochDay = days.epochDayAt(from); ; epochDay += 1) {
    const day = days.day(epochDay);
    if (day.startsAt >= to) return total;
    if (from <= day.startsAt && day.endsAt <= to) {
      total += day.workingMs;
      continue;
    }
    for (let index = 0; index < day.segments.length; index += 2) {
      const start = Math.max(day.segments[index] ?? 0, from);
      const end = Math.min(day.segments[index + 1] ?? 0, to);
      if (start < end) total += end - start;
    }
  }
}

/**
 * The earliest instant at which `goalMs` of working time have passed since `start`. A goal used up exactly at closing
 * time ends at closing time, not at the next opening (engines disagree; domain rule of the SLA clock). A goal of 0
 * ends at `start`.
 *
 * @throws AppError `calendar.invalid` when the calendar has not that much working time within a hundred years.
 */
export function addWorkingMs(calendar: Calendar, start: number, goalMs: number): number {
  if (goalMs <= 0) return start;
  const days = workingDaysOf(calendar);
  const firstDay = days.epochDayAt(start);
  let left = goalMs;
  for (let epochDay = firstDay; epochDay < firstDay + HORIZON_DAYS; epochDay += 1) {
    const day = days.day(epochDay);
    if (day.startsAt >= start && day.workingMs < left) {
      left -= day.workingMs;
      continue;
    }
    for (let index = 0; index < day.segments.length; index += 2) {
      const from = Math.max(day.segments[index] ?? 0, start);
      const worked = (day.segments[index + 1] ?? 0) - from;
      if (worked <= 0) continue;
      if (worked >= left) return from + left;
      left -= worked;
    }
  }
  throw new AppError('calendar.invalid', {
    calendar: calendar.id,
    version: calendar.version,
    reason: 'no_working_time',
  });
}

/**
 * The instant itself when it is working time, else the next opening: when a step of an escalation may reach a person.
 *
 * @throws AppError `calendar.invalid` when there is no working time within a hundred years.
 */
export function nextWorkingAt(calendar: Calendar, at: number): number {
  for (const segment of workingSegments(calendar, at)) return segment.from;
  throw new AppError('calendar.invalid', {
    calendar: calendar.id,
    version: calendar.version,
    reason: 'no_working_time',
  });
}
