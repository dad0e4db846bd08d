import { z } from 'zod';
import { askedInstant, endpoint, instant, pageQuery, roubles } from './endpoint.ts';
import { clockSummary, clockView, escalationMark } from './sla.ts';

export const approvalKind = z.enum(['discount', 'order', 'return']);
export type ApprovalKind = z.output<typeof approvalKind>;

/** `clarification`: the initiator was asked and the clock stands. `decided` covers the 10 s in which undo works. */
export const approvalState = z.enum(['open', 'clarification', 'decided']);
export type ApprovalState = z.output<typeof approvalState>;

/** Place in the inbox. `breached` stands first and only when it has rows. */
export const approvalGroup = z.enum(['breached', 'breaching_today', 'today', 'later', 'waiting_others', 'decided']);
export type ApprovalGroup = z.output<typeof approvalGroup>;

export const approvalTab = z.enum(['mine', 'all', 'waiting', 'decided']);
export type ApprovalTab = z.output<typeof approvalTab>;

/** Systems that know requests and take decisions. */
export const approvalSystem = z.enum(['ut', 'elma']);
export type ApprovalSystem = z.output<typeof approvalSystem>;

export const decisionVerdict = z.enum(['approve', 'reject']);
export type DecisionVerdict = z.output<typeof decisionVerdict>;

/** Why a request is refused. `other` asks for a comment. */
export const rejectReason = z.enum(['margin', 'price_policy', 'debt', 'terms', 'stock', 'not_proven', 'other']);
export type RejectReason = z.output<typeof rejectReason>;

export const deliveryState = z.enum(['pending', 'delivering', 'delivered', 'failed', 'conflict', 'undone']);
export type DecisionDeliveryState = z.output<typeof deliveryState>;

const points = z.number().describe('Percentage points (п.п.), two decimals');
const percent = z.number().describe('Percent, two decimals');

const person = z.object({
  id: z.string().nullable().describe('User of Pult or id in the system'),
  name: z.string(),
  email: z.string().nullable(),
});

/** How old the data of a source is. */
export const approvalSource = z.object({
  system: approvalSystem,
  freshAt: instant.nullable().describe('End of the last complete reading; null: none yet'),
  triedAt: instant.nullable().describe('Last try, successful or not'),
  error: z
    .object({ code: z.string(), since: instant, text: z.string().nullable() })
    .nullable()
    .describe('Why the last try failed'),
});
export type ApprovalSource = z.output<typeof approvalSource>;

/** Delivery of a decision to one system. */
export const decisionDelivery = z.object({
  system: approvalSystem,
  state: deliveryState.describe('pending: waits for the undo window or the next try; failed: will be tried again'),
  attempts: z.number().int(),
  at: instant.nullable().describe('Last change'),
  nextAt: instant.nullable().describe('Next try; null when final'),
  error: z.object({ code: z.string(), text: z.string().nullable() }).nullable(),
  conflict: z
    .object({
      decision: z.string().nullable().describe('What stands there'),
      by: z.string().nullable(),
      at: instant.nullable(),
    })
    .nullable()
    .describe('Somebody decided there first; nothing was overwritten'),
});
export type DecisionDelivery = z.output<typeof decisionDelivery>;

export const approvalDecision = z.object({
  id: z.string().describe('Also the idempotency key of the delivery'),
  verdict: decisionVerdict,
  decidedIn: z.enum(['pult', 'ut', 'elma']).describe('Where it was made'),
  by: person.nullable().describe('Null when the system does not say'),
  at: instant,
  reasonCode: rejectReason.nullable(),
  comment: z.string().nullable(),
  version: z.number().int().describe('Version of the request that it binds to'),
  undoUntil: instant.nullable().describe('Undo works until then; null for decisions made elsewhere'),
  undone: z.object({ at: instant, by: person.nullable() }).nullable(),
  deliveries: z.array(decisionDelivery),
});
export type ApprovalDecision = z.output<typeof approvalDecision>;

/** A row of the inbox. */
export const approvalRow = z.object({
  id: z.string(),
  kind: approvalKind,
  customer: z.object({
    name: z.string(),
    inn: z.string().nullable(),
    segment: z.string().nullable(),
  }),
  document: z.object({
    type: z.string().describe('Type in 1С, e.g. ЗаказКлиента'),
    number: z.string(),
    date: instant.nullable(),
  }),
  amount: roubles.nullable().describe('Without VAT where 1С gives it'),
  deviationMax: points.describe('Largest over the lines'),
  deviationMean: points.describe('Weighted by amount'),
  reason: z.string().nullable().describe('First words of the initiator'),
  initiator: person,
  state: approvalState,
  clock: clockSummary,
  group: approvalGroup,
  version: z.number().int().describe('Pass it back with a decision'),
  changedSinceSeen: z.boolean().describe('A newer version than the person has opened'),
  ownRequest: z.boolean().describe('The person made it and may not decide it'),
  systems: z.array(approvalSystem).describe('Systems that know the request'),
  decision: approvalDecision.nullable(),
});
export type ApprovalRow = z.output<typeof approvalRow>;

