/** How each flow reaches its target. The target is looked up first: no message makes a second document. */
import { localOf } from './moscow-time.ts';
import type { MessageRecord } from './records.ts';
import { type OneCBase, odataText, type Row, type Systems } from './systems.ts';
import { TransferError } from './transfer-error.ts';

/** Document at the target. */
export interface Transferred {
  readonly ref: string | null;
}

const text = (value: unknown): string => String(value ?? '').trim();
const money = (value: number): number => Math.round(value * 100) / 100;

/** @throws TransferError with the text that the exchange would log */
export function transfer(record: MessageRecord, systems: Systems): Promise<Transferred> {
  switch (record.flow) {
    case 'site-orders':
      return orderToUt(record, systems);
    case 'ut-bp-sales':
      return saleToBp(record, systems);
    case 'ut-elma-approvals':
      return approvalToElma(record, systems);
    case 'ut-site-prices-stock':
      return packageToSite(record, systems);
  }
}

export const ORDERS = 'Document_ЗаказКлиента';
export const SALES = 'Document_РеализацияТоваровУслуг';

/** Mark of a sale of УТ in its document of БП. */
export const saleMark = (messageId: string): string => `УТ:${messageId}`;

interface OrderLine {
  readonly article: string;
  readonly quantity: number;
  readonly price: number;
  readonly discount?: number;
}

async function orderToUt(record: MessageRecord, { ut }: Systems): Promise<Transferred> {
  const { payload } = record;
  const [present] = await ut.list(ORDERS, {
    filter: `НомерПоДаннымКлиента eq ${odataText(record.number)} and DeletionMark eq false`,
    select: ['Ref_Key', 'Posted'],
    top: 1,
  });
  if (present) return posted(ut, ORDERS, present);
  const inn = text((payload.customer as Row | undefined)?.inn);
  if (!/^(\d{10}|\d{12})$/.test(inn)) throw new TransferError(`ИНН ${inn} не прошёл проверку контрольной суммы`);
  const [customer] = await ut.list('Catalog_Контрагенты', {
    filter: `ИНН eq ${odataText(inn)}`,
    select: ['Ref_Key', 'Партнер_Key'],
    top: 1,
  });
  if (!customer) throw new TransferError(`Контрагент с ИНН ${inn} не найден`);
  const lines: Row[] = [];
  for (const line of payload.lines as readonly OrderLine[]) {
    const [item] = await ut.list('Catalog_Номенклатура', {
      filter: `Артикул eq ${odataText(line.article)}`,
      select: ['Ref_Key'],
      top: 1,
    });
    const number = lines.length + 1;
    if (!item) throw new TransferError(`Не найдена номенклатура по артикулу «${line.article}», строка ${number}`);
    const discount = line.discount ?? 0;
    const amount = money((line.quantity * line.price * (100 - discount)) / 100);
    lines.push({
      LineNumber: String(number),
      Номенклатура_Key: item.Ref_Key,
      Количество: line.quantity,
      Цена: line.price,
      Сумма: amount,
      СуммаСНДС: amount,
      СуммаНДС: money((amount / 122) * 22),
      ПроцентРучнойСкидки: discount,
      КодСтроки: String(number),
    });
  }
  const created = await ut.create(ORDERS, {
    Date: localOf(record.occurredAt),
    НомерПоДаннымКлиента: record.number,
    Контрагент_Key: customer.Ref_Key,
    Партнер_Key: customer.Партнер_Key,
    СуммаДокумента: Number(record.amount),
    Статус: 'КОбеспечению',
    Согласован: true,
    ХозяйственнаяОперация: 'РеализацияКлиенту',
    Комментарий: `Сайт: ${record.messageId}`,
    Товары: lines,
  });
  return posted(ut, ORDERS, created);
}

async function saleToBp(record: MessageRecord, { bp }: Systems): Promise<Transferred> {
  const { payload } = record;
  const mark = saleMark(record.messageId);
  const [present] = await bp.list(SALES, {
    filter: `substringof(${odataText(mark)},Комментарий) and DeletionMark eq false`,
    select: ['Ref_Key', 'Posted'],
    top: 1,
  });
  if (present) return posted(bp, SALES, present);
  const inn = record.counterparty?.inn ?? '';
  const [customer] = await bp.list('Catalog_Контрагенты', {
    filter: `ИНН eq ${odataText(inn)}`,
    select: ['Ref_Key'],
    top: 1,
  });
  if (!customer) throw new TransferError(`Контрагент с ИНН ${inn} не найден`);
  const created = await bp.create(SALES, {
    Number: record.number,
    Date: payload.Date ?? localOf(record.occurredAt),
    ВидОперации: 'Товары',
    СуммаДокумента: Number(record.amount),
    СуммаВключаетНДС: true,
    Контрагент_Key: customer.Ref_Key,
    Комментарий: mark,
    Товары: payload.Товары ?? [],
  });
  return posted(bp, SALES, created);
}

/** Posts a document that is not; a failure names the document that stays. */
async function posted(base: OneCBase, set: string, row: Row): Promise<Transferred> {
  const ref = text(row.Ref_Key);
  if (row.Posted === true) return { ref };
  try {
    await base.run(set, ref, 'Post');
  } catch (error) {
    if (error instanceof TransferError) throw new TransferError(error.message, { code: error.code, ref });
    throw error;
  }
  return { ref };
}

async function approvalToElma(record: MessageRecord, { elma }: Systems): Promise<Transferred> {
  const known = await elma('list', {
    active: true,
    filter: { tf: { ut_process_ref: record.messageId } },
    from: 0,
    size: 1,
  });
  const [present] = (known.result as { result: { __id: string }[] }).result;
  if (present) return { ref: present.__id };
  const created = await elma('create', { context: record.payload });
  return { ref: text((created.item as Row).__id) };
}

async function packageToSite(record: MessageRecord, { site }: Systems): Promise<Transferred> {
  // The site knows a package by its id: sent twice it is one package.
  await site('POST', 'catalog/stocks', { ...record.payload, id: record.messageId, number: record.number });
  return { ref: record.messageId };
}
