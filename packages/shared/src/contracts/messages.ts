import { z } from 'zod';
import { askedInstant, endpoint, instant, pageQuery, roubles } from './endpoint.ts';
import { exchangeProblemKind } from './exchange-registers.ts';
import { clockSummary } from './sla.ts';

/** States of a delivery (domain.md §1). */
export const deliveryState = z.enum([
  'accepted',
  'sent',
  'delivered',
  'applied',
  'failed',
  'retrying',
  'in_doubt',
  'discarded',
]);
export type DeliveryStateName = z.output<typeof deliveryState>;

export const errorClass = z.enum([
  'transport',
  'authorisation',
  'validation',
  'business',
  'mapping',
  'capacity',
  'unknown',
]);
export type ErrorClassName = z.output<typeof errorClass>;

/** Why an open delivery is past its budget. */
export const stuckCause = z.enum(['waiting_target', 'target_down', 'no_consumer', 'blocked', 'source_silent']);

const listOf = <T extends z.ZodType<string, string>>(item: T) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((value) =>
      (Array.isArray(value) ? value : [value]).flatMap((text) => text.split(',')).filter((text) => text !== ''),
    )
    .pipe(z.array(item));

/** Everything that filters messages; the same in the list, its summary, the volume, the causes and a plan. */
export const messagesFilter = z.object({
  flow: listOf(z.string().max(100)).optional().describe('Flow ids, repeated or comma separated'),
  source: listOf(z.string().max(100))
    .optional()
    .describe('Systems; only deliveries of flows that start in one of them, repeated or comma separated'),
  state: listOf(deliveryState).optional().describe('States, repeated or comma separated'),
  cause: listOf(z.uuid()).optional().describe('Cause ids, repeated or comma separated'),
  errorClass: errorClass.optional(),
  consumer: z.string().max(100).optional(),
  q: z.string().trim().min(1).max(200).optional().describe('Document number, ИНН, counterparty, message id'),
  timeField: z
    .enum(['accepted', 'applied', 'failed', 'state'])
    .optional()
    .describe('Which time from and to speak of; absent: accepted, for failures by cause the first failure'),
  from: askedInstant.optional().describe('At or after'),
  to: askedInstant.optional().describe('Before'),
  minAmount: z.coerce.number().optional(),
  maxAmount: z.coerce.number().optional(),
  stuck: z.enum(['true', 'false']).optional().describe('true: only those past their budget'),
  operation: z.uuid().optional().describe('Deliveries that this operation holds or held last'),
});
export type MessagesFilter = z.output<typeof messagesFilter>;

const businessKey = z.object({
  type: z.string().describe('Document type'),
  number: z.string(),
  ref: z.string().nullable().describe('GUID of the document where known'),
});
const counterparty = z.object({ name: z.string(), inn: z.string().nullable() });
const failure = z.object({ class: errorClass, code: z.string().nullable(), text: z.string() });
const stuck = z.object({
  since: instant,
  cause: stuckCause,
  budgetMs: z.number().int().describe('How long the flow allows this state'),
});

export const messageRow = z.object({
  id: z.uuid().describe('Delivery'),
  flowId: z.string(),
  consumer: z.string(),
  messageId: z.string().describe('Id of the message at its source'),
  state: deliveryState,
  key: businessKey,
  counterparty: counterparty.nullable(),
  personal: z
    .boolean()
    .describe('The flow carries people: counterparty, texts of errors and content are shown for a reason only'),
  amount: roubles.nullable().describe('Null where there is none, and for flows that carry people'),
  attempt: z.number().int().describe('Highest attempt known'),
  revision: z.number().int(),
  acceptedAt: instant.describe('First news of the delivery'),
  stateAt: instant.describe('Since when the state holds; no later than it was heard while the message is open'),
  appliedAt: instant.nullable(),
  latencyMs: z.number().nullable().describe('Accepted → applied'),
  error: failure.nullable().describe('Last failure'),
  causeId: z.uuid().nullable(),
  stuck: stuck.nullable(),
  operationId: z.uuid().nullable(),
});
export type MessageRow = z.output<typeof messageRow>;

