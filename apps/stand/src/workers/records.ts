/** What the exchange remembers about every message: its bytes, attempts and the keys it was asked under. */
import { Journal } from '../journal.ts';

export type FlowId = 'site-orders' | 'ut-bp-sales' | 'ut-elma-approvals' | 'ut-site-prices-stock';

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
  /** The first export as it was. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly attempt: number;
  readonly state: 'new' | 'sending' | 'applied' | 'failed' | 'unacknowledged';
  /** Idempotency key → attempt made for it. */
  readonly keys: Readonly<Record<string, number>>;
}

const keyOf = (flow: string, messageId: string, consumer: string): string => `${flow} ${messageId} ${consumer}`;

export class RecordBook {
  #records = new Map<string, MessageRecord>();
  #marks = new Map<string, number>();
  #journal: Journal<{ record?: MessageRecord; mark?: [string, number] }>;

  constructor(path: string | null) {
    this.#journal = new Journal(path);
    for (const { record, mark } of this.#journal.read()) {
      if (record) this.#records.set(keyOf(record.flow, record.messageId, record.consumer), record);
      if (mark) this.#marks.set(mark[0], mark[1]);
    }
  }

  get size(): number {
    return this.#records.size;
  }
  find(flow: string, messageId: string, consumer: string): MessageRecord | undefined {
    return this.#records.get(keyOf(flow, messageId, consumer));
  }
  has(flow: FlowId, messageId: string, consumer: string): boolean {
    return this.#records.has(keyOf(flow, messageId, consumer));
  }
  all(): MessageRecord[] {
    return [...this.#records.values()];
  }
  put(...records: readonly MessageRecord[]): void {
    this.#journal.append(...records.map((record) => ({ record })));
    for (const record of records) this.#records.set(keyOf(record.flow, record.messageId, record.consumer), record);
  }
  mark(name: string): number {
    return this.#marks.get(name) ?? 0;
  }
  setMark(name: string, value: number): void {
    this.#journal.append({ mark: [name, value] });
    this.#marks.set(name, value);
  }
}
