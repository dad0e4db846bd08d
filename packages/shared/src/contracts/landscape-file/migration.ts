import { z } from 'zod';
import { durationMs, systemId } from './basics.ts';

const field = z
  .string()
  .min(1)
  .regex(/^[^[\].]+(\[\])?(\.[^[\].]+(\[\])?)*$/, 'a field like date or stocks[].quantity');

/** How deliveries of the two channels are compared while both run, and when they show enough. */
const shadow = z.strictObject({
  days: z.number().int().min(1).max(60).default(10).describe('Working days that must show the share'),
  share: z.number().gt(0).max(1).default(0.9995).describe('Least share of pairs without an unexplained difference'),
  lossDays: z.number().int().min(1).max(60).default(5).describe('Working days without a message lost on the bus'),
  healthyMs: durationMs.default(86_400_000).describe('How long both flows must have been healthy'),
  waitMs: durationMs.default(900_000).describe('How long the second channel is waited for'),
  ignore: z.array(field).default([]).describe('Fields that are no part of the comparison'),
  tolerance: z.record(field, z.number().min(0)).default({}).describe('Largest difference of two numbers that is none'),
  rename: z
    .record(field, field)
    .default({})
    .describe('Field in the content of the bus: the same field in the old channel'),
  keys: z.record(field, z.string().min(1)).default({}).describe('List: the field that tells its elements apart'),
  same: z
    .record(field, z.array(z.array(z.string()).min(2)))
    .default({})
    .describe('Field: groups of values that mean the same, units for example'),
  times: z.array(field).default([]).describe('Fields compared as instants; without an offset it is Moscow time'),
});

/** The flow over the bus that takes over a flow of today, and what moves. */
export const migration = z.strictObject({
  flow: z.string().describe('The flow over the bus'),
  types: z.array(z.string().min(1)).default([]).describe('Document types that move; none: all of them'),
  consumer: systemId.optional().describe('Of several consumers on the bus the one that is compared'),
  addressed: z
    .boolean()
    .default(false)
    .describe(
      'Only messages of the bus that name a target of this flow as their recipient; otherwise also those that name none',
    ),
  shadow: shadow.prefault({}),
});
export type MigrationConfig = z.output<typeof migration>;
