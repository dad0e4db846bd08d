/** Objects that bases of УТ and ERP have alike: ERP 2 names them as УТ 11.5 does. */
import { CATALOG, DOCUMENT, type EntityDef, object, subordinate } from './entity.ts';

const EXCHANGE_NODE = { SentNo: 'int64', ReceivedNo: 'int64', ExchangeDate: 'date', ThisNode: 'bool' } as const;

/** Plan of the exchange by EnterpriseData. */
export const UNIVERSAL_PLAN = 'ExchangePlan_СинхронизацияДанныхЧерезУниверсальныйФормат';
/** Plan of the special exchange of internal cost (SBS-130); its name is the company's own, as its extension's objects are. */
export const INTERNAL_PRICES_PLAN = 'ExchangePlan_ЭКФ_ВнутренниеЦены';
export const RECEIPTS = 'Document_ПриобретениеТоваровУслуг';
export const PRICING = 'Document_УстановкаЦенНоменклатуры';

export const UNIVERSAL_EXCHANGE: EntityDef = object(UNIVERSAL_PLAN, CATALOG, EXCHANGE_NODE);
export const INTERNAL_PRICES_EXCHANGE: EntityDef = object(INTERNAL_PRICES_PLAN, CATALOG, EXCHANGE_NODE);

export const RECEIPT: EntityDef = object(
  RECEIPTS,
  DOCUMENT,
  {
    Партнер: 'ref:Catalog_Партнеры',
    Контрагент: 'ref:Catalog_Контрагенты',
    Организация: 'ref:Catalog_Организации',
    Склад: 'ref:Catalog_Склады',
    СуммаДокумента: 'double',
    ХозяйственнаяОперация: 'enum',
    НомерВходящегоДокумента: 'string',
    ДатаВходящегоДокумента: 'date',
    ЗаказПоставщику: 'any',
    Комментарий: 'string',
  },
  {
    tables: {
      Товары: {
        LineNumber: 'int64',
        Номенклатура: 'ref:Catalog_Номенклатура',
        Количество: 'double',
        Цена: 'double',
        Сумма: 'double',
        СуммаНДС: 'double',
        СуммаСНДС: 'double',
      },
    },
    lengths: { Number: 11, НомерВходящегоДокумента: 128 },
  },
);

export const PRICE_DOCUMENT: EntityDef = object(
  PRICING,
  DOCUMENT,
  { Статус: 'enum', Согласован: 'bool', Комментарий: 'string' },
  {
    tables: {
      Товары: {
        LineNumber: 'int64',
        Номенклатура: 'ref:Catalog_Номенклатура',
        ВидЦены: 'ref:Catalog_ВидыЦен',
        Цена: 'double',
      },
    },
  },
);

export const PRICE_KIND: EntityDef = object('Catalog_ВидыЦен', CATALOG, {
  ЦенаВключаетНДС: 'bool',
  ВалютаЦены: 'string',
});

export const PRICES: EntityDef = subordinate(
  'ЦеныНоменклатуры',
  { Номенклатура: 'ref:Catalog_Номенклатура', Характеристика_Key: 'guid', ВидЦены: 'ref:Catalog_ВидыЦен' },
  { Цена: 'double', Упаковка_Key: 'guid', Валюта_Key: 'guid' },
);
