/** Metadata of the stand's bases as data. Names are those of УТ 11.5 and БП 3.0. */

/** Edm type, `ref:Set` for a reference (property X_Key and navigation X), `any` for a composite value (X and X_Type). */
export type FieldType = 'string' | 'guid' | 'date' | 'bool' | 'double' | 'int64' | 'enum' | 'any' | `ref:${string}`;
export type Fields = Readonly<Record<string, FieldType>>;

export interface EntityDef {
  readonly name: string;
  readonly fields: Fields;
  /** Tabular sections. */
  readonly tables: Readonly<Record<string, Fields>>;
  /** Longest text of a string field; longer values are cut silently, as the platform does. */
  readonly lengths: Readonly<Record<string, number>>;
  /** Key of an independent register; null for objects with Ref_Key. */
  readonly key: readonly string[] | null;
  /** Dimensions and resources of an accumulation register. */
  readonly register: { readonly dimensions: readonly string[]; readonly resources: readonly string[] } | null;
}

const CATALOG: Fields = {
  Ref_Key: 'guid',
  DataVersion: 'string',
  DeletionMark: 'bool',
  Code: 'string',
  Description: 'string',
  Predefined: 'bool',
  PredefinedDataName: 'string',
};
const DOCUMENT: Fields = {
  Ref_Key: 'guid',
  DataVersion: 'string',
  DeletionMark: 'bool',
  Number: 'string',
  Date: 'date',
  Posted: 'bool',
};
const TASK: Fields = {
  Ref_Key: 'guid',
  DataVersion: 'string',
  DeletionMark: 'bool',
  Number: 'string',
  Date: 'date',
  Description: 'string',
  Executed: 'bool',
  BusinessProcess: 'any',
  RoutePoint: 'string',
};
const PROCESS: Fields = {
  Ref_Key: 'guid',
  DataVersion: 'string',
  DeletionMark: 'bool',
  Number: 'string',
  Date: 'date',
  Completed: 'bool',
  Started: 'bool',
  HeadTask_Key: 'guid',
};

const entity = (
  name: string,
  base: Fields,
  fields: Fields,
  more: Partial<Omit<EntityDef, 'name' | 'fields'>> = {},
): EntityDef => ({
  name,
  fields: { ...base, ...fields },
  tables: more.tables ?? {},
  lengths: more.lengths ?? {},
  key: more.key ?? null,
  register: more.register ?? null,
});
const register = (name: string, fields: Fields, key: readonly string[]): EntityDef => entity(name, {}, fields, { key });
const accumulation = (name: string, dimensions: Fields, resources: readonly string[]): EntityDef =>
  entity(
    name,
    { Period: 'date', Recorder: 'any', LineNumber: 'int64', Active: 'bool', RecordType: 'enum' },
    { ...dimensions, ...Object.fromEntries(resources.map((resource) => [resource, 'double' as const])) },
    { key: ['Recorder', 'LineNumber'], register: { dimensions: Object.keys(dimensions), resources } },
  );

const GOODS: Fields = {
  LineNumber: 'int64',
  Номенклатура: 'ref:Catalog_Номенклатура',
  Количество: 'double',
  Цена: 'double',
  Сумма: 'double',
  СуммаНДС: 'double',
  СуммаСНДС: 'double',
  ПроцентРучнойСкидки: 'double',
  СуммаРучнойСкидки: 'double',
  ПроцентАвтоматическойСкидки: 'double',
  СуммаАвтоматическойСкидки: 'double',
  КодСтроки: 'int64',
  Отменено: 'bool',
  ВариантОбеспечения: 'enum',
};

const EXCHANGE_REGISTERS = [
  register(
    'InformationRegister_РезультатыОбменаДанными',
    {
      ТипПроблемы: 'enum',
      УзелИнформационнойБазы: 'any',
      ОбъектМетаданных: 'string',
      ПроблемныйОбъект: 'any',
      КлючУникальности: 'string',
      ДатаВозникновения: 'date',
      Причина: 'string',
      Пропущена: 'bool',
      НомерДокумента: 'string',
      ДатаДокумента: 'date',
      ПредставлениеОбъекта: 'string',
      Комментарий: 'string',
    },
    ['ТипПроблемы', 'УзелИнформационнойБазы', 'КлючУникальности'],
  ),
  register(
    'InformationRegister_СостоянияОбменовДанными',
    {
      УзелИнформационнойБазы: 'any',
      ДействиеПриОбмене: 'enum',
      РезультатВыполненияОбмена: 'enum',
      ДатаНачала: 'date',
      ДатаОкончания: 'date',
    },
    ['УзелИнформационнойБазы', 'ДействиеПриОбмене'],
  ),
  register(
    'InformationRegister_СостоянияУспешныхОбменовДанными',
    { УзелИнформационнойБазы: 'any', ДействиеПриОбмене: 'enum', ДатаОкончания: 'date' },
    ['УзелИнформационнойБазы', 'ДействиеПриОбмене'],
  ),
  register(
    'InformationRegister_СостоянияИнтеграцииОбъектов',
    { ИдентификаторОбъекта: 'string', УчетнаяСистема: 'string', Состояние: 'enum', Описание: 'string' },
    ['ИдентификаторОбъекта', 'УчетнаяСистема'],
  ),
];