export const messagesList = endpoint({
  id: 'messages.list',
  area: 'messages',
  method: 'GET',
  path: '/api/messages',
  permission: 'messages.read',
  summary: 'Deliveries by filter',
  query: messagesFilter.extend({ ...pageQuery.shape, sort: z.enum(['newest', 'oldest', 'amount']).default('newest') }),
  responses: {
    200: z.object({
      rows: z.array(messageRow),
      nextCursor: z.string().nullable(),
      total: z.object({ count: z.number().int(), exact: z.boolean().describe('False above 10 000: «не меньше»') }),
      now: instant,
    }),
  },
  errors: [],
});

export const messagesExport = endpoint({
  id: 'messages.export',
  area: 'messages',
  method: 'GET',
  path: '/api/messages/export.csv',
  permission: 'messages.read',
  summary: 'Deliveries by filter as CSV, UTF-8 with BOM, semicolons; at most 50 000, newest first',
  query: messagesFilter.extend({ ids: listOf(z.uuid()).optional().describe('Only these deliveries') }),
  responses: { 200: z.string() },
  errors: [],
});

export const messagesSummary = endpoint({
  id: 'messages.summary',
  area: 'messages',
  method: 'GET',
  path: '/api/messages/summary',
  permission: 'messages.read',
  summary: 'Counts of the tabs and the amount at risk',
  query: messagesFilter,
  responses: {
    200: z.object({
      failed: z.number().int(),
      amountAtRisk: roubles.describe('Sum over failed and in doubt'),
      inDoubt: z.number().int(),
      stuck: z.number().int(),
      causes: z.number().int(),
      quarantine: z.number().int(),
      incidents: z.array(
        z.object({ systemId: z.string(), since: instant, flows: z.array(z.string()), waiting: z.number().int() }),
      ),
      now: instant,
    }),
  },
  errors: [],
});

export const messagesVolume = endpoint({
  id: 'messages.volume',
  area: 'messages',
  method: 'GET',
  path: '/api/messages/volume',
  permission: 'messages.read',
  summary: 'Histogram over time of what the filter matches',
  query: messagesFilter.extend({ buckets: z.coerce.number().int().min(10).max(200).default(96) }),
  responses: {
    200: z.object({
      from: instant,
      to: instant,
      bucketMs: z.number().int(),
      buckets: z.array(
        z.object({
          at: instant,
          applied: z.number().int().describe('Processed by their target in this time'),
          failed: z.number().int().describe('Failed for the first time in this time'),
          incident: z.number().int().describe('Those of the failed that a system explains which is down now'),
        }),
      ),
    }),
  },
  errors: [],
});

export const causeRow = z.object({
  id: z.uuid(),
  flowId: z.string(),
  errorClass,
  title: z.object({ ru: z.string(), en: z.string() }),
  pattern: z.string().describe('Error text with ‹…› for what differs from message to message'),
  status: z.enum(['new', 'ongoing', 'regressed', 'quiet']).describe('quiet: nothing new for a day'),
  count: z.number().int(),
  amount: roubles,
  counterparties: z.number().int(),
  firstSeenAt: instant,
  lastSeenAt: instant,
  sparkline: z.array(z.number()).describe('Failures per hour, the last 24 hours, oldest first'),
  owner: z.object({ id: z.string(), name: z.string(), since: instant }).nullable(),
  snoozedUntil: instant.nullable(),
  incident: z
    .object({ systemId: z.string(), since: instant })
    .nullable()
    .describe('System that is down and explains the cause'),
});
export type CauseRow = z.output<typeof causeRow>;

