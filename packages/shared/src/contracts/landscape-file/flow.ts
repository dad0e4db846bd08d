import { z } from 'zod';
import { DOCUMENT_FIELDS } from '../../domain/delivery/open-words.ts';
import { automatic } from './automatic.ts';
import { bilingual, durationMs, systemId } from './basics.ts';
import { topicName } from './connector.ts';
import { deadLetterRules } from './dead-letters.ts';
import { migration } from './migration.ts';
import { verify } from './verify.ts';

/** In the place of a system that is asked to send: the one that accepted the message. For flows with several sources. */
export const WHOEVER_ACCEPTED = 'source';

export const askSource = z.strictObject({
  system: systemId.describe('Who is asked; `source`: the system that accepted the message, for flows with several'),
  path: z.string().startsWith('/'),
});

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const slotMs = durationMs.refine((ms) => ms >= MINUTE_MS && ms <= DAY_MS, { error: 'between 1m and 1d' });
const clockTime = z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'time of day like 07:00');

/**
 * When a message is due: on a grid from Moscow midnight, inside the hours; each source of the flow for itself. The zone of a
 * system names how it writes its dates, not when its people work: the house has one calendar.
 */
const cadence = z
  .strictObject({
    everyMs: slotMs.describe('A message is due by each such step of the day'),
    graceMs: durationMs.default(MINUTE_MS).describe('Later than this is late, and silence if nothing comes'),
    during: z
      .enum(['always', 'working'])
      .default('always')
      .describe('working: only in the working hours of the production calendar'),
    hours: z
      .strictObject({ from: clockTime, to: clockTime })
      .refine(({ from, to }) => from < to, { error: 'from must be before to' })
      .optional()
      .describe('With «working»: these hours of each working day, Moscow time, instead of the hours of the calendar'),
    offHoursEveryMs: slotMs.optional().describe('With «working»: the step outside those hours; absent: nothing is due'),
  })
  .refine(({ during, hours, offHoursEveryMs }) => during === 'working' || (!hours && offHoursEveryMs === undefined), {
    error: 'hours and offHoursEveryMs need «during: working»',
  })
  .refine(({ everyMs, graceMs }) => graceMs < everyMs, { error: 'graceMs must be shorter than everyMs' });
/** A consumer of a flow over the bus. */
const consumer = z.strictObject({
  system: systemId,
  group: z.string().min(1).max(200).describe('Its consumer group'),
  topics: z.array(topicName).min(1).optional().describe('Topics of the flow that it reads; all of them by default'),
  retryTopic: topicName.optional().describe('Topic of this consumer alone, where Pult puts a record again'),
  deadLetterTopic: topicName.optional().describe('Where this consumer puts what it could not process'),
  deadLetters: deadLetterRules.optional().describe('Where its dead letters say which message they were'),
});

/** As the file writes it. */
const flowParts = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: bilingual,
  what: bilingual.describe('What travels'),
  from: z.array(systemId).min(1),
  to: z.array(systemId).min(1),
  era: z.enum(['as-is', 'to-be']).default('as-is'),
  channel: z.enum(['http', 'rest', 'files', 'exchange-plan', 'kafka', 'api', 'unknown']),
  stage: z
    .enum(['point-to-point', 'shadow', 'cut-over', 'bus'])
    .optional()
    .describe(
      'Left out: point-to-point, or bus for a flow of the era to-be: what was built on the bus has moved nowhere',
    ),
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
  cadence: cadence.optional().describe('A message is expected at least this often; silence is an alarm'),
  retry: z
    .strictObject({
      resend: askSource.optional(),
      reExport: askSource.optional(),
      verify: verify.optional().describe('How the target is asked, for all document types or for each'),
      ratePerSecond: z.number().positive().max(50).default(4),
      maxRatePerSecond: z.number().positive().max(50).default(8),
      automatic: automatic
        .optional()
        .describe('What Pult sends again by itself; absent: a person decides about each failure'),
    })
    .default({ ratePerSecond: 4, maxRatePerSecond: 8 }),
  migration: migration.optional().describe('The flow over the bus that takes over this one'),
  personalData: z.boolean().default(false).describe('The flow carries people: names, numbers and texts are hidden'),
  openFields: z
    .array(z.string().trim().min(1).max(200))
    .default([...DOCUMENT_FIELDS])
    .describe(
      'With personalData: places of the content where a number, date, reference or kind of a document is shown, «Документ.Номер» for nested ones; by default those of the document at its top',
    ),
  partialShipment: z.boolean().default(false),
  owner: z.string().optional(),
  runbook: z.array(z.string()).default([]).describe('Steps for the person on duty'),
});

/** One flow of the landscape. */
export const flow = flowParts.transform((one) => ({
  ...one,
  stage: one.stage ?? (one.era === 'to-be' ? ('bus' as const) : ('point-to-point' as const)),
}));

/** Topic by which one consumer of a flow gets a record again; null when the landscape names none. */
export const retryTopicOf = (one: Pick<z.output<typeof flow>, 'consumers'>, consumer: string): string | null =>
  one.consumers.find(({ system }) => system === consumer)?.retryTopic ?? null;

/** Whether messages of a flow are sent again over the bus: no source is asked for it. */
export const resendsOverBus = (one: Pick<z.output<typeof flow>, 'consumers' | 'retry'>): boolean =>
  one.retry.resend === undefined && one.consumers.some(({ retryTopic }) => retryTopic !== undefined);

/** What a connector of watched folders is asked by: drop the bytes of a message for the target once more. */
export const DROP_AGAIN = '/deliver';

/** Whether a message of a flow is sent again as the file that it was: only one whose bytes Pult keeps can be. */
export const resendsAsFile = (one: Pick<z.output<typeof flow>, 'channel' | 'retry'>): boolean =>
  one.channel === 'files' && one.retry.resend?.path === DROP_AGAIN;

/** Whether there is any way to send messages of a flow again. */
export const canResend = (one: Pick<z.output<typeof flow>, 'consumers' | 'retry'>): boolean =>
  one.retry.resend !== undefined || resendsOverBus(one);
