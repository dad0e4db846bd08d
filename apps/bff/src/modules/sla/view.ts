import type { CalendarSummary, ClockSummary, ClockView, PolicyView } from '@pult/shared/contracts/sla';
import {
  type Calendar,
  dateOf,
  epochDayOf,
  ISO_WEEKDAYS,
  intervalsOn,
  weekdayOf,
} from '@pult/shared/domain/sla/calendar';
import type { ClockPause } from '@pult/shared/domain/sla/clock';
import type { FactActor } from '@pult/shared/domain/sla/clock-facts';
import type { ClockReading } from '@pult/shared/domain/sla/clock-reading';
import { explainClock, type TapeReason } from '@pult/shared/domain/sla/explain';
import type { SlaPolicy } from '@pult/shared/domain/sla/policy';
import { yearTotals } from '@pult/shared/domain/sla/production-calendar';
import { nextWorkingAt } from '@pult/shared/domain/sla/working-segments';
import type { SlaBook } from './book.ts';
import { clockFactOf, countedFacts, type ReadClock } from './clocks.ts';
import type { StoredFact, StoredMark } from './store.ts';

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));
const SOON_PERCENT = 80;

/** The state that lists show. */
export function stateOf(reading: ClockReading): ClockSummary['state'] {
  switch (reading.state) {
    case 'running':
      return reading.percent >= SOON_PERCENT ? 'soon' : 'running';
    case 'stopped-late':
      return 'late';
    default:
      return reading.state;
  }
}

export function summaryOf({ reading, calendar }: ReadClock): ClockSummary {
  const running = reading.state === 'running' || reading.state === 'breached';
  return {
    state: stateOf(reading),
    goalMs: reading.goalMs,
    elapsedMs: reading.elapsedMs,
    remainingMs: reading.remainingMs,
    percent: reading.percent,
    startedAt: iso(reading.startedAt),
    dueAt: reading.closedAt === null ? isoOrNull(reading.dueAt) : null,
    dueIfResumedAt: isoOrNull(reading.dueIfResumedAt),
    pausedSince: isoOrNull(reading.pausedSince),
    closedAt: isoOrNull(reading.closedAt),
    ticking: running && nextWorkingAt(calendar, reading.now) === reading.now,
    asOf: iso(reading.now),
  };
}

export const policyView = (policy: SlaPolicy): PolicyView => ({
  id: policy.id,
  version: policy.version,
  title: policy.title,
  calendarId: policy.calendarId,
  appliesTo: {
    kinds: [...policy.applies.kinds],
    deviationOver: policy.applies.deviationOver,
    deviationUpTo: policy.applies.deviationUpTo,
    flows: policy.applies.flows === null ? null : [...policy.applies.flows],
  },
  goalMs: policy.goalMs,
  thresholds: [...policy.thresholds],
  pausesOn: [...policy.pausesOn],
  escalation: policy.escalation.map(({ percent, notify }) => ({ percent, notify: [...notify] })),
});

export const calendarSummary = (calendar: Calendar): CalendarSummary => ({
  id: calendar.id,
  version: calendar.version,
  title: calendar.title,
  zone: calendar.zone,
  week: ISO_WEEKDAYS.map((isoWeekday) => ({
    isoWeekday,
    intervals: (calendar.week[isoWeekday] ?? []).map(({ from, to }) => ({ from, to })),
  })),
  years: calendar.years.map(({ year, confirmed, source, publishedOn }) => {
    const { workingDays, workingMs, shortDays, daysOff } = yearTotals(calendar, year);
    return { year, confirmed, source, publishedOn, totals: { workingDays, workingMs, shortDays, daysOff } };
  }),
});

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** A year day by day. */
export function calendarYear(calendar: Calendar, year: number) {
  const first = epochDayOf(`${year}-01-01`) ?? 0;
  const last = epochDayOf(`${year}-12-31`) ?? 0;
  const days = Array.from({ length: last - first + 1 }, (_, index) => {
    const epochDay = first + index;
    const date = dateOf(epochDay);
    const intervals = intervalsOn(calendar, epochDay).map(({ from, to }) => ({ from, to }));
    const reason = calendar.overrides[date]?.reason ?? null;
    const normMs = intervals.reduce((sum, { from, to }) => sum + (minutes(to) - minutes(from)) * 60_000, 0);
    const kind = reason?.kind ?? (intervals.length === 0 ? ('weekend' as const) : ('working' as const));
    return { date, isoWeekday: weekdayOf(epochDay), kind, normMs, intervals, reason };
  });
  const months = Array.from({ length: 12 }, (_, index) => {
    const inside = days.filter(({ date, normMs }) => Number(date.slice(5, 7)) === index + 1 && normMs > 0);
    return {
      month: index + 1,
      workingDays: inside.length,
      workingMs: inside.reduce((sum, { normMs }) => sum + normMs, 0),
    };
  });
  const { workingDays, workingMs, shortDays, daysOff } = yearTotals(calendar, year);
  return {
    calendar: calendarSummary(calendar),
    year,
    confirmed: calendar.years.find((one) => one.year === year)?.confirmed ?? false,
    totals: { workingDays, workingMs, shortDays, daysOff },
    months,
    days,
  };
}

