import { z } from 'zod';
import { endpoint, instant } from './endpoint.ts';

const durationMs = z.number().int().describe('Working time in milliseconds');
const localDate = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .describe('Local date YYYY-MM-DD in the zone of the calendar');

/**
 * What a clock looks like in a list: `soon` = running and at least 80 % used up, `breached` = running and over its
 * goal, `met` and `late` = stopped, `cancelled` = closed without counting.
 */
export const clockState = z.enum(['running', 'soon', 'breached', 'paused', 'met', 'late', 'cancelled']);
export type ClockStateView = z.output<typeof clockState>;

/** The small form of a clock. The server's time rules: browsers draw from `asOf` and `serverNow`. */
export const clockSummary = z.object({
  state: clockState,
  goalMs: durationMs.describe('Goal in working time'),
  elapsedMs: durationMs.describe('Working time used up as of asOf'),
  remainingMs: durationMs.describe('Working time left as of asOf; negative when overdue'),
  percent: z.number().describe('Elapsed share of the goal, 100 = used up'),
  startedAt: instant,
  dueAt: instant.nullable().describe('Null while paused or closed'),
  dueIfResumedAt: instant.nullable().describe('While paused: the due if it went on right now'),
  pausedSince: instant.nullable(),
  closedAt: instant.nullable(),
  ticking: z.boolean().describe('Working time passes at asOf: false at night, at lunch, on days off, while paused'),
  asOf: instant.describe('Server time of these figures'),
});
export type ClockSummary = z.output<typeof clockSummary>;

export const dayReason = z.object({
  kind: z.enum(['holiday', 'moved', 'short', 'working-weekend', 'custom']),
  title: z.string().nullable().describe('Name of the holiday or what the administrator wrote'),
  movedFrom: localDate.nullable().describe('Date that the day off moved from'),
});

const slaActor = z.object({
  kind: z.enum(['person', 'system', 'pult']),
  id: z.string(),
  name: z.string(),
});

const tapePartKind = z.enum(['working', 'lunch', 'night', 'day-off', 'pause', 'remaining', 'overdue']);

export const clockPause = z.object({
  cause: z.enum(['clarification', 'reserve-mode', 'target-down', 'manual']),
  from: instant,
  to: instant.nullable(),
  reason: z.string().nullable().describe('The question that was asked, for instance'),
  actor: slaActor.nullable().describe('Who paused'),
  waitingFor: slaActor.nullable().describe('Whom it waits for'),
  resumeReason: z.string().nullable(),
  resumeActor: slaActor.nullable(),
});

const dayKind = z.enum(['working', 'short', 'working-weekend', 'weekend', 'holiday', 'moved', 'custom']);

/** Why a part of the tape is there: a code and what its sentence needs. */
const tapeReason = z.object({
  code: z.enum([
    'started',
    'short-day',
    'working-weekend',
    'until-now',
    'until-stop',
    'until-cancel',
    'until-due',
    'after-due',
    'after-lunch',
    'after-pause',
    'calendar',
    'days-off',
    'pause',
  ]),
  until: instant.nullable().describe('For short-day and working-weekend: when the day closes'),
  reason: z.string().nullable().describe('For started: what the start says'),
  by: z.string().nullable().describe('For started: who'),
  days: z
    .array(z.object({ date: localDate, reason: dayReason.nullable().describe('Null: a plain weekend') }))
    .describe('For days-off: which days and why'),
  pauses: z.array(clockPause).describe('For pause'),
});

/** A stretch of the tape. Parts with projected = false add up to elapsed and to the wall clock so far. */
export const tapePart = z.object({
  kind: tapePartKind,
  from: instant,
  to: instant,
  wallMs: z.number().int().describe('By the wall clock'),
  countedMs: durationMs.describe('What counts into the goal'),
  workingMs: durationMs.describe('Working time inside, counted or not: the length of a pause in working time'),
  projected: z.boolean().describe('Lies ahead: from now to the due'),
  reasons: z.array(tapeReason).describe('Why, the main reason first'),
  cumulativeMs: durationMs.nullable().describe('Counted up to the end of the part'),
  percent: z.number().nullable().describe('The same as a share of the goal'),
});

export const tapeDay = z.object({
  date: localDate,
  isoWeekday: z.number().int().min(1).max(7).describe('1 = Monday'),
  startsAt: instant,
  endsAt: instant,
  kind: dayKind,
  normMs: durationMs.describe('Working time of the day'),
  segments: z.array(z.object({ from: instant, to: instant })).describe('Working hours of the day'),
  closesAt: instant.nullable().describe('End of the working day; null on a day off'),
  reason: dayReason.nullable(),
  confirmed: z.boolean().describe('False: the calendar of that year is not decreed yet'),
  pieces: z
    .array(z.object({ kind: tapePartKind, from: instant, to: instant, workingMs: durationMs, projected: z.boolean() }))
    .describe('The parts cut at midnight, to be drawn'),
});

export const clockThreshold = z.object({
  percent: z.number(),
  at: instant.nullable().describe('When it is or was reached; null while paused'),
  atIfResumed: instant.nullable(),
  passed: z.boolean(),
});

/** A stored fact of a clock. Everything else is derived from facts. */
export const clockFact = z.object({
  sequence: z.number().int(),
  kind: z.enum(['start', 'pause', 'resume', 'stop', 'cancel', 'retarget', 'rebase', 'void']),
  at: instant.describe('When it happened'),
  recordedAt: instant.describe('When Pult learned it'),
  cause: z.string().nullable(),
  goalMs: durationMs.nullable(),
  reason: z.string().nullable(),
  actor: slaActor.nullable(),
  voids: z.number().int().nullable().describe('Sequence of the fact that a void takes back: undo within 10 s'),
  voided: z.boolean().describe('Taken back by a later void and not counted'),
  refused: z.string().nullable().describe('Code when the fact does not fit the ones before it and is not counted'),
});

