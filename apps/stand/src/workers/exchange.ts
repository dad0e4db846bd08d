/** One attempt after another: states facts to Pult through the outbox, remembers what it did. */
import { type CloudEvent, type EventDetails, type EventKind, eventOf, withLocalAmount } from './event.ts';
import type { Outbox } from './outbox.ts';
import type { FlowId, MessageRecord, Operation, RecordBook } from './records.ts';
import type { Systems } from './systems.ts';
import { transfer } from './transfer.ts';
import { TransferError } from './transfer-error.ts';

export interface ExchangeFaults {
  /** The document arrives, the acknowledgement does not: nothing follows `sent`. */
  lostAck: boolean;
  /** The worker of the shop writes amounts with a comma: its events are no events of the contract. */
  malformed: boolean;
}

/** 1С is shielded: that many transfers of one flow at a time. */
const PARALLEL = 3;

export class Exchange {
  readonly faults: ExchangeFaults = { lostAck: false, malformed: false };
  readonly #book: RecordBook;
  readonly #outbox: Outbox;
  readonly #systems: Systems;
  readonly #queues = new Map<FlowId, MessageRecord[]>();
  readonly #running = new Map<FlowId, number>();
  #idle: (() => void)[] = [];

  constructor(parts: { book: RecordBook; outbox: Outbox; systems: Systems }) {
    this.#book = parts.book;
    this.#outbox = parts.outbox;
    this.#systems = parts.systems;
  }

  /** New messages: their sources have them, the first attempt waits for its turn. Known ones are left alone. */
  accept(...records: readonly MessageRecord[]): void {
    for (const record of records) {
      if (this.#book.has(record)) continue;
      this.#outbox.add(this.#event(record, 'accepted', { payload: record.payload }));
      this.#book.put(record);
      this.#enqueue(record);
    }
  }

  /** Another attempt that Pult asked for; key and operation are on disk before it returns. */
  retry(record: MessageRecord, attempt: number, operation: Operation): void {
    const next: MessageRecord = {
      ...record,
      attempt,
      operation,
      state: 'sending',
      keys: { ...record.keys, [operation.idempotencyKey]: attempt },
    };
    this.#book.put(next);
    this.#enqueue(next);
  }

  /** What a killed process left half-way is tried again: the target is looked up first. */
  resume(): void {
    for (const record of this.#book.all())
      if (record.state === 'new' || record.state === 'sending') this.#enqueue(record);
  }

  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #isIdle(): boolean {
    return (
      [...this.#queues.values()].every(({ length }) => length === 0) &&
      [...this.#running.values()].every((n) => n === 0)
    );
  }

  #enqueue(record: MessageRecord): void {
    const queue = this.#queues.get(record.flow) ?? [];
    queue.push(record);
    this.#queues.set(record.flow, queue);
    this.#pump(record.flow);
  }

  #pump(flow: FlowId): void {
    const running = this.#running.get(flow) ?? 0;
    const next = running < PARALLEL ? this.#queues.get(flow)?.shift() : undefined;
    if (!next) return;
    this.#running.set(flow, running + 1);
    void this.#attempt(next).finally(() => {
      this.#running.set(flow, (this.#running.get(flow) ?? 1) - 1);
      this.#pump(flow);
      if (!this.#isIdle()) return;
      for (const tell of this.#idle.splice(0)) tell();
    });
    this.#pump(flow);
  }

  async #attempt(record: MessageRecord): Promise<void> {
    const sending: MessageRecord = { ...record, state: 'sending' };
    // A new revision brings its bytes, a resend does not.
    const payload = record.revision > 1 ? { payload: record.payload } : {};
    this.#outbox.add(this.#event(sending, 'sent', payload));
    this.#book.put(sending);
    try {
      const { ref } = await transfer(sending, this.#systems);
      if (this.faults.lostAck && record.operation === null) {
        this.#book.put({ ...sending, state: 'unacknowledged' });
        return;
      }
      this.#outbox.add(this.#event(sending, 'delivered', { ref }), this.#event(sending, 'applied', { ref }));
      this.#book.put({ ...sending, state: 'applied' });
    } catch (error) {
      this.#failed(sending, error);
    }
  }

  #failed(record: MessageRecord, error: unknown): void {
    const known =
      error instanceof TransferError
        ? error
        : new TransferError(error instanceof Error ? error.message : String(error));
    const details = { error: { code: known.code, text: known.message } };
    // A document that could not be posted is there: the target says so and why.
    if (known.ref !== null)
      this.#outbox.add(
        this.#event(record, 'delivered', { ref: known.ref }),
        this.#event(record, 'failed', { ...details, ref: known.ref, source: record.consumer }),
      );
    else this.#outbox.add(this.#event(record, 'failed', details));
    this.#book.put({ ...record, state: 'failed' });
  }

  #event(record: MessageRecord, kind: EventKind, more?: EventDetails): CloudEvent {
    const event = eventOf(record, kind, more);
    return this.faults.malformed && event.source === 'site' ? withLocalAmount(event) : event;
  }
}
