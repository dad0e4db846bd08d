/** CloudEvents about attempts. Ids follow from what they state: the same fact told twice is one event. */
import { createHash } from 'node:crypto';
import type { MessageRecord } from './records.ts';

export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly subject?: string;
  readonly traceparent?: string;
  readonly datacontenttype: 'application/json';
  readonly data: unknown;
}

/** A message as events speak of it; the flow may be one that the workers themselves do not carry. */
export type Reported = Omit<MessageRecord, 'flow'> & { readonly flow: string; readonly recipient?: string };

export type EventKind = 'accepted' | 'sent' | 'delivered' | 'applied' | 'failed';

export interface EventDetails {
  /** Now when absent. */
  readonly at?: string;
  /** What the source knows it tells, what the target knows the target; a failure is the source's when not said. */
  readonly source?: string;
  readonly payload?: unknown;
  readonly error?: { readonly code: string | null; readonly text: string };
  readonly ref?: string | null;
}

const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/** One trace per message, one span per event. */
const traceOf = (record: Reported, eventId: string): string =>
  `00-${digest(`${record.flow} ${record.messageId}`, 32)}-${digest(eventId, 16)}-01`;

/** A fact about the current attempt of a record. */
export function eventOf(record: Reported, kind: EventKind, more: EventDetails = {}): CloudEvent {
  const id = `${record.messageId}:${record.consumer}:${record.attempt}:${kind}`;
  const source = more.source ?? (kind === 'delivered' || kind === 'applied' ? record.consumer : record.source);
  return {
    specversion: '1.0',
    id,
    source,
    type: `exchange.${kind}`,
    time: more.at ?? new Date().toISOString(),
    subject: record.number,
    traceparent: traceOf(record, id),
    datacontenttype: 'application/json',
    data: {
      flow: record.flow,
      consumer: record.consumer,
      attempt: record.attempt,
      revision: record.revision,
      message: {
        id: record.messageId,
        key: { type: record.type, number: record.number, ref: more.ref ?? record.ref },
        ...(record.recipient ? { recipient: record.recipient } : {}),
        ...(record.counterparty ? { counterparty: record.counterparty } : {}),
        ...(record.amount ? { amount: record.amount } : {}),
        occurredAt: record.occurredAt,
        ...(more.payload === undefined ? {} : { payload: more.payload }),
      },
      ...(more.error
        ? { error: { text: more.error.text, ...(more.error.code ? { code: more.error.code } : {}) } }
        : {}),
      ...(record.operation ? { operation: record.operation } : {}),
    },
  };
}

/** The same event from a release that wrote amounts as people read them: «1 234,50». */
export function withLocalAmount(event: CloudEvent): CloudEvent {
  const data = event.data as { readonly message: { readonly amount?: string } };
  const amount = Number(data.message.amount ?? 0).toLocaleString('ru-RU', { minimumFractionDigits: 2 });
  return { ...event, data: { ...data, message: { ...data.message, amount } } };
}

/** A worker is alive. */
export const heartbeatOf = (worker: { source: string; service: string; flows: readonly string[] }): CloudEvent => ({
  specversion: '1.0',
  id: `beat:${worker.service}:${Date.now()}`,
  source: worker.source,
  type: 'exchange.heartbeat',
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  data: { service: worker.service, instance: `${worker.service}-1`, flows: worker.flows },
});