export const causesList = endpoint({
  id: 'messages.causes',
  area: 'messages',
  method: 'GET',
  path: '/api/messages/causes',
  permission: 'messages.read',
  summary: 'Open failures grouped by cause, most first',
  query: messagesFilter,
  responses: { 200: z.object({ rows: z.array(causeRow), now: instant }) },
  errors: [],
});

const causeParams = z.object({ causeId: z.uuid() });
const causeDetail = z.object({
  cause: causeRow,
  examples: z.array(messageRow),
  notes: z.array(z.object({ at: instant, author: z.string(), text: z.string() })).describe('Newest first'),
  runbook: z.array(z.string()),
});

export const causeGet = endpoint({
  id: 'messages.cause',
  area: 'messages',
  method: 'GET',
  path: '/api/messages/causes/:causeId',
  permission: 'messages.read',
  summary: 'One cause with examples, notes and the runbook of its flow',
  params: causeParams,
  responses: { 200: causeDetail },
  errors: ['cause.not_found'],
});

export const causeTriage = endpoint({
  id: 'messages.cause_triage',
  area: 'messages',
  method: 'POST',
  path: '/api/messages/causes/:causeId/triage',
  permission: 'messages.triage',
  summary: 'Takes, releases, snoozes a cause or adds a note; notes survive a retry',
  params: causeParams,
  body: z.object({
    owner: z.enum(['take', 'release']).optional(),
    snoozeUntil: askedInstant.nullable().optional().describe('null wakes it'),
    note: z.string().trim().min(1).max(2000).optional(),
  }),
  responses: { 200: causeDetail },
  errors: ['cause.not_found'],
});

const deliveryParams = z.object({ deliveryId: z.uuid() });
const action = z.object({
  allowed: z.boolean(),
  reason: z.string().nullable().describe('Code of what stands in the way'),
});

/** Where a record stands on the bus; the offset is a decimal string, it has 64 bits. */
export const busPlace = z.object({ topic: z.string(), partition: z.number().int(), offset: z.string() });