const COUNTERPARTY: Fields = {
  НаименованиеПолное: 'string',
  ИНН: 'string',
  КПП: 'string',
  Партнер: 'ref:Catalog_Партнеры',
  ЮрФизЛицо: 'enum',
};
const ITEM: Fields = {
  Артикул: 'string',
  НаименованиеПолное: 'string',
  IsFolder: 'bool',
  Parent: 'ref:Catalog_Номенклатура',
  ТипНоменклатуры: 'enum',
};

const UT: readonly EntityDef[] = [
  entity('Catalog_Номенклатура', CATALOG, ITEM, { lengths: { Артикул: 25, Description: 100 } }),
  entity('Catalog_Контрагенты', CATALOG, COUNTERPARTY, { lengths: { ИНН: 12, Description: 100 } }),
  entity('Catalog_Партнеры', CATALOG, { НаименованиеПолное: 'string', Сегмент: 'string' }),
  entity('Catalog_Пользователи', CATALOG, { АдресЭлектроннойПочты: 'string', Подразделение: 'string' }),
  entity('Catalog_Организации', CATALOG, {}),
  entity('Catalog_Склады', CATALOG, {}),
  entity('Catalog_СоглашенияСКлиентами', CATALOG, {
    Партнер: 'ref:Catalog_Партнеры',
    Статус: 'enum',
    Согласован: 'bool',
    ПроцентРучнойСкидки: 'double',
    ОграничиватьРучныеСкидки: 'bool',
  }),
  entity(
    'Document_ЗаказКлиента',
    DOCUMENT,
    {
      Партнер: 'ref:Catalog_Партнеры',
      Контрагент: 'ref:Catalog_Контрагенты',
      Организация: 'ref:Catalog_Организации',
      Соглашение: 'ref:Catalog_СоглашенияСКлиентами',
      Склад: 'ref:Catalog_Склады',
      Менеджер: 'ref:Catalog_Пользователи',
      СуммаДокумента: 'double',
      ЦенаВключаетНДС: 'bool',
      Статус: 'enum',
      Согласован: 'bool',
      ДатаСогласования: 'date',
      НеОтгружатьЧастями: 'bool',
      НомерПоДаннымКлиента: 'string',
      ДатаПоДаннымКлиента: 'date',
      Комментарий: 'string',
      ХозяйственнаяОперация: 'enum',
      ДокументОснование: 'any',
    },
    { tables: { Товары: GOODS }, lengths: { Number: 11, НомерПоДаннымКлиента: 30 } },
  ),
  entity(
    'Document_РеализацияТоваровУслуг',
    DOCUMENT,
    {
      Партнер: 'ref:Catalog_Партнеры',
      Контрагент: 'ref:Catalog_Контрагенты',
      Организация: 'ref:Catalog_Организации',
      СуммаДокумента: 'double',
      Статус: 'enum',
      Комментарий: 'string',
      ЗаказКлиента: 'any',
    },
    { tables: { Товары: GOODS } },
  ),
  entity(
    'Document_ЗаявкаНаВозвратТоваровОтКлиента',
    DOCUMENT,
    {
      Партнер: 'ref:Catalog_Партнеры',
      Контрагент: 'ref:Catalog_Контрагенты',
      Соглашение: 'ref:Catalog_СоглашенияСКлиентами',
      Менеджер: 'ref:Catalog_Пользователи',
      СуммаДокумента: 'double',
      Статус: 'enum',
      ПричинаВозврата: 'string',
      Комментарий: 'string',
      ДокументРеализации: 'any',
    },
    {
      tables: {
        ВозвращаемыеТовары: {
          LineNumber: 'int64',
          Номенклатура: 'ref:Catalog_Номенклатура',
          Количество: 'double',
          Цена: 'double',
          Сумма: 'double',
          СуммаСНДС: 'double',
        },
      },
    },
  ),
  ...['BusinessProcess_СогласованиеПродажи', 'BusinessProcess_СогласованиеЗаявкиНаВозвратТоваровОтКлиента'].map(
    (name) =>
      entity(
        name,
        PROCESS,
        {
          Предмет: 'any',
          Автор: 'ref:Catalog_Пользователи',
          ДатаНачала: 'date',
          ДатаЗавершения: 'date',
          ДатаСогласования: 'date',
          РезультатСогласования: 'enum',
          Важность: 'enum',
          Комментарий: 'string',
          ЕстьОтклоненияОтЦеновыхУсловий: 'bool',
        },
        {
          tables: {
            РезультатыСогласования: {
              LineNumber: 'int64',
              ТочкаМаршрута: 'string',
              Рецензент: 'ref:Catalog_Пользователи',
              РезультатСогласования: 'enum',
              Комментарий: 'string',
              ДатаСогласования: 'date',
              НомерВерсии: 'int64',
            },
          },
        },
      ),
  ),
  entity('Task_ЗадачаИсполнителя', TASK, {
    Автор: 'ref:Catalog_Пользователи',
    Исполнитель: 'ref:Catalog_Пользователи',
    Предмет: 'any',
    ПредметСтрокой: 'string',
    Описание: 'string',
    ДатаНачала: 'date',
    СрокИсполнения: 'date',
    ДатаИсполнения: 'date',
    ПринятаКИсполнению: 'bool',
    РезультатВыполнения: 'string',
    СостояниеБизнесПроцесса: 'enum',
    Важность: 'enum',
  }),
  accumulation('AccumulationRegister_ТоварыНаСкладах', { Номенклатура_Key: 'guid', Склад_Key: 'guid' }, [
    'ВНаличии',
    'КОтгрузке',
  ]),
  accumulation('AccumulationRegister_СебестоимостьТоваров', { АналитикаУчетаНоменклатуры_Key: 'guid' }, [
    'Количество',
    'Стоимость',
  ]),
  accumulation('AccumulationRegister_РасчетыСКлиентами', { Партнер_Key: 'guid' }, ['Сумма']),
  register(
    'InformationRegister_ЦеныНоменклатуры',
    { Period: 'date', Номенклатура_Key: 'guid', ВидЦены_Key: 'guid', Цена: 'double' },
    ['Period', 'Номенклатура_Key', 'ВидЦены_Key'],
  ),
  entity('ExchangePlan_СинхронизацияДанныхЧерезУниверсальныйФормат', CATALOG, {
    SentNo: 'int64',
    ReceivedNo: 'int64',
    ExchangeDate: 'date',
    ThisNode: 'bool',
  }),
  ...EXCHANGE_REGISTERS,
];

