/** A business message on its way over the bus, and the facts that sides state about it. */
import { createHash } from 'node:crypto';
import type { CloudEvent } from '../workers/event.ts';
import type { Service } from './topics.ts';

export interface BusMessage {
  readonly flow: Service['flow'];
  readonly topic: string;
  readonly source: string;
  readonly consumer: Service['system'];
  readonly messageId: string;
  /** Type of the document, as in the facts. */
  readonly type: string;
  readonly number: string;
  readonly ref: string | null;
  /** System that the consumer passes it on to; null: it is for the consumer itself. */
  readonly recipient: string | null;
  readonly counterparty: { readonly name: string; readonly inn: string } | null;
  readonly amount: string | null;
  /** ISO 8601 UTC */
  readonly occurredAt: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A record for the bus; header values are texts. */
export interface OutRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);
const traceOf = (message: BusMessage, spanOf: string): string =>
  `00-${digest(`${message.flow} ${message.messageId}`, 32)}-${digest(spanOf, 16)}-01`;

/** Order is kept per document. */
const keyOf = (message: BusMessage): string => message.ref ?? message.number;

/** The document itself: a binary CloudEvent with all that a consumer needs to state facts about it. */
export function documentRecord(message: BusMessage): OutRecord {
  return {
    topic: message.topic,
    key: keyOf(message),
    value: JSON.stringify(message.payload),
    headers: {
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: message.messageId,
      ce_source: message.source,
      ce_type: message.type,
      ce_time: message.occurredAt,
      // Kafka headers are bytes; the binding writes them as UTF-8.
      ce_subject: message.number,
      'message-id': message.messageId,
      traceparent: traceOf(message, message.messageId),
      ...(message.amount === null ? {} : { amount: message.amount }),
      ...(message.counterparty === null ? {} : { counterparty: JSON.stringify(message.counterparty) }),
      ...(message.ref === null ? {} : { ref: message.ref }),
      ...(message.recipient === null ? {} : { recipient: message.recipient }),
    },
  };
}

export type FactKind = 'accepted' | 'sent' | 'delivered' | 'applied' | 'failed';
export interface FactDetails {
  readonly attempt: number;
  /** ISO 8601 UTC; now when absent. */
  readonly at?: string;
  readonly operation?: { readonly id: string; readonly idempotencyKey: string } | null;
  readonly error?: { readonly code: string; readonly text: string };
}

/** A fact about an attempt. Its id follows from what it states: told twice, it is one. */
export function factOf(message: BusMessage, kind: FactKind, details: FactDetails): CloudEvent {
  const { attempt, operation, error } = details;
  const id = `${message.messageId}:${message.consumer}:${attempt}:${kind}`;
  const bySource = kind === 'accepted' || kind === 'sent';
  return {
    specversion: '1.0',
    id,
    source: bySource ? message.source : message.consumer,
    type: `exchange.${kind}`,
    time: details.at ?? new Date().toISOString(),
    subject: message.number,
    traceparent: traceOf(message, id),
    datacontenttype: 'application/json',
    data: {
      flow: message.flow,
      consumer: message.consumer,
      attempt,
      revision: 1,
      message: {
        id: message.messageId,
        key: { type: message.type, number: message.number, ref: message.ref },
        ...(message.recipient ? { recipient: message.recipient } : {}),
        ...(message.counterparty ? { counterparty: message.counterparty } : {}),
        ...(message.amount ? { amount: message.amount } : {}),
        occurredAt: message.occurredAt,
        ...(kind === 'accepted' ? { payload: message.payload } : {}),
      },
      ...(error ? { error } : {}),
      ...(operation ? { operation } : {}),
    },
  };
}

/** A fact as a record, in either mode of the Kafka protocol binding of CloudEvents. */
export function factRecord(topic: string, event: CloudEvent, mode: Service['facts']): OutRecord {
  const key = event.subject ?? event.id;
  if (mode === 'structured')
    return {
      topic,
      key,
      value: JSON.stringify(event),
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
    };
  const { data, datacontenttype, ...attributes } = event;
  return {
    topic,
    key,
    value: JSON.stringify(data),
    headers: {
      'content-type': datacontenttype,
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce_${name}`, String(value)])),
    },
  };
}
