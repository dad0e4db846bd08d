import { z } from 'zod';
import { lagSummary, landscapeBus, serviceFigures } from './bus.ts';
import { connectionCheck, connectionCheckEndpoints } from './connection-checks.ts';
import { counters, healthStatus } from './counters.ts';
import { endpoint, instant, roubles } from './endpoint.ts';
import { exchangeRegisters } from './exchange-registers.ts';
import { heartbeats } from './heartbeats.ts';
import { flowMigration } from './migration.ts';
import { quietEndpoints, quietMark } from './quiet.ts';
import { cadenceHealth, flowRhythm } from './rhythm.ts';

const bilingual = z.object({ ru: z.string(), en: z.string() });
/** Which rule gave the health, with the facts its sentence needs. */
export const healthRule = z.object({
  code: z.enum([
    'healthy',
    'not_connected',
    'no_data',
    'system_down',
    'handler_silent',
    'handler_missing',
    'target_down',
    'no_consumer',
    'partly_up',
    'silence',
    'stuck',
    'failures',
    'in_doubt',
    'undecided',
    'slow',
    'stale',
  ]),
  data: z.record(z.string(), z.unknown()),
});

export const connectionHealth = z.object({
  protocol: z.enum(['onec-odata', 'elma365', 'elma3', 'rest', 'kafka', 'service', 'files']),
  url: z.string().describe('Address without credentials; of files the folder that is read'),
  user: z.string().nullable(),
  secretEnv: z.string().nullable().describe('Name of the variable that holds the secret, never the secret'),
  status: healthStatus,
  lastOkAt: instant.nullable(),
  lastErrorAt: instant.nullable(),
  lastError: z.object({ code: z.string(), text: z.string() }).nullable(),
  downSince: instant.nullable(),
  circuit: z.enum(['closed', 'open', 'half_open']),
  nextProbeAt: instant.nullable(),
  login: z
    .object({ refusedSince: instant, until: instant, refusals: z.number().int() })
    .nullable()
    .describe('The system refuses the login: nothing is asked before `until`; each refusal makes the pause longer'),
  inFlight: z.number().int(),
  concurrency: z.number().int(),
  timeoutMs: z.number().int(),
  requestsPerMinute: z.number(),
  busyShare: z.number().describe('Share of the last five minutes in which the system worked for Pult, 0…'),
  latencyP95Ms: z.number().nullable(),
});

/** What passed, by whole minutes; `paceOf` of domain/metrics says how it may be put into words. */
const traffic = z.object({
  fiveMinutes: z.number().int().describe('In the five whole minutes before this one'),
  hour: z.number().int().describe('In the sixty whole minutes before this one'),
  seenMs: z.number().nullable().describe('From the first one ever to the end of the last whole minute; null: none yet'),
  usualHour: z
    .number()
    .nullable()
    .describe(
      'Mean of the same sixty minutes on working days, or on days off, of the last four weeks; null: too few seen',
    ),
});

export const systemHealth = z.object({
  id: z.string(),
  title: bilingual,
  kind: z.enum(['onec', 'bpm', 'shop', 'edi', 'events', 'bus', 'service']),
  group: z.string().nullable(),
  place: z.object({ column: z.number(), row: z.number() }),
  owner: z.string().nullable(),
  connected: z.boolean().describe('Pult asks it or gets its events'),
  reports: z.boolean().describe('Has a key for reporting events'),
  status: healthStatus,
  rule: healthRule,
  connection: connectionHealth.nullable(),
  bus: lagSummary.nullable().describe('Of a bus: its groups; of a consumer: its own groups; null for others'),
  service: serviceFigures.nullable().describe('Of a polled service'),
  freshAt: instant.nullable().describe('Newest news of any kind from the system'),
  incoming: traffic.describe('Applied here'),
  outgoing: traffic.describe('Accepted from here'),
  quiet: quietMark.nullable().describe('Why its alarms call nobody now; the health stays the true one'),
});
export type SystemHealth = z.output<typeof systemHealth>;

export const flowHealth = z.object({
  id: z.string(),
  title: bilingual,
  what: bilingual,
  from: z.array(z.string()),
  to: z.array(z.string()),
  era: z.enum(['as-is', 'to-be']),
  channel: z.enum(['http', 'rest', 'files', 'exchange-plan', 'kafka', 'api', 'unknown']),
  stage: z.enum(['point-to-point', 'shadow', 'cut-over', 'bus']),
  topics: z.array(z.string()).describe('Of a flow over the bus: what carries it'),
  consumers: z
    .array(
      z.object({
        system: z.string(),
        deadLetters: z
          .number()
          .int()
          .nullable()
          .describe(
            'Deliveries that it gave up and that are not settled; null for the only one: every failure is its own',
          ),
      }),
    )
    .describe('Of a flow over the bus: who reads it'),
  migration: flowMigration.nullable().describe('Null for a flow that moves nowhere'),
  watched: z.boolean(),
  owner: z.string().nullable(),
  status: healthStatus,
  rule: healthRule,
  perMinute: z.number().describe('Applied, mean of the last 5 minutes: whether it moves now; for figures see traffic'),
  traffic: traffic.describe('Applied'),
  lastAppliedAt: instant.nullable(),
  lastEventAt: instant.nullable(),
  failed: z.number().int(),
  inDoubt: z.number().int(),
  stuck: z.number().int(),
  waiting: z.number().int().describe('Open deliveries: not applied, not discarded'),
  waitingAmount: roubles,
  failedAmount: roubles,
  inDoubtAmount: roubles,
  stuckAmount: roubles,
  oldestFailedAt: instant.nullable(),
  undecided: z.boolean().describe('Failures wait for a decision longer than the flow allows'),
  oldestInDoubtAt: instant.nullable(),
  oldestStuckAt: instant.nullable(),
  latencyP95Ms: z.number().nullable().describe('Accepted → applied over the last hour'),
  cadence: cadenceHealth.nullable(),
  quiet: quietMark.nullable().describe('Why the flow, or the alarm of its rule, calls nobody now'),
  spark: z.array(z.number()).describe('Applied per minute, the last 30 minutes'),
});
export type FlowHealth = z.output<typeof flowHealth>;

