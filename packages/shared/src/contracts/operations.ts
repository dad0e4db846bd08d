import { z } from 'zod';
import { endpoint, instant, pageOf, pageQuery, roubles } from './endpoint.ts';
import { messagesFilter } from './messages.ts';

/** resend: same bytes, same key; reExport: the source sends the document as it is now; discard and restore move nothing. */
export const operationVerb = z
  .enum(['resend', 'reExport', 'discard', 'restore'])
  .describe('resend: same bytes, same key; reExport: the document as it is now; discard and restore move nothing');
export type OperationVerb = z.output<typeof operationVerb>;

/**
 * State of an operation, derived from its items and from what people asked of it.
 * `holding`: started, but the circuit of a system is open; `stopped`: the stop rule stopped it, a person decides;
 * `completed` has nothing but successes inside, `completed_with_failures` everything else that ran to its end.
 */
export const operationState = z
  .enum([
    'planned',
    'running',
    'holding',
    'paused',
    'stopped',
    'cancelling',
    'completed',
    'completed_with_failures',
    'cancelled',
    'expired',
  ])
  .describe('Derived from the items and from what people asked');
export type OperationState = z.output<typeof operationState>;

/** State of one item. `done` is the success of discard and restore. `ineligible` items never start. */
export const itemState = z
  .enum([
    'pending',
    'waiting_previous',
    'verifying',
    'sending',
    'sent',
    'applied',
    'already_applied',
    'done',
    'failed',
    'in_doubt',
    'skipped',
    'returned',
    'ineligible',
  ])
  .describe('Place of the item in its life');
export type ItemState = z.output<typeof itemState>;

/** Items as the screen counts them; `inProgress` = verifying, sending, sent. */
export const itemOutcome = z
  .enum([
    'pending',
    'waiting_previous',
    'in_progress',
    'applied',
    'already_applied',
    'done',
    'failed',
    'in_doubt',
    'skipped',
    'returned',
    'ineligible',
  ])
  .describe('State as the screen counts it');
export type ItemOutcome = z.output<typeof itemOutcome>;

/** Why a delivery does not fit a plan, or why an item was skipped. */
export const ineligibleReason = z
  .enum([
    'in_operation',
    'state_not_retriable',
    'already_applied',
    'verb_unsupported',
    'no_record',
    'no_retry_topic',
    'no_file',
    'refused_to_chain',
    'replaced',
    'overtaken',
    'no_message',
    'flow_not_connected',
    'not_found',
    'changed_since_plan',
    'previous_failed',
  ])
  .describe('Why it does not fit or was skipped');
export type IneligibleReason = z.output<typeof ineligibleReason>;

const who = z
  .object({
    kind: z.enum(['person', 'system', 'pult']).describe('pult: Pult itself, by a timer or a rule'),
    id: z.string().nullable().describe('User or system; null for Pult itself'),
    name: z.string().nullable().describe('Name of the person'),
  })
  .describe('Who did it');
const inOperation = z
  .object({ id: z.uuid().describe('Its id'), number: z.number().int().describe('Its number') })
  .nullable();
const documentNumber = z.string().describe('Number of the document');
const deliveryId = z.string().describe('Delivery');

const ratePerSecond = z.number().positive().max(50).describe('Messages per second');
const reason = z.string().trim().min(3).max(1000).describe('Why; kept in the audit');

/** What an operation is about. Exactly one of the four forms. */
export const operationSelection = z.union([
  z.strictObject({
    deliveryIds: z.array(z.uuid()).min(1).max(10_000).describe('Chosen deliveries'),
  }),
  z.strictObject({
    filter: z.strictObject(messagesFilter.shape).describe('Filter of the messages list; may not be empty'),
  }),
  z.strictObject({ causeIds: z.array(z.uuid()).min(1).max(200).describe('Whole causes') }),
  z.strictObject({
    operationId: z.uuid().describe('An earlier operation…'),
    outcomes: z
      .array(z.enum(['failed', 'in_doubt', 'skipped', 'returned', 'ineligible']))
      .min(1)
      .describe('…and which of its items: «повторить неудачные»; ineligible: what its plan left out'),
    reasons: z
      .array(ineligibleReason)
      .min(1)
      .optional()
      .describe('Only items that were left out or skipped for one of these'),
  }),
]);
export type OperationSelection = z.output<typeof operationSelection>;

