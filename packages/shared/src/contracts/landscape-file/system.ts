import { z } from 'zod';
import { bilingual, envName, systemId } from './basics.ts';
import { connector } from './connector.ts';

/** One system of the landscape. */
export const system = z.strictObject({
  id: systemId,
  title: bilingual,
  kind: z.enum(['onec', 'bpm', 'shop', 'edi', 'events', 'bus', 'service']),
  group: z.string().optional().describe('Systems with the same group are one node of the map (1С:ERP ×3)'),
  owner: z.string().optional(),
  connector: connector.optional().describe('Absent: Pult has no connection of its own to this system'),
  consumerGroups: z.array(z.string().min(1)).default([]).describe('Kafka groups with which this system reads the bus'),
  intakeTokenEnv: envName.optional().describe('Variable with the key under which the system reports events'),
  place: z
    .strictObject({ column: z.number().int().min(0).max(4), row: z.number().min(0).max(12) })
    .describe('Cell of the flow map'),
});
