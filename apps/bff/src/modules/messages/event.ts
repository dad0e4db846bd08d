import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { type Cause, causeOf, wellCut } from '@pult/shared/domain/delivery/error-cause';
import type { EventKind } from '@pult/shared/domain/delivery/summary';
import { z } from 'zod';
import { causeId, deliveryId, eventUid } from './identity.ts';
import { type SealedTexts, sealed } from './sealed.ts';

const MAX_PAYLOAD_BYTES = 256 * 1024;
const MAX_ERROR_CHARS = 8_000;
/** Far above what anybody counts: the attempt behind the highest one that a system claims has to be a number, too. */
export const MAX_ATTEMPT = 100_000;

/** How far a clock may run ahead. Beyond it one wrong clock would keep a silent system looking alive. */
const MAX_AHEAD_MS = 24 * 3_600_000;
/** Below it a moment is no moment: 1С writes year 1 for «no date», and a clock that was never set begins in 1970. */
const FIRST_MS = Date.parse('2000-01-01T00:00:00Z');
const FIRST_DOCUMENT_MS = Date.parse('1900-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

const time = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .refine((at) => at >= FIRST_MS && at <= LAST_MS, { error: 'a moment of the years 2000 to 9999' });
/** Date of a document: an empty one of 1С is no date, and nothing is wrong with the event for it. */
const documentTime = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .refine((at) => at <= LAST_MS, { error: 'a moment before the year 10000' })
  .transform((at) => (at < FIRST_DOCUMENT_MS ? null : at));
const text = (max: number) => z.string().min(1).max(max);

const envelope = z.object({
  specversion: z.literal('1.0'),
  id: text(300),
  source: text(100),
  type: z.enum([
    'exchange.accepted',
    'exchange.sent',
    'exchange.delivered',
    'exchange.applied',
    'exchange.failed',
    'exchange.heartbeat',
  ]),
  time,
  traceparent: z.string().max(200).optional(),
});

const deliveryData = z.object({
  flow: text(100),
  consumer: text(100),
  message: z.object({
    id: text(300),
    key: z.object({ type: text(200), number: text(200), ref: z.string().max(200).nullish() }),
    recipient: z.string().max(100).nullish(),
    counterparty: z.object({ name: text(500), inn: z.string().max(20).nullish() }).nullish(),
    amount: z
      .string()
      .regex(/^-?\d{1,15}(\.\d{1,4})?$/)
      .nullish(),
    occurredAt: documentTime.nullish(),
    payload: z.unknown().optional(),
  }),
  attempt: z.int().min(1).max(MAX_ATTEMPT).default(1),
  revision: z.int().min(1).max(10_000).default(1),
  error: z
    .object({
      code: z.coerce.string().max(200).nullish(),
      text: z.string().max(100_000),
      class: z.string().max(40).nullish(),
    })
    .nullish(),
  operation: z.object({ id: z.uuid(), idempotencyKey: z.string().max(300) }).nullish(),
});

// Which flows a service works for stands in the landscape: a list of it is not looked at, however long it is.
const heartbeatData = z.object({ service: text(200), instance: text(200) });

/** One event ready to be folded. */
export interface ExchangeEvent {
  readonly uid: string;
  readonly source: string;
  readonly eventId: string;
  readonly kind: EventKind;
  readonly at: number;
  readonly traceId: string | null;
  readonly deliveryId: string;
  readonly flowId: string;
  readonly consumer: string;
  /** Source whose cadence this message keeps; null where none is watched, and for news that are no new message. */
  readonly rhythmSource: string | null;
  readonly messageId: string;
  readonly key: { readonly type: string; readonly number: string; readonly ref: string | null };
  /** Whom the consumer passes the message on to; null where it is the consumer itself, or nobody says. */
  readonly recipient: string | null;
  readonly counterparty: { readonly name: string; readonly inn: string | null } | null;
  readonly amount: string | null;
  readonly occurredAt: number | null;
  readonly attempt: number;
  readonly revision: number;
  readonly failure: {
    readonly code: string | null;
    readonly text: string;
    readonly cause: Cause & { readonly id: string };
  } | null;
  readonly operation: { readonly id: string; readonly idempotencyKey: string } | null;
  readonly payload: { readonly body: unknown; readonly sizeBytes: number; readonly truncated: boolean } | null;
  /** Names and texts that were taken out because the flow carries people. */
  readonly sealed?: SealedTexts;
}

export interface Heartbeat {
  readonly systemId: string;
  readonly service: string;
  readonly instance: string;
  readonly at: number;
}

export type QuarantineReason = 'unreadable' | 'invalid' | 'unknown_flow' | 'foreign_source' | 'unknown_consumer';
export type ReadEvent =
  | { readonly kind: 'event'; readonly event: ExchangeEvent }
  | { readonly kind: 'heartbeat'; readonly heartbeat: Heartbeat }
  | {
      readonly kind: 'quarantine';
      readonly reason: QuarantineReason;
      readonly issues: { path: string; message: string }[];
    };

/** Who reports, what Pult watches, and when. */
export interface EventReader {
  readonly systemId: string;
  readonly flows: ReadonlyMap<string, FlowConfig>;
  readonly now: number;
}

/**
 * Reads one CloudEvent of a reporter. Nothing is dropped: what cannot be folded comes back as quarantine with every
 * problem. Events claim only what their reporter may know: `source` is the system of the key, and takes part in the flow.
 */
export function readEvent(raw: unknown, { systemId, flows, now }: EventReader): ReadEvent {
  const head = envelope.safeParse(raw);
  if (!head.success) return invalid(head.error);
  const { type, source, time: at } = head.data;
  if (at > now + MAX_AHEAD_MS) return quarantine('invalid', 'time', 'more than a day in the future');
  if (source !== systemId)
    return quarantine('foreign_source', 'source', `the key belongs to «${systemId}», the event says «${source}»`);
  const data = (raw as { data?: unknown }).data;
  if (type === 'exchange.heartbeat') {
    const body = heartbeatData.safeParse(data);
    if (!body.success) return invalid(body.error, 'data');
    return {
      kind: 'heartbeat',
      heartbeat: { systemId, service: body.data.service, instance: body.data.instance, at: head.data.time },
    };
  }
  const body = deliveryData.safeParse(data);
  if (!body.success) return invalid(body.error, 'data');
  const { flow: flowId, consumer, message, attempt, revision } = body.data;
  const flow = flows.get(flowId);
  if (!flow) return quarantine('unknown_flow', 'data.flow', `the landscape has no flow «${flowId}»`);
  if (!flow.to.includes(consumer))
    return quarantine('unknown_consumer', 'data.consumer', `«${consumer}» is no target of «${flowId}»`);
  if (![...flow.from, ...flow.to].includes(systemId))
    return quarantine('foreign_source', 'source', `«${systemId}» takes no part in «${flowId}»`);
  if (type === 'exchange.failed' && !body.data.error)
    return quarantine('invalid', 'data.error', 'a failure needs the text of its error');
  return {
    kind: 'event',
    event: sealed(
      {
        uid: eventUid(source, head.data.id),
        source,
        eventId: head.data.id,
        kind: type.slice('exchange.'.length) as EventKind,
        at: head.data.time,
        traceId: head.data.traceparent?.split('-')[1] ?? null,
        deliveryId: deliveryId(flowId, message.id, consumer),
        flowId,
        consumer,
        rhythmSource: type === 'exchange.accepted' ? rhythmSourceOf(flow, systemId) : null,
        messageId: message.id,
        key: { type: message.key.type, number: message.key.number, ref: message.key.ref ?? null },
        recipient: recipientOf(message.recipient, consumer),
        counterparty: message.counterparty
          ? { name: message.counterparty.name, inn: message.counterparty.inn ?? null }
          : null,
        amount: message.amount ?? null,
        occurredAt: message.occurredAt ?? null,
        attempt,
        revision,
        failure: type === 'exchange.failed' && body.data.error ? failureOf(flowId, body.data.error) : null,
        operation: body.data.operation ?? null,
        payload: payloadOf(message.payload),
      },
      flow,
      flows,
    ),
  };
}

/** A consumer that is named as its own recipient passes nothing on. */
export const recipientOf = (named: string | null | undefined, consumer: string): string | null =>
  named === undefined || named === null || named === '' || named === consumer ? null : named;

/** The source that reports itself; where somebody else reports, the only one there is. */
function rhythmSourceOf({ cadence, from }: FlowConfig, systemId: string): string | null {
  if (!cadence) return null;
  if (from.includes(systemId)) return systemId;
  return from.length === 1 ? (from[0] ?? null) : null;
}

/** A failure as it is folded: its text cut, its cause known by flow, class and pattern. */
export function failureOf(
  flowId: string,
  error: { code?: string | null | undefined; text: string; class?: string | null | undefined },
): NonNullable<ExchangeEvent['failure']> {
  const text = wellCut(error.text, MAX_ERROR_CHARS);
  const cause = causeOf({ text, code: error.code ?? null, class: error.class ?? null });
  return { code: error.code ?? null, text, cause: { ...cause, id: causeId(flowId, cause.errorClass, cause.pattern) } };
}

function payloadOf(payload: unknown): ExchangeEvent['payload'] {
  if (payload === undefined || payload === null) return null;
  const sizeBytes = Buffer.byteLength(JSON.stringify(payload));
  const truncated = sizeBytes > MAX_PAYLOAD_BYTES;
  return { body: truncated ? null : payload, sizeBytes, truncated };
}

const quarantine = (reason: QuarantineReason, path: string, message: string): ReadEvent => ({
  kind: 'quarantine',
  reason,
  issues: [{ path, message }],
});

const invalid = (error: z.ZodError, prefix?: string): ReadEvent => ({
  kind: 'quarantine',
  reason: 'invalid',
  issues: error.issues.map((issue) => ({
    path: [...(prefix ? [prefix] : []), ...issue.path.map(String)].join('.'),
    message: issue.message,
  })),
});
