/** Catalogues of УТ from which documents are made. */
import { INITIATORS, PEOPLE } from '../onec/names.ts';
import { RETAIL_PRICES } from '../workers/messages.ts';
import type { Row } from '../workers/onec-base.ts';
import type { Systems } from '../workers/systems.ts';
import { TransferError } from '../workers/transfer-error.ts';

export interface Catalogue {
  readonly customers: readonly { ref: string; partner: string; name: string; inn: string }[];
  readonly items: readonly { ref: string; article: string; price: number }[];
  /** What the agreement of a partner allows, percent. */
  readonly agreements: readonly { ref: string; partner: string; allowed: number }[];
  readonly initiators: readonly string[];
  readonly approver: string;
}

const text = (value: unknown): string => String(value ?? '').trim();
const NOBODY = '00000000-0000-0000-0000-000000000000';
const INN = /^(\d{10}|\d{12})$/;

export class Catalogues {
  readonly #systems: Systems;
  #kept: Promise<Catalogue> | null = null;

  constructor(systems: Systems) {
    this.#systems = systems;
  }

  /** Read once; a failed reading is tried again by the next caller. */
  read(): Promise<Catalogue> {
    this.#kept ??= this.#load();
    this.#kept.catch(() => {
      this.#kept = null;
    });
    return this.#kept;
  }

  async #load(): Promise<Catalogue> {
    const list = (set: string, select: readonly string[]): Promise<Row[]> =>
      this.#systems.ut.list(set, { select, top: 500 });
    const [customers, items, agreements, people, prices] = await Promise.all([
      list('Catalog_Контрагенты', ['Ref_Key', 'Description', 'ИНН', 'Партнер_Key']),
      list('Catalog_Номенклатура', ['Ref_Key', 'Артикул']),
      list('Catalog_СоглашенияСКлиентами', ['Ref_Key', 'Партнер_Key', 'ПроцентРучнойСкидки']),
      list('Catalog_Пользователи', ['Ref_Key', 'Description']),
      list(RETAIL_PRICES, ['Номенклатура_Key', 'Цена']),
    ]);
    const priceOf = new Map(prices.map((row) => [row.Номенклатура_Key, Number(row.Цена)]));
    const refsOf = (names: readonly string[]): string[] =>
      people.filter((row) => names.includes(text(row.Description))).map((row) => text(row.Ref_Key));
    const names = PEOPLE.map(({ name }) => name);
    const found: Catalogue = {
      customers: customers
        .map((row) => ({
          ref: text(row.Ref_Key),
          partner: text(row.Партнер_Key),
          name: text(row.Description),
          inn: text(row.ИНН),
        }))
        .filter(({ inn, partner }) => INN.test(inn) && partner !== NOBODY),
      // What has no price is not sold.
      items: items
        .map((row) => ({ ref: text(row.Ref_Key), article: text(row.Артикул), price: priceOf.get(row.Ref_Key) ?? 0 }))
        .filter(({ article, price }) => article !== '' && price > 0),
      agreements: agreements.map((row) => ({
        ref: text(row.Ref_Key),
        partner: text(row.Партнер_Key),
        allowed: Number(row.ПроцентРучнойСкидки),
      })),
      initiators: refsOf(names.slice(0, INITIATORS)),
      approver: refsOf(names.slice(INITIATORS, INITIATORS + 1))[0] ?? NOBODY,
    };
    if (found.customers.length === 0 || found.items.length === 0)
      throw new TransferError('УТ has no customers or items yet');
    return found;
  }
}
