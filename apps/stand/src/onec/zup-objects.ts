/** What base `zup` publishes: people and their documents; names are those of ЗУП 3. Everybody in it is invented. */
import { CATALOG, constant, DOCUMENT, type EntityDef, type Fields, object } from './entity.ts';
import { EXCHANGE_REGISTERS } from './exchange-registers.ts';
import { UNIVERSAL_EXCHANGE } from './trade-objects.ts';

const PERSONNEL: Fields = {
  Организация: 'ref:Catalog_Организации',
  Сотрудник: 'ref:Catalog_Сотрудники',
  ФизическоеЛицо: 'ref:Catalog_ФизическиеЛица',
  Подразделение: 'ref:Catalog_ПодразделенияОрганизаций',
  Должность: 'ref:Catalog_Должности',
  Комментарий: 'string',
};

export const HIRING = 'Document_ПриемНаРаботу';
export const VACATION = 'Document_Отпуск';
export const TRANSFER = 'Document_КадровыйПеревод';
export const DISMISSAL = 'Document_Увольнение';

export const ZUP: readonly EntityDef[] = [
  object('Catalog_Организации', CATALOG, {}),
  object('Catalog_ПодразделенияОрганизаций', CATALOG, {}),
  object('Catalog_Должности', CATALOG, {}),
  object(
    'Catalog_ФизическиеЛица',
    CATALOG,
    { ФИО: 'string', ДатаРождения: 'date', ИНН: 'string', СтраховойНомерПФР: 'string' },
    { lengths: { ИНН: 12, СтраховойНомерПФР: 14 } },
  ),
  object('Catalog_Сотрудники', CATALOG, {
    ФизическоеЛицо: 'ref:Catalog_ФизическиеЛица',
    ГоловнаяОрганизация: 'ref:Catalog_Организации',
    ВАрхиве: 'bool',
  }),
  object(HIRING, DOCUMENT, {
    ...PERSONNEL,
    ДатаПриема: 'date',
    ДатаЗавершенияТрудовогоДоговора: 'date',
    ВидЗанятости: 'enum',
  }),
  object(VACATION, DOCUMENT, {
    ...PERSONNEL,
    ДатаНачалаПериодаОтсутствия: 'date',
    ДатаОкончанияПериодаОтсутствия: 'date',
    ПредоставитьОсновнойОтпуск: 'bool',
  }),
  object(TRANSFER, DOCUMENT, { ...PERSONNEL, ДатаНачала: 'date' }),
  object(DISMISSAL, DOCUMENT, { ...PERSONNEL, ДатаУвольнения: 'date', СтатьяТКРФ: 'string' }),
  constant('ЗаголовокСистемы', 'string'),
  UNIVERSAL_EXCHANGE,
  ...EXCHANGE_REGISTERS,
];