export const messageDetail = z.object({
  now: instant,
  row: messageRow,
  flow: z.object({
    id: z.string(),
    title: z.object({ ru: z.string(), en: z.string() }),
    from: z
      .array(z.string())
      .describe('The system that accepted the message; every source of the flow while no event says which'),
    to: z.array(z.string()).describe('The consumer of this delivery'),
  }),
  occurredAt: instant.nullable(),
  track: z
    .array(
      z.object({
        state: deliveryState,
        at: instant,
        attempt: z.number().int().nullable(),
        who: z.string().nullable().describe('System or person that stated it'),
        untilNextMs: z.number().nullable(),
      }),
    )
    .describe('States in the order of their times'),
  attempts: z.array(
    z.object({
      number: z.number().int(),
      startedAt: instant,
      finishedAt: instant.nullable(),
      outcome: deliveryState,
      error: failure.nullable(),
      revision: z.number().int(),
      askedBy: z.string().nullable().describe('Person or system; null = the source itself'),
      operationId: z.uuid().nullable(),
      operationNumber: z.number().int().nullable().describe('Number that people say'),
    }),
  ),
  events: z
    .array(
      z.object({
        id: z.string().describe('Id of the CloudEvent at its source'),
        source: z.string(),
        kind: z.string(),
        attempt: z.number().int(),
        at: instant.describe('When it happened, by the clock of the source'),
        receivedAt: instant.describe('When Pult took it'),
        traceId: z.string().nullable(),
      }),
    )
    .describe('What the systems stated, as it came, oldest first'),
  facts: z.array(
    z.object({
      at: instant,
      kind: z.string(),
      actor: z.string().nullable(),
      attempt: z.number().int().nullable(),
      operationId: z.uuid().nullable(),
      text: z.string().nullable(),
    }),
  ),
  registers: z
    .array(
      z.object({
        systemId: z.string().describe('Base whose exchange register lists the object'),
        kind: exchangeProblemKind,
        metadata: z.string().describe('Full name of the metadata object; for an integration the name of its target'),
        ref: z.string().nullable(),
        link: z.string().nullable().describe('Opens the object in 1С; null when the base has no address for people'),
        raisedAt: instant,
        skipped: z.boolean().describe('Somebody in 1С chose to leave it'),
        goneAt: instant.nullable().describe('Since when the base lists it no more; null while it does'),
      }),
    )
    .describe('Problems in exchange registers that are failures of this message, newest first'),
  ediOrder: z.boolean().describe('Pult has the file of an order of a chain: it can be looked at and answered'),
  identifiers: z.object({
    deliveryId: z.string(),
    messageId: z.string(),
    recipient: z
      .string()
      .nullable()
      .describe('System that the consumer passes the message on to; null: nobody says, or the consumer itself'),
    idempotencyKey: z.string().nullable(),
    traceId: z.string().nullable(),
  }),
  deadLetters: z
    .array(
      busPlace.extend({
        at: instant,
        attempt: z.number().int(),
        error: z.string(),
        original: z
          .object({ topic: z.string(), partition: z.number().int().nullable(), offset: z.string().nullable() })
          .nullable()
          .describe('Where the record stood before its consumer gave up'),
        key: z.string().nullable().describe('Null: there is none, or the flow carries people'),
        headers: z.array(z.object({ name: z.string(), value: z.string().nullable().describe('Null: personal data') })),
        sizeBytes: z.number().int(),
        kept: z.boolean().describe('False: too large to be kept, so it cannot be put again from here'),
      }),
    )
    .describe('Records of this delivery among the dead letters of its consumer, newest first'),
  revisions: z.array(z.object({ revision: z.number().int(), at: instant, sizeBytes: z.number().int() })),
  chain: z.array(
    z.object({
      deliveryId: z.string(),
      flowId: z.string(),
      key: businessKey,
      state: deliveryState,
      at: instant,
      self: z.boolean(),
    }),
  ),
  approval: z
    .object({
      id: z.string(),
      number: z.string(),
      kind: z.string(),
      state: z.string(),
      verdict: z.string().nullable(),
      deviationMax: z.number(),
      clock: clockSummary.nullable().describe('Clock of its present cycle'),
    })
    .nullable(),
  actions: z.object({ resend: action, reExport: action, verify: action, discard: action, restore: action }),
});
export type MessageDetail = z.output<typeof messageDetail>;

export const messageGet = endpoint({
  id: 'messages.get',
  area: 'messages',
  method: 'GET',
  path: '/api/messages/:deliveryId',
  permission: 'messages.read',
  summary: 'One message’s whole story',
  params: deliveryParams,
  responses: { 200: messageDetail },
  errors: ['delivery.not_found'],
});

const payloadView = z.object({
  revision: z.number().int(),
  at: instant,
  sizeBytes: z.number().int(),
  truncated: z.boolean(),
  body: z.unknown().describe('Absent content is null; so is every masked value'),
  masked: z.array(z.string()).describe('JSON pointers (RFC 6901) of the values that are personal data and left out'),
});

export const messagePayload = endpoint({
  id: 'messages.payload',
  area: 'messages',
  method: 'GET',
  path: '/api/messages/:deliveryId/payload',
  permission: 'messages.payload',
  summary: 'Content of a revision without personal data',
  params: deliveryParams,
  query: z.object({ revision: z.coerce.number().int().min(1).max(10_000).optional() }),
  responses: { 200: payloadView },
  errors: ['delivery.not_found'],
});

export const messageReveal = endpoint({
  id: 'messages.reveal',
  area: 'messages',
  method: 'POST',
  path: '/api/messages/:deliveryId/payload/reveal',
  permission: 'messages.personal',
  summary:
    'Content of a revision, counterparty and texts of errors with their personal data; who looked and why is in the audit',
  params: deliveryParams,
  body: z.object({
    revision: z.number().int().min(1).max(10_000),
    reason: z.string().trim().min(3).max(500).describe('Why the data are looked at; kept in the audit'),
  }),
  responses: {
    200: payloadView.extend({
      counterparty: counterparty.nullable().describe('Of a flow that carries people: who the message is about'),
      errors: z
        .array(z.object({ at: instant, attempt: z.number().int(), code: z.string().nullable(), text: z.string() }))
        .describe('Of a flow that carries people: texts of its failures, oldest first'),
    }),
  },
  errors: ['delivery.not_found'],
});

