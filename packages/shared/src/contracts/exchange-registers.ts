import { z } from 'zod';
import { endpoint, instant } from './endpoint.ts';

/**
 * Kinds of problem in РезультатыОбменаДанными (БСП, enumeration ТипыПроблемОбменаДанными); `not_integrated` is «Ошибка» in
 * СостоянияИнтеграцииОбъектов, `other` keeps the rest.
 */
export const exchangeProblemKind = z.enum([
  'not_posted',
  'required_fields_empty',
  'send_handler_failed',
  'receive_handler_failed',
  'converted_object_invalid',
  'administrative',
  'message_not_archived',
  'not_integrated',
  'other',
]);
export type ExchangeProblemKind = z.output<typeof exchangeProblemKind>;

/** Results in СостоянияОбменовДанными (БСП, enumeration РезультатыВыполненияОбмена). */
export const exchangeRunResult = z.enum([
  'done',
  'done_with_warnings',
  'already_received',
  'cancelled',
  'failed',
  'transport_failed',
]);
export type ExchangeRunResult = z.output<typeof exchangeRunResult>;

const run = z.object({
  result: exchangeRunResult,
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  succeededAt: instant.nullable().describe('End of the last run that succeeded'),
});

export const exchangeNode = z.object({
  ref: z.string().describe('Node of the exchange plan'),
  code: z.string(),
  name: z.string(),
  sentNo: z.number().int().nullable().describe('Number of the last message sent to the node'),
  receivedNo: z.number().int().nullable(),
  export: run.nullable().describe('Last sending; null when the base has never done one'),
  import: run.nullable().describe('Last receiving'),
  plan: z
    .object({
      set: z.string(),
      flowId: z.string(),
      lagWarn: z.number().int(),
      lag: z.number().int().describe('Messages sent and not confirmed: SentNo − ReceivedNo'),
      confirms: z.boolean().describe('false: the lag has reached lagWarn, the node does not confirm what it is sent'),
      exchangedAt: instant.nullable(),
      history: z
        .array(z.object({ at: instant, lag: z.number().int() }))
        .describe('Each change of the lag within the last day, oldest first'),
    })
    .nullable()
    .describe('Set where the landscape watches the plan for a flow'),
});
export type ExchangeNode = z.output<typeof exchangeNode>;

export const exchangeProblem = z.object({
  id: z.uuid(),
  systemId: z.string(),
  node: z.string().nullable().describe('Name of the node; null when the base does not list it'),
  kind: exchangeProblemKind,
  object: z.object({
    metadata: z.string().describe('Full name of the metadata object, as 1С writes it'),
    type: z
      .string()
      .nullable()
      .describe('What the object is where metadata names its target; null where metadata says it, or nobody does'),
    presentation: z.string().describe('Its own identifier where nothing else is known of it'),
    ref: z.string().nullable(),
    number: z.string().nullable(),
    date: instant.nullable(),
    link: z.string().nullable().describe('Opens the object in 1С; null when the base has no address for people'),
  }),
  message: z
    .object({ deliveryId: z.uuid(), flowId: z.string() })
    .nullable()
    .describe('Our message about the object, where Pult knows one'),
  reason: z.string(),
  comment: z.string().nullable(),
  skipped: z.boolean().describe('Somebody in 1С chose to leave it'),
  raisedAt: instant,
});
export type ExchangeProblem = z.output<typeof exchangeProblem>;

export const exchangeBase = z.object({
  systemId: z.string(),
  freshAt: instant.nullable().describe('Last complete reading'),
  triedAt: instant.nullable(),
  stale: z.boolean(),
  error: z.object({ code: z.string(), text: z.string().nullable(), since: instant }).nullable(),
  unpublished: z.array(z.string()).describe('Registers outside the composition of the OData interface'),
  truncated: z.boolean().describe('The base lists more problems than one reading takes'),
  problems: z.number().int().describe('Open, without the skipped ones'),
  failures: z.number().int().describe('Those of the open ones that are failures of messages'),
  skipped: z.number().int(),
  newestProblemAt: instant.nullable().describe('When the newest open problem arose that is no failure of a message'),
  nodes: z.array(exchangeNode),
});
export type ExchangeBase = z.output<typeof exchangeBase>;

export const exchangeRegisters = endpoint({
  id: 'landscape.exchange_registers',
  area: 'landscape',
  method: 'GET',
  path: '/api/landscape/exchange-registers',
  permission: 'landscape.read',
  summary: 'State of exchanges and their problems as the 1С bases themselves record them',
  query: z.object({
    system: z.string().max(100).optional().describe('One base; all of them by default'),
    skipped: z.enum(['true', 'false']).default('false').describe('true: with the problems that 1С skips'),
  }),
  responses: {
    200: z.object({
      now: instant,
      bases: z.array(exchangeBase),
      problems: z.array(exchangeProblem).describe('Newest first, at most 500'),
    }),
  },
  errors: [],
});
