import { type ClockPause, clockAsOf, type SlaClock } from './clock.ts';
import { type ClockReading, readClock } from './clock-reading.ts';
import { type DayOff, dayOffOf, daysOfTape, isConfirmed, type TapeDay } from './tape-days.ts';
import { cutTape, type TapeKind, type TapePiece } from './tape-pieces.ts';
import { workingDaysOf } from './working-days.ts';

/** Why a part is there: a code and the data its sentence needs, never the sentence. */
export type TapeReason =
  /** First part of the clock; what the start fact said. */
  | { readonly code: 'started'; readonly reason: string | null; readonly by: string | null }
  /** The day before a holiday: closes at `until` (ms since epoch). */
  | { readonly code: 'short-day'; readonly until: number }
  | { readonly code: 'working-weekend'; readonly until: number }
  | { readonly code: 'until-now' }
  | { readonly code: 'until-stop' }
  | { readonly code: 'until-cancel' }
  | { readonly code: 'until-due' }
  | { readonly code: 'after-due' }
  | { readonly code: 'after-lunch' }
  | { readonly code: 'after-pause' }
  /** The calendar's working time, nothing special. */
  | { readonly code: 'calendar' }
  | { readonly code: 'days-off'; readonly days: readonly DayOff[] }
  | { readonly code: 'pause'; readonly pauses: readonly ClockPause[] };

/** One line of the table under the strip. Neighbouring nights and days off are one part. Instants and lengths in ms. */
export interface TapePart {
  readonly kind: TapeKind;
  readonly from: number;
  readonly to: number;
  readonly wallMs: number;
  /** What counts against the goal; of `remaining` what will. */
  readonly countedMs: number;
  /** Working time by the calendar, in a pause too. */
  readonly workingMs: number;
  /** Ahead of now: not elapsed yet. */
  readonly projected: boolean;
  /** The main one first; never empty. */
  readonly reasons: readonly [TapeReason, ...TapeReason[]];
  /** Counted up to the end of this part; null where nothing is counted. */
  readonly cumulativeMs: number | null;
  /** The same as a share of the goal, not rounded. */
  readonly percent: number | null;
}

/** Sums of the parts, ms. `wallMs` = counted + remaining + lunch + pause + off. */
export interface TapeTotals {
  readonly wallMs: number;
  readonly countedMs: number;
  readonly overdueMs: number;
  readonly remainingMs: number;
  readonly lunchMs: number;
  readonly pauseMs: number;
  /** Nights and days off. */
  readonly offMs: number;
}

/** The clock opened into the parts that make its numbers. */
export interface ClockTape {
  readonly reading: ClockReading;
  readonly parts: readonly TapePart[];
  readonly days: readonly TapeDay[];
  readonly totals: TapeTotals;
  /** The parts meet without gap, their counted time is the elapsed time, their lengths are the time passed. */
  readonly addsUp: boolean;
  /** Years on the tape that are not decreed yet, ascending. */
  readonly unconfirmedYears: readonly number[];
}

/**
 * Opens a clock into its tape as of `now` (ms since epoch): what counted, what did not and why, and what lies ahead
 * until the due (of a paused clock: if it went on now). Returns codes and data, never sentences.
 */
export function explainClock(clock: SlaClock, now: number): ClockTape {
  const known = clockAsOf(clock, Math.max(now, clock.startedAt)) ?? clock;
  const reading = readClock(known, now);
  const end = Math.max(reading.closedAt ?? now, reading.startedAt);
  const isOpen = reading.closedAt === null;
  const ahead = isOpen && reading.remainingMs > 0 ? (reading.dueIfResumedAt ?? reading.dueAt) : null;
  const pieces = cutTape(known, { end, dueAt: reading.dueAt, projectedTo: ahead });
  const parts = describeParts(known, reading, mergeOff(pieces));
  const totals = totalsOf(parts);
  return {
    reading,
    parts,
    days: daysOfTape(known, pieces),
    totals,
    addsUp: doAddUp(parts, totals, reading, end, ahead),
    unconfirmedYears: unconfirmedYears(known, pieces),
  };
}

/** Neighbouring nights and days off, as one stretch. */
type Stretch = readonly [TapePiece, ...TapePiece[]];

const isOff = ({ kind }: TapePiece): boolean => kind === 'night' || kind === 'day-off';

function mergeOff(pieces: readonly TapePiece[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const piece of pieces) {
    const previous = stretches.at(-1);
    const joins = previous !== undefined && isOff(piece) && isOff(previous[0]);
    if (joins && piece.projected === previous[0].projected) stretches[stretches.length - 1] = [...previous, piece];
    else stretches.push([piece]);
  }
  return stretches;
}

function describeParts(clock: SlaClock, reading: ClockReading, stretches: readonly Stretch[]): TapePart[] {
  let cumulative = 0;
  const lastPast = stretches.findLastIndex(([first]) => !first.projected);
  return stretches.map((stretch, index): TapePart => {
    const [first] = stretch;
    const to = stretch.at(-1)?.to ?? first.to;
    const isCounted = first.kind === 'working' || first.kind === 'overdue' || first.kind === 'remaining';
    const countedMs = isCounted ? first.workingMs : 0;
    cumulative += countedMs;
    const place = {
      isFirst: index === 0,
      isLastPast: index === lastPast,
      isLast: index === stretches.length - 1,
      before: stretches[index - 1]?.[0] ?? null,
    };
    return {
      kind: stretch.some(({ kind }) => kind === 'day-off') ? 'day-off' : first.kind,
      from: first.from,
      to,
      wallMs: to - first.from,
      countedMs,
      workingMs: first.workingMs,
      projected: first.projected,
      reasons: reasonsOf(clock, reading, stretch, place),
      cumulativeMs: isCounted ? cumulative : null,
      percent: isCounted ? (cumulative / reading.goalMs) * 100 : null,
    };
  });
}

