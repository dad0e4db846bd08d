import { z } from 'zod';
import { endpoint } from './endpoint.ts';

/** Health by the worst rule that fired; `idle` = not connected or nothing known, never green. */
export const healthStatus = z.enum(['ok', 'warn', 'bad', 'doubt', 'idle']);
export type HealthStatus = z.output<typeof healthStatus>;

export const counters = endpoint({
  id: 'landscape.counters',
  area: 'landscape',
  method: 'GET',
  path: '/api/counters',
  permission: 'session',
  summary: 'Numbers of the left rail; null where the person may not look',
  responses: {
    200: z.object({
      status: healthStatus,
      messages: z.number().int().nullable().describe('Failed and in doubt'),
      operations: z.number().int().nullable().describe('Running, paused or planned'),
      approvals: z.number().int().nullable().describe('Waiting for this person'),
      approvalsBreaching: z.number().int().nullable(),
    }),
  },
  errors: [],
});
