import { z } from 'zod';
import { endpoint, instant } from './endpoint.ts';

const span = z.object({ from: instant, to: instant });

/** What a flow promises and how it keeps it now, as a whole: the worst of its sources. */
export const cadenceHealth = z.object({
  everyMs: z.number(),
  graceMs: z.number(),
  during: z.enum(['always', 'working']),
  hours: z.object({ from: z.string(), to: z.string() }).nullable().describe('Hours of a working day, Moscow time'),
  offHoursEveryMs: z.number().nullable(),
  lastAt: instant.nullable().describe('Last message of any source'),
  expectedAt: instant.nullable().describe('Due moment that waits for its message'),
  silentSince: instant.nullable().describe('First due moment missed in a row'),
  missed: z.number().int().describe('Missed in a row, of the source that misses most'),
  sources: z
    .array(
      z.object({
        systemId: z.string(),
        lastAt: instant.nullable(),
        watchedSince: instant.nullable().describe('A source that never spoke is expected from here on'),
        expectedAt: instant.nullable(),
        silentSince: instant.nullable(),
        missed: z.number().int(),
      }),
    )
    .describe('Each source is watched by itself'),
});
export type CadenceHealth = z.output<typeof cadenceHealth>;

export const slotState = z.enum(['on_time', 'late', 'missing', 'ahead', 'unwatched']);

export const rhythmDay = z.object({
  from: instant.describe('Moscow midnight'),
  to: instant,
  kind: z.enum(['working', 'off']),
  holiday: z.string().nullable(),
  working: z.array(span).describe('Working hours of the calendar'),
  busy: z.array(span).describe('Hours of the full step'),
  slots: z.array(
    z.object({
      dueAt: instant,
      state: slotState,
      cameAt: instant
        .nullable()
        .describe('When a late message came, or an early one for a moment that is still ahead; null otherwise'),
    }),
  ),
  counts: z.object({
    due: z.number().int().describe('Due up to now, since the flow is known'),
    onTime: z.number().int(),
    late: z.number().int(),
    missing: z.number().int(),
  }),
});
export type RhythmDay = z.output<typeof rhythmDay>;

export const flowRhythm = endpoint({
  id: 'landscape.rhythm',
  area: 'landscape',
  method: 'GET',
  path: '/api/landscape/flows/:flowId/rhythm',
  permission: 'landscape.read',
  summary: 'Due messages of a flow with a cadence and what came for them: today and the four days before, by source',
  params: z.object({ flowId: z.string().max(100) }),
  responses: {
    200: z.object({
      now: instant,
      cadence: cadenceHealth.nullable().describe('null: nothing is promised'),
      sources: z.array(z.object({ systemId: z.string(), days: z.array(rhythmDay).describe('Newest first') })),
    }),
  },
  errors: ['flow.not_found'],
});
