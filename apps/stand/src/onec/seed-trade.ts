/** Trade of УТ: people, agreements, prices, costs, stock, debts, orders. */
import { localOf } from './local-time.ts';
import { PEOPLE } from './names.ts';
import type { Random } from './random.ts';
import { seedApprovals } from './seed-approvals.ts';
import { type Customer, type Goods, makeOrder, STOCK, type Trade } from './seed-orders.ts';
import type { BaseStore, MutableRow } from './store.ts';
import { PRICING } from './trade-objects.ts';

const DAY = 86_400_000;
const ORDERS = 320;
/** Types of prices: what the shop sells at, and what goods cost the company. */
export const RETAIL = '0b5a7d10-0000-11f1-8000-00155d000001';
const PLANNED_COST = '0b5a7d10-0000-11f1-8000-00155d000004';
/** What goods cost within the company; the sites set it (SBS-130). */
export const INTERNAL_COST = '0b5a7d10-0000-11f1-8000-00155d000005';
const SALE_TYPE = 'StandardODATA.Document_РеализацияТоваровУслуг';
const money = (value: number): number => Math.round(value * 100) / 100;

export function seedTrade(store: BaseStore, random: Random, trade: Trade): void {
  store.insert('Catalog_Склады', { Ref_Key: STOCK, Description: 'Склад Ногинск', Code: '000000001' });
  const people = PEOPLE.map((person) => ({ ...person, ref: random.guid() }));
  for (const person of people)
    store.insert('Catalog_Пользователи', {
      Ref_Key: person.ref,
      Description: person.name,
      АдресЭлектроннойПочты: person.email,
      Подразделение: person.office,
      Code: person.ref.slice(0, 9),
    });
  for (const customer of trade.customers) seedCustomer(store, random, customer, trade.now);
  seedPrices(store, random, trade);
  seedStock(store, random, trade);
  const refs = people.map(({ ref }) => ref);
  for (let index = 0; index < ORDERS; index += 1) {
    const at = trade.now - random.int(1, 360) * DAY - random.int(0, 600) * 60_000;
    makeOrder(store, random, { trade, author: random.pick(refs), at, deviation: 0, more: {} });
  }
  seedApprovals(store, random, { trade, people: refs });
}

function seedCustomer(store: BaseStore, random: Random, customer: Customer, now: number): void {
  store.insert('Catalog_Партнеры', {
    Ref_Key: customer.ref,
    Description: customer.name,
    НаименованиеПолное: customer.name,
    Сегмент: customer.segment,
    Code: customer.ref.slice(0, 9),
  });
  store.insert('Catalog_СоглашенияСКлиентами', {
    Ref_Key: customer.agreement,
    Description: `Соглашение, ${customer.name}`,
    Партнер_Key: customer.ref,
    Статус: 'Действует',
    Согласован: true,
    ПроцентРучнойСкидки: customer.allowed,
    ОграничиватьРучныеСкидки: true,
    Code: customer.agreement.slice(0, 9),
  });
  store.insert('AccumulationRegister_РасчетыСКлиентами', {
    ...movement(random, now - random.int(2, 40) * DAY),
    Партнер_Key: customer.ref,
    Сумма: random.int(0, 30) * 41_300,
  });
}

const movement = (random: Random, at: number): MutableRow => ({
  Recorder: random.guid(),
  Recorder_Type: SALE_TYPE,
  LineNumber: '1',
  Active: true,
  RecordType: 'Receipt',
  Period: localOf(at),
});

export const INTERNAL_COST_KIND = { ref: INTERNAL_COST, name: 'Внутренняя себестоимость', withVat: false } as const;

export function insertPriceKind(store: BaseStore, kind: { ref: string; name: string; withVat: boolean }): void {
  store.insert('Catalog_ВидыЦен', {
    Ref_Key: kind.ref,
    Description: kind.name,
    Code: kind.ref.slice(-9),
    ЦенаВключаетНДС: kind.withVat,
    ВалютаЦены: 'RUB',
  });
}

/** Prices are written by documents: one of half a year ago, one of three weeks ago that replaced it. */
function seedPrices(store: BaseStore, random: Random, { goods, now }: Trade): void {
  const types = [
    { ref: RETAIL, name: 'Розничная (РРЦ)', of: (item: Goods) => item.price },
    { ref: PLANNED_COST, name: 'Плановая себестоимость', of: (item: Goods) => item.cost },
  ];
  for (const { ref, name } of types) insertPriceKind(store, { ref, name, withVat: ref === RETAIL });
  insertPriceKind(store, INTERNAL_COST_KIND);
  for (const { days, share } of [
    { days: 180, share: 0.94 },
    { days: 20, share: 1 },
  ]) {
    const at = localOf(now - days * DAY);
    const recorder = random.guid();
    store.insert(PRICING, { Ref_Key: recorder, Date: at, Posted: true, Статус: 'Согласован', Согласован: true });
    let line = 0;
    for (const type of types)
      for (const item of goods) {
        line += 1;
        store.insert('InformationRegister_ЦеныНоменклатуры', {
          Period: at,
          Recorder: recorder,
          Recorder_Type: `StandardODATA.${PRICING}`,
          LineNumber: String(line),
          Active: true,
          Номенклатура_Key: item.ref,
          ВидЦены_Key: type.ref,
          Цена: money(type.of(item) * share),
        });
      }
  }
}

function seedStock(store: BaseStore, random: Random, { goods, now }: Trade): void {
  for (const item of goods) {
    store.insert('AccumulationRegister_ТоварыНаСкладах', {
      ...movement(random, now - 30 * DAY),
      Номенклатура_Key: item.ref,
      Склад_Key: STOCK,
      ВНаличии: item.stock,
      // Part of what is there has been promised to somebody.
      КОтгрузке: Math.floor(item.stock * random.pick([0, 0, 0.1, 0.25, 0.6])),
    });
    store.insert('AccumulationRegister_СебестоимостьТоваров', {
      ...movement(random, now - 30 * DAY),
      АналитикаУчетаНоменклатуры_Key: item.ref,
      РазделУчета: 'ТоварыНаСкладах',
      Количество: 1_000,
      Стоимость: money(item.cost * 1_000),
      СтоимостьБезНДС: money((item.cost * 1_000) / 1.22),
    });
  }
}
