import { type Calendar, epochDayOf, ISO_WEEKDAYS, minutesOf, type WorkInterval } from './calendar.ts';

export type CalendarProblemCode =
  | 'id.missing'
  | 'version.invalid'
  | 'title.missing'
  | 'zone.unknown'
  | 'weekday.unknown'
  | 'week.empty'
  | 'time.malformed'
  | 'interval.empty'
  | 'interval.overlap'
  | 'date.unknown'
  | 'reason.day_off_with_hours'
  | 'reason.working_without_hours'
  | 'moved_from.unknown'
  | 'year.repeated';

/** One thing wrong with a calendar: where (path into the calendar), which rule, the values the sentence needs. */
export interface CalendarProblem {
  readonly path: string;
  readonly code: CalendarProblemCode;
  readonly data: Readonly<Record<string, string | number>>;
}

/**
 * Reports everything wrong with a calendar at once; an empty list means that every function of this library ends on
 * it. A week without working time is refused because a goal would never be used up.
 */
export function findCalendarProblems(calendar: Calendar): CalendarProblem[] {
  const problems: CalendarProblem[] = [];
  const report = (path: string, code: CalendarProblemCode, data: CalendarProblem['data'] = {}) =>
    problems.push({ path, code, data });

  if (calendar.id.trim() === '') report('id', 'id.missing');
  if (!Number.isInteger(calendar.version) || calendar.version < 1)
    report('version', 'version.invalid', { version: calendar.version });
  if (calendar.title.trim() === '') report('title', 'title.missing');
  if (!isZone(calendar.zone)) report('zone', 'zone.unknown', { zone: calendar.zone });

  let weekHasWork = false;
  for (const [weekday, intervals] of Object.entries(calendar.week)) {
    const path = `week.${weekday}`;
    if (!ISO_WEEKDAYS.some((known) => String(known) === weekday)) report(path, 'weekday.unknown', { weekday });
    problems.push(...findIntervalProblems(path, intervals ?? []));
    if ((intervals ?? []).length > 0) weekHasWork = true;
  }
  if (!weekHasWork) report('week', 'week.empty');

  for (const [date, override] of Object.entries(calendar.overrides)) {
    const path = `overrides.${date}`;
    if (epochDayOf(date) === null) report(path, 'date.unknown', { date });
    problems.push(...findIntervalProblems(`${path}.intervals`, override.intervals));
    const { kind, movedFrom } = override.reason;
    if ((kind === 'holiday' || kind === 'moved') && override.intervals.length > 0)
      report(`${path}.reason`, 'reason.day_off_with_hours', { kind });
    if ((kind === 'short' || kind === 'working-weekend') && override.intervals.length === 0)
      report(`${path}.reason`, 'reason.working_without_hours', { kind });
    if (movedFrom !== null && epochDayOf(movedFrom) === null)
      report(`${path}.reason.movedFrom`, 'moved_from.unknown', { date: movedFrom });
  }

  const seen = new Set<number>();
  calendar.years.forEach(({ year }, index) => {
    if (seen.has(year)) report(`years.${index}`, 'year.repeated', { year });
    seen.add(year);
  });
  return problems;
}

function findIntervalProblems(path: string, intervals: readonly WorkInterval[]): CalendarProblem[] {
  const problems: CalendarProblem[] = [];
  let previousEnd = 0;
  intervals.forEach((interval, index) => {
    const at = `${path}.${index}`;
    const from = minutesOf(interval.from);
    const to = minutesOf(interval.to);
    if (from === null) problems.push({ path: `${at}.from`, code: 'time.malformed', data: { time: interval.from } });
    if (to === null) problems.push({ path: `${at}.to`, code: 'time.malformed', data: { time: interval.to } });
    if (from === null || to === null) return;
    if (from >= to) problems.push({ path: at, code: 'interval.empty', data: { ...interval } });
    // Out of order counts as overlap: a person reading the week expects it in the order of the day.
    if (from < previousEnd) problems.push({ path: at, code: 'interval.overlap', data: { ...interval } });
    previousEnd = Math.max(previousEnd, to);
  });
  return problems;
}

function isZone(zone: string): boolean {
  // Fixed offsets pass Temporal, but a calendar must follow the law of its region.
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}