/** A threshold that was reached, as it was recorded: once per clock, threshold and revision. */
export const escalationMark = z.object({
  percent: z.number(),
  reachedAt: instant.describe('When the clock reached it'),
  recordedAt: instant.describe('When Pult recorded it; later after a downtime'),
  revision: z.number().int(),
});

export const policyView = z.object({
  id: z.string(),
  version: z.number().int(),
  title: z.string(),
  calendarId: z.string(),
  appliesTo: z.object({
    kinds: z.array(z.enum(['discount', 'order', 'return', 'delivery', 'conflict'])),
    deviationOver: z.number().nullable().describe('п.п., exclusive'),
    deviationUpTo: z.number().nullable().describe('п.п., inclusive'),
    flows: z.array(z.string()).nullable(),
  }),
  goalMs: durationMs,
  thresholds: z.array(z.number()).describe('Percent of the goal'),
  pausesOn: z.array(z.enum(['clarification', 'reserve-mode', 'target-down', 'manual'])),
  escalation: z.array(z.object({ percent: z.number(), notify: z.array(z.string()) })),
});
export type PolicyView = z.output<typeof policyView>;

const weekView = z.array(
  z.object({
    isoWeekday: z.number().int().min(1).max(7),
    intervals: z.array(z.object({ from: z.string(), to: z.string() })).describe('Local HH:MM; none = day off'),
  }),
);

const yearTotals = z.object({
  workingDays: z.number().int(),
  workingMs: durationMs,
  shortDays: z.number().int(),
  daysOff: z.number().int(),
});

export const calendarSummary = z.object({
  id: z.string(),
  version: z.number().int(),
  title: z.string(),
  zone: z.string().describe('IANA zone'),
  week: weekView,
  years: z.array(
    z.object({
      year: z.number().int(),
      confirmed: z.boolean().describe('The government has decreed the days off'),
      source: z.string(),
      publishedOn: localDate.nullable(),
      totals: yearTotals,
    }),
  ),
});
export type CalendarSummary = z.output<typeof calendarSummary>;

const calendarDay = z.object({
  date: localDate,
  isoWeekday: z.number().int().min(1).max(7),
  kind: dayKind,
  normMs: durationMs,
  intervals: z.array(z.object({ from: z.string(), to: z.string() })),
  reason: dayReason.nullable(),
});

/** Everything that the page of the clock needs: the tape, the rule, the facts. */
export const clockView = z.object({
  serverNow: instant,
  summary: clockSummary,
  tape: z.object({
    parts: z.array(tapePart),
    days: z.array(tapeDay),
    totals: z
      .array(z.object({ kind: tapePartKind, wallMs: z.number().int(), countedMs: durationMs, workingMs: durationMs }))
      .describe('Sums per kind over the parts that are not projected'),
    wallMs: z.number().int().describe('From the start to now or to the end'),
    countedMs: durationMs.describe('Sum of the counted parts; equals elapsed when addsUp'),
    addsUp: z.boolean().describe('The parts add up to the elapsed time and to the wall clock'),
    unconfirmedYears: z.array(z.number().int()),
  }),
  thresholds: z.array(clockThreshold),
  pauses: z.array(clockPause).describe('Open pauses'),
  revision: z.number().int().describe('Grows with every fact'),
  policy: policyView.nullable().describe('Pinned at the start'),
  calendar: calendarSummary.describe('Version pinned at the start'),
  facts: z.array(clockFact),
  marks: z.array(escalationMark),
});
export type ClockView = z.output<typeof clockView>;

export const calendarsList = endpoint({
  id: 'sla.calendars',
  area: 'sla',
  method: 'GET',
  path: '/api/sla/calendars',
  permission: 'session',
  summary: 'Production calendars, the newest version of each',
  responses: { 200: z.object({ calendars: z.array(calendarSummary) }) },
  errors: [],
});

export const calendarGet = endpoint({
  id: 'sla.calendar',
  area: 'sla',
  method: 'GET',
  path: '/api/sla/calendars/:calendarId',
  permission: 'session',
  summary: 'A year of a calendar, day by day, with totals',
  params: z.object({ calendarId: z.string().min(1).max(100) }),
  query: z.object({
    year: z.coerce.number().int().min(2000).max(2100).optional().describe('Default: the current year of the zone'),
    version: z.coerce.number().int().min(1).optional().describe('Default: the newest'),
  }),
  responses: {
    200: z.object({
      calendar: calendarSummary,
      year: z.number().int(),
      confirmed: z.boolean(),
      totals: yearTotals,
      months: z
        .array(
          z.object({ month: z.number().int().min(1).max(12), workingDays: z.number().int(), workingMs: durationMs }),
        )
        .length(12),
      days: z.array(calendarDay),
    }),
  },
  errors: ['calendar.not_found'],
});

export const policiesList = endpoint({
  id: 'sla.policies',
  area: 'sla',
  method: 'GET',
  path: '/api/sla/policies',
  permission: 'session',
  summary: 'SLA policies in the order in which they are tried',
  responses: { 200: z.object({ policies: z.array(policyView) }) },
  errors: [],
});

export const slaEndpoints = [calendarsList, calendarGet, policiesList] as const;
