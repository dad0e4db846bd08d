/** What a base of 1С:ERP publishes: a production site. Names are those of ERP 2; quality control is the company's extension. */
import { accumulation, CATALOG, constant, DOCUMENT, type EntityDef, object } from './entity.ts';
import { EXCHANGE_REGISTERS } from './exchange-registers.ts';
import {
  INTERNAL_PRICES_EXCHANGE,
  PRICE_DOCUMENT,
  PRICE_KIND,
  PRICES,
  RECEIPT,
  UNIVERSAL_EXCHANGE,
} from './trade-objects.ts';

export const QUALITY = 'Document_ЭКФ_ПротоколКонтроляКачества';

export const ERP: readonly EntityDef[] = [
  object(
    'Catalog_Номенклатура',
    CATALOG,
    { Артикул: 'string', НаименованиеПолное: 'string' },
    { lengths: { Артикул: 25, Description: 100 } },
  ),
  object('Catalog_Партнеры', CATALOG, { НаименованиеПолное: 'string' }),
  object('Catalog_Контрагенты', CATALOG, { НаименованиеПолное: 'string', ИНН: 'string', КПП: 'string' }),
  object('Catalog_Организации', CATALOG, {}),
  object('Catalog_Склады', CATALOG, {}),
  object('Catalog_СерииНоменклатуры', CATALOG, { Номер: 'string', ГоденДо: 'date' }),
  PRICE_KIND,
  RECEIPT,
  PRICE_DOCUMENT,
  PRICES,
  object(
    QUALITY,
    DOCUMENT,
    {
      Номенклатура: 'ref:Catalog_Номенклатура',
      Серия: 'ref:Catalog_СерииНоменклатуры',
      РазмерПартии: 'double',
      РазмерВыборки: 'double',
      Решение: 'enum',
      Комментарий: 'string',
    },
    {
      tables: {
        Показатели: {
          LineNumber: 'int64',
          Показатель: 'string',
          Единица: 'string',
          НижняяГраница: 'double',
          ВерхняяГраница: 'double',
          Значение: 'double',
        },
      },
    },
  ),
  accumulation('СебестоимостьТоваров', 'balance', { АналитикаУчетаНоменклатуры_Key: 'guid', РазделУчета: 'enum' }, [
    'Количество',
    'Стоимость',
    'СтоимостьБезНДС',
  ]),
  constant('ЗаголовокСистемы', 'string'),
  UNIVERSAL_EXCHANGE,
  INTERNAL_PRICES_EXCHANGE,
  ...EXCHANGE_REGISTERS,
];