const actorOf = (actor: FactActor | null) => (actor === null ? null : { ...actor });

const pauseView = (pause: ClockPause) => ({
  cause: pause.cause,
  from: iso(pause.from),
  to: isoOrNull(pause.to),
  reason: pause.reason,
  actor: actorOf(pause.actor),
  waitingFor: actorOf(pause.waitingFor),
  resumeReason: pause.resumeReason,
  resumeActor: actorOf(pause.resumeActor),
});

const reasonView = (reason: TapeReason) => ({
  code: reason.code,
  until: 'until' in reason ? iso(reason.until) : null,
  reason: reason.code === 'started' ? reason.reason : null,
  by: reason.code === 'started' ? reason.by : null,
  days: reason.code === 'days-off' ? reason.days.map(({ date, reason: why }) => ({ date, reason: why })) : [],
  pauses: reason.code === 'pause' ? reason.pauses.map(pauseView) : [],
});

function factView(fact: StoredFact, counted: ReadonlySet<number>, refused: ReadonlyMap<number, string>) {
  const { cause, goalMs } = fact.body;
  return {
    sequence: fact.sequence,
    kind: fact.kind,
    at: iso(fact.at),
    recordedAt: iso(fact.recordedAt),
    cause: typeof cause === 'string' ? cause : null,
    goalMs: typeof goalMs === 'number' ? goalMs : null,
    reason: fact.reason,
    actor: actorOf(fact.actor),
    voids: fact.voids,
    voided: fact.kind !== 'void' && !counted.has(fact.sequence),
    refused: refused.get(fact.sequence) ?? null,
  };
}

/** The clock opened into its tape. `refused`: facts that the library left out, by sequence. */
export function clockView(
  book: SlaBook,
  read: ReadClock,
  record: { facts: readonly StoredFact[]; marks: readonly StoredMark[]; refused: ReadonlyMap<number, string> },
): ClockView {
  const { clock, reading, calendar } = read;
  const tape = explainClock(clock, reading.now);
  const parts = tape.parts.map((part) => ({
    kind: part.kind,
    from: iso(part.from),
    to: iso(part.to),
    wallMs: part.wallMs,
    countedMs: part.countedMs,
    workingMs: part.workingMs,
    projected: part.projected,
    reasons: part.reasons.map(reasonView),
    cumulativeMs: part.cumulativeMs,
    percent: part.percent,
  }));
  const past = parts.filter(({ projected }) => !projected);
  const kinds = [...new Set(past.map(({ kind }) => kind))];
  const sum = (list: typeof past, field: 'wallMs' | 'countedMs' | 'workingMs'): number =>
    list.reduce((total, part) => total + part[field], 0);
  const counted = new Set(countedFacts(record.facts).map((fact) => clockFactOf(fact).sequence));
  const policy = reading.policy;
  const pinned =
    policy === null
      ? undefined
      : book.policies.find(({ id, version }) => id === policy.id && version === policy.version);
  return {
    serverNow: iso(reading.now),
    summary: summaryOf(read),
    tape: {
      parts,
      days: tape.days.map((day) => ({
        date: day.date,
        isoWeekday: day.isoWeekday,
        startsAt: iso(day.from),
        endsAt: iso(day.to),
        kind: day.kind,
        normMs: day.normMs,
        segments: day.segments.map(({ from, to }) => ({ from: iso(from), to: iso(to) })),
        closesAt: isoOrNull(day.closesAt),
        reason: day.reason,
        confirmed: day.confirmed,
        pieces: day.pieces.map((piece) => ({
          kind: piece.kind,
          from: iso(piece.from),
          to: iso(piece.to),
          workingMs: piece.workingMs,
          projected: piece.projected,
        })),
      })),
      totals: kinds.map((kind) => {
        const same = past.filter((part) => part.kind === kind);
        return {
          kind,
          wallMs: sum(same, 'wallMs'),
          countedMs: sum(same, 'countedMs'),
          workingMs: sum(same, 'workingMs'),
        };
      }),
      wallMs: sum(past, 'wallMs'),
      countedMs: sum(past, 'countedMs'),
      addsUp: tape.addsUp,
      unconfirmedYears: [...tape.unconfirmedYears],
    },
    thresholds: reading.thresholds.map(({ percent, at, atIfResumed, passed }) => ({
      percent,
      at: isoOrNull(at),
      atIfResumed: isoOrNull(atIfResumed),
      passed,
    })),
    pauses: reading.openPauses.map(pauseView),
    revision: reading.revision,
    policy: pinned === undefined ? null : policyView(pinned),
    calendar: calendarSummary(calendar),
    facts: record.facts.map((fact) => factView(fact, counted, record.refused)),
    marks: record.marks.map(markView),
  };
}

export const markView = (mark: StoredMark) => ({
  percent: mark.percent,
  reachedAt: iso(mark.reachedAt),
  recordedAt: iso(mark.recordedAt),
  revision: mark.revision,
});
