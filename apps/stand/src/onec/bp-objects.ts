/** What base `bp` publishes; names are those of БП 3.0. */
import { CATALOG, constant, DOCUMENT, type EntityDef, object } from './entity.ts';
import { EXCHANGE_REGISTERS } from './exchange-registers.ts';
import { UNIVERSAL_EXCHANGE } from './trade-objects.ts';

export const BP: readonly EntityDef[] = [
  object(
    'Catalog_Контрагенты',
    CATALOG,
    { НаименованиеПолное: 'string', ИНН: 'string', КПП: 'string' },
    { lengths: { ИНН: 12, Description: 100 } },
  ),
  object('Catalog_Номенклатура', CATALOG, { Артикул: 'string', НаименованиеПолное: 'string' }),
  object('Catalog_Организации', CATALOG, {}),
  object(
    'Document_РеализацияТоваровУслуг',
    DOCUMENT,
    {
      ВидОперации: 'enum',
      Контрагент: 'ref:Catalog_Контрагенты',
      Организация: 'ref:Catalog_Организации',
      СуммаДокумента: 'double',
      СуммаВключаетНДС: 'bool',
      Комментарий: 'string',
    },
    {
      tables: {
        Товары: {
          LineNumber: 'int64',
          Номенклатура: 'ref:Catalog_Номенклатура',
          Содержание: 'string',
          Количество: 'double',
          Цена: 'double',
          Сумма: 'double',
          СтавкаНДС: 'enum',
          СуммаНДС: 'double',
        },
      },
      lengths: { Number: 11 },
    },
  ),
  object(
    'Document_ПоступлениеНаРасчетныйСчет',
    DOCUMENT,
    {
      Контрагент: 'ref:Catalog_Контрагенты',
      СуммаДокумента: 'double',
      НазначениеПлатежа: 'string',
      НомерВходящегоДокумента: 'string',
      Комментарий: 'string',
    },
    { lengths: { Number: 11, НазначениеПлатежа: 210 }, fixed: { НомерВходящегоДокумента: 11 } },
  ),
  UNIVERSAL_EXCHANGE,
  constant('ЗаголовокСистемы', 'string'),
  ...EXCHANGE_REGISTERS,
];
