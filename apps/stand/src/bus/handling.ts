/** What a service does with one record: understand it, make its effect, try again, give up into its dead letters. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Effects } from './effects.ts';
import type { BusFaults } from './faults.ts';
import type { Link } from './link.ts';
import { type BusMessage, factOf, factRecord, type OutRecord } from './message.ts';
import { FACTS, type Service } from './topics.ts';

/** A record as it came from the bus; headers as texts. */
export interface InRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Tries of one attempt before a record goes to the dead letters. */
const TRIES = 3;
const BETWEEN_TRIES_MS = 400;
/** Units that the release of today knows; a new one is what a poison message is made of. */
const UNITS = new Set(['PCE', 'NMP', 'MTR', 'KGM', '']);

export class Unprocessable extends Error {
  readonly code: string;
  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

export interface Handling {
  readonly service: Service;
  readonly link: Pick<Link, 'send'>;
  readonly effects: Effects;
  readonly faults: BusFaults;
  readonly betweenTriesMs?: number;
}

/**
 * Everything that this states is acknowledged by the broker when it resolves, so that the offset may be committed. After a kill
 * in between the record comes again and states the same facts. @returns whether the record was given up
 */
export async function handleRecord(handling: Handling, record: InRecord, signal: AbortSignal): Promise<boolean> {
  const { service, effects, link } = handling;
  const asked = retryOf(record);
  // One key makes one effect, however often Pult or a rebalance brings the record.
  if (asked !== null && effects.hasKey(asked.operation.idempotencyKey)) return false;
  const message = messageOf(service, record);
  const attempt = asked?.attempt ?? 1;
  const operation = asked?.operation ?? null;
  const facts = (...events: ReturnType<typeof factOf>[]): OutRecord[] =>
    events.map((event) => factRecord(FACTS, event, service.facts));
  await link.send(facts(factOf(message, 'delivered', { attempt, operation })));
  for (let tried = 1; ; tried += 1) {
    try {
      apply(handling, record);
      effects.made(`${service.system} ${message.messageId}`, asked?.operation.idempotencyKey ?? null);
      await link.send(facts(factOf(message, 'applied', { attempt, operation })));
      return false;
    } catch (error) {
      if (!(error instanceof Unprocessable)) throw error;
      if (tried < TRIES) {
        await pause(handling.betweenTriesMs ?? BETWEEN_TRIES_MS, undefined, { signal });
        continue;
      }
      const failure = { code: error.code, text: error.message };
      await link.send([
        deadLetterOf(service, record, { attempt, text: error.message }),
        ...facts(factOf(message, 'failed', { attempt, operation, error: failure })),
      ]);
      if (asked !== null) effects.made(null, asked.operation.idempotencyKey);
      return true;
    }
  }
}

/** @throws Unprocessable */
function apply({ service, faults }: Handling, { value }: InRecord): void {
  let body: unknown;
  try {
    body = JSON.parse(value);
  } catch {
    throw new Unprocessable('decode', `decode message: invalid character at offset ${Math.min(value.length, 12)}`);
  }
  const unit = unitIn(body);
  if (!UNITS.has(unit) && faults.poison.has(service.system))
    throw new Unprocessable('unknown_unit', `map document: unknown unit of measure "${unit}" in line 1`);
}

function unitIn(body: unknown): string {
  const lines = (body as { stocks?: unknown; lines?: unknown } | null)?.lines;
  const [first] = Array.isArray(lines) ? (lines as readonly { unit?: unknown }[]) : [];
  return typeof first?.unit === 'string' ? first.unit : '';
}

/** The message that a record carries, by its headers. */
function messageOf(service: Service, { headers, key, topic }: InRecord): BusMessage {
  return {
    flow: service.flow,
    topic,
    source: headers.ce_source ?? '',
    consumer: service.system,
    messageId: headers['message-id'] ?? headers.ce_id ?? key,
    type: headers.ce_type ?? '',
    number: headers.ce_subject ?? key,
    ref: headers.ref ?? null,
    recipient: headers.recipient ?? null,
    counterparty: headers.counterparty === undefined ? null : JSON.parse(headers.counterparty),
    amount: headers.amount ?? null,
    occurredAt: headers.ce_time ?? new Date().toISOString(),
    payload: {},
  };
}

/** What Pult wrote when it fed a record again; null for one that came the usual way. */
function retryOf({ headers }: InRecord) {
  const attempt = Number(headers['retry-attempt']);
  const id = headers['retry-operation'];
  const idempotencyKey = headers['retry-idempotency-key'];
  return id !== undefined && idempotencyKey !== undefined && Number.isInteger(attempt) && attempt > 0
    ? { attempt, operation: { id, idempotencyKey } }
    : null;
}

/** The record as it was, with where it comes from and why it is here. */
function deadLetterOf(service: Service, record: InRecord, why: { attempt: number; text: string }): OutRecord {
  const { headers } = record;
  return {
    topic: service.deadLetterTopic,
    key: record.key,
    value: record.value,
    headers: {
      ...headers,
      // Of a record that comes from the retry topic the first place stays known.
      'dlq-original-topic': headers['dlq-original-topic'] ?? record.topic,
      'dlq-original-partition': headers['dlq-original-partition'] ?? String(record.partition),
      'dlq-original-offset': headers['dlq-original-offset'] ?? String(record.offset),
      'dlq-error': why.text,
      'dlq-attempt': String(why.attempt),
      'dlq-consumer': service.system,
    },
  };
}