export const searchAll = endpoint({
  id: 'messages.search',
  area: 'messages',
  method: 'GET',
  path: '/api/search',
  permission: 'messages.read',
  summary: 'Top bar search: the newest deliveries that match',
  query: z.object({ q: z.string().trim().min(2).max(200) }),
  responses: {
    200: z.object({ rows: z.array(messageRow.extend({ flowTitle: z.string() })) }),
  },
  errors: [],
});

export const quarantineRow = z.object({
  id: z.uuid(),
  receivedAt: instant,
  systemId: z.string().describe('Whose key it came with; the bus itself where its record names no system'),
  reason: z.enum(['unreadable', 'invalid', 'unknown_flow', 'foreign_source', 'unknown_consumer', 'file']),
  issues: z.array(z.object({ path: z.string(), message: z.string() })),
  eventId: z.string().nullable(),
  eventType: z.string().nullable(),
  event: z.unknown().describe('Without personal data; null for who may not see the content of messages'),
  bus: busPlace.nullable().describe('Where it stood on the bus; null for what came over HTTP'),
});

export const quarantineList = endpoint({
  id: 'messages.quarantine',
  area: 'messages',
  method: 'GET',
  path: '/api/quarantine',
  permission: 'messages.read',
  summary: 'Events that could not be accepted, newest first',
  query: pageQuery.extend({ cursor: z.uuid().optional().describe('Last event of the page before') }),
  responses: { 200: z.object({ rows: z.array(quarantineRow), nextCursor: z.string().nullable() }) },
  errors: [],
});

const quarantineAction = (verb: 'replay' | 'discard', summary: string) =>
  endpoint({
    id: `messages.quarantine_${verb}`,
    area: 'messages',
    method: 'POST',
    path: `/api/quarantine/:eventId/${verb}`,
    permission: 'messages.triage',
    summary,
    params: z.object({ eventId: z.uuid() }),
    body: z.object({ reason: z.string().trim().min(1).max(500).optional() }),
    responses: { 200: z.object({ outcome: z.enum(['accepted', 'duplicate', 'quarantined', 'discarded']) }) },
    errors: ['quarantine.not_found'],
  });
export const quarantineReplay = quarantineAction('replay', 'Validates the event again as if it had just come');
export const quarantineDiscard = quarantineAction('discard', 'Closes the event for good; who did it is in the audit');

export const intakeResult = z.object({
  id: z.string().nullable().describe('Id of the event as sent'),
  status: z.enum(['accepted', 'duplicate', 'quarantined']),
  reason: z.string().optional(),
});

export const intakeEvents = endpoint({
  id: 'messages.intake',
  area: 'messages',
  method: 'POST',
  path: '/api/intake/events',
  permission: 'credential',
  summary: 'CloudEvents 1.0, one (application/cloudevents+json) or up to 1 000 (application/cloudevents-batch+json)',
  body: z
    .union([z.array(z.unknown()).min(1).max(1000), z.record(z.string(), z.unknown())])
    .describe('One event or a batch'),
  responses: { 200: z.object({ results: z.array(intakeResult) }) },
  errors: ['event.malformed', 'server.overloaded', 'rate.limited'],
});

export const messagesEndpoints = [
  intakeEvents,
  messagesList,
  messagesExport,
  messagesSummary,
  messagesVolume,
  causesList,
  causeGet,
  causeTriage,
  searchAll,
  messageGet,
  messagePayload,
  messageReveal,
  quarantineList,
  quarantineReplay,
  quarantineDiscard,
] as const;
