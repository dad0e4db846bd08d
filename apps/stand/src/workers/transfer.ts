/** How each flow reaches its target. The target is looked up first: no message makes a second document. */

import type { MessageRecord } from './records.ts';
import { bp, elma, odataName, odataText, site, TransferError, ut } from './systems.ts';

/** Document at the target. */
export interface Transferred {
  readonly ref: string | null;
}

type Payload = Readonly<Record<string, unknown>>;
const text = (value: unknown): string => (typeof value === 'string' ? value : String(value ?? ''));

export function transfer(record: MessageRecord, payload: Payload): Promise<Transferred> {
  switch (record.flow) {
    case 'site-orders':
      return orderToUt(record, payload);
    case 'ut-bp-sales':
      return saleToBp(record, payload);
    case 'ut-elma-approvals':
      return approvalToElma(record, payload);
    case 'ut-site-prices-stock':
      return packageToSite(record, payload);
  }
}

const ORDER_SET = 'Document_ЗаказКлиента';
const SALE_SET = 'Document_РеализацияТоваровУслуг';

async function orderToUt(record: MessageRecord, payload: Payload): Promise<Transferred> {
  const found = await ut.list(
    odataName(ORDER_SET),
    `$filter=${odataName('НомерПоДаннымКлиента')}%20eq%20${odataText(record.number)}&$select=Ref_Key,Posted&$top=1`,
  );
  const [present] = found;
  if (present) {
    if (present.Posted !== true) await ut.post(ORDER_SET, text(present.Ref_Key));
    return { ref: text(present.Ref_Key) };
  }
  const inn = text((payload.customer as Payload | undefined)?.inn);
  if (!/^(\d{10}|\d{12})$/.test(inn)) throw new TransferError(`ИНН ${inn} не прошёл проверку контрольной суммы`);
  const [customer] = await ut.list(
    odataName('Catalog_Контрагенты'),
    `$filter=${odataName('ИНН')}%20eq%20${odataText(inn)}&$select=${['Ref_Key', 'Партнер_Key'].map(odataName).join(',')}&$top=1`,
  );
  if (!customer) throw new TransferError(`Контрагент с ИНН ${inn} не найден`);
  const lines: Payload[] = [];
  for (const line of payload.lines as readonly {
    article: string;
    quantity: number;
    price: number;
    discount?: number;
  }[]) {
    const [item] = await ut.list(
      odataName('Catalog_Номенклатура'),
      `$filter=${odataName('Артикул')}%20eq%20${odataText(line.article)}&$select=Ref_Key&$top=1`,
    );
    if (!item)
      throw new TransferError(`Не найдена номенклатура по артикулу «${line.article}», строка ${lines.length + 1}`);
    const amount = Math.round(line.quantity * line.price * 100) / 100;
    lines.push({
      LineNumber: String(lines.length + 1),
      Номенклатура_Key: item.Ref_Key,
      Количество: line.quantity,
      Цена: line.price,
      Сумма: amount,
      СуммаСНДС: amount,
    });
  }
  const created = await ut.create(ORDER_SET, {
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
  await ut.post(ORDER_SET, text(created.Ref_Key));
  return { ref: text(created.Ref_Key) };
}

async function saleToBp(record: MessageRecord, payload: Payload): Promise<Transferred> {
  const mark = `УТ:${record.messageId}`;
  const [present] = await bp.list(
    odataName(SALE_SET),
    `$filter=substringof(${odataText(mark)},${odataName('Комментарий')})&$select=Ref_Key,Posted&$top=1`,
  );
  if (present) {
    if (present.Posted !== true) await bp.post(SALE_SET, text(present.Ref_Key));
    return { ref: text(present.Ref_Key) };
  }
  const inn = record.counterparty?.inn ?? '';
  const [customer] = await bp.list(
    odataName('Catalog_Контрагенты'),
    `$filter=${odataName('ИНН')}%20eq%20${odataText(inn)}&$select=Ref_Key&$top=1`,
  );
  const created = await bp.create(SALE_SET, {
    Number: record.number,
    Date: payload.Date ?? localOf(record.occurredAt),
    ВидОперации: 'Товары',
    СуммаДокумента: Number(record.amount),
    СуммаВключаетНДС: true,
    Контрагент_Key: customer?.Ref_Key ?? undefined,
    Комментарий: mark,
    Товары: payload.Товары ?? [],
  });
  await bp.post(SALE_SET, text(created.Ref_Key));
  return { ref: text(created.Ref_Key) };
}

async function approvalToElma(record: MessageRecord, payload: Payload): Promise<Transferred> {
  const known = await elma('list', {
    active: true,
    fields: { '*': true },
    filter: { tf: { ut_process_ref: record.messageId } },
    from: 0,
    size: 1,
  });
  const [present] = (known.result as { result: { __id: string }[] }).result;
  if (present) return { ref: present.__id };
  const created = await elma('create', { context: payload });
  return { ref: text((created.item as Payload).__id) };
}

async function packageToSite(record: MessageRecord, payload: Payload): Promise<Transferred> {
  await site('POST', 'catalog/stocks', { id: record.messageId, number: record.number, ...payload });
  return { ref: record.messageId };
}

/** Local time of the 1С bases: Moscow, without a zone. */
export const localOf = (instant: string): string =>
  new Date(Date.parse(instant) + 3 * 3_600_000).toISOString().slice(0, 19);
/** Instant of a local time of the bases. */
export const instantOf = (local: string): string => new Date(Date.parse(`${local}Z`) - 3 * 3_600_000).toISOString();
