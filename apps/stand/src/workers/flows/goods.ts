/** Cards of goods of a base, read once and again when an unknown one turns up. */
import type { BaseName } from '../../onec/bases.ts';
import type { Systems } from '../systems.ts';
import { text } from './values.ts';

export interface Goods {
  readonly ref: string;
  readonly article: string;
  readonly name: string;
}

export class GoodsCards {
  readonly #systems: Systems;
  readonly #kept = new Map<BaseName, ReadonlyMap<string, Goods>>();

  constructor(systems: Systems) {
    this.#systems = systems;
  }

  /** @param refs cards that the caller needs; the catalogue is read anew when one of them is not known @throws TransferError */
  async of(base: BaseName, refs: readonly string[] = []): Promise<ReadonlyMap<string, Goods>> {
    const known = this.#kept.get(base);
    if (known && refs.every((ref) => known.has(ref))) return known;
    const rows = await this.#systems.base(base).list('Catalog_Номенклатура', {
      select: ['Ref_Key', 'Артикул', 'Description'],
    });
    const cards = new Map(
      rows.map((row) => {
        const ref = text(row.Ref_Key);
        return [ref, { ref, article: text(row.Артикул), name: text(row.Description) }];
      }),
    );
    this.#kept.set(base, cards);
    return cards;
  }
}
