import { z } from 'zod';
import { bilingual, durationMs, envName, systemId, zoneName } from './basics.ts';
import { connector } from './connector.ts';

/** A service of a system (an exchange worker, a job) that says `exchange.heartbeat` while it lives. */
const heartbeat = z.strictObject({
  service: z.string().min(1).max(200).describe('Name of the service in its heartbeats'),
  everyMs: durationMs
    .refine((ms) => ms >= 1_000 && ms <= 3_600_000, { error: 'between 1s and 1h' })
    .describe('How often an instance says that it lives; three missed in a row are an alarm'),
  instances: z.number().int().min(1).max(100).default(1).describe('How many must live at once'),
});

/** One system of the landscape. */
export const system = z.strictObject({
  id: systemId,
  title: bilingual,
  kind: z.enum(['onec', 'bpm', 'shop', 'edi', 'events', 'bus', 'service']),
  group: z.string().optional().describe('Systems with the same group are one node of the map (1С:ERP ×3)'),
  owner: z.string().optional(),
  zone: zoneName
    .default('Europe/Moscow')
    .describe(
      'Zone in which the system keeps its dates: those of 1С and ELMA3 say none; days of an archive are its days',
    ),
  connector: connector.optional().describe('Absent: Pult has no connection of its own to this system'),
  consumerGroups: z.array(z.string().min(1)).default([]).describe('Kafka groups with which this system reads the bus'),
  intakeTokenEnv: envName.optional().describe('Variable with the key under which the system reports events'),
  heartbeats: z
    .array(heartbeat)
    .default([])
    .refine((list) => new Set(list.map(({ service }) => service)).size === list.length, {
      error: 'a service is listed twice',
    })
    .describe('Services whose heartbeats are expected'),
  place: z
    .strictObject({ column: z.number().int().min(0).max(4), row: z.number().min(0).max(12) })
    .optional()
    .describe('Cell of the flow map; absent: Pult finds one, below those that the file gives'),
});