const countBy = z.object({
  id: z.string().describe('Flow, system or cause'),
  title: z.string().nullable().describe('Text of the cause; null where the id says it all'),
  count: z.number().int().describe('How many of the eligible'),
});

/** The frozen plan: it does not change when the landscape does. */
export const operationPlan = z.object({
  total: z.number().int().describe('Deliveries that the selection named'),
  eligible: z.number().int().describe('Those that would go'),
  ineligible: z.array(
    z.object({
      reason: ineligibleReason,
      count: z.number().int().describe('How many for this reason'),
      operation: inOperation.describe('Operation that holds them, for in_operation'),
    }),
  ),
  byFlow: z.array(countBy).describe('Eligible items by flow, most first'),
  bySystem: z.array(countBy).describe('Eligible items by target system'),
  byCause: z.array(countBy).describe('Eligible items by cause, at most 50'),
  byState: z.array(countBy).describe('Eligible items by state of the delivery: failed, in_doubt, discarded'),
  keys: z.number().int().describe('Different business keys among the eligible'),
  amount: roubles.nullable().describe('Sum over eligible items that have an amount'),
  oldestAt: instant.nullable().describe('When the oldest eligible message occurred'),
  newestAt: instant.nullable().describe('The same of the newest'),
  estimatedMs: z.number().int().describe('Estimated duration at the rate'),
  needsTypedCount: z.boolean().describe('Above 100 items the person types the number of eligible items'),
  verifiable: z.number().int().describe('Eligible items whose target is asked before sending'),
  riskInDoubt: z.number().int().describe('Items in doubt that cannot be verified: a resend may double them'),
});
export type OperationPlan = z.output<typeof operationPlan>;

export const operationCounts = z.object({
  total: z.number().int().describe('Eligible items'),
  pending: z.number().int().describe('Not started'),
  waitingPrevious: z.number().int().describe('Wait for an older message of their document'),
  inProgress: z.number().int().describe('Being verified, sent, or awaiting the target'),
  applied: z.number().int().describe('Confirmed by the target'),
  alreadyApplied: z.number().int().describe('Were there before anything was sent'),
  done: z.number().int().describe('Discarded or restored'),
  failed: z.number().int().describe('Failed'),
  inDoubt: z.number().int().describe('Outcome unknown'),
  skipped: z.number().int().describe('Must not be sent any more'),
  returned: z.number().int().describe('Given back by a cancel'),
  ineligible: z.number().int().describe('Not part of total'),
});
export type OperationCounts = z.output<typeof operationCounts>;

export const operationSummary = z.object({
  id: z.uuid().describe('Operation'),
  number: z.number().int().describe('Number that people say: «повтор № 218»'),
  verb: operationVerb,
  state: operationState,
  title: z.string().nullable().describe('Text of the cause or the document when the operation is about just one'),
  flows: z.array(z.string()).describe('Flows of the eligible items'),
  counts: operationCounts,
  createdAt: instant,
  createdBy: who,
  startedAt: instant.nullable().describe('Null: still a plan'),
  startedBy: who.nullable(),
  finishedAt: instant.nullable().describe('When the last item got its outcome'),
  reason: z
    .string()
    .nullable()
    .describe('Why, in the words of the person who started it; null for automatic ones (createdBy.kind is pult)'),
});
export type OperationSummary = z.output<typeof operationSummary>;

const stage = z.object({
  id: z.enum(['canary1', 'canary10', 'rest']).describe('The first one, the next ten, the rest'),
  state: z.enum(['waiting', 'running', 'passed', 'stopped']).describe('stopped: by the rule or by a pause'),
  size: z.number().int().describe('Items of the stage'),
  finished: z.number().int().describe('Items of the stage with a confirmed outcome'),
  failed: z.number().int().describe('Failed items of the stage'),
  inDoubt: z.number().int().describe('Items of the stage with an unknown outcome'),
  durationMs: z.number().int().nullable().describe('First start to last outcome; null while it runs'),
});

