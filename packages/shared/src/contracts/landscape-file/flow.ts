import { z } from 'zod';
import { bilingual, durationMs, systemId } from './basics.ts';
import { topicName } from './connector.ts';

export const askSource = z.strictObject({ system: systemId, path: z.string().startsWith('/') });

export const verify = z.discriminatedUnion('protocol', [
  z.strictObject({
    protocol: z.literal('onec-odata'),
    system: systemId,
    set: z.string().describe('Entity set asked for the document'),
    filter: z
      .string()
      .describe(
        '$filter with {number}, {ref}, {messageId} as already quoted literals; one with {messageId} must find what this message made and nothing else',
      ),
    appliedWhen: z.enum(['posted', 'exists']).default('posted'),
  }),
  z.strictObject({ protocol: z.literal('rest'), system: systemId, path: z.string().startsWith('/') }),
  z.strictObject({
    protocol: z.literal('elma365'),
    system: systemId,
    app: z.string(),
    field: z.string().describe('Field of the app that keeps the source message id'),
  }),
]);

/** A consumer of a flow over the bus. */
const consumer = z.strictObject({
  system: systemId,
  group: z.string().min(1).max(200).describe('Its consumer group'),
  topics: z.array(topicName).min(1).optional().describe('Topics of the flow that it reads; all of them by default'),
  retryTopic: topicName.optional().describe('Topic of this consumer alone, where Pult puts a record again'),
  deadLetterTopic: topicName.optional().describe('Where this consumer puts what it could not process'),
});

/** One flow of the landscape. */
export const flow = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: bilingual,
  what: bilingual.describe('What travels'),
  from: z.array(systemId).min(1),
  to: z.array(systemId).min(1),
  era: z.enum(['as-is', 'to-be']).default('as-is'),
  channel: z.enum(['http', 'rest', 'files', 'exchange-plan', 'kafka', 'api', 'unknown']),
  stage: z.enum(['point-to-point', 'shadow', 'cut-over', 'bus']).default('point-to-point'),
  watched: z
    .boolean()
    .default(false)
    .describe('Whether events about this flow reach Pult today; false is shown as «не подключено»'),
  topics: z.array(topicName).default([]),
  consumers: z.array(consumer).default([]).describe('Who reads the flow from the bus'),
  budget: z
    .strictObject({ accepted: durationMs, sent: durationMs, delivered: durationMs })
    .default({ accepted: 120_000, sent: 300_000, delivered: 600_000 })
    .describe('Longest stay in a state before the delivery counts as stuck'),
  ackTimeoutMs: durationMs.default(900_000).describe('sent for longer than this without news: in doubt'),
  cadence: z
    .strictObject({ everyMs: durationMs, graceMs: durationMs.default(60_000) })
    .optional()
    .describe('A message is expected at least this often; silence is an alarm'),
  retry: z
    .strictObject({
      resend: askSource.optional(),
      reExport: askSource.optional(),
      verify: verify.optional(),
      ratePerSecond: z.number().positive().max(50).default(4),
      maxRatePerSecond: z.number().positive().max(50).default(8),
    })
    .default({ ratePerSecond: 4, maxRatePerSecond: 8 }),
  personalData: z.boolean().default(false),
  partialShipment: z.boolean().default(false),
  owner: z.string().optional(),
  runbook: z.array(z.string()).default([]).describe('Steps for the person on duty'),
});
