/** Registers of БСП by which an exchange shows its state and its problems; the same in every base. */
import { type EntityDef, independent } from './entity.ts';

export const EXCHANGE_REGISTERS: readonly EntityDef[] = [
  independent(
    'РезультатыОбменаДанными',
    {
      ТипПроблемы: 'enum',
      УзелИнформационнойБазы: 'any',
      ОбъектМетаданных: 'string',
      ПроблемныйОбъект: 'any',
      КлючУникальности: 'string',
    },
    {
      ДатаВозникновения: 'date',
      Причина: 'string',
      Пропущена: 'bool',
      ПометкаУдаления: 'bool',
      НомерДокумента: 'string',
      ДатаДокумента: 'date',
      ПредставлениеОбъекта: 'string',
      Комментарий: 'string',
    },
  ),
  independent(
    'СостоянияОбменовДанными',
    { УзелИнформационнойБазы: 'any', ДействиеПриОбмене: 'enum' },
    { РезультатВыполненияОбмена: 'enum', ДатаНачала: 'date', ДатаОкончания: 'date' },
  ),
  independent(
    'СостоянияУспешныхОбменовДанными',
    { УзелИнформационнойБазы: 'any', ДействиеПриОбмене: 'enum' },
    { ДатаОкончания: 'date' },
  ),
  independent(
    'СостоянияИнтеграцииОбъектов',
    { ИдентификаторОбъекта: 'string', УчетнаяСистема: 'string' },
    { Состояние: 'enum', Описание: 'string' },
  ),
];
