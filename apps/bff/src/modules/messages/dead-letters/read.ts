/** A record of a dead-letter topic: a failure of one delivery, and the record itself to put again. */
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import type { RecordField } from '@pult/shared/contracts/landscape-file/dead-letters';
import { z } from 'zod';
import { recordSize } from '../../../connectors/port/bus-record.ts';
import { cleanText, cutText } from '../../../platform/http/clean-text.ts';
import { placeOf } from '../bus-intake/place.ts';
import { type ExchangeEvent, failureOf, type QuarantineReason, recipientOf } from '../event.ts';
import { deliveryId, eventUid } from '../identity.ts';
import { sealed } from '../sealed.ts';
import { placeOfField, readField } from './field.ts';
import { headerOf, readDeadLetterHeaders } from './headers.ts';
import type { DeadLetter } from './store.ts';

export type FlowConsumer = FlowConfig['consumers'][number];

/** Whose dead letters a topic holds. */
export interface DeadLetterOwner {
  readonly flow: FlowConfig;
  readonly consumer: FlowConsumer;
}

export interface DeadLetterRecord {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly offset: string;
  /** As the producer or the broker stamped it, ms. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [string, Buffer])[];
}

export type ReadDeadLetter =
  | { readonly kind: 'dead-letter'; readonly letter: DeadLetter; readonly event: ExchangeEvent }
  | {
      readonly kind: 'quarantine';
      readonly reason: QuarantineReason;
      readonly issues: { path: string; message: string }[];
    };

/** What is kept of one record; a larger one is read again from its topic when it is to be put again. */
const MAX_KEPT_BYTES = 1024 * 1024;
const FIRST_MS = Date.parse('2000-01-01T00:00:00Z');
const MAX_ID = 300;
const MAX_TEXT = 200;
/** Of the consumers of this landscape, and of binary CloudEvents. */
const ID_HEADERS: readonly RecordField[] = [{ header: 'message-id' }, { header: 'ce_id' }];
const uuid = z.uuid();
const cutOrNull = (text: string | null, length: number): string | null =>
  text === null ? null : cutText(text, length);

/** Topics of dead letters and whose they are. */
export const deadLetterOwners = (flows: Iterable<FlowConfig>): Map<string, DeadLetterOwner> =>
  new Map(
    [...flows].flatMap((flow) =>
      flow.consumers.flatMap((consumer) =>
        consumer.deadLetterTopic === undefined ? [] : [[consumer.deadLetterTopic, { flow, consumer }] as const],
      ),
    ),
  );

/**
 * Reads a record of a dead-letter topic. Which delivery failed is told by the topic (flow and consumer) and the source message
 * id, in `message-id` or `ce_id` or where the landscape says; without one nobody could say whose failure it is.
 */
export function readDeadLetter(
  record: DeadLetterRecord,
  { flow, consumer }: DeadLetterOwner,
  reader: { readonly busId: string; readonly flows: ReadonlyMap<string, FlowConfig>; readonly now: number },
): ReadDeadLetter {
  // Producers stamp records themselves: a clock that was never set, or one that is ahead, says nothing.
  const at = record.timestamp >= FIRST_MS && record.timestamp <= reader.now ? record.timestamp : reader.now;
  const text = (name: string): string | null => {
    const found = headerOf(record.headers, name);
    return found === null || found.length === 0 ? null : cleanText(found.toString('utf8'));
  };
  const rules = consumer.deadLetters ?? {};
  const byRule = (rule: RecordField | undefined): string | null =>
    rule === undefined ? null : readField(record, rule);
  const messageId =
    rules.messageId === undefined ? (text('message-id') ?? text('ce_id')) : readField(record, rules.messageId);
  if (messageId === null || messageId.length > MAX_ID)
    return {
      kind: 'quarantine',
      reason: 'unreadable',
      // Each of the places that were looked at, so that it can be told which rule of the landscape finds nothing.
      issues: (rules.messageId ? [rules.messageId] : ID_HEADERS).map((rule) => ({
        path: placeOfField(rule),
        message: messageId === null ? 'the source message id is missing' : `Too big: ${messageId.length} characters`,
      })),
    };
  const type = rules.type !== undefined && 'text' in rules.type ? rules.type.text : byRule(rules.type);
  const said = readDeadLetterHeaders(record.headers);
  const place = placeOf(record);
  const keyText = record.key === null ? null : cleanText(record.key.toString('utf8'));
  const operationId = text('retry-operation');
  const idempotencyKey = text('retry-idempotency-key');
  const id = deliveryId(flow.id, messageId, consumer.system);
  const error = cleanText(said.error ?? 'the consumer gave no reason');
  const sizeBytes = recordSize(record);
  const kept = sizeBytes <= MAX_KEPT_BYTES;
  return {
    kind: 'dead-letter',
    event: sealed(
      {
        uid: eventUid(`dead-letter ${record.topicId}`, place),
        source: reader.busId,
        eventId: `${record.topic}/${record.partition}/${record.offset}`,
        kind: 'failed',
        at,
        traceId: cutOrNull(text('traceparent')?.split('-')[1] ?? null, MAX_TEXT),
        deliveryId: id,
        flowId: flow.id,
        consumer: consumer.system,
        // A record that came back is no new message of its source.
        rhythmSource: null,
        messageId,
        key: {
          type: cutText(type ?? text('ce_type') ?? said.originalTopic ?? record.topic, MAX_TEXT),
          // A key may be the number of an employee.
          number:
            cutText(
              byRule(rules.number) ?? text('ce_subject') ?? (flow.personalData ? null : keyText) ?? messageId,
              MAX_TEXT,
            ) || cutText(messageId, MAX_TEXT),
          ref: null,
        },
        recipient: recipientOf(cutOrNull(byRule(rules.recipient) ?? text('recipient'), MAX_TEXT), consumer.system),
        counterparty: null,
        amount: null,
        occurredAt: null,
        attempt: said.attempt,
        // Whatever a system itself says about the document counts more than what can be read from the envelope.
        revision: 0,
        failure: failureOf(flow.id, { code: cutOrNull(said.errorCode, MAX_TEXT), text: error }),
        operation:
          idempotencyKey !== null && uuid.safeParse(operationId).success && operationId !== null
            ? { id: operationId, idempotencyKey: cutText(idempotencyKey, MAX_ID) }
            : null,
        payload: null,
      },
      flow,
      reader.flows,
    ),
    letter: {
      topic: record.topic,
      topicId: record.topicId,
      partition: record.partition,
      offset: record.offset,
      deliveryId: id,
      writtenAt: at,
      attempt: said.attempt,
      error: cutText(error, 8_000),
      originalTopic: cutOrNull(said.originalTopic, 250),
      originalPartition: said.originalPartition,
      originalOffset: said.originalOffset,
      key: record.key,
      value: kept ? record.value : null,
      headers: kept ? record.headers : [],
      sizeBytes,
      kept,
    },
  };
}
