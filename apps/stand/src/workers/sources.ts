/** Where new messages come from: orders of the shop, sales and approvals of УТ, the price package by the clock. */
import { setTimeout as pause } from 'node:timers/promises';
import { SITES } from '../onec/bases.ts';
import type { Exchange } from './exchange.ts';
import { decidedInElma, PROCESSES } from './flows/decisions.ts';
import { paymentMessage } from './flows/payments.ts';
import {
  approvalMessage,
  orderMessage,
  packageMessage,
  packagePayload,
  rowOf,
  type Shop,
  type SiteOrder,
  saleMessage,
} from './messages.ts';
import { localOf } from './moscow-time.ts';
import type { RecordBook } from './records.ts';
import { SiteSources } from './site-sources.ts';
import type { Systems } from './systems.ts';
import { type Counterparty, PAYMENTS, SALES } from './transfer-documents.ts';

const text = (value: unknown): string => String(value ?? '').trim();
export const PACKAGE_EVERY_MS = 15 * 60_000;
/** Cursor of the payments: sales and payments of one flow are read apart. */
export const PAYMENTS_MARK = 'ut-bp-sales payments';

export interface SourceFaults {
  /** The scheduled export of prices to the site does not run: the flow goes silent. */
  silence: boolean;
  /** The same to EKF Market. */
  marketSilence: boolean;
}

export class Sources {
  readonly faults: SourceFaults = { silence: false, marketSilence: false };
  /** Of the sites, of the personnel and of the consolidation. */
  readonly sites: SiteSources;
  readonly #book: RecordBook;
  readonly #exchange: Exchange;
  readonly #systems: Systems;
  readonly #counterparties = new Map<string, Counterparty | null>();
  #stopped = false;

  constructor(parts: { book: RecordBook; exchange: Exchange; systems: Systems }) {
    this.#book = parts.book;
    this.#exchange = parts.exchange;
    this.#systems = parts.systems;
    this.sites = new SiteSources(parts);
  }

  run(): void {
    const { sites } = this;
    void this.#loop(700, () => this.readOrders('site'));
    void this.#loop(1_000, () => this.readOrders('market'));
    void this.#loop(1_500, () => this.readSales());
    void this.#loop(2_000, () => this.readPayments());
    void this.#loop(3_000, () => this.readApprovals());
    void this.#loop(5_000, () => this.readPrices('site', Date.now()));
    void this.#loop(5_000, () => this.readPrices('market', Date.now()));
    void this.#loop(5_000, () => this.readDecisions());
    for (const site of SITES) {
      void this.#loop(2_000, () => sites.readReceipts(site));
      void this.#loop(3_000, () => sites.readQuality(site));
      void this.#loop(5_000, () => sites.readInternalPrices(site, Date.now()));
    }
    void this.#loop(3_000, () => sites.readStaff());
    void this.#loop(10_000, () => sites.readConsolidation(Date.now()));
  }
  stop(): void {
    this.#stopped = true;
  }

  async #loop(everyMs: number, round: () => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      // A source that is away is asked again; its messages wait there.
      await round().catch(() => undefined);
      await pause(everyMs);
    }
  }

  /** Orders of a shop after the last one seen. */
  async readOrders(shop: Shop = 'site'): Promise<void> {
    if (this.#exchange.isStopped(shop)) return;
    const mark = `${shop}-orders`;
    const after = this.#book.mark(mark);
    const { data } =
      shop === 'site'
        ? await this.#systems.site('GET', `orders?after=${after}`)
        : await this.#systems.market('GET', `market/orders?after=${after}`);
    for (const order of data as readonly SiteOrder[]) {
      this.#exchange.accept(orderMessage(order, shop));
      this.#book.setMark(mark, order.sequence);
    }
  }

  /** Sales of УТ. */
  readSales(): Promise<void> {
    return this.#posted(SALES, 'ut-bp-sales', saleMessage);
  }
  /** Payments that customers made. */
  readPayments(): Promise<void> {
    return this.#posted(PAYMENTS, PAYMENTS_MARK, paymentMessage);
  }

  /** Documents of УТ from the second of the last one seen: several may share a second of 1С. */
  async #posted(set: string, mark: string, messageOf: typeof saleMessage): Promise<void> {
    if (this.#exchange.isStopped('ut')) return;
    const rows = await this.#systems.ut.list(set, {
      filter: `Date ge datetime'${localOf(this.#book.mark(mark))}' and Posted eq true`,
      orderBy: 'Date',
      top: 200,
    });
    for (const row of rows) {
      const record = messageOf(row, await this.#counterparty(row.Контрагент_Key));
      this.#exchange.accept(record);
      this.#book.setMark(mark, Date.parse(record.occurredAt));
    }
  }

  /** Processes of УТ that nobody has finished. */
  async readApprovals(): Promise<void> {
    if (this.#exchange.isStopped('ut')) return;
    for (const set of PROCESSES) {
      const rows = await this.#systems.ut.list(set, { filter: 'Completed eq false', top: 500 });
      for (const row of rows) {
        if (this.#book.has({ flow: 'ut-elma-approvals', messageId: text(row.Ref_Key), consumer: 'elma' })) continue;
        const record = await approvalMessage(this.#systems, set, row);
        if (record) this.#exchange.accept(record);
      }
    }
  }

  /** One package of prices and stock for a shop in each quarter of an hour. */
  async readPrices(shop: Shop, now: number): Promise<void> {
    const slot = Math.floor(now / PACKAGE_EVERY_MS) * PACKAGE_EVERY_MS;
    const mark = `ut-${shop}-prices-stock`;
    const isSilent = shop === 'site' ? this.faults.silence : this.faults.marketSilence;
    if (isSilent || this.#exchange.isStopped('ut') || this.#book.mark(mark) >= slot) return;
    const payload = await packagePayload(this.#systems, slot);
    this.#exchange.accept(packageMessage({ id: crypto.randomUUID(), shop, slot, occurredAt: now, payload }));
    this.#book.setMark(mark, slot);
  }

  /** What was decided in ELMA itself. Decisions of Pult reach УТ from Pult and are no messages here. */
  async readDecisions(): Promise<void> {
    if (this.#exchange.isStopped('ut')) return;
    this.#exchange.accept(...(await decidedInElma(this.#systems)));
  }

  async #counterparty(ref: unknown): Promise<Counterparty | null> {
    const key = text(ref);
    if (!this.#counterparties.has(key)) {
      const row = await rowOf(this.#systems, 'Catalog_Контрагенты', key);
      this.#counterparties.set(key, row ? { name: text(row.Description), inn: text(row.ИНН) } : null);
    }
    return this.#counterparties.get(key) ?? null;
  }
}
