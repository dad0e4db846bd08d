/** What the exchange remembers about every message: its bytes, attempts and the keys it was asked under. */
import { Journal } from '../journal.ts';

export type FlowId =
  | 'site-orders'
  | 'market-orders'
  | 'ut-bp-sales'
  | 'ut-elma-approvals'
  | 'ut-site-prices-stock'
  | 'ut-market-prices-stock'
  | 'erp-receipts'
  | 'erp-internal-prices'
  | 'erp-qc'
  | 'zup-hrtek'
  | 'ut-bp-uh';

/** Who asked for an attempt, when it was Pult. */
export interface Operation {
  readonly id: string;
  readonly idempotencyKey: string;
}

export interface MessageRecord {
  readonly flow: FlowId;
  readonly messageId: string;
  readonly source: string;
  readonly consumer: string;
  readonly type: string;
  readonly number: string;
  readonly ref: string | null;
  readonly counterparty: { readonly name: string; readonly inn: string } | null;
  readonly amount: string | null;
  readonly occurredAt: string;
  readonly revision: number;
  /** The bytes of the latest export. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly attempt: number;
  /**
   * `sending` and `new` are taken up again after a kill. `unacknowledged`: posted at the target, which Pult was not told;
   * `unposted`: brought there and waiting in its queue.
   */
  readonly state: 'new' | 'sending' | 'applied' | 'failed' | 'unacknowledged' | 'unposted';
  readonly operation: Operation | null;
  /** Idempotency key → attempt made for it. */
  readonly keys: Readonly<Record<string, number>>;
}

type Fresh = 'revision' | 'attempt' | 'state' | 'operation' | 'keys';

/** A message as its source gives it the first time. */
export const newRecord = (message: Omit<MessageRecord, Fresh>): MessageRecord => ({
  ...message,
  revision: 1,
  attempt: 1,
  state: 'new',
  operation: null,
  keys: {},
});

const keyOf = (flow: string, messageId: string, consumer: string): string => `${flow} ${messageId} ${consumer}`;

type Line = { readonly record: MessageRecord } | { readonly mark: readonly [string, number] };

export class RecordBook {
  readonly #records = new Map<string, MessageRecord>();
  readonly #marks = new Map<string, number>();
  readonly #journal: Journal<Line>;

  constructor(path: string | null) {
    this.#journal = new Journal(path);
    for (const line of this.#journal.read()) {
      if ('record' in line) this.#remember(line.record);
      else this.#marks.set(...line.mark);
    }
  }

  find(flow: string, messageId: string, consumer: string): MessageRecord | undefined {
    return this.#records.get(keyOf(flow, messageId, consumer));
  }
  has(record: Pick<MessageRecord, 'flow' | 'messageId' | 'consumer'>): boolean {
    return this.#records.has(keyOf(record.flow, record.messageId, record.consumer));
  }
  all(): MessageRecord[] {
    return [...this.#records.values()];
  }
  /** On disk before it returns. */
  put(...records: readonly MessageRecord[]): void {
    this.#journal.append(...records.map((record) => ({ record })));
    for (const record of records) this.#remember(record);
  }
  /** Cursor of a source, or a note that something is done; 0 when never set. */
  mark(name: string): number {
    return this.#marks.get(name) ?? 0;
  }
  setMark(name: string, value: number): void {
    if (this.mark(name) === value) return;
    this.#journal.append({ mark: [name, value] });
    this.#marks.set(name, value);
  }

  #remember(record: MessageRecord): void {
    this.#records.set(keyOf(record.flow, record.messageId, record.consumer), record);
  }
}
