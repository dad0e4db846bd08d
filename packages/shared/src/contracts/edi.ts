import { z } from 'zod';
import { CANCEL_REASONS } from '../domain/edi/answer.ts';
import { endpoint, instant, roubles } from './endpoint.ts';

/** Orders of retail chains and the answers to them (landscape.md, edi-orders). */

const quantity = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,10})?$/)
  .describe('Quantity, decimal string');
const verdict = z.enum(['accepted', 'changed', 'rejected']);
const dialect = z.enum(['exite', 'kontur']);

const orderLine = z.object({
  position: z.string().describe('Number of the line in the order'),
  gtin: z.string().nullable(),
  supplierCode: z.string().nullable().describe('Article of the supplier'),
  name: z.string().nullable(),
  unit: z.string().nullable(),
  quantity,
  price: z.string().nullable().describe('With VAT where the chain says it, decimal string'),
});

const effect = z.object({
  verdict,
  orderedPieces: quantity,
  acceptedPieces: quantity,
  orderedAmount: roubles.nullable().describe('null when a line has no price'),
  acceptedAmount: roubles.nullable(),
  changedLines: z.number().int(),
  rejectedLines: z.number().int(),
});

export const ediAnswerWish = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cancel') }),
  z.object({
    kind: z.literal('lines'),
    accepted: z
      .record(z.string().max(20), z.string().max(30))
      .describe('Accepted quantity by number of line, every line'),
  }),
]);

const answerBody = z.object({
  wish: ediAnswerWish,
  reason: z.enum(CANCEL_REASONS),
  comment: z.string().trim().max(500).default('').describe('Words of a person; needed with the reason other'),
});

/** An answer that the chain got, or is going to get. */
const seenAnswer = z.object({
  by: z.enum(['target', 'pult']).describe('target: the accounting system answered by itself'),
  who: z.string().nullable().describe('Person, for answers of Pult'),
  at: instant,
  fileName: z.string(),
  verdict,
  effect: effect.nullable().describe('null when the answer repeats no lines'),
  reason: z.string().nullable(),
  comment: z.string().nullable(),
  refused: z.string().nullable().describe('Words of the chain that refused this answer; null: it did not'),
});
export type EdiSeenAnswer = z.output<typeof seenAnswer>;

export const ediOrderView = z.object({
  dialect,
  number: z.string(),
  date: z.string().describe('YYYY-MM-DD'),
  deliveryDate: z.string().nullable(),
  buyer: z.object({ gln: z.string(), name: z.string() }),
  deliveryPlace: z.string().nullable().describe('GLN'),
  fileName: z.string(),
  encoding: z.string().nullable(),
  lines: z.array(orderLine),
  partialShipment: z.boolean().describe('Whether the flow carries answers line by line'),
  answers: z.array(seenAnswer).describe('Oldest first'),
  sending: z
    .object({
      state: z
        .enum(['waiting', 'dropped', 'seen', 'refused', 'withdrawn'])
        .describe('dropped: lies where the provider takes it from; seen: the provider took it'),
      attempts: z.number().int(),
      nextAt: instant.nullable(),
      droppedAt: instant.nullable(),
      settledAt: instant.nullable(),
      error: z.object({ code: z.string(), text: z.string().nullable() }).nullable(),
    })
    .nullable()
    .describe('The answer of Pult on its way; null when there is none'),
  answer: z.object({
    allowed: z.boolean(),
    reason: z
      .enum(['answered', 'busy', 'no_folder'])
      .nullable()
      .describe('What stands in the way; permission is judged apart'),
  }),
});
export type EdiOrderView = z.output<typeof ediOrderView>;

const params = z.object({ deliveryId: z.uuid() });

export const ediOrder = endpoint({
  id: 'messages.edi_order',
  area: 'messages',
  method: 'GET',
  path: '/api/messages/:deliveryId/edi',
  permission: 'messages.payload',
  summary: 'Order of a chain: its lines, what was answered, whether it may be answered',
  params,
  responses: { 200: ediOrderView },
  errors: ['edi.no_order'],
});

export const ediPreview = endpoint({
  id: 'messages.edi_preview',
  area: 'messages',
  method: 'POST',
  path: '/api/messages/:deliveryId/edi/preview',
  permission: 'operations.run',
  summary: 'The answer as it would be sent, and what it leaves of the order; nothing is stored',
  params,
  body: answerBody,
  responses: {
    200: z.object({
      fileName: z.string(),
      encoding: z.string(),
      text: z.string().describe('The whole file'),
      effect,
    }),
  },
  errors: ['edi.no_order', 'edi.already_answered', 'edi.order_busy', 'edi.cannot_answer', 'edi.answer_invalid'],
});

export const ediAnswer = endpoint({
  id: 'messages.edi_answer',
  area: 'messages',
  method: 'POST',
  path: '/api/messages/:deliveryId/edi/answer',
  permission: 'operations.run',
  summary:
    'Answers the order of a chain instead of the accounting system, once, and again when the chain refused it; delivered through an outbox',
  params,
  body: answerBody,
  responses: { 201: ediOrderView },
  errors: ['edi.no_order', 'edi.already_answered', 'edi.order_busy', 'edi.cannot_answer', 'edi.answer_invalid'],
});

export const ediEndpoints = [ediOrder, ediPreview, ediAnswer] as const;
