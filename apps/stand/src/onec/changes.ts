/** Changes registered for the other bases of an exchange plan: messages with numbers, confirmed by number. */

import { localNow } from './local-time.ts';
import { errors } from './odata-error.ts';
import type { BaseStore, MutableRow } from './store.ts';

interface Change {
  readonly set: string;
  readonly row: MutableRow;
  readonly deleted: boolean;
  /** 0 until a message took it along. */
  message: number;
}

/** Only the newest are kept: a partner that has been away for longer is loaded anew, as in life. */
const KEPT = 5_000;
const EXCHANGED = /^(Catalog|Document)_/;
const POINT = /(ExchangePlan_[^(]+)\(guid'([0-9a-f-]{36})'\)/iu;

export class Changes {
  readonly #store: BaseStore;
  readonly #waiting = new Map<string, Change>();

  constructor(store: BaseStore) {
    this.#store = store;
    store.onChange((set, row, deleted) => {
      if (!EXCHANGED.test(set)) return;
      const key = `${set} ${String(row.Ref_Key)}`;
      this.#waiting.delete(key);
      this.#waiting.set(key, { set, row, deleted, message: 0 });
      const [oldest] = this.#waiting.keys();
      if (this.#waiting.size > KEPT && oldest !== undefined) this.#waiting.delete(oldest);
    });
  }

  /** Everything that is not confirmed yet goes into message `number`. */
  select(point: string, number: number): readonly Change[] {
    const node = this.#node(point);
    const changes = [...this.#waiting.values()];
    for (const change of changes) if (change.message === 0) change.message = number;
    const sent = Math.max(Number(node.row.SentNo), number);
    this.#store.update(node.set, node.ref, { SentNo: String(sent), ExchangeDate: localNow() });
    return changes;
  }

  /** The partner has read everything up to message `number`. */
  confirm(point: string, number: number): void {
    const node = this.#node(point);
    for (const [key, change] of this.#waiting)
      if (change.message > 0 && change.message <= number) this.#waiting.delete(key);
    this.#store.update(node.set, node.ref, { ReceivedNo: String(number) });
  }

  #node(point: string): { set: string; ref: string; row: MutableRow } {
    const [, set = '', ref = ''] = POINT.exec(point) ?? [];
    if (set === '') throw errors.missingArgument('DataExchangePoint');
    const row = this.#store.find(this.#store.entity(set).name, ref);
    if (!row || row.ThisNode === true) throw errors.noInstance();
    return { set, ref, row };
  }
}