/** One line of the log of an operation. `data` holds the facts that its sentence needs. */
export const operationLogEntry = z.object({
  id: z.number().int().describe('Place in the log'),
  at: instant,
  code: z.enum([
    'planned',
    'started',
    'joined',
    'stage_passed',
    'paused',
    'resumed',
    'stopped_by_rule',
    'cancel_requested',
    'cancelled',
    'rate_changed',
    'rate_lowered',
    'rate_restored',
    'circuit_opened',
    'circuit_closed',
    'item_failed',
    'item_in_doubt',
    'item_verified',
    'runner_recovered',
    'completed',
    'completed_with_failures',
    'expired',
  ]),
  actor: who,
  data: z.record(z.string(), z.unknown()).describe('deliveryId, number, stage, from, to, share, system, count…'),
});
export type OperationLogEntry = z.output<typeof operationLogEntry>;

export const operationDetail = operationSummary.extend({
  plan: operationPlan,
  selection: operationSelection,
  expiresAt: instant.nullable().describe('A plan that nobody started expires then'),
  rate: z.object({
    perSecond: z.number().describe('Chosen by a person'),
    effectivePerSecond: z.number().describe('Lower while Pult slows down because a system answers slowly'),
    maxPerSecond: z.number().describe('Limit of the flow'),
    measuredPerSecond: z.number().nullable().describe('Mean since the start'),
  }),
  p95Ms: z.number().nullable().describe('Answers of the asked system, the last 100 items'),
  elapsedMs: z.number().int().nullable().describe('Since the start, pauses included'),
  etaMs: z.number().int().nullable().describe('Estimated time left; null when it cannot be said'),
  stages: z.array(stage).describe('Canary and rest, in order'),
  stopRule: z.object({
    window: z.number().int().describe('Finished items looked at: the last 100'),
    limitShare: z.number().describe('0.05 = 5 %'),
    failures: z.number().int().describe('Failures within the window'),
    finished: z.number().int().describe('Items in the window'),
    share: z.number().describe('failures / finished'),
    broken: z.boolean().describe('The rule has stopped this operation'),
  }),
  holdingFor: z
    .object({
      system: z.string().describe('System whose circuit is open'),
      since: instant,
      nextProbeAt: instant.nullable().describe('When it is tried again'),
    })
    .nullable()
    .describe('Open circuit that holds the operation'),
  pausedBy: who.nullable(),
  cancelledBy: who.nullable(),
  oldestDoubtAt: instant.nullable().describe('Since when the oldest item is in doubt'),
  retriable: z.number().int().describe('Items that «повторить неудачные» would take'),
  exportable: z
    .number()
    .int()
    .describe('Left out because there was no message to send, and their flow can export them anew'),
  log: z.array(operationLogEntry).describe('Newest first, at most 200'),
  version: z.number().int().describe('Grows with every change'),
});
export type OperationDetail = z.output<typeof operationDetail>;

export const operationItem = z.object({
  position: z.number().int().describe('Place in the frozen list, from 1'),
  deliveryId,
  flow: z.string().describe('Flow'),
  consumer: z.string().describe('Target system'),
  documentType: z.string().describe('Type of the document, as the source names it'),
  number: documentNumber,
  counterparty: z.string().nullable().describe('Customer or supplier'),
  amount: roubles.nullable().describe('Sum of the document, roubles'),
  occurredAt: instant.nullable().describe('When the message came into being'),
  state: itemState,
  outcome: itemOutcome,
  reason: ineligibleReason.nullable().describe('For ineligible and skipped'),
  operation: inOperation.describe('Operation that holds it'),
  error: z
    .object({
      code: z.string().describe('Code of Pult or of the system'),
      text: z.string().describe('Its words, as they came'),
    })
    .nullable()
    .describe('Raw answer of the system or an error code of Pult'),
  waitsFor: z.object({ deliveryId, number: documentNumber }).nullable().describe('Older message of the same document'),
  attempt: z.number().int().nullable().describe('Number of the attempt that this item made'),
  idempotencyKey: z.string().nullable().describe('The same however often the request is made'),
  startedAt: instant.nullable().describe('First question or request about it'),
  sentAt: instant.nullable().describe('The source took the request'),
  finishedAt: instant.nullable().describe('When the outcome was known'),
  durationMs: z.number().int().nullable().describe('startedAt to finishedAt'),
  confirmedBy: z.enum(['event', 'verification', 'answer']).nullable().describe('Who proved the outcome'),
});
export type OperationItem = z.output<typeof operationItem>;