/** One thing that needs a person now; the screen makes the sentence from kind and data. */
export const attentionItem = z.object({
  id: z.string(),
  kind: z.enum([
    'system_down',
    'no_consumer',
    'silence',
    'in_doubt',
    'stuck',
    'undecided',
    'cause_new',
    'cause_growing',
    'sla',
    'quarantine',
    'stale',
    'exchange_problems',
    'exchange_failing',
    'exchange_lag',
    'handler_silent',
    'handler_missing',
  ]),
  status: healthStatus,
  since: instant,
  data: z.record(z.string(), z.unknown()),
  link: z.string().describe('Path inside the console with filters'),
});
export type AttentionItem = z.output<typeof attentionItem>;

export const freshness = z.object({ sourceId: z.string(), at: instant.nullable(), stale: z.boolean() });

export const landscapeOverview = endpoint({
  id: 'landscape.overview',
  area: 'landscape',
  method: 'GET',
  path: '/api/landscape/overview',
  permission: 'landscape.read',
  summary: 'Systems and flows with health, what needs attention, freshness of each source',
  responses: {
    200: z.object({
      now: instant,
      systems: z.array(systemHealth),
      flows: z.array(flowHealth),
      attention: z.array(attentionItem),
      muted: z
        .array(attentionItem.extend({ quiet: quietMark }))
        .describe('What would need a person if nobody had muted it: stays visible, counts nowhere'),
      freshness: z.array(freshness),
      counts: z.object({
        incidents: z.number().int(),
        warned: z.number().int(),
        ok: z.number().int(),
        idle: z.number().int(),
      }),
    }),
  },
  errors: [],
});

export const landscapeFlow = endpoint({
  id: 'landscape.flow',
  area: 'landscape',
  method: 'GET',
  path: '/api/landscape/flows/:flowId',
  permission: 'landscape.read',
  summary: 'One flow: health, rhythm, failures by cause, policy, runbook',
  params: z.object({ flowId: z.string() }),
  responses: {
    200: z.object({
      now: instant,
      flow: flowHealth,
      budgets: z.object({
        acceptedMs: z.number(),
        sentMs: z.number(),
        deliveredMs: z.number(),
        ackTimeoutMs: z.number(),
      }),
      retry: z.object({
        resend: z.boolean(),
        reExport: z.boolean(),
        verify: z
          .array(
            z.object({
              system: z.string(),
              types: z.array(z.string()).describe('Document types it is asked about; none: all others'),
            }),
          )
          .describe('Who is asked before sending again; of a type that nobody is asked about nothing is known'),
        ratePerSecond: z.number(),
        maxRatePerSecond: z.number(),
      }),
      runbook: z.array(z.string()),
      hours: z
        .array(z.object({ at: instant, applied: z.number().int(), failed: z.number().int() }))
        .describe('The last 24 hours by 15 minutes'),
      oldest: z.array(
        z.object({
          id: z.string(),
          number: z.string(),
          amount: roubles.nullable(),
          state: z.string(),
          since: instant,
        }),
      ),
    }),
  },
  errors: ['flow.not_found'],
});

export const landscapeDay = endpoint({
  id: 'landscape.day',
  area: 'landscape',
  method: 'GET',
  path: '/api/landscape/day',
  permission: 'landscape.read',
  summary: 'Volume of the present day by 10 minutes with non-working hours',
  responses: {
    200: z.object({
      now: instant,
      from: instant,
      to: instant,
      bucketMs: z.number(),
      applied: z.number().int(),
      failed: z.number().int(),
      buckets: z.array(z.object({ at: instant, applied: z.number().int(), failed: z.number().int() })),
      working: z.array(z.object({ from: instant, to: instant })).describe('Working intervals of the calendar'),
    }),
  },
  errors: [],
});

export const landscapeConnections = endpoint({
  id: 'landscape.connections',
  area: 'landscape',
  method: 'GET',
  path: '/api/landscape/connections',
  permission: 'settings.read',
  summary: 'Every system with its connection, last error and load',
  responses: {
    200: z.object({
      now: instant,
      file: z.object({ version: z.number().int(), appliedAt: instant, hash: z.string() }),
      systems: z.array(systemHealth),
      checks: z.array(connectionCheck).describe('The last check of each system that was ever checked'),
    }),
  },
  errors: [],
});

export const landscapeEndpoints = [
  landscapeOverview,
  landscapeFlow,
  landscapeDay,
  landscapeConnections,
  ...connectionCheckEndpoints,
  exchangeRegisters,
  landscapeBus,
  counters,
  flowRhythm,
  heartbeats,
  ...quietEndpoints,
] as const;
