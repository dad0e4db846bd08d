/** What the trade of УТ is made of, and one order of it. */
import { localOf } from './local-time.ts';
import type { Customer as Company, Item } from './names.ts';
import type { Random } from './random.ts';
import type { BaseStore, MutableRow } from './store.ts';

export interface Goods extends Item {
  readonly ref: string;
}
export interface Customer extends Company {
  readonly ref: string;
  readonly counterparty: string;
  readonly agreement: string;
  /** Percent that the agreement allows by hand. */
  readonly allowed: number;
}
export interface Trade {
  readonly goods: readonly Goods[];
  readonly customers: readonly Customer[];
  readonly now: number;
}

export const STOCK = '0b5a7d10-0000-11f1-8000-00155d000002';
export const COMPANY = '0b5a7d10-0000-11f1-8000-00155d000003';
const money = (value: number): number => Math.round(value * 100) / 100;

interface OrderInput {
  readonly trade: Trade;
  readonly author: string;
  readonly at: number;
  /** Percentage points above the agreement on the worst line; 0 stays within it. */
  readonly deviation: number;
  readonly more: MutableRow;
}

/** An order of a random customer with two to seven lines. */
export function makeOrder(store: BaseStore, random: Random, input: OrderInput): MutableRow {
  const { trade, author, at, deviation, more } = input;
  const customer = random.pick(trade.customers);
  const lines = orderLines(random, trade.goods, customer.allowed, deviation);
  return store.insert('Document_ЗаказКлиента', {
    Ref_Key: random.guid(),
    Date: localOf(at),
    Posted: true,
    Партнер_Key: customer.ref,
    Контрагент_Key: customer.counterparty,
    Организация_Key: COMPANY,
    Соглашение_Key: customer.agreement,
    Склад_Key: STOCK,
    Менеджер_Key: author,
    СуммаДокумента: money(lines.reduce((sum, line) => sum + Number(line.СуммаСНДС), 0)),
    ЦенаВключаетНДС: true,
    Статус: 'КОбеспечению',
    Согласован: true,
    ДатаСогласования: localOf(at),
    ХозяйственнаяОперация: 'РеализацияКлиенту',
    Товары: lines,
    ...more,
  });
}

function orderLines(random: Random, goods: readonly Goods[], allowed: number, deviation: number): MutableRow[] {
  const count = random.int(2, 7);
  return Array.from({ length: count }, (_, index) => {
    const item = random.pick(goods);
    const quantity = random.int(2, 60) * 10;
    const over =
      deviation === 0 ? -random.int(0, 3) : index === 0 ? deviation : Math.max(0, deviation - random.int(1, 5));
    const percent = Math.max(0, money(allowed + over));
    const full = money(item.price * quantity);
    const amount = money((full * (100 - percent)) / 100);
    return {
      LineNumber: String(index + 1),
      Номенклатура_Key: item.ref,
      Количество: quantity,
      Цена: item.price,
      Сумма: amount,
      СуммаСНДС: amount,
      СуммаНДС: money((amount / 122) * 22),
      ПроцентРучнойСкидки: percent,
      СуммаРучнойСкидки: money(full - amount),
      КодСтроки: String(index + 1),
      ВариантОбеспечения: 'КОбеспечению',
    };
  });
}
