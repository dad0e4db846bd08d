/** The provider's client: brings orders of chains, takes answers, and copies everything that passes for Pult. */
import type { Random } from '../onec/random.ts';
import { BOMB, CHAINS, type ChainOrder, orderText } from './documents.ts';
import type { Folders } from './folders.ts';

export interface ProviderFaults {
  /** Copies stop in the middle. */
  halfWritten: boolean;
  /** Files claim utf-8 and are windows-1251. */
  wrongEncoding: boolean;
  /** A chain orders goods that УТ does not know. */
  unknownGtin: boolean;
  /** Every file comes once more under another name. */
  duplicates: boolean;
  /** Beside each order comes a file that unpacks to millions of letters. */
  bomb: boolean;
  /** No orders come. */
  silent: boolean;
}

export interface Goods {
  readonly article: string;
  readonly price: number;
}

/** A barcode with its check digit, made of the place of the goods in the catalogue. */
export function gtinOf(place: number): string {
  const digits = `460${String(700_000_000 + place).padStart(9, '0')}`;
  const sum = [...digits].reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

const UNKNOWN = { article: 'сеть-9999', gtin: gtinOf(99_999) };

/** Order N of the demonstration: the same seed gives the same orders. */
export function makeOrder(
  random: Random,
  of: { readonly number: string; readonly at: number; readonly goods: readonly Goods[]; readonly unknown: boolean },
): ChainOrder {
  const chain = random.pick(CHAINS);
  const count = random.int(2, 6);
  const places = [...new Set(Array.from({ length: count }, () => random.int(0, of.goods.length - 1)))];
  const lines = places.flatMap((place) => {
    const goods = of.goods[place];
    return goods
      ? [{ article: goods.article, gtin: gtinOf(place), quantity: random.int(1, 40) * 10, price: goods.price }]
      : [];
  });
  const strange = of.unknown ? [{ ...UNKNOWN, quantity: 10, price: 100 }] : [];
  // A day of Moscow.
  const date = new Date(of.at + 3 * 3_600_000).toISOString().slice(0, 10);
  return { chain, number: of.number, date, lines: [...lines, ...strange] };
}

const CYRILLIC_A = 0x410;
const CYRILLIC_YA = 0x44f;
const OTHERS: Readonly<Record<string, number>> = { Ё: 0xa8, ё: 0xb8, '«': 0xab, '»': 0xbb };
const bytesIn = (text: string, encoding: string): Uint8Array =>
  encoding === 'utf-8'
    ? Buffer.from(text)
    : Uint8Array.from([...text], (letter) => {
        const code = letter.codePointAt(0) ?? 0;
        if (code < 0x80) return code;
        return code >= CYRILLIC_A && code <= CYRILLIC_YA ? code - CYRILLIC_A + 0xc0 : (OTHERS[letter] ?? 0x3f);
      });

export class Provider {
  readonly faults: ProviderFaults = {
    halfWritten: false,
    wrongEncoding: false,
    unknownGtin: false,
    duplicates: false,
    bomb: false,
    silent: false,
  };
  readonly #folders: Folders;

  constructor(folders: Folders) {
    this.#folders = folders;
  }

  /** Gives an order to УТ and its copy to Pult. @returns name of the file */
  bring(order: ChainOrder): string {
    const lies = this.faults.wrongEncoding;
    const text = orderText(order, lies ? 'utf-8' : order.chain.encoding);
    const bytes = bytesIn(text, lies ? 'windows-1251' : order.chain.encoding);
    const name = `order_${order.chain.gln}_${order.number}.xml`;
    this.#pass('to-ut', name, bytes);
    if (this.faults.duplicates) this.#pass('to-ut', name.replace('.xml', '_again.xml'), bytes);
    if (this.faults.bomb) this.#pass('to-ut', `bomb_${order.number}.xml`, Buffer.from(BOMB));
    return name;
  }

  /** Takes what УТ, or Pult in its place, has answered. */
  collect(): string[] {
    return this.#folders.list('from-ut').map((name) => {
      const bytes = this.#folders.read('from-ut', name);
      this.#folders.write('pult/inbox', name, bytes);
      this.#folders.move('from-ut', 'received', name);
      return name;
    });
  }

  #pass(folder: 'to-ut', name: string, bytes: Uint8Array): void {
    this.#folders.write(folder, name, bytes);
    if (this.faults.halfWritten) this.#folders.writeInPlace('pult/inbox', name, bytes.subarray(0, bytes.length / 2));
    else this.#folders.write('pult/inbox', name, bytes);
  }
}
