/**
 * Changes registered for the nodes of the exchange plans: messages with numbers, confirmed by number. What is registered
 * follows from the rows alone, in the order in which they were written: the journal of the base brings it back after a kill.
 */
import { localNow } from './local-time.ts';
import { errors } from './odata-error.ts';
import type { BaseStore, MutableRow } from './store.ts';
import { INTERNAL_PRICES_PLAN, PRICING, UNIVERSAL_PLAN } from './trade-objects.ts';

interface Change {
  readonly set: string;
  readonly row: MutableRow;
  readonly deleted: boolean;
  /** 0 until a message took it along. */
  message: number;
}

interface Node {
  readonly plan: string;
  /** Number of the last message that was made. */
  sent: number;
  readonly waiting: Map<string, Change>;
}

/** Only the newest are kept: a partner that has been away for longer is loaded anew, as in life. */
const KEPT = 5_000;
/** What an object must be to travel by a plan. */
const COMPOSITION: Readonly<Record<string, (set: string) => boolean>> = {
  [UNIVERSAL_PLAN]: (set) => /^(Catalog|Document)_/.test(set),
  [INTERNAL_PRICES_PLAN]: (set) => set === PRICING,
};
const POINT = /(ExchangePlan_[^(]+)\(guid'([0-9a-f-]{36})'\)/iu;

export class Changes {
  readonly #store: BaseStore;
  readonly #nodes = new Map<string, Node>();

  /** @param store its rows of the seed are there; what is replayed or written from now on is seen */
  constructor(store: BaseStore) {
    this.#store = store;
    for (const plan of Object.keys(COMPOSITION))
      if (store.entities.has(plan)) for (const row of store.all(plan)) this.#addNode(plan, row);
    store.onChange((set, row, deleted) => {
      if (set in COMPOSITION) this.#nodeChanged(set, row);
      else this.#register({ set, row, deleted, message: 0 });
    });
  }

  /** Everything that is not confirmed yet goes into message `number`. */
  select(point: string, number: number): readonly Change[] {
    const { set, ref, row } = this.#point(point);
    const changes = [...(this.#nodes.get(ref)?.waiting.values() ?? [])];
    for (const change of changes) if (change.message === 0) change.message = number;
    const sent = Math.max(Number(row.SentNo), number);
    this.#store.update(set, ref, { SentNo: String(sent), ExchangeDate: localNow() });
    return changes;
  }

  /** The partner has read everything up to message `number`. An older number takes nothing back. */
  confirm(point: string, number: number): void {
    const { set, ref, row } = this.#point(point);
    this.#store.update(set, ref, { ReceivedNo: String(Math.max(Number(row.ReceivedNo), number)) });
  }

  #addNode(plan: string, row: MutableRow): void {
    if (row.ThisNode === true) return;
    this.#nodes.set(String(row.Ref_Key), { plan, sent: Number(row.SentNo), waiting: new Map() });
  }

  #register(change: Change): void {
    const key = `${change.set} ${String(change.row.Ref_Key)}`;
    for (const { plan, waiting } of this.#nodes.values()) {
      if (!COMPOSITION[plan]?.(change.set)) continue;
      waiting.delete(key);
      waiting.set(key, { ...change });
      const [oldest] = waiting.keys();
      if (waiting.size > KEPT && oldest !== undefined) waiting.delete(oldest);
    }
  }

  /** The numbers of a node say which message took what along and what has been confirmed. */
  #nodeChanged(plan: string, row: MutableRow): void {
    const node = this.#nodes.get(String(row.Ref_Key));
    if (!node) {
      this.#addNode(plan, row);
      return;
    }
    const [sent, received] = [Number(row.SentNo), Number(row.ReceivedNo)];
    const isNewMessage = sent > node.sent;
    node.sent = sent;
    for (const [key, change] of node.waiting) {
      if (isNewMessage && change.message === 0) change.message = sent;
      if (change.message > 0 && change.message <= received) node.waiting.delete(key);
    }
  }

  #point(point: string): { set: string; ref: string; row: MutableRow } {
    const [, set = '', given = ''] = POINT.exec(point) ?? [];
    if (set === '') throw errors.missingArgument('DataExchangePoint');
    const ref = given.toLowerCase();
    const row = this.#store.find(this.#store.entity(set).name, ref);
    if (!row || row.ThisNode === true) throw errors.noInstance();
    return { set, ref, row };
  }
}