const tabCounts = z.object({
  mine: z.number().int(),
  all: z.number().int(),
  waiting: z.number().int(),
  decided: z.number().int().describe('Decided by the person today'),
});

const params = z.object({ approvalId: z.uuid() });

export const approvalsList = endpoint({
  id: 'approvals.list',
  area: 'approvals',
  method: 'GET',
  path: '/api/approvals',
  permission: 'approvals.read',
  summary: 'Requests for approval, the most urgent first; decided ones newest first',
  query: pageQuery.extend({
    tab: approvalTab
      .default('mine')
      .describe('mine: wait for the person; waiting: wait for others; decided: all decided'),
    kind: approvalKind.optional(),
    minDeviation: z.coerce.number().min(0).max(100).optional().describe('At least so many п.п.'),
    segment: z.string().max(200).optional(),
    q: z.string().trim().max(200).optional().describe('Number, ИНН, part of customer or initiator'),
    decidedBy: z.enum(['me', 'anyone']).default('anyone').describe('For the tab decided'),
  }),
  responses: {
    200: z.object({
      rows: z.array(approvalRow),
      nextCursor: z.string().nullable(),
      total: z.object({ count: z.number().int(), amount: roubles }).describe('Over all rows of the filter'),
      groups: z
        .array(
          z.object({
            group: approvalGroup,
            count: z.number().int(),
            lastDueAt: instant.nullable().describe('Latest due in the group; null when no clock of it runs'),
          }),
        )
        .describe('Over all rows, in order'),
      counts: tabCounts.describe('Without the filter'),
      segments: z.array(z.string()).describe('Segments to choose from'),
      serverNow: instant,
      sources: z.array(approvalSource),
    }),
  },
  errors: [],
});

/** A line of the document. What 1С does not give stays null. */
export const approvalLine = z.object({
  position: z.number().int().describe('Number of the line, from 1'),
  name: z.string(),
  article: z.string().nullable(),
  quantity: z.number(),
  stock: z.number().nullable().describe('On stock now'),
  stockOk: z.boolean().nullable(),
  allowedPercent: percent.describe('Manual discount that the agreement allows'),
  requestedPercent: percent,
  deviation: points,
  price: roubles.describe('Before discount'),
  amount: roubles.describe('With the requested discount, without VAT where known'),
  cost: roubles.nullable().describe('Planned cost of the whole line, with or without VAT like the amount'),
  margin: roubles.nullable(),
  marginPercent: percent.nullable(),
});
export type ApprovalLine = z.output<typeof approvalLine>;

/** What one line changed into between two versions. */
export const lineChange = z.object({
  kind: z.enum(['added', 'removed', 'changed']),
  name: z.string(),
  article: z.string().nullable(),
  requestedPercent: z.object({ was: percent.nullable(), now: percent.nullable() }),
  quantity: z.object({ was: z.number().nullable(), now: z.number().nullable() }),
  amount: z.object({ was: roubles.nullable(), now: roubles.nullable() }),
  deviation: z.object({ was: points.nullable(), now: points.nullable() }),
});
export type LineChange = z.output<typeof lineChange>;

export const versionChange = z.object({
  from: z.number().int(),
  to: z.number().int(),
  at: instant,
  deviationMax: z.object({ was: points, now: points }),
  amount: z.object({ was: roubles.nullable(), now: roubles.nullable() }),
  worse: z.boolean().describe('Worse for us: larger deviation or lower margin'),
  lines: z.array(lineChange),
});
export type VersionChange = z.output<typeof versionChange>;

const similarDecision = z.object({
  approvalId: z.string(),
  number: z.string(),
  customer: z.string(),
  sameCustomer: z.boolean(),
  segment: z.string().nullable(),
  decidedAt: instant,
  deviationMax: points,
  amount: roubles.nullable(),
  verdict: decisionVerdict,
  by: z.string().nullable(),
  closeness: z.number().min(0).max(1).describe('1 = alike in everything that is compared'),
});

/** A fact on the way of the request. The sentence is made by the client from kind and data. */
export const timelineEntry = z.object({
  at: instant,
  kind: z.enum([
    'started',
    'version',
    'seen',
    'question',
    'answer',
    'threshold',
    'due',
    'decided',
    'decided_elsewhere',
    'undone',
    'reopened',
    'delivered',
    'delivery_failed',
    'delivery_conflict',
  ]),
  actor: z.string().nullable(),
  system: approvalSystem.nullable(),
  data: z.record(z.string(), z.unknown()).describe('version, deviation, percent, text, verdict, error…'),
  ahead: z.boolean().describe('Has not happened yet: the due'),
});

