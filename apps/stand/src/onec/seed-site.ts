/** A production site: the goods it makes, its store, what they cost it. */
import { isSite, SITES, siteNumber } from './bases.ts';
import type { Goods } from './seed-orders.ts';
import { INTERNAL_COST_KIND, insertPriceKind } from './seed-trade.ts';
import type { BaseStore } from './store.ts';

const STORE = '0b5a7d10-0000-11f1-8000-00155d000006';

export function seedSite(store: BaseStore, goods: readonly Goods[]): void {
  const number = isSite(store.name) ? siteNumber(store.name) : 0;
  store.insert('Catalog_Склады', {
    Ref_Key: STORE,
    Description: `Склад готовой продукции, площадка ${number}`,
    Code: '000000001',
  });
  insertPriceKind(store, INTERNAL_COST_KIND);
  // The catalogue is common, each site makes a third of it.
  for (const [index, item] of goods.entries()) {
    if (index % SITES.length !== number - 1) continue;
    store.insert('Catalog_Номенклатура', {
      Ref_Key: item.ref,
      Description: item.name,
      НаименованиеПолное: item.name,
      Артикул: item.article,
      Code: `НФ-${item.ref.slice(0, 6)}`,
    });
    store.insert('AccumulationRegister_СебестоимостьТоваров', {
      Recorder: item.ref,
      Recorder_Type: 'StandardODATA.Document_ПриобретениеТоваровУслуг',
      LineNumber: '1',
      Active: true,
      RecordType: 'Receipt',
      АналитикаУчетаНоменклатуры_Key: item.ref,
      РазделУчета: 'ТоварыНаСкладах',
      Количество: 1_000,
      Стоимость: Math.round(item.cost * 1_000),
      СтоимостьБезНДС: Math.round((item.cost * 1_000) / 1.22),
    });
  }
}
