import { z } from 'zod';
import { endpoint, instant } from './endpoint.ts';
import { quietMark } from './quiet.ts';

/** A service that says that it lives: what is expected and what was seen. */
export const heartbeatService = z.object({
  systemId: z.string(),
  service: z.string(),
  expected: z
    .number()
    .int()
    .nullable()
    .describe('Instances that must live; null: the landscape does not name the service'),
  everyMs: z.number().nullable(),
  alive: z.number().int(),
  state: z
    .enum(['ok', 'missing', 'silent', 'unknown'])
    .describe('missing: fewer than expected; silent: none; unknown: never seen, or not named'),
  since: instant.nullable().describe('Since when instances are missing'),
  lastAt: instant.nullable(),
  instances: z.array(z.object({ instance: z.string(), lastAt: instant, alive: z.boolean() })).describe('Newest first'),
  quiet: quietMark.nullable(),
});
export type HeartbeatServiceView = z.output<typeof heartbeatService>;

export const heartbeats = endpoint({
  id: 'landscape.heartbeats',
  area: 'landscape',
  method: 'GET',
  path: '/api/landscape/heartbeats',
  permission: 'landscape.read',
  summary: 'Exchange workers and services: instances, last seen, expected',
  responses: { 200: z.object({ now: instant, services: z.array(heartbeatService) }) },
  errors: [],
});