interface Place {
  readonly isFirst: boolean;
  readonly isLastPast: boolean;
  readonly isLast: boolean;
  readonly before: TapePiece | null;
}

function reasonsOf(
  clock: SlaClock,
  reading: ClockReading,
  stretch: Stretch,
  place: Place,
): [TapeReason, ...TapeReason[]] {
  const [first] = stretch;
  if (first.kind === 'pause') return [{ code: 'pause', pauses: first.pauses }];
  const offDays = stretch.filter(({ kind }) => kind === 'day-off');
  if (offDays.length > 0)
    return [
      { code: 'days-off', days: offDays.map(({ calendar, day }) => dayOffOf(calendar, day?.epochDay ?? 0)) },
      { code: 'calendar' },
    ];
  const calendar: TapeReason = { code: 'calendar' };
  if (first.kind === 'lunch' || first.kind === 'night') return [calendar];

  const reasons: TapeReason[] = [];
  const start = clock.facts[0];
  if (place.isFirst) reasons.push({ code: 'started', reason: start?.reason ?? null, by: start?.actor?.name ?? null });
  if (first.kind === 'overdue') reasons.push({ code: 'after-due' });
  if (first.kind === 'remaining' && place.isLast) reasons.push({ code: 'until-due' });
  const special = specialDay(first);
  if (special !== null) reasons.push(special);
  if (!first.projected && place.isLastPast) reasons.push({ code: untilCode(reading) });
  if (place.before?.kind === 'lunch') reasons.push({ code: 'after-lunch' });
  if (place.before?.kind === 'pause') reasons.push({ code: 'after-pause' });
  return [reasons[0] ?? calendar, ...reasons.slice(1)];
}

function specialDay({ calendar, day }: TapePiece): TapeReason | null {
  if (day === null) return null;
  const kind = dayOffOf(calendar, day.epochDay).reason?.kind;
  const until = day.segments.at(-1);
  if (until === undefined) return null;
  if (kind === 'short') return { code: 'short-day', until };
  return kind === 'working-weekend' ? { code: 'working-weekend', until } : null;
}

function untilCode(reading: ClockReading): 'until-now' | 'until-stop' | 'until-cancel' {
  if (reading.closedAt === null) return 'until-now';
  return reading.state === 'cancelled' ? 'until-cancel' : 'until-stop';
}

function totalsOf(parts: readonly TapePart[]): TapeTotals {
  const sum = (test: (part: TapePart) => boolean, of: (part: TapePart) => number) =>
    parts.reduce((total, part) => (test(part) ? total + of(part) : total), 0);
  return {
    wallMs: sum(
      () => true,
      ({ wallMs }) => wallMs,
    ),
    countedMs: sum(
      ({ projected }) => !projected,
      ({ countedMs }) => countedMs,
    ),
    overdueMs: sum(
      ({ kind }) => kind === 'overdue',
      ({ countedMs }) => countedMs,
    ),
    remainingMs: sum(
      ({ kind }) => kind === 'remaining',
      ({ countedMs }) => countedMs,
    ),
    lunchMs: sum(
      ({ kind }) => kind === 'lunch',
      ({ wallMs }) => wallMs,
    ),
    pauseMs: sum(
      ({ kind }) => kind === 'pause',
      ({ wallMs }) => wallMs,
    ),
    offMs: sum(
      ({ kind }) => kind === 'night' || kind === 'day-off',
      ({ wallMs }) => wallMs,
    ),
  };
}

function doAddUp(
  parts: readonly TapePart[],
  totals: TapeTotals,
  reading: ClockReading,
  end: number,
  ahead: number | null,
): boolean {
  const { startedAt, elapsedMs, remainingMs } = reading;
  const meets = parts.every((part, index) => part.from === (parts[index - 1]?.to ?? startedAt));
  return (
    meets &&
    totals.countedMs === elapsedMs &&
    totals.remainingMs === (ahead === null ? 0 : remainingMs) &&
    totals.wallMs === (ahead ?? end) - startedAt &&
    totals.wallMs === totals.countedMs + totals.remainingMs + totals.lunchMs + totals.pauseMs + totals.offMs
  );
}

function unconfirmedYears(clock: SlaClock, pieces: readonly TapePiece[]): number[] {
  const years = new Set<number>();
  for (const piece of pieces) {
    const days = workingDaysOf(piece.calendar);
    // Dates outside the shipped years say nothing about a decree; only a known, unconfirmed year is named.
    for (let day = days.epochDayAt(piece.from); day <= days.epochDayAt(piece.to - 1); day += 1)
      if (!isConfirmed(piece.calendar, day)) years.add(new Date(day * 86_400_000).getUTCFullYear());
  }
  return [...years].filter((year) => clock.calendar.years.some((known) => known.year === year)).sort((a, b) => a - b);
}
