/** What the exchange registers of each base held before anybody switched a fault on. */
import type { BaseName } from './bases.ts';

export interface Problem {
  readonly type: string;
  readonly object: string;
  /** How the document is called on paper. */
  readonly title: string;
  readonly number: string;
  readonly reason: string;
  readonly hoursAgo: number;
}

const SALE = { object: 'Документ.РеализацияТоваровУслуг', title: 'Реализация товаров и услуг' } as const;

export const PROBLEMS: Readonly<Partial<Record<BaseName, readonly Problem[]>>> = {
  ut: [
    {
      ...SALE,
      type: 'ОшибкаВыполненияКодаОбработчиковПриОтправкеДанных',
      number: 'ЭТ01-014102',
      reason:
        'Правило «Документ_РеализацияТоваровУслуг_Отправка», событие «ПриОтправкеДанных»: Значение не является значением объектного типа (СтавкаНДС)',
      hoursAgo: 5,
    },
    {
      type: 'НезаполненныеРеквизиты',
      object: 'Справочник.Контрагенты',
      title: '',
      number: '',
      reason: 'Не заполнен реквизит «КПП» контрагента ООО «Кабельный дом-Урал»',
      hoursAgo: 27,
    },
  ],
  bp: [
    {
      ...SALE,
      type: 'НепроведенныйДокумент',
      number: 'ЭТ01-014233',
      reason: 'Документ загружен, но не проведён: период закрыт для изменений, дата запрета 30.09.2026',
      hoursAgo: 3,
    },
    {
      ...SALE,
      type: 'НепроведенныйДокумент',
      number: 'ЭТ01-014251',
      reason: 'Документ загружен, но не проведён: поле «Договор» не заполнено',
      hoursAgo: 9,
    },
    {
      type: 'ОшибкаВыполненияКодаОбработчиковПриПолученииДанных',
      object: 'Справочник.Номенклатура',
      title: '',
      number: '',
      reason: 'Правило «Справочник_Номенклатура_Получение», событие «ПередЗаписьюПолученныхДанных»: Деление на 0',
      hoursAgo: 50,
    },
  ],
  'erp-2': [
    {
      type: 'НезаполненныеРеквизиты',
      object: 'Документ.ПриобретениеТоваровУслуг',
      title: 'Приобретение товаров и услуг',
      number: 'П200-000318',
      reason: 'Не заполнен реквизит «Склад» строки 3, документ не выгружен',
      hoursAgo: 6,
    },
  ],
  uh: [
    {
      type: 'НепроведенныйДокумент',
      object: 'Документ.НастраиваемыйОтчет',
      title: 'Экземпляр отчёта',
      number: 'УТ-202610',
      reason: 'Отчёт загружен, но не проведён: период консолидации «Октябрь 2026» закрыт',
      hoursAgo: 20,
    },
  ],
};

/** Stands for the number of the first message that the failing node of a base has not confirmed. */
export const UNCONFIRMED = '{номер}';

type IntegrationState = readonly [system: string, state: 'Интегрирован' | 'Ожидание' | 'Ошибка', note: string];

export const INTEGRATION_STATES: Readonly<Record<BaseName, readonly IntegrationState[]>> = {
  ut: [
    ['Сайт', 'Интегрирован', ''],
    ['EKF Market', 'Интегрирован', ''],
    ['ELMA', 'Ожидание', ''],
    ['УХ', 'Ошибка', `Удалённый узел не подтвердил приём сообщения № ${UNCONFIRMED}`],
  ],
  bp: [
    ['УТ', 'Интегрирован', ''],
    ['УХ', 'Интегрирован', ''],
  ],
  'erp-1': [
    ['УТ', 'Интегрирован', ''],
    ['EproQc', 'Интегрирован', ''],
  ],
  'erp-2': [
    ['УТ', 'Ожидание', ''],
    ['EproQc', 'Интегрирован', ''],
  ],
  'erp-3': [
    ['УТ', 'Интегрирован', ''],
    ['EproQc', 'Ожидание', ''],
  ],
  zup: [
    ['VK HR Tek', 'Интегрирован', ''],
    ['VK HR Tek', 'Ошибка', 'Отпуск 0000-000041: сотрудник не подписал документ за 5 дней'],
  ],
  uh: [
    ['УТ', 'Интегрирован', ''],
    ['БП', 'Интегрирован', ''],
  ],
};
