/** ЗУП → VK HR Tek: personnel documents to sign. They carry data of people: texts of errors name the employee's number only. */
import { DISMISSAL, HIRING, TRANSFER, VACATION } from '../../onec/zup-objects.ts';
import { instantOf } from '../moscow-time.ts';
import type { Row } from '../onec-base.ts';
import { type MessageRecord, newRecord } from '../records.ts';
import type { Systems } from '../systems.ts';
import { text } from './values.ts';

export const STAFF_SETS = [HIRING, VACATION, TRANSFER, DISMISSAL] as const;
export type StaffSet = (typeof STAFF_SETS)[number];

export interface StaffCards {
  readonly employee: Row;
  readonly person: Row;
  readonly department: string;
  readonly position: string;
}

const PERIOD: Readonly<Record<StaffSet, readonly [from: string, to: string | null]>> = {
  [HIRING]: ['ДатаПриема', 'ДатаЗавершенияТрудовогоДоговора'],
  [VACATION]: ['ДатаНачалаПериодаОтсутствия', 'ДатаОкончанияПериодаОтсутствия'],
  [TRANSFER]: ['ДатаНачала', null],
  [DISMISSAL]: ['ДатаУвольнения', null],
};

export function staffMessage(set: StaffSet, row: Row, cards: StaffCards): MessageRecord {
  const [from, to] = PERIOD[set];
  const type = set.replace('Document_', '');
  return newRecord({
    flow: 'zup-hrtek',
    messageId: text(row.Ref_Key),
    source: 'zup',
    consumer: 'hrtek',
    type,
    number: text(row.Number),
    ref: text(row.Ref_Key),
    counterparty: null,
    amount: null,
    occurredAt: instantOf(text(row.Date)),
    payload: {
      ВидДокумента: type,
      Номер: text(row.Number),
      Дата: row.Date,
      Сотрудник: {
        ТабельныйНомер: text(cards.employee.Code),
        ФИО: text(cards.person.ФИО),
        ДатаРождения: cards.person.ДатаРождения,
        СНИЛС: text(cards.person.СтраховойНомерПФР),
        ИНН: text(cards.person.ИНН),
      },
      Подразделение: cards.department,
      Должность: cards.position,
      ДатаНачала: row[from],
      ...(to === null ? {} : { ДатаОкончания: row[to] }),
    },
  });
}

/** What stands behind a document of ЗУП. @throws TransferError */
export async function staffCards(systems: Systems, row: Row): Promise<StaffCards | null> {
  const zup = systems.base('zup');
  const one = async (set: string, ref: unknown): Promise<Row | undefined> =>
    (await zup.list(set, { filter: `Ref_Key eq guid'${text(ref)}'`, top: 1 }))[0];
  const [employee, person, department, position] = await Promise.all([
    one('Catalog_Сотрудники', row.Сотрудник_Key),
    one('Catalog_ФизическиеЛица', row.ФизическоеЛицо_Key),
    one('Catalog_ПодразделенияОрганизаций', row.Подразделение_Key),
    one('Catalog_Должности', row.Должность_Key),
  ]);
  if (!employee || !person) return null;
  return { employee, person, department: text(department?.Description), position: text(position?.Description) };
}

export const noInsuranceNumber = (employee: string): string =>
  `Сотрудник ${employee}: не заполнен СНИЛС, документ не принят к подписанию`;

/** Why VK HR Tek does not take a document; null when it does. */
export function objectionOfHrTek({ payload }: MessageRecord): string | null {
  const { СНИЛС, ТабельныйНомер } = payload.Сотрудник as { readonly СНИЛС: string; readonly ТабельныйНомер: string };
  return СНИЛС === '' ? noInsuranceNumber(ТабельныйНомер) : null;
}

/** The same document from an export that leaves the insurance number out. */
export function withoutInsuranceNumber(message: MessageRecord): MessageRecord {
  const { Сотрудник } = message.payload as { readonly Сотрудник: Row };
  return { ...message, payload: { ...message.payload, Сотрудник: { ...Сотрудник, СНИЛС: '' } } };
}
