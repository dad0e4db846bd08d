/** What base `uh` publishes: packages of figures for the consolidation, as reports of УХ. */
import { CATALOG, constant, DOCUMENT, type EntityDef, object } from './entity.ts';
import { EXCHANGE_REGISTERS } from './exchange-registers.ts';
import { UNIVERSAL_EXCHANGE } from './trade-objects.ts';

export const REPORTS = 'Document_НастраиваемыйОтчет';

export const UH: readonly EntityDef[] = [
  object('Catalog_Организации', CATALOG, {}),
  object('Catalog_ВидыОтчетов', CATALOG, {}),
  object(
    REPORTS,
    DOCUMENT,
    {
      Организация: 'ref:Catalog_Организации',
      ВидОтчета: 'ref:Catalog_ВидыОтчетов',
      ДатаНачала: 'date',
      ДатаОкончания: 'date',
      СуммаДокумента: 'double',
      Комментарий: 'string',
    },
    { tables: { ПоказателиОтчета: { LineNumber: 'int64', Показатель: 'string', Значение: 'double' } } },
  ),
  constant('ЗаголовокСистемы', 'string'),
  UNIVERSAL_EXCHANGE,
  ...EXCHANGE_REGISTERS,
];