const params = z.object({ operationId: z.uuid().describe('Operation') });
const started = { 200: operationDetail };

export const operationsCreate = endpoint({
  id: 'operations.create',
  area: 'operations',
  method: 'POST',
  path: '/api/operations',
  permission: 'operations.run',
  summary: 'Makes a plan: freezes the list and says what would happen; with `start` a single item goes at once',
  body: z.object({
    verb: operationVerb,
    selection: operationSelection,
    ratePerSecond: ratePerSecond.optional().describe('Default: that of the flow'),
    start: z
      .object({ reason })
      .optional()
      .describe('Starts at once; only when the plan has exactly one eligible item. A running operation is joined'),
  }),
  responses: {
    200: z.object({
      operation: operationDetail,
      joined: z.boolean().describe('True: nothing new was made, this running operation holds the delivery already'),
    }),
  },
  errors: [
    'operation.filter_empty',
    'operation.too_large',
    'operation.nothing_eligible',
    'operation.not_found',
    'operation.count_mismatch',
    'operation.verb_unsupported',
    'delivery.not_found',
    'delivery.not_retriable',
    'cause.not_found',
  ],
});

export const operationsList = endpoint({
  id: 'operations.list',
  area: 'operations',
  method: 'GET',
  path: '/api/operations',
  permission: 'operations.read',
  summary: 'Operations, newest first',
  query: pageQuery.extend({
    state: z
      .array(operationState)
      .or(operationState.transform((one) => [one]))
      .optional()
      .describe('Any of these'),
    open: z.enum(['true', 'false']).optional().describe('true: only those that are not at their end'),
    verb: operationVerb.optional(),
    flow: z.string().max(100).optional().describe('Operations with items of this flow'),
    createdBy: z.string().max(200).optional().describe('User id'),
    automatic: z
      .enum(['true', 'false'])
      .optional()
      .describe('true: only those that Pult opened by itself; false: only those of people'),
    deliveryId: z.uuid().optional().describe('Operations that this delivery was in'),
  }),
  responses: { 200: pageOf(operationSummary) },
  errors: [],
});

export const operationsGet = endpoint({
  id: 'operations.get',
  area: 'operations',
  method: 'GET',
  path: '/api/operations/:operationId',
  permission: 'operations.read',
  summary: 'One operation: plan, progress, stages, stop rule, log',
  params,
  responses: started,
  errors: ['operation.not_found'],
});

export const operationsItems = endpoint({
  id: 'operations.items',
  area: 'operations',
  method: 'GET',
  path: '/api/operations/:operationId/items',
  permission: 'operations.read',
  summary: 'Items in the frozen order; failures can be asked for first',
  params,
  query: pageQuery.extend({
    outcome: z
      .array(itemOutcome)
      .or(itemOutcome.transform((one) => [one]))
      .optional()
      .describe('Any of these'),
    search: z.string().max(200).optional().describe('Part of number or counterparty'),
    sort: z.enum(['position', 'trouble']).default('position').describe('trouble: failed and in doubt first'),
  }),
  responses: { 200: pageOf(operationItem) },
  errors: ['operation.not_found'],
});

