/** Documents of a production site: receipts, price documents, test protocols. The same chance gives the same document. */
import { SITES, type SiteName } from '../onec/bases.ts';
import { QUALITY } from '../onec/erp-objects.ts';
import type { Random } from '../onec/random.ts';
import { INTERNAL_COST } from '../onec/seed-trade.ts';
import { PRICING, RECEIPTS } from '../onec/trade-objects.ts';
import { UNREGISTERED } from '../workers/flows/quality.ts';
import { money, text } from '../workers/flows/values.ts';
import { localOf } from '../workers/moscow-time.ts';
import type { Row } from '../workers/onec-base.ts';
import type { Systems } from '../workers/systems.ts';

export interface SiteItem {
  readonly ref: string;
  readonly article: string;
  readonly name: string;
}
/** One batch of a hundred nobody has registered in EproQc. */
const UNREGISTERED_SHARE = 0.01;
const REJECTED_SHARE = 0.03;
/** The cost of an item follows from its article: what it costs on one day is near what it costs on another. */
const costOf = (article: string): number =>
  120 + ([...article].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 900);

/** Goods that a site received into its store. */
export function receiptOf(random: Random, items: readonly SiteItem[], at: number): Row {
  const lines = Array.from({ length: random.int(1, 4) }, (_, index) => {
    const item = random.pick(items);
    const [quantity, price] = [random.int(4, 60) * 25, money(costOf(item.article) * (0.97 + random.next() * 0.06))];
    const amount = money(quantity * price);
    return {
      LineNumber: String(index + 1),
      Номенклатура_Key: item.ref,
      Количество: quantity,
      Цена: price,
      Сумма: amount,
      СуммаНДС: money((amount / 122) * 22),
      СуммаСНДС: amount,
    };
  });
  return {
    Ref_Key: random.guid(),
    Date: localOf(at),
    Posted: true,
    СуммаДокумента: money(lines.reduce((sum, line) => sum + line.Сумма, 0)),
    ХозяйственнаяОперация: 'Производство',
    Товары: lines,
  };
}

/** New internal cost of some goods. */
export function pricesOf(random: Random, items: readonly SiteItem[], at: number): Row {
  const chosen = new Map(
    Array.from({ length: random.int(2, 6) }, () => random.pick(items)).map((item) => [item.ref, item]),
  );
  return {
    Ref_Key: random.guid(),
    Date: localOf(at),
    Posted: true,
    Статус: 'Согласован',
    Согласован: true,
    Товары: [...chosen.values()].map((item, index) => ({
      LineNumber: String(index + 1),
      Номенклатура_Key: item.ref,
      ВидЦены_Key: INTERNAL_COST,
      Цена: money(costOf(item.article) * (0.95 + random.next() * 0.1)),
    })),
  };
}

const CHECKS = [
  { name: 'Время срабатывания при 2,55 In', unit: 'с', from: 1, to: 60 },
  { name: 'Сопротивление изоляции', unit: 'МОм', from: 5, to: 100 },
  { name: 'Момент затяжки зажима', unit: 'Н·м', from: 1.8, to: 2.6 },
] as const;

/** A batch and the protocol of its tests. */
export function qualityOf(
  random: Random,
  items: readonly SiteItem[],
  at: number,
): { readonly batch: Row; readonly protocol: Row } {
  const item = random.pick(items);
  const [ref, isUnregistered, isRejected] = [
    random.guid(),
    random.next() < UNREGISTERED_SHARE,
    random.next() < REJECTED_SHARE,
  ];
  const size = random.int(4, 60) * 25;
  const number = `${isUnregistered ? UNREGISTERED : ''}${localOf(at).slice(2, 10).replaceAll('-', '')}-${random.int(100, 999)}`;
  return {
    batch: { Ref_Key: ref, Description: number, Номер: number },
    protocol: {
      Ref_Key: random.guid(),
      Date: localOf(at),
      Posted: true,
      Номенклатура_Key: item.ref,
      Серия_Key: ref,
      РазмерПартии: size,
      РазмерВыборки: Math.max(5, Math.round(size / 50)),
      Решение: isRejected ? 'Брак' : 'Годен',
      Показатели: CHECKS.map(({ name, unit, from, to }, index) => ({
        LineNumber: String(index + 1),
        Показатель: name,
        Единица: unit,
        НижняяГраница: from,
        ВерхняяГраница: to,
        Значение: money(isRejected && index === 0 ? to * 1.2 : from + (to - from) * (0.2 + random.next() * 0.6)),
      })),
    },
  };
}