const BP: readonly EntityDef[] = [
  entity(
    'Catalog_Контрагенты',
    CATALOG,
    { НаименованиеПолное: 'string', ИНН: 'string', КПП: 'string' },
    { lengths: { ИНН: 12, Description: 100 } },
  ),
  entity('Catalog_Номенклатура', CATALOG, { Артикул: 'string', НаименованиеПолное: 'string' }),
  entity('Catalog_Организации', CATALOG, {}),
  entity(
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
  entity('Document_ПоступлениеНаРасчетныйСчет', DOCUMENT, {
    Контрагент: 'ref:Catalog_Контрагенты',
    СуммаДокумента: 'double',
    НазначениеПлатежа: 'string',
  }),
  ...EXCHANGE_REGISTERS,
];

export const BASES: Readonly<Record<string, readonly EntityDef[]>> = { ut: UT, bp: BP };

/** Properties of a field set as they travel: a reference is X_Key, a composite is X and X_Type. */
export function propertiesOf(fields: Fields): readonly (readonly [name: string, type: FieldType])[] {
  return Object.entries(fields).flatMap(([name, type]): [string, FieldType][] => {
    if (type.startsWith('ref:')) return [[`${name}_Key`, 'guid']];
    if (type === 'any')
      return [
        [name, 'string'],
        [`${name}_Type`, 'string'],
      ];
    return [[name, type]];
  });
}

export const EMPTY_GUID = '00000000-0000-0000-0000-000000000000';
export const EMPTY_DATE = '0001-01-01T00:00:00';

/** Value of a property that nobody set. */
export function emptyValue(name: string, type: FieldType): unknown {
  switch (type) {
    case 'guid':
      return EMPTY_GUID;
    case 'date':
      return EMPTY_DATE;
    case 'bool':
      return false;
    case 'double':
      return 0;
    case 'int64':
      return '0';
    default:
      return name.endsWith('_Type') ? 'StandardODATA.Undefined' : '';
  }
}