/** Why the person cannot decide now; null: can. */
export const cannotDecide = z.enum(['no_permission', 'own_request', 'already_decided']);

/** A decision made in one system on its way to the other: the exchange carries it, Pult only watches. */
export const carriedDecision = z.object({
  system: approvalSystem.describe('Where it goes'),
  state: z
    .enum(['on_way', 'arrived', 'failed', 'in_doubt', 'discarded'])
    .describe('failed: the system did not take it, somebody has to send it again; discarded: a person closed it'),
  at: instant.describe('Since when'),
  error: z.string().nullable().describe('What the system said'),
  deliveryId: z.uuid().describe('The message that carries it'),
});
export type CarriedDecision = z.output<typeof carriedDecision>;

export const approvalCard = z.object({
  row: approvalRow,
  comment: z.string().nullable().describe('The initiator’s reason in full'),
  question: z
    .object({
      text: z.string(),
      by: person.nullable(),
      at: instant,
      answer: z.string().nullable(),
      answeredAt: instant.nullable(),
    })
    .nullable()
    .describe('The last question to the initiator'),
  refs: z.object({
    processRef: z.string().nullable().describe('Business process in 1С'),
    documentRef: z.string().nullable(),
    elmaItemId: z.string().nullable(),
  }),
  numbers: z.object({
    deviationMax: points,
    deviationMean: points,
    requestedPercent: percent.nullable().describe('Discount on the line with the largest deviation'),
    allowedPercent: percent.nullable().describe('Limit of the agreement on that line'),
    amount: roubles.nullable(),
    amountWithoutVat: z.boolean().describe('False: 1С gave the amount with VAT only'),
    margin: z
      .object({
        agreement: z.object({ amount: roubles, percent }).describe('Were the lines sold at the allowed discount'),
        request: z.object({ amount: roubles, percent }),
        lost: roubles.describe('Agreement minus request'),
      })
      .nullable()
      .describe('From planned cost; null when 1С gives none for some line'),
    cost: z
      .object({
        priceKind: z.string().describe('Price kind of 1С that keeps planned cost'),
        published: z.boolean().describe('False: the base publishes no such price kind'),
        missing: z.number().int().describe('Lines without a cost on the footing of their amount'),
      })
      .nullable()
      .describe('Where the cost comes from; null until the base has been asked'),
    stock: z.object({ ok: z.number().int(), of: z.number().int() }).nullable().describe('Lines covered by stock'),
  }),
  customer: z.object({
    name: z.string(),
    inn: z.string().nullable(),
    segment: z.string().nullable(),
    debt: roubles.nullable().describe('Receivables now'),
    debtLimit: roubles.nullable(),
    turnover12m: roubles.nullable().describe('Orders of the last 12 months'),
    orders12m: z.number().int().nullable(),
    returnsPercent: percent.nullable().describe('Returns as a share of the turnover'),
    agreement: z.string().nullable().describe('Name of the agreement'),
  }),
  lines: z.array(approvalLine),
  versions: z.array(
    z.object({ version: z.number().int(), at: instant, deviationMax: points, amount: roubles.nullable() }),
  ),
  change: versionChange.nullable().describe('From the version that the person saw last to the present one'),
  changeSeenAt: instant.nullable().describe('When the person saw the earlier version last'),
  similar: z.object({
    decisions: z.array(similarDecision).describe('The nearest five'),
    found: z.number().int().describe('All that are comparable'),
    boundary: z
      .object({
        upTo: points,
        below: z.object({ approved: z.number().int(), of: z.number().int() }),
        above: z.object({ approved: z.number().int(), of: z.number().int() }),
      })
      .nullable()
      .describe('«до 6 п.п. согласовано 14 из 16, выше — 3 из 7»; null with fewer than three'),
  }),
  timeline: z.array(timelineEntry),
  marks: z.array(escalationMark),
  decision: approvalDecision.nullable(),
  carried: z.array(carriedDecision).describe('Of a decision made elsewhere; empty for one of Pult'),
  permissions: z.object({ canDecide: z.boolean(), canAsk: z.boolean(), reasonWhyNot: cannotDecide.nullable() }),
  sources: z.array(approvalSource),
  serverNow: instant,
});
export type ApprovalCard = z.output<typeof approvalCard>;

export const approvalsGet = endpoint({
  id: 'approvals.get',
  area: 'approvals',
  method: 'GET',
  path: '/api/approvals/:approvalId',
  permission: 'approvals.read',
  summary: 'The card: everything that a decision needs',
  params,
  query: z.object({
    seen: z.enum(['true', 'false']).default('true').describe('true: the person looks at it; the version is remembered'),
  }),
  responses: { 200: approvalCard },
  errors: ['approval.not_found'],
});

