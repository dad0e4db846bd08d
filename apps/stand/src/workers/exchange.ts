/** One attempt after another: states facts to Pult through the outbox, remembers what it did. */
import { randomBytes } from 'node:crypto';
import type { CloudEvent, Outbox } from './outbox.ts';
import type { MessageRecord, RecordBook } from './records.ts';
import { TransferError } from './systems.ts';
import { transfer } from './transfer.ts';

export interface ExchangeFaults {
  /** The document arrives, the acknowledgement does not: nothing follows `sent`. */
  lostAck: boolean;
}

export interface Operation {
  readonly id: string;
  readonly idempotencyKey: string;
}

type Kind = 'accepted' | 'sent' | 'delivered' | 'applied' | 'failed';

/** A CloudEvent about an attempt. */
export function eventOf(
  record: MessageRecord,
  kind: Kind,
  more: {
    attempt: number;
    at?: string;
    source?: string;
    operation?: Operation;
    payload?: unknown;
    error?: { code: string | null; text: string };
    ref?: string | null;
  },
): CloudEvent {
  const source = more.source ?? (kind === 'delivered' || kind === 'applied' ? record.consumer : record.source);
  return {
    specversion: '1.0',
    id: `${record.messageId}:${record.consumer}:${more.attempt}:${kind}`,
    source,
    type: `exchange.${kind}`,
    time: more.at ?? new Date().toISOString(),
    subject: record.number,
    traceparent: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`,
    datacontenttype: 'application/json',
    data: {
      flow: record.flow,
      consumer: record.consumer,
      attempt: more.attempt,
      revision: record.revision,
      message: {
        id: record.messageId,
        key: { type: record.type, number: record.number, ref: more.ref ?? record.ref },
        ...(record.counterparty ? { counterparty: record.counterparty } : {}),
        ...(record.amount ? { amount: record.amount } : {}),
        occurredAt: record.occurredAt,
        ...(more.payload === undefined ? {} : { payload: more.payload }),
      },
      ...(more.error
        ? { error: { text: more.error.text, ...(more.error.code ? { code: more.error.code } : {}) } }
        : {}),
      ...(more.operation ? { operation: more.operation } : {}),
    },
  };
}

export class Exchange {
  readonly faults: ExchangeFaults = { lostAck: false };
  readonly #book: RecordBook;
  readonly #outbox: Outbox;
  #running = new Set<string>();

  constructor(book: RecordBook, outbox: Outbox) {
    this.#book = book;
    this.#outbox = outbox;
  }

  isRunning(record: MessageRecord): boolean {
    return this.#running.has(`${record.flow} ${record.messageId}`);
  }

  /** A new message: accepted at its source, then the first attempt. */
  async accept(record: MessageRecord): Promise<void> {
    this.#outbox.add(eventOf(record, 'accepted', { attempt: 1, payload: record.payload }));
    await this.attempt(record, { attempt: 1 });
  }

  async attempt(record: MessageRecord, how: { attempt: number; operation?: Operation }): Promise<void> {
    const key = `${record.flow} ${record.messageId}`;
    this.#running.add(key);
    const operation = how.operation ? { operation: how.operation } : {};
    const sending: MessageRecord = {
      ...record,
      attempt: how.attempt,
      state: 'sending',
      keys: how.operation ? { ...record.keys, [how.operation.idempotencyKey]: how.attempt } : record.keys,
    };
    this.#book.put(sending);
    try {
      this.#outbox.add(
        eventOf(sending, 'sent', {
          attempt: how.attempt,
          ...operation,
          ...(record.revision > 1 ? { payload: record.payload } : {}),
        }),
      );
      const { ref } = await transfer(sending, sending.payload);
      if (this.faults.lostAck && !how.operation) {
        this.#book.put({ ...sending, state: 'unacknowledged' });
        return;
      }
      this.#outbox.add(
        eventOf(sending, 'delivered', { attempt: how.attempt, ref, ...operation }),
        eventOf(sending, 'applied', { attempt: how.attempt, ref, ...operation }),
      );
      this.#book.put({ ...sending, state: 'applied' });
    } catch (error) {
      const known =
        error instanceof TransferError
          ? error
          : new TransferError(error instanceof Error ? error.message : String(error));
      this.#outbox.add(
        eventOf(sending, 'failed', {
          attempt: how.attempt,
          error: { code: known.code, text: known.message },
          ...operation,
        }),
      );
      this.#book.put({ ...sending, state: 'failed' });
    } finally {
      this.#running.delete(key);
    }
  }
}
