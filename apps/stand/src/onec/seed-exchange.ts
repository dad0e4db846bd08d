/** Nodes of the exchange and what the registers of БСП say about it. */
import { localOf } from './local-time.ts';
import type { Random } from './random.ts';
import type { BaseStore, MutableRow } from './store.ts';

const PLAN = 'ExchangePlan_СинхронизацияДанныхЧерезУниверсальныйФормат';
const MINUTE = 60_000;
const HOUR = 3_600_000;

const NODES: Readonly<Record<string, readonly { code: string; name: string; failing: boolean }[]>> = {
  ut: [
    { code: 'БП', name: 'Бухгалтерия предприятия', failing: false },
    { code: 'УХ', name: 'Управление холдингом', failing: true },
    { code: 'СТ', name: 'Сайт', failing: false },
  ],
  bp: [{ code: 'УТ', name: 'Управление торговлей', failing: false }],
};

interface Problem {
  readonly type: string;
  readonly object: string;
  readonly number: string;
  readonly reason: string;
  readonly hoursAgo: number;
}
const PROBLEMS: Readonly<Record<string, readonly Problem[]>> = {
  ut: [
    {
      type: 'ОшибкаВыполненияКодаОбработчиковПриОтправкеДанных',
      object: 'Документ.РеализацияТоваровУслуг',
      number: 'ЭТ01-014102',
      reason:
        'Правило «Документ_РеализацияТоваровУслуг_Отправка», событие «ПриОтправкеДанных»: Значение не является значением объектного типа (СтавкаНДС)',
      hoursAgo: 5,
    },
    {
      type: 'НезаполненныеРеквизиты',
      object: 'Справочник.Контрагенты',
      number: '',
      reason: 'Не заполнен реквизит «КПП» контрагента ООО «Кабельный дом-Урал»',
      hoursAgo: 27,
    },
  ],
  bp: [
    {
      type: 'НепроведенныйДокумент',
      object: 'Документ.РеализацияТоваровУслуг',
      number: 'ЭТ01-014233',
      reason: 'Документ загружен, но не проведён: период закрыт для изменений, дата запрета 30.09.2026',
      hoursAgo: 3,
    },
    {
      type: 'НепроведенныйДокумент',
      object: 'Документ.РеализацияТоваровУслуг',
      number: 'ЭТ01-014251',
      reason: 'Документ загружен, но не проведён: поле «Договор» не заполнено',
      hoursAgo: 9,
    },
    {
      type: 'ОшибкаВыполненияКодаОбработчиковПриПолученииДанных',
      object: 'Справочник.Номенклатура',
      number: '',
      reason: 'Правило «Справочник_Номенклатура_Получение», событие «ПередЗаписьюПолученныхДанных»: Деление на 0',
      hoursAgo: 50,
    },
  ],
};

export function seedExchange(store: BaseStore, random: Random, now: number): void {
  const at = (ago: number): string => localOf(now - ago);
  store.insert(PLAN, {
    Ref_Key: random.guid(),
    Code: store.name === 'ut' ? 'УТ' : 'БП',
    Description: 'Эта база',
    ThisNode: true,
  });
  let partner = '';
  for (const node of NODES[store.name] ?? []) {
    const ref = random.guid();
    const sent = random.int(4_000, 9_000);
    if (partner === '') partner = ref;
    store.insert(PLAN, {
      Ref_Key: ref,
      Code: node.code,
      Description: node.name,
      SentNo: String(sent),
      // A node that fails is some messages behind.
      ReceivedNo: String(node.failing ? sent - 7 : sent),
      ExchangeDate: at(6 * MINUTE),
    });
    const of = { УзелИнформационнойБазы: ref, УзелИнформационнойБазы_Type: `StandardODATA.${PLAN}` };
    for (const [index, action] of ['ВыгрузкаДанных', 'ЗагрузкаДанных'].entries()) {
      const failed = node.failing && action === 'ЗагрузкаДанных';
      const ended = (4 + index) * MINUTE;
      store.insert('InformationRegister_СостоянияОбменовДанными', {
        ...of,
        ДействиеПриОбмене: action,
        РезультатВыполненияОбмена: failed ? 'Ошибка_ТранспортСообщения' : 'Выполнено',
        ДатаНачала: at(ended + 40_000),
        ДатаОкончания: at(ended),
      });
      store.insert('InformationRegister_СостоянияУспешныхОбменовДанными', {
        ...of,
        ДействиеПриОбмене: action,
        ДатаОкончания: at(failed ? 19 * HOUR : ended),
      });
    }
  }
  for (const problem of PROBLEMS[store.name] ?? [])
    store.insert('InformationRegister_РезультатыОбменаДанными', problemRow(random, problem, { partner, at }));
  if (store.name !== 'ut') return;
  for (const [system, state, note] of [
    ['Сайт', 'Интегрирован', ''],
    ['ELMA', 'Ожидание', ''],
    ['УХ', 'Ошибка', 'Удалённый узел не подтвердил приём сообщения № 7'],
  ] as const)
    store.insert('InformationRegister_СостоянияИнтеграцииОбъектов', {
      ИдентификаторОбъекта: random.guid(),
      УчетнаяСистема: system,
      Состояние: state,
      Описание: note,
    });
}

function problemRow(
  random: Random,
  problem: Problem,
  of: { partner: string; at: (ago: number) => string },
): MutableRow {
  const when = of.at(problem.hoursAgo * HOUR);
  return {
    ТипПроблемы: problem.type,
    УзелИнформационнойБазы: of.partner,
    УзелИнформационнойБазы_Type: `StandardODATA.${PLAN}`,
    ОбъектМетаданных: problem.object,
    ПроблемныйОбъект: random.guid(),
    ПроблемныйОбъект_Type: `StandardODATA.${problem.object.replace('Документ.', 'Document_').replace('Справочник.', 'Catalog_')}`,
    КлючУникальности: random.guid().replaceAll('-', ''),
    ДатаВозникновения: when,
    Причина: problem.reason,
    Пропущена: false,
    НомерДокумента: problem.number,
    ДатаДокумента: problem.number === '' ? '0001-01-01T00:00:00' : when,
    ПредставлениеОбъекта: problem.number === '' ? problem.object : `Реализация товаров и услуг ${problem.number}`,
  };
}