export const operationsSeries = endpoint({
  id: 'operations.series',
  area: 'operations',
  method: 'GET',
  path: '/api/operations/:operationId/series',
  permission: 'operations.read',
  summary: 'How the sending went over time',
  params,
  responses: {
    200: z.object({
      bucketMs: z.number().int().describe('Width of a bucket'),
      buckets: z.array(
        z.object({
          at: instant,
          applied: z.number().int().describe('Confirmed in this time'),
          alreadyApplied: z.number().int().describe('Found at the target before sending'),
          failed: z.number().int().describe('Failed in this time'),
          inDoubt: z.number().int().describe('Became unknown in this time'),
          p95Ms: z.number().nullable().describe('Answers of the asked system'),
        }),
      ),
      rates: z
        .array(z.object({ at: instant, perSecond: z.number().describe('Messages per second') }))
        .describe('The chosen rate from then on'),
    }),
  },
  errors: ['operation.not_found'],
});

export const operationsExport = endpoint({
  id: 'operations.export',
  area: 'operations',
  method: 'GET',
  path: '/api/operations/:operationId/items.csv',
  permission: 'operations.read',
  summary: 'All items with their outcome as CSV, UTF-8 with BOM, semicolons',
  params,
  responses: { 200: z.string() },
  errors: ['operation.not_found'],
});

export const operationsStart = endpoint({
  id: 'operations.start',
  area: 'operations',
  method: 'POST',
  path: '/api/operations/:operationId/start',
  permission: 'operations.run',
  summary: 'Claims the eligible deliveries and starts',
  params,
  body: z.object({
    reason,
    confirmCount: z.number().int().optional().describe('Number of eligible items as typed; needed above 100'),
  }),
  responses: started,
  errors: [
    'operation.not_found',
    'operation.wrong_state',
    'operation.count_mismatch',
    'operation.nothing_eligible',
    'delivery.changed',
  ],
});

const control = (verb: 'pause' | 'resume' | 'cancel', summary: string) =>
  endpoint({
    id: `operations.${verb}`,
    area: 'operations',
    method: 'POST',
    path: `/api/operations/:operationId/${verb}`,
    permission: 'operations.run',
    summary,
    params,
    body: z.object({ reason: reason.optional() }),
    responses: started,
    errors: ['operation.not_found', 'operation.wrong_state'],
  });

export const operationsPause = control('pause', 'What is under way ends, the rest stays with the operation');
export const operationsResume = control('resume', 'Goes on after a pause or after the stop rule');
export const operationsCancel = control('cancel', 'What is under way ends, the rest returns to «failed»');

export const operationsRate = endpoint({
  id: 'operations.rate',
  area: 'operations',
  method: 'POST',
  path: '/api/operations/:operationId/rate',
  permission: 'operations.run',
  summary: 'Changes the rate; values above the limit of the flow are cut to it',
  params,
  body: z.object({ ratePerSecond }),
  responses: started,
  errors: ['operation.not_found', 'operation.wrong_state'],
});

export const deliveryVerify = endpoint({
  id: 'operations.verify_delivery',
  area: 'operations',
  method: 'POST',
  path: '/api/messages/:deliveryId/verify',
  permission: 'operations.run',
  summary: 'Asks the target now whether the document is there, and records the answer',
  params: z.object({ deliveryId: z.uuid().describe('Delivery') }),
  responses: {
    200: z.object({
      outcome: z.enum(['applied', 'present', 'absent']).describe('present: there, but not posted'),
      system: z.string().describe('The target that was asked'),
      at: instant,
      ref: z.string().nullable().describe('Reference of the document at the target'),
      number: z.string().nullable().describe('Its number there'),
      duplicates: z.number().int().describe('Documents found beyond the first'),
      recorded: z
        .boolean()
        .describe('False: another message about the same document may have brought it; the state stays as it is'),
    }),
  },
  errors: [
    'delivery.not_found',
    'operation.verb_unsupported',
    'source.unreachable',
    'source.timeout',
    'source.unauthorized',
    'source.login_page',
    'source.forbidden',
    'source.overloaded',
    'source.not_ready',
    'source.maintenance',
    'source.no_licence',
    'source.not_found',
    'source.rejected',
    'source.bad_answer',
    'source.circuit_open',
  ],
});

export const operationsEndpoints = [
  operationsCreate,
  operationsList,
  operationsGet,
  operationsItems,
  operationsSeries,
  operationsExport,
  operationsStart,
  operationsPause,
  operationsResume,
  operationsCancel,
  operationsRate,
  deliveryVerify,
] as const;
