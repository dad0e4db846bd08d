/** УТ, БП → УХ: figures of an hour for the consolidation. */
import { REPORT_KINDS } from '../../onec/seed-holding.ts';
import { COMPANY } from '../../onec/seed-orders.ts';
import { REPORTS } from '../../onec/uh-objects.ts';
import { localOf } from '../moscow-time.ts';
import { odataText, type Row } from '../onec-base.ts';
import { type MessageRecord, newRecord } from '../records.ts';
import type { Systems } from '../systems.ts';
import { postDocument, SALES, type Transferred } from '../transfer-documents.ts';
import { money } from './values.ts';

export const REPORTING_BASES = ['ut', 'bp'] as const;
export type ReportingBase = (typeof REPORTING_BASES)[number];
export const HOUR_MS = 3_600_000;
const PREFIX = { ut: 'КП-УТ', bp: 'КП-БП' } as const;

/** @param hour start of the hour that the package is about */
export const consolidationMessage = (input: {
  readonly id: string;
  readonly base: ReportingBase;
  readonly hour: number;
  readonly occurredAt: number;
  readonly figures: { readonly documents: number; readonly amount: number };
}): MessageRecord => {
  const number = `${PREFIX[input.base]}-${localOf(input.hour).replace(/\D/g, '').slice(0, 10)}`;
  return newRecord({
    flow: 'ut-bp-uh',
    messageId: input.id,
    source: input.base,
    consumer: 'uh',
    type: 'ПакетКонсолидации',
    number,
    ref: null,
    counterparty: null,
    amount: input.figures.amount.toFixed(2),
    occurredAt: new Date(input.occurredAt).toISOString(),
    payload: {
      Номер: number,
      ВидОтчета: REPORT_KINDS[input.base].name,
      ДатаНачала: localOf(input.hour),
      ДатаОкончания: localOf(input.hour + HOUR_MS - 1_000),
      Показатели: [
        { Показатель: 'Документов', Значение: input.figures.documents },
        { Показатель: 'Сумма', Значение: input.figures.amount },
      ],
    },
  });
};

/** What a base sold in an hour. @throws TransferError */
export async function figuresOf(
  systems: Systems,
  base: ReportingBase,
  hour: number,
): Promise<{ documents: number; amount: number }> {
  const rows = await systems.base(base).list(SALES, {
    filter: `Date ge datetime'${localOf(hour)}' and Date lt datetime'${localOf(hour + HOUR_MS)}' and Posted eq true`,
    select: ['СуммаДокумента'],
  });
  return { documents: rows.length, amount: money(rows.reduce((sum, row) => sum + Number(row.СуммаДокумента), 0)) };
}

/** The package as УХ keeps it; the id of the message stands in the comment. */
export const reportRow = (record: MessageRecord): Row => {
  const { payload } = record;
  const base = record.source === 'bp' ? 'bp' : 'ut';
  const lines = payload.Показатели as readonly Row[];
  return {
    Number: record.number,
    Date: localOf(record.occurredAt),
    Организация_Key: COMPANY,
    ВидОтчета_Key: REPORT_KINDS[base].ref,
    ДатаНачала: payload.ДатаНачала,
    ДатаОкончания: payload.ДатаОкончания,
    СуммаДокумента: Number(record.amount),
    Комментарий: record.messageId,
    ПоказателиОтчета: lines.map((line, index) => ({ ...line, LineNumber: String(index + 1) })),
  };
};

/** @throws TransferError */
export async function packageToUh(record: MessageRecord, systems: Systems): Promise<Transferred> {
  const uh = systems.base('uh');
  const [present] = await uh.list(REPORTS, {
    filter: `Комментарий eq ${odataText(record.messageId)} and DeletionMark eq false`,
    select: ['Ref_Key', 'Posted'],
    top: 1,
  });
  if (!present) return postDocument(uh, REPORTS, await uh.create(REPORTS, reportRow(record)));
  // A later export of the same hour replaces the figures of the earlier one.
  if (record.revision > 1) await uh.patch(REPORTS, String(present.Ref_Key), reportRow(record));
  return postDocument(uh, REPORTS, present);
}
