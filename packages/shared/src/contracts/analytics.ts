import { z } from 'zod';
import { askedInstant, endpoint, instant } from './endpoint.ts';

const rangeQuery = z.object({
  from: askedInstant.describe('Inclusive'),
  to: askedInstant.describe('Exclusive'),
  compareFrom: askedInstant.optional(),
  compareTo: askedInstant.optional(),
  flow: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('Flow ids; all when absent'),
  workingDaysOnly: z.enum(['true', 'false']).optional().describe('Leave out days off of the calendar'),
});

/** Latency accepted → applied in ms, from mergeable histograms (relative error ≤ 2 %); null without data. */
export const percentiles = z.object({
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
});
const measure = z.object({
  accepted: z.number().int(),
  applied: z.number().int(),
  failed: z.number().int().describe('Deliveries whose first failure fell into the bucket'),
  latency: percentiles,
});
export type Measure = z.output<typeof measure>;

export const analyticsFlows = endpoint({
  id: 'analytics.flows',
  area: 'analytics',
  method: 'GET',
  path: '/api/analytics/flows',
  permission: 'analytics.read',
  summary: 'Throughput, failures and latency: totals, by day or hour, by flow, by hour of the week',
  query: rangeQuery,
  responses: {
    200: z.object({
      now: instant,
      bucket: z.enum(['hour', 'day']),
      total: measure,
      previous: measure.nullable(),
      days: z.array(measure.extend({ at: instant, working: z.boolean(), holiday: z.string().nullable() })),
      previousDays: z.array(measure.extend({ at: instant, working: z.boolean(), holiday: z.string().nullable() })),
      flows: z.array(
        z.object({
          flowId: z.string(),
          title: z.object({ ru: z.string(), en: z.string() }),
          total: measure,
          previous: measure.nullable(),
          days: z.array(
            z.object({ at: instant, applied: z.number().int(), failed: z.number().int(), p95: z.number().nullable() }),
          ),
        }),
      ),
      week: z.array(z.array(z.number())).describe('7 × 24 (Monday first, Moscow): applied per hour, mean'),
      weekFailed: z.array(z.array(z.number())),
      freshAt: instant.nullable(),
      open: z
        .object({ inDoubt: z.number().int(), quarantine: z.number().int() })
        .describe('Left out of the numbers, now'),
    }),
  },
  errors: [],
});

export const analyticsFailures = endpoint({
  id: 'analytics.failures',
  area: 'analytics',
  method: 'GET',
  path: '/api/analytics/failures',
  permission: 'analytics.read',
  summary: 'Failures by error class and day, and by cause',
  query: rangeQuery,
  responses: {
    200: z.object({
      now: instant,
      bucket: z.enum(['hour', 'day']),
      total: z.number().int(),
      previous: z.number().int().nullable(),
      days: z.array(z.object({ at: instant, byClass: z.record(z.string(), z.number().int()) })),
      classes: z.array(
        z.object({
          errorClass: z.string(),
          count: z.number().int(),
          share: z.number(),
          previous: z.number().int().nullable(),
        }),
      ),
      causes: z.array(
        z.object({
          causeId: z.string(),
          title: z.object({ ru: z.string(), en: z.string() }),
          pattern: z.string(),
          flowId: z.string(),
          errorClass: z.string(),
          count: z.number().int(),
          previous: z.number().int().nullable(),
        }),
      ),
    }),
  },
  errors: [],
});

export const analyticsApprovals = endpoint({
  id: 'analytics.approvals',
  area: 'analytics',
  method: 'GET',
  path: '/api/analytics/approvals',
  permission: 'analytics.read',
  summary: 'Decision time in working time and SLA compliance over closed cycles',
  query: rangeQuery.omit({ flow: true, workingDaysOnly: true }),
  responses: {
    200: z.object({
      now: instant,
      closed: z.number().int(),
      met: z.number().int(),
      breached: z.number().int(),
      compliance: z.number().nullable().describe('met / closed, 0…1; null without closed cycles'),
      previousCompliance: z.number().nullable(),
      openBreached: z.number().int().describe('Open and past due now'),
      goalShare: z.number().describe('Goal of compliance, 0…1'),
      distribution: z
        .array(z.object({ fromPercent: z.number(), toPercent: z.number().nullable(), count: z.number().int() }))
        .describe('Share of the goal used up at the decision'),
      medianPercent: z.number().nullable(),
      p90Percent: z.number().nullable(),
      kinds: z.array(
        z.object({
          kind: z.enum(['discount', 'order', 'return']),
          decided: z.number().int(),
          medianMs: z.number().nullable(),
          p90Ms: z.number().nullable(),
          goalMs: z.number().nullable(),
          compliance: z.number().nullable(),
        }),
      ),
      deciders: z.array(
        z.object({
          name: z.string(),
          decided: z.number().int(),
          met: z.number().int(),
          compliance: z.number().nullable(),
        }),
      ),
    }),
  },
  errors: [],
});

export const analyticsEndpoints = [analyticsFlows, analyticsFailures, analyticsApprovals] as const;