const version = z.number().int().min(1).describe('Version that was on screen');

export const approvalsDecide = endpoint({
  id: 'approvals.decide',
  area: 'approvals',
  method: 'POST',
  path: '/api/approvals/:approvalId/decision',
  permission: 'approvals.decide',
  summary: 'Stores the decision; after 10 s without undo it goes to ELMA and 1С',
  params,
  body: z.object({
    decision: decisionVerdict,
    version,
    reasonCode: rejectReason.optional().describe('Needed to reject'),
    comment: z.string().trim().max(2000).optional().describe('Needed to reject with `other`'),
  }),
  responses: { 200: approvalCard },
  errors: [
    'approval.not_found',
    'approval.already_decided',
    'approval.version_changed',
    'approval.own_request',
    'approval.reason_required',
    'approval.not_open',
  ],
});

export const approvalsDecideBatch = endpoint({
  id: 'approvals.decide_batch',
  area: 'approvals',
  method: 'POST',
  path: '/api/approvals/decisions',
  permission: 'approvals.decide',
  summary: 'Decides several requests one by one; each succeeds or is refused by itself',
  body: z.object({
    decision: decisionVerdict,
    items: z
      .array(z.object({ approvalId: z.uuid(), version }))
      .min(1)
      .max(100),
    reasonCode: rejectReason.optional(),
    comment: z.string().trim().max(2000).optional(),
  }),
  responses: {
    200: z.object({
      results: z.array(
        z.object({
          approvalId: z.string(),
          decisionId: z.string().nullable().describe('For undo; null when refused'),
          undoUntil: instant.nullable(),
          refusal: z
            .object({ code: z.string(), data: z.record(z.string(), z.unknown()) })
            .nullable()
            .describe('Why this one was not decided: code and data as of a single decision'),
        }),
      ),
    }),
  },
  errors: ['approval.reason_required'],
});

export const approvalsUndo = endpoint({
  id: 'approvals.undo',
  area: 'approvals',
  method: 'POST',
  path: '/api/approvals/:approvalId/undo',
  permission: 'approvals.decide',
  summary: 'Takes the own decision back within 10 s; the clock goes on as if it had not stopped',
  params,
  body: z.object({ decisionId: z.string().min(1).max(100).describe('The decision to take back') }),
  responses: { 200: approvalCard },
  errors: ['approval.not_found', 'approval.undo_expired', 'approval.not_open'],
});

export const approvalsAsk = endpoint({
  id: 'approvals.ask',
  area: 'approvals',
  method: 'POST',
  path: '/api/approvals/:approvalId/question',
  permission: 'approvals.decide',
  summary: 'Asks the initiator through ELMA; the clock stands until the answer',
  params,
  body: z.object({ text: z.string().trim().min(3).max(2000), version }),
  responses: { 200: approvalCard },
  errors: [
    'approval.not_found',
    'approval.already_decided',
    'approval.version_changed',
    'approval.own_request',
    'approval.not_open',
  ],
});

export const approvalsClock = endpoint({
  id: 'approvals.clock',
  area: 'approvals',
  method: 'GET',
  path: '/api/approvals/:approvalId/clock',
  permission: 'approvals.read',
  summary: 'The clock opened into its tape, with rule, calendar and facts',
  params,
  query: z.object({ at: askedInstant.optional().describe('As of this instant; default: now') }),
  responses: {
    200: clockView.extend({
      approval: z.object({
        id: z.string(),
        number: z.string(),
        customer: z.string(),
        kind: approvalKind,
        deviationMax: points,
        initiator: z.string(),
      }),
    }),
  },
  errors: ['approval.not_found'],
});

export const elmaWebhook = endpoint({
  id: 'approvals.elma_webhook',
  area: 'approvals',
  method: 'POST',
  path: '/api/intake/elma-webhook',
  permission: 'credential',
  summary: 'ELMA says that an item changed: a hint to read it now, nothing of the body is taken over',
  body: z.looseObject({
    app: z.string().max(200).optional().describe('namespace/code'),
    itemId: z.string().max(100).optional(),
    status: z.string().max(100).optional(),
    updatedAt: z.string().max(50).optional(),
  }),
  responses: { 202: z.object({ accepted: z.literal(true) }) },
  errors: ['credential.invalid'],
});

export const approvalsEndpoints = [
  approvalsList,
  approvalsGet,
  approvalsDecide,
  approvalsDecideBatch,
  approvalsUndo,
  approvalsAsk,
  approvalsClock,
  elmaWebhook,
] as const;
