import { z } from 'zod';
import { healthStatus } from './counters.ts';
import { endpoint, instant } from './endpoint.ts';

/** When a lag will be gone, by how it moved over the last minutes. */
export const drainForecast = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('drained') }).describe('Nothing waits'),
  z.object({ kind: z.literal('falling'), inMs: z.number().int().describe('Gone after so long at the present speed') }),
  z.object({ kind: z.literal('steady') }).describe('Neither grows nor falls'),
  z.object({ kind: z.literal('growing'), perMinute: z.number().describe('Records per minute') }),
  z.object({ kind: z.literal('unknown') }).describe('Watched for too short a time to tell'),
]);
export type DrainForecast = z.output<typeof drainForecast>;

/** Lag of the consumer groups of one system, or of all groups on the bus. */
export const lagSummary = z.object({
  lag: z.number().int().nullable().describe('Records not yet read; null when no group has been read'),
  forecast: drainForecast,
  members: z.number().int().describe('Members of the groups that are connected now'),
  withoutConsumer: z.array(z.string()).describe('Groups without a member'),
});
export type LagSummary = z.output<typeof lagSummary>;

/** Figures of a polled service; rates over the last minutes. */
export const serviceFigures = z.object({
  expected: z.number().int().describe('Instances that should be up'),
  up: z.number().int().describe('Instances that answer and call themselves healthy'),
  versions: z.array(z.string()).describe('Versions running now; several during a roll-out'),
  perMinute: z.number().nullable().describe('Records handled; null when the service does not say'),
  errorsPerMinute: z.number().nullable(),
  p95Ms: z.number().nullable().describe('95th percentile of handling, from the histogram'),
  instances: z.array(
    z.object({
      url: z.string(),
      up: z.boolean(),
      version: z.string().nullable(),
      startedAt: instant.nullable(),
      goroutines: z.number().nullable(),
      memoryBytes: z.number().nullable(),
      error: z.string().nullable().describe('What the instance or the way to it said'),
    }),
  ),
  freshAt: instant.nullable(),
});
export type ServiceFigures = z.output<typeof serviceFigures>;

const partitionLag = z.object({
  partition: z.number().int(),
  newest: z.number().int().describe('Offset of the next record'),
  committed: z.number().int().nullable().describe('Offset of the next record to read; null when never committed'),
  lag: z.number().int(),
});

export const busGroup = z.object({
  group: z.string(),
  systemId: z.string().nullable().describe('System of the landscape that reads with this group'),
  ours: z.boolean().describe('The group of Pult itself'),
  flows: z.array(z.string()).describe('Flows that this group takes from the bus'),
  state: z.string().describe('As the broker calls it: Stable, Empty, PreparingRebalance …'),
  status: healthStatus,
  reason: z.enum(['ok', 'no_consumer', 'rebalancing', 'growing', 'absent']),
  since: instant.nullable().describe('Since when the reason holds'),
  lag: z.number().int(),
  forecast: drainForecast,
  members: z.array(z.object({ clientId: z.string(), host: z.string(), partitions: z.number().int() })),
  topics: z.array(z.object({ topic: z.string(), lag: z.number().int(), partitions: z.array(partitionLag) })),
  trend: z.array(z.object({ at: instant, lag: z.number().int() })).describe('Lag by minutes, the last half hour'),
});
export type BusGroup = z.output<typeof busGroup>;

export const busTopic = z.object({
  topic: z.string(),
  role: z.enum(['business', 'facts', 'retry', 'dead_letters', 'other']),
  flows: z.array(z.string()),
  present: z.boolean().describe('The broker has it'),
  perMinute: z.number().nullable().describe('Records that came, mean of the last minutes; null when not known yet'),
  records: z.number().int().describe('Kept by the broker now'),
  open: z
    .number()
    .int()
    .nullable()
    .describe('Of a dead letter topic: deliveries with a record in it that are not settled yet; null for other topics'),
  partitions: z.array(
    z.object({
      partition: z.number().int(),
      leader: z.number().int().nullable(),
      oldest: z.number().int().nullable(),
      newest: z.number().int(),
    }),
  ),
});
export type BusTopic = z.output<typeof busTopic>;

export const busState = z.object({
  systemId: z.string(),
  title: z.object({ ru: z.string(), en: z.string() }),
  connected: z.boolean().describe('Brokers are configured'),
  freshAt: instant.nullable().describe('Last complete reading'),
  stale: z.boolean(),
  error: z.object({ code: z.string(), text: z.string().nullable(), since: instant }).nullable(),
  brokers: z.array(
    z.object({ id: z.number().int(), address: z.string(), controller: z.boolean(), leads: z.number().int() }),
  ),
  groups: z.array(busGroup),
  topics: z.array(busTopic),
  missed: z
    .array(
      z.object({
        topic: z.string(),
        partition: z.number().int(),
        records: z.number().int(),
        at: instant.describe('When it was noticed'),
      }),
    )
    .describe('Records that the bus deleted before Pult had read them, of the last two weeks, oldest first'),
});
export type BusState = z.output<typeof busState>;

export const landscapeBus = endpoint({
  id: 'landscape.bus',
  area: 'landscape',
  method: 'GET',
  path: '/api/landscape/bus',
  permission: 'landscape.read',
  summary: 'Brokers, consumer groups with lag and its forecast, topics by partition, as the bus itself says',
  responses: {
    200: z.object({
      now: instant,
      buses: z.array(busState).describe('Every system of the kind bus'),
      services: z
        .array(
          z.object({
            systemId: z.string(),
            title: z.object({ ru: z.string(), en: z.string() }),
            figures: serviceFigures,
          }),
        )
        .describe('Polled services between the bus and the front ends'),
    }),
  },
  errors: [],
});
