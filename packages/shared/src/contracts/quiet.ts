import { z } from 'zod';
import { askedInstant, endpoint, instant } from './endpoint.ts';

export const quietKind = z.enum(['mute', 'maintenance']).describe('maintenance: work on a system planned ahead');
export const quietTarget = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('flow'), id: z.string().min(1).max(100) }),
    z.object({ kind: z.literal('system'), id: z.string().min(1).max(100) }),
    z.object({
      kind: z.literal('alarm'),
      id: z
        .string()
        .max(300)
        .regex(/^[a-z_]+:[\w.:-]+$/, 'id of a line of the attention list'),
    }),
  ])
  .describe('A flow, a system with the flows that it decides alone, or one line of the attention list');

/** The period that keeps an alarm quiet, beside what is quiet. */
export const quietMark = z.object({
  id: z.uuid(),
  kind: quietKind,
  target: quietTarget,
  until: instant.describe('End of what holds now'),
  reason: z.string().describe('As the person gave it'),
  by: z.string().describe('Name of the person'),
});
export type QuietMark = z.output<typeof quietMark>;

export const quietPeriod = z.object({
  id: z.uuid(),
  kind: quietKind,
  target: quietTarget,
  reason: z.string().describe('As the person gave it'),
  from: instant.describe('Begin; of a weekly one, of the first time'),
  until: instant.describe('End; of a weekly one, of the first time'),
  weekly: z.boolean().describe('Again each week at the same Moscow time'),
  weeklyUntil: instant.nullable().describe('Last moment of a weekly one; null: until somebody ends it'),
  state: z.enum(['active', 'planned', 'ended']),
  occurrence: z.object({ from: instant, until: instant }).nullable().describe('That holds now or comes next'),
  endedAt: instant.nullable().describe('Null: nobody ended it early'),
  endedBy: z.string().nullable().describe('Who ended it early; null: it ran out by itself'),
  createdAt: instant,
  createdBy: z.string().describe('Name of the person'),
  version: z.number().int().describe('Grows with every change; a change names the one it was decided on'),
});
export type QuietPeriodView = z.output<typeof quietPeriod>;

const reason = z.string().trim().min(3).max(300).describe('Why; stands beside everything that is quiet');
const params = z.object({ quietId: z.uuid() });

export const quietList = endpoint({
  id: 'landscape.quiet',
  area: 'landscape',
  method: 'GET',
  path: '/api/landscape/quiet',
  permission: 'landscape.read',
  summary: 'Mutes and maintenance windows: what holds, what is planned, the last 100 that ended',
  responses: { 200: z.object({ now: instant, periods: z.array(quietPeriod) }) },
  errors: [],
});

export const quietCreate = endpoint({
  id: 'landscape.quiet_create',
  area: 'landscape',
  method: 'POST',
  path: '/api/landscape/quiet',
  permission: 'landscape.mute',
  summary: 'Mutes a flow, a system or one alarm, or plans work on a system',
  body: z.object({
    kind: quietKind,
    target: quietTarget,
    reason,
    from: askedInstant.optional().describe('Absent: now'),
    until: askedInstant,
    weekly: z.boolean().default(false).describe('Maintenance only'),
    weeklyUntil: askedInstant.nullable().default(null),
  }),
  responses: { 201: quietPeriod },
  errors: ['quiet.invalid_span', 'quiet.already_muted', 'flow.not_found', 'system.not_found'],
});

export const quietChange = endpoint({
  id: 'landscape.quiet_change',
  area: 'landscape',
  method: 'PATCH',
  path: '/api/landscape/quiet/:quietId',
  permission: 'landscape.mute',
  summary: 'Moves the end of a period or says its reason anew; the version on screen must be the present one',
  params,
  body: z.object({ version: z.number().int().min(1), until: askedInstant.optional(), reason: reason.optional() }),
  responses: { 200: quietPeriod },
  errors: ['quiet.not_found', 'quiet.changed', 'quiet.already_ended', 'quiet.invalid_span'],
});

export const quietEnd = endpoint({
  id: 'landscape.quiet_end',
  area: 'landscape',
  method: 'POST',
  path: '/api/landscape/quiet/:quietId/end',
  permission: 'landscape.mute',
  summary: 'Ends a period early: alarms ring again at once',
  params,
  body: z.object({
    version: z.number().int().min(1),
    scope: z
      .enum(['series', 'occurrence'])
      .default('series')
      .describe('occurrence: of a weekly period only this time, the next week it comes again'),
  }),
  responses: { 200: quietPeriod },
  errors: ['quiet.not_found', 'quiet.changed', 'quiet.already_ended'],
});

export const quietEndpoints = [quietList, quietCreate, quietChange, quietEnd] as const;
