/** Causes of failures in the past: each has its days, so that causes appear, end and come back. */
import type { Random } from '../onec/random.ts';
import { ACCOUNT, noAccount } from './flows/payments.ts';

export interface Failure {
  readonly text: string;
  readonly code: string | null;
  /** The document stands at the target, unposted. */
  readonly atTarget: boolean;
  /** The target looked at it and said no, without keeping anything. */
  readonly refused?: true;
}

export interface Subject {
  readonly article: string;
  readonly inn: string;
}

interface Cause {
  /** Of all messages, on days when it is there. */
  readonly share: number;
  readonly code: string | null;
  readonly atTarget: boolean;
  /** Days ago on which it is there; 0 is today. */
  readonly days: (daysAgo: number) => boolean;
  readonly text: (random: Random, subject: Subject) => string;
}

const always = (): boolean => true;

export const UNKNOWN_ARTICLE: Cause = {
  share: 0.006,
  code: null,
  atTarget: false,
  days: always,
  text: (_, { article }) => `Не найдена номенклатура по артикулу «${article}», строка 1`,
};
export const BROKEN_INN: Cause = {
  share: 0.0025,
  code: null,
  atTarget: false,
  days: always,
  text: (_, { inn }) => `ИНН ${inn} не прошёл проверку контрольной суммы`,
};
export const ORDER_CAUSES: readonly Cause[] = [
  UNKNOWN_ARTICLE,
  BROKEN_INN,
  {
    // A release brought it, a fix ended it, a later release brought it back.
    share: 0.005,
    code: '-1',
    atTarget: false,
    days: (ago) => (ago >= 12 && ago <= 17) || ago === 0,
    text: (random) => `Истекло ожидание блокировки таблицы «ЗаказыКлиентов» (${random.int(20, 40)} с)`,
  },
];
export const SALE_CAUSES: readonly Cause[] = [
  {
    // The accountants closed the quarter nine days ago.
    share: 0.007,
    code: '-1',
    atTarget: true,
    days: (ago) => ago <= 9,
    text: () => 'Не удалось провести: период закрыт для изменений, дата запрета 30.09.2026',
  },
  {
    share: 0.005,
    code: '-1',
    atTarget: true,
    days: (ago) => ago >= 3,
    text: (random) =>
      `Не удалось провести "Реализация (акт, накладная) ЭТ00-${random.int(10_000, 99_999)}": поле «Договор» не заполнено`,
  },
  {
    share: 0.003,
    code: '-1',
    atTarget: true,
    days: (ago) => (ago >= 19 && ago <= 24) || ago === 1 || ago === 0,
    text: () => "Ошибка при выполнении обработчика - 'ПриЗаписи' {ОбщийМодуль.ОбменДанными(412)}: Деление на 0",
  },
];

export const PAYMENT_CAUSES: readonly Cause[] = [
  {
    // The company opened an account; the accountants entered it two days later.
    share: 0.03,
    code: null,
    atTarget: false,
    days: (ago) => ago === 8 || ago === 7 || ago === 0,
    text: () => noAccount(ACCOUNT),
  },
  {
    share: 0.008,
    code: '-1',
    atTarget: true,
    days: always,
    text: (random) =>
      `Не удалось провести "Поступление на расчетный счет ЭТ00-${random.int(10_000, 99_999)}": поле «Статья ДДС» не заполнено`,
  },
];

/** The cause that a message met on a day; null when it met none. */
export function causeOf(roll: number, causes: readonly Cause[], daysAgo: number): Cause | null {
  let rest = roll;
  for (const cause of causes) {
    if (!cause.days(daysAgo)) continue;
    if (rest < cause.share) return cause;
    rest -= cause.share;
  }
  return null;
}

/** A time in which a target refused everything. Moments of Moscow, minutes of the day. */
interface Outage {
  readonly days: (daysAgo: number, weekday: number) => boolean;
  readonly fromMinute: number;
  readonly minutes: number;
  readonly failure: Failure;
}

const SUNDAY = 0;

/** Of БП: updates on Sunday nights, too few licences on two mornings, one unplanned update today or yesterday. */
export const BP_OUTAGES: readonly Outage[] = [
  {
    days: (ago, weekday) => (weekday === SUNDAY && ago > 0) || ago === 1,
    fromMinute: 11 * 60 + 20,
    minutes: 22,
    failure: {
      code: '403',
      atTarget: false,
      text: 'Начало сеанса с информационной базой запрещено.\nВедутся технические работы',
    },
  },
  {
    days: (ago) => ago === 6 || ago === 13,
    fromMinute: 9 * 60 + 5,
    minutes: 25,
    failure: { code: '500', atTarget: false, text: 'Не обнаружено свободной лицензии!' },
  },
];
/** Of УТ: the server was moved in the afternoon three days ago. */
export const UT_OUTAGES: readonly Outage[] = [
  {
    days: (ago) => ago === 3,
    fromMinute: 14 * 60 + 10,
    minutes: 9,
    failure: { code: null, atTarget: false, text: "Couldn't connect to server http://ut.ekf.local" },
  },
];

/** What was wrong with a target at a moment; null when it answered. */
export function outageAt(
  outages: readonly Outage[],
  moment: { daysAgo: number; weekday: number; minuteOfDay: number },
): Failure | null {
  const found = outages.find(
    ({ days, fromMinute, minutes }) =>
      days(moment.daysAgo, moment.weekday) &&
      moment.minuteOfDay >= fromMinute &&
      moment.minuteOfDay < fromMinute + minutes,
  );
  return found?.failure ?? null;
}
