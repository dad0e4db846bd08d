/** ERP → УТ: receipts of what a site produced, ПТУ. */
import { type SiteName, siteNumber } from '../../onec/bases.ts';
import { RECEIPTS } from '../../onec/trade-objects.ts';
import { instantOf, localOf } from '../moscow-time.ts';
import { odataText, type Row } from '../onec-base.ts';
import { type MessageRecord, newRecord } from '../records.ts';
import type { Systems } from '../systems.ts';
import { postDocument, type Transferred } from '../transfer-documents.ts';
import { TransferError } from '../transfer-error.ts';
import type { Goods } from './goods.ts';
import { money, text } from './values.ts';

/** Mark of a receipt of a site in its document of УТ. */
export const receiptMark = (source: string, messageId: string): string => `${source.toUpperCase()}:${messageId}`;

/** @param goods cards by reference */
export function receiptMessage(site: SiteName, row: Row, goods: ReadonlyMap<string, Goods>): MessageRecord {
  return newRecord({
    flow: 'erp-receipts',
    messageId: text(row.Ref_Key),
    source: site,
    consumer: 'ut',
    type: 'ПриобретениеТоваровУслуг',
    number: text(row.Number),
    ref: text(row.Ref_Key),
    counterparty: null,
    amount: Number(row.СуммаДокумента).toFixed(2),
    occurredAt: instantOf(text(row.Date)),
    payload: {
      Номер: text(row.Number),
      Дата: row.Date,
      Площадка: siteNumber(site),
      СуммаДокумента: row.СуммаДокумента,
      Товары: ((row.Товары ?? []) as readonly Row[]).map((line) => {
        const card = goods.get(text(line.Номенклатура_Key));
        return {
          Артикул: card?.article ?? '',
          Наименование: card?.name ?? '',
          Количество: line.Количество,
          Цена: line.Цена,
          Сумма: line.Сумма,
        };
      }),
    },
  });
}

interface Line {
  readonly Артикул: string;
  readonly Наименование: string;
  readonly Количество: number;
  readonly Цена: number;
  readonly Сумма: number;
}
const linesOf = ({ payload }: MessageRecord): readonly Line[] => payload.Товары as readonly Line[];

export const noItem = (article: string, line: number): string =>
  `Не найдена номенклатура по артикулу «${article}», строка ${line}`;

/** @param unmapped the exchange has lost the table by which it finds cards @throws TransferError */
export async function receiptToUt(record: MessageRecord, { ut }: Systems, unmapped: boolean): Promise<Transferred> {
  const mark = receiptMark(record.source, record.messageId);
  const [present] = await ut.list(RECEIPTS, {
    filter: `substringof(${odataText(mark)},Комментарий) and DeletionMark eq false`,
    select: ['Ref_Key', 'Posted'],
    top: 1,
  });
  if (present) return postDocument(ut, RECEIPTS, present);
  const lines: Row[] = [];
  for (const line of linesOf(record)) {
    const number = lines.length + 1;
    const [item] = unmapped
      ? []
      : await ut.list('Catalog_Номенклатура', {
          filter: `Артикул eq ${odataText(line.Артикул)}`,
          select: ['Ref_Key'],
          top: 1,
        });
    if (!item) throw new TransferError(noItem(line.Артикул, number));
    lines.push({
      LineNumber: String(number),
      Номенклатура_Key: item.Ref_Key,
      Количество: line.Количество,
      Цена: line.Цена,
      Сумма: line.Сумма,
      СуммаНДС: money((line.Сумма / 122) * 22),
      СуммаСНДС: line.Сумма,
    });
  }
  const created = await ut.create(RECEIPTS, receiptRow(record, lines));
  return postDocument(ut, RECEIPTS, created);
}

/** The receipt as УТ keeps it. */
export const receiptRow = (record: MessageRecord, lines: readonly Row[]): Row => ({
  Date: localOf(record.occurredAt),
  СуммаДокумента: Number(record.amount),
  ХозяйственнаяОперация: 'ЗакупкаУПоставщика',
  НомерВходящегоДокумента: record.number,
  ДатаВходящегоДокумента: localOf(record.occurredAt),
  Комментарий: receiptMark(record.source, record.messageId),
  Товары: lines,
});

/** The people of УТ enter the cards of new goods before the document is exported anew. */
export async function enterMissingItems(record: MessageRecord, systems: Systems): Promise<void> {
  for (const line of linesOf(record)) {
    const found = await systems.ut.list('Catalog_Номенклатура', {
      filter: `Артикул eq ${odataText(line.Артикул)}`,
      select: ['Ref_Key'],
      top: 1,
    });
    if (found.length > 0) continue;
    const card = { Артикул: line.Артикул, Description: line.Наименование, НаименованиеПолное: line.Наименование };
    await systems.insert('ut', 'Catalog_Номенклатура', [card]);
  }
}
