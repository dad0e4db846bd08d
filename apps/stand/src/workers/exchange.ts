/** One attempt after another: states facts to Pult through the outbox, remembers what it did. */
import { type CloudEvent, type EventDetails, type EventKind, eventOf, withLocalAmount } from './event.ts';
import { isDecision } from './flows/decisions.ts';
import type { Outbox } from './outbox.ts';
import type { Receivers } from './receivers.ts';
import type { FlowId, MessageRecord, Operation, RecordBook } from './records.ts';
import { Registers } from './registers.ts';
import type { Systems } from './systems.ts';
import { type TransferFaults, transfer } from './transfer.ts';
import { TransferError } from './transfer-error.ts';

export interface ExchangeFaults extends TransferFaults {
  /** The document arrives, the acknowledgement does not: nothing follows `sent`. */
  lostAck: boolean;
  /** The worker of the shop writes amounts with a comma: its events are no events of the contract. */
  malformed: boolean;
}

/** 1С is shielded: that many transfers from one source in one flow at a time. */
const PARALLEL = 3;
/** Numbered messages follow each other: the next one leaves when the one before has ended. */
const ONE_BY_ONE: ReadonlySet<FlowId> = new Set(['erp-internal-prices']);
/** Who moves a message: its source, but decisions are fetched from ELMA by the exchange of УТ. */
export const carrierOf = (record: MessageRecord): string => (isDecision(record) ? record.consumer : record.source);
/** Messages of one source in one flow. */
type Lane = `${FlowId} ${string}`;
const laneOf = (record: MessageRecord): Lane => `${record.flow} ${record.source}`;

export class Exchange {
  readonly faults: ExchangeFaults = {
    lostAck: false,
    malformed: false,
    customersLost: false,
    routeEmpty: false,
    contractsLost: false,
    accountsLost: false,
    tasksLocked: false,
    itemsUnmapped: false,
    pricesUnconfirmed: false,
    batchesLost: false,
  };
  readonly #book: RecordBook;
  readonly #outbox: Outbox;
  readonly #systems: Systems;
  readonly #receivers: Receivers;
  readonly #registers: Registers;
  readonly #queues = new Map<Lane, MessageRecord[]>();
  readonly #running = new Map<Lane, number>();
  readonly #stopped = new Set<string>();
  #idle: (() => void)[] = [];

  constructor(parts: { book: RecordBook; outbox: Outbox; systems: Systems; receivers: Receivers }) {
    this.#book = parts.book;
    this.#outbox = parts.outbox;
    this.#systems = parts.systems;
    this.#receivers = parts.receivers;
    this.#registers = new Registers(parts.systems);
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

  /** Whether messages of a source are on their way. */
  isBusy(flow: FlowId, source: string): boolean {
    const lane: Lane = `${flow} ${source}`;
    return (this.#queues.get(lane)?.length ?? 0) > 0 || (this.#running.get(lane) ?? 0) > 0;
  }

  /** The worker of a source stands: what it has taken waits. */
  stopSource(source: string, isStopped: boolean): void {
    if (isStopped) this.#stopped.add(source);
    else if (this.#stopped.delete(source))
      for (const [lane, [first]] of this.#queues) if (first && carrierOf(first) === source) this.#pump(lane, source);
  }
  isStopped(source: string): boolean {
    return this.#stopped.has(source);
  }

  #enqueue(record: MessageRecord): void {
    const lane = laneOf(record);
    const queue = this.#queues.get(lane) ?? [];
    queue.push(record);
    this.#queues.set(lane, queue);
    this.#pump(lane, carrierOf(record));
  }

  #pump(lane: Lane, carrier: string): void {
    if (this.#stopped.has(carrier)) return;
    const running = this.#running.get(lane) ?? 0;
    const queue = this.#queues.get(lane) ?? [];
    const parallel = queue[0] && ONE_BY_ONE.has(queue[0].flow) ? 1 : PARALLEL;
    const next = running < parallel ? queue.shift() : undefined;
    if (!next) return;
    this.#running.set(lane, running + 1);
    void this.#attempt(next).finally(() => {
      this.#running.set(lane, (this.#running.get(lane) ?? 1) - 1);
      this.#pump(lane, carrier);
      if (!this.#isIdle()) return;
      for (const tell of this.#idle.splice(0)) tell();
    });
    this.#pump(lane, carrier);
  }

  async #attempt(record: MessageRecord): Promise<void> {
    const sending: MessageRecord = { ...record, state: 'sending' };
    // A new revision brings its bytes, a resend does not.
    const payload = record.revision > 1 ? { payload: record.payload } : {};
    this.#outbox.add(this.#event(sending, 'sent', payload));
    this.#book.put(sending);
    try {
      const parts = { systems: this.#systems, receivers: this.#receivers, faults: this.faults };
      const transferred = await transfer(sending, parts);
      const isLost = this.faults.lostAck && record.operation === null;
      if (isLost || transferred === 'unconfirmed') {
        this.#book.put({ ...sending, state: 'unacknowledged' });
        return;
      }
      const { ref } = transferred;
      await this.#registers.succeeded(sending);
      this.#outbox.add(this.#event(sending, 'delivered', { ref }), this.#event(sending, 'applied', { ref }));
      this.#book.put({ ...sending, state: 'applied' });
    } catch (error) {
      await this.#failed(sending, error);
    }
  }

  async #failed(record: MessageRecord, error: unknown): Promise<void> {
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
    else
      this.#outbox.add(
        this.#event(record, 'failed', known.refused ? { ...details, source: record.consumer } : details),
      );
    await this.#registers.failed(record, known);
    this.#book.put({ ...record, state: 'failed' });
  }

  #event(record: MessageRecord, kind: EventKind, more?: EventDetails): CloudEvent {
    const event = eventOf(record, kind, more);
    return this.faults.malformed && event.source === 'site' ? withLocalAmount(event) : event;
  }
}
