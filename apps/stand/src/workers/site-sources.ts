/** Where messages of the sites, of the personnel and of the consolidation come from. */
import { SITES, type SiteName } from '../onec/bases.ts';
import { QUALITY } from '../onec/erp-objects.ts';
import { PRICING, RECEIPTS } from '../onec/trade-objects.ts';
import type { Exchange } from './exchange.ts';
import { consolidationMessage, figuresOf, HOUR_MS, REPORTING_BASES } from './flows/consolidation.ts';
import { GoodsCards } from './flows/goods.ts';
import { nextPriceMessage, priceNode } from './flows/internal-prices.ts';
import { qualityMessage } from './flows/quality.ts';
import { receiptMessage } from './flows/receipts.ts';
import { STAFF_SETS, staffCards, staffMessage, withoutInsuranceNumber } from './flows/staff.ts';
import { text } from './flows/values.ts';
import { localOf } from './moscow-time.ts';
import type { OneCBase, Row } from './onec-base.ts';
import type { RecordBook } from './records.ts';
import type { Systems } from './systems.ts';

/** An exchange that was not confirmed is tried again after so long: the next message carries the same and more. */
const AGAIN_MS = 2 * 60_000;

export interface SiteSourceFaults {
  /** Sites whose receipts are not exported. */
  readonly silentSites: Set<SiteName>;
  /** The export of personnel documents leaves the insurance number out. */
  noInsuranceNumber: boolean;
}

export class SiteSources {
  readonly faults: SiteSourceFaults = { silentSites: new Set(), noInsuranceNumber: false };
  readonly #book: RecordBook;
  readonly #exchange: Exchange;
  readonly #systems: Systems;
  readonly #goods: GoodsCards;

  constructor(parts: { book: RecordBook; exchange: Exchange; systems: Systems }) {
    this.#book = parts.book;
    this.#exchange = parts.exchange;
    this.#systems = parts.systems;
    this.#goods = new GoodsCards(parts.systems);
  }

  /** Receipts of one site. */
  async readReceipts(site: SiteName): Promise<void> {
    if (this.faults.silentSites.has(site) || this.#exchange.isStopped(site)) return;
    await this.#newDocuments(site, RECEIPTS, `erp-receipts ${site}`, async (row) => {
      const refs = ((row.Товары ?? []) as readonly Row[]).map((line) => text(line.Номенклатура_Key));
      this.#exchange.accept(receiptMessage(site, row, await this.#goods.of(site, refs)));
    });
  }

  /** Test protocols of one site. */
  async readQuality(site: SiteName): Promise<void> {
    if (this.#exchange.isStopped(site)) return;
    const base = this.#systems.base(site);
    await this.#newDocuments(site, QUALITY, `erp-qc ${site}`, async (row) => {
      const goods = await this.#goods.of(site, [text(row.Номенклатура_Key)]);
      const filter = `Ref_Key eq guid'${text(row.Серия_Key)}'`;
      const [batch] = await base.list('Catalog_СерииНоменклатуры', { filter, top: 1 });
      this.#exchange.accept(qualityMessage(site, row, { goods, batch: text(batch?.Номер) }));
    });
  }

  /** The next message of internal prices, when there are prices that УТ has not got, and nothing is on its way. */
  async readInternalPrices(site: SiteName, now: number): Promise<void> {
    if (this.#exchange.isStopped(site) || this.#exchange.isBusy('erp-internal-prices', site)) return;
    const last = `erp-internal-prices sent ${site}`;
    const fresh = await this.#newPrices(site);
    if (!fresh && !(await this.#isUnconfirmed(site, now - this.#book.mark(last)))) return;
    const message = await nextPriceMessage(this.#systems, site, await this.#goods.of(site));
    if (message) this.#exchange.accept(message);
    this.#book.setMark(last, now);
    fresh?.();
  }

  /** Whether there are price documents that no message took along; to be called when one did. */
  async #newPrices(site: SiteName): Promise<(() => void) | null> {
    const seen = `erp-internal-prices ${site}`;
    const [at, count] = [this.#book.mark(seen), this.#book.mark(`${seen} count`)];
    const rows = await this.#systems.base(site).list(PRICING, {
      filter: `Posted eq true and Date ge datetime'${localOf(at)}'`,
      orderBy: 'Date desc',
      select: ['Date'],
    });
    const newest = Date.parse(`${text(rows[0]?.Date)}+03:00`);
    // Several may share a second of 1С: that second is known by how many it had.
    const sameSecond = rows.filter((row) => row.Date === rows[0]?.Date).length;
    if (Number.isNaN(newest) || (newest <= at && sameSecond <= count)) return null;
    return () => {
      this.#book.setMark(seen, newest);
      this.#book.setMark(`${seen} count`, sameSecond);
    };
  }

  async #isUnconfirmed(site: SiteName, sinceMs: number): Promise<boolean> {
    if (sinceMs < AGAIN_MS) return false;
    const { sentNo, receivedNo } = await priceNode(this.#systems, site, 'ut');
    return sentNo > receivedNo;
  }

  /** Personnel documents of every kind. */
  async readStaff(): Promise<void> {
    if (this.#exchange.isStopped('zup')) return;
    for (const set of STAFF_SETS)
      await this.#newDocuments('zup', set, `zup-hrtek ${set}`, async (row) => {
        const cards = await staffCards(this.#systems, row);
        if (!cards) return;
        const message = staffMessage(set, row, cards);
        this.#exchange.accept(this.faults.noInsuranceNumber ? withoutInsuranceNumber(message) : message);
      });
  }

  /** Figures of the hour before, from each base that gives them. */
  async readConsolidation(now: number): Promise<void> {
    const hour = Math.floor(now / HOUR_MS) * HOUR_MS - HOUR_MS;
    for (const base of REPORTING_BASES) {
      const mark = `ut-bp-uh ${base}`;
      if (this.#exchange.isStopped(base) || this.#book.mark(mark) >= hour) continue;
      const figures = await figuresOf(this.#systems, base, hour);
      this.#exchange.accept(consolidationMessage({ id: crypto.randomUUID(), base, hour, occurredAt: now, figures }));
      this.#book.setMark(mark, hour);
    }
  }

  /** Posted documents from the second of the last one seen: several may share a second of 1С. */
  async #newDocuments(
    base: SiteName | 'zup',
    set: string,
    mark: string,
    take: (row: Row) => Promise<void>,
  ): Promise<void> {
    const onec: OneCBase = this.#systems.base(base);
    const rows = await onec.list(set, {
      filter: `Date ge datetime'${localOf(this.#book.mark(mark))}' and Posted eq true`,
      orderBy: 'Date',
      top: 200,
    });
    for (const row of rows) {
      await take(row);
      this.#book.setMark(mark, Date.parse(`${text(row.Date)}+03:00`));
    }
  }

  /** The marks of a first start: what is older belongs to the history. */
  startFrom(now: number): void {
    for (const site of SITES)
      for (const flow of ['erp-receipts', 'erp-qc', 'erp-internal-prices'] as const)
        this.#book.setMark(`${flow} ${site}`, now);
    for (const set of STAFF_SETS) this.#book.setMark(`zup-hrtek ${set}`, now);
    for (const base of REPORTING_BASES)
      this.#book.setMark(`ut-bp-uh ${base}`, Math.floor(now / HOUR_MS) * HOUR_MS - HOUR_MS);
  }
}