export class Production {
  readonly #systems: Systems;
  readonly #items = new Map<SiteName, readonly SiteItem[]>();

  constructor(systems: Systems) {
    this.#systems = systems;
  }

  /** What a site makes; read once. @throws TransferError */
  async items(site: SiteName): Promise<readonly SiteItem[]> {
    const known = this.#items.get(site);
    if (known) return known;
    const rows = await this.#systems.base(site).list('Catalog_Номенклатура', {
      select: ['Ref_Key', 'Артикул', 'Description'],
      orderBy: 'Code',
    });
    const items = rows.map((row) => ({
      ref: text(row.Ref_Key),
      article: text(row.Артикул),
      name: text(row.Description),
    }));
    this.#items.set(site, items);
    return items;
  }

  /** @param wish a site, any when absent; `unknown`: the first item is so new that УТ has no card of it */
  async receipt(
    random: Random,
    wish: { readonly site?: SiteName | undefined; readonly item?: string | undefined } = {},
  ): Promise<{ site: SiteName; ref: string; number: string }> {
    const site = wish.site ?? random.pick(SITES);
    const items = wish.item === 'unknown' ? [await this.#newItem(site, random)] : await this.items(site);
    return { site, ...(await this.#insert(site, RECEIPTS, receiptOf(random, items, Date.now()))) };
  }

  async prices(
    random: Random,
    wish: { readonly site?: SiteName | undefined } = {},
  ): Promise<{ site: SiteName; ref: string; number: string }> {
    const site = wish.site ?? random.pick(SITES);
    return { site, ...(await this.#insert(site, PRICING, pricesOf(random, await this.items(site), Date.now()))) };
  }

  /** @param wish `unknown`: a batch that EproQc does not know */
  async quality(
    random: Random,
    wish: { readonly site?: SiteName | undefined; readonly batch?: string | undefined } = {},
  ): Promise<{ site: SiteName; ref: string; number: string }> {
    const site = wish.site ?? random.pick(SITES);
    const { batch, protocol } = qualityOf(random, await this.items(site), Date.now());
    const isUnknown = wish.batch === 'unknown' && !text(batch.Номер).startsWith(UNREGISTERED);
    const number = `${isUnknown ? UNREGISTERED : ''}${text(batch.Номер)}`;
    await this.#systems.insert(site, 'Catalog_СерииНоменклатуры', [{ ...batch, Номер: number, Description: number }]);
    return { site, ...(await this.#insert(site, QUALITY, protocol)) };
  }

  async #newItem(site: SiteName, random: Random): Promise<SiteItem> {
    const article = `нов-${random.int(10_000, 99_999)}`;
    const name = `Реле контроля нагрузки РКН-${random.int(10, 99)}`;
    const card = { Артикул: article, Description: name, НаименованиеПолное: name };
    const [ref = ''] = await this.#systems.insert(site, 'Catalog_Номенклатура', [card]);
    return { ref, article, name };
  }

  async #insert(site: SiteName, set: string, row: Row): Promise<{ ref: string; number: string }> {
    const [ref = ''] = await this.#systems.insert(site, set, [row]);
    const filter = `Ref_Key eq guid'${ref}'`;
    const [made] = await this.#systems.base(site).list(set, { filter, select: ['Number'], top: 1 });
    return { ref, number: text(made?.Number) };
  }
}
