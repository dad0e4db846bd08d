/** Orders and packages of the shop in memory, with a journal that survives a kill -9. */
import { Journal } from '../journal.ts';

export interface OrderLine {
  readonly article: string;
  readonly quantity: number;
  readonly price: number;
  /** Percent given by hand in the basket. */
  readonly discount?: number;
}

export interface NewOrder {
  readonly id?: string;
  readonly number?: string;
  readonly createdAt?: string;
  readonly customer: { readonly name: string; readonly inn: string };
  readonly lines: readonly OrderLine[];
  readonly amount: string;
}

export interface SiteOrder extends NewOrder {
  /** Place in the feed of new orders; 0 for one that was taken before anybody read the feed. */
  readonly sequence: number;
  readonly id: string;
  readonly number: string;
  readonly createdAt: string;
}

export interface Package {
  readonly id: string;
  readonly number: string;
  readonly receivedAt: string;
  readonly stocks: number;
  readonly prices: number;
}

type Line = { readonly order: SiteOrder } | { readonly package: Package };
const FIRST_NUMBER = 100_000;
const UNKNOWN = /^нет-/;
const INN = /^(\d{10}|\d{12})$/;

export class Shop {
  readonly #journal: Journal<Line>;
  readonly #orders = new Map<string, SiteOrder>();
  readonly #bySequence: string[] = [];
  readonly #packages = new Map<string, Package>();
  readonly #prefix: string;

  /** @param prefix of the numbers of its orders */
  constructor(path: string | null, prefix: string) {
    this.#prefix = prefix;
    this.#journal = new Journal<Line>(path);
    for (const line of this.#journal.read()) {
      if ('order' in line) this.#remember(line.order);
      else this.#packages.set(line.package.id, line.package);
    }
  }

  order(id: string): SiteOrder | undefined {
    return this.#orders.get(id);
  }
  /** Orders in the order of their numbers, after the given one. */
  ordersAfter(sequence: number, limit: number): SiteOrder[] {
    return this.#bySequence
      .slice(Math.max(0, sequence), Math.max(0, sequence) + limit)
      .flatMap((id) => this.#orders.get(id) ?? []);
  }
  get orderCount(): number {
    return this.#orders.size;
  }

  /** Takes orders of the past, with numbers of their own. */
  takePast(orders: readonly SiteOrder[]): void {
    const fresh = orders.filter(({ id }) => !this.#orders.has(id));
    for (const order of fresh) this.#remember(order);
    this.#journal.append(...fresh.map((order) => ({ order })));
  }

  /** Takes orders; the same id again is the order that is there. */
  take(...orders: readonly NewOrder[]): SiteOrder[] {
    const added: SiteOrder[] = [];
    const taken = orders.map((order): SiteOrder => {
      const known = order.id === undefined ? undefined : this.#orders.get(order.id);
      if (known) return known;
      const sequence = this.#bySequence.length + 1;
      const next: SiteOrder = {
        ...order,
        sequence,
        id: order.id ?? crypto.randomUUID(),
        number: order.number ?? `${this.#prefix}-${FIRST_NUMBER + sequence}`,
        createdAt: order.createdAt ?? new Date().toISOString(),
      };
      this.#remember(next);
      added.push(next);
      return next;
    });
    this.#journal.append(...added.map((order) => ({ order })));
    return taken;
  }

  /** The content people corrected their cards: unknown articles and broken tax numbers give way to ones that are known. */
  mend(id: string): void {
    const order = this.#orders.get(id);
    if (!order) return;
    const others = [...this.#orders.values()];
    const article = others.flatMap(({ lines }) => lines).find((line) => !UNKNOWN.test(line.article))?.article;
    const lines = order.lines.map((line) =>
      article !== undefined && UNKNOWN.test(line.article) ? { ...line, article } : line,
    );
    const inn = INN.test(order.customer.inn)
      ? order.customer.inn
      : others.find(({ customer }) => customer.name === order.customer.name && INN.test(customer.inn))?.customer.inn;
    const mended = { ...order, lines, customer: { ...order.customer, inn: inn ?? order.customer.inn } };
    if (JSON.stringify(mended) === JSON.stringify(order)) return;
    this.#remember(mended);
    this.#journal.append({ order: mended });
  }

  package(id: string): Package | undefined {
    return this.#packages.get(id);
  }
  get packageCount(): number {
    return this.#packages.size;
  }
  /** Takes packages by id: sent twice they are one. */
  receive(...packages: readonly Package[]): { package: Package; duplicate: boolean }[] {
    return packages.map((one) => {
      const known = this.#packages.get(one.id);
      if (known) return { package: known, duplicate: true };
      this.#packages.set(one.id, one);
      this.#journal.append({ package: one });
      return { package: one, duplicate: false };
    });
  }

  #remember(order: SiteOrder): void {
    if (!this.#orders.has(order.id) && order.sequence > 0) this.#bySequence.push(order.id);
    this.#orders.set(order.id, order);
  }
}
