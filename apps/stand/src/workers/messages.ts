/** Documents of the systems as messages of their flows. */
import { RETAIL } from '../onec/seed-trade.ts';
import { documentAnew } from './export-anew.ts';
import { decisionAnew, isDecision, PROCESSES, type ProcessSet, processOf } from './flows/decisions.ts';
import { PAYMENT_TYPE, paymentMessage } from './flows/payments.ts';
import { instantOf, localOf } from './moscow-time.ts';
import type { Row } from './onec-base.ts';
import { type MessageRecord, newRecord } from './records.ts';
import type { Systems } from './systems.ts';
import { type Counterparty, ORDERS, PAYMENTS, SALES } from './transfer-documents.ts';

/** Present prices of one type; the register is written by documents, so its slice is one of records. */
export const RETAIL_PRICES = `InformationRegister_ЦеныНоменклатуры_RecordType/SliceLast(Condition='ВидЦены_Key eq guid''${RETAIL}''')`;
const text = (value: unknown): string => String(value ?? '').trim();
const RETURNS = 'Document_ЗаявкаНаВозвратТоваровОтКлиента';
const [ORDER_PROCESS] = PROCESSES;
const TITLES = { discount: 'Скидка', order: 'Заказ', return: 'Возврат' } as const;

export interface SiteOrder {
  readonly id: string;
  readonly number: string;
  readonly sequence: number;
  readonly createdAt: string;
  readonly customer: Counterparty;
  readonly amount: string;
}

/** Row by reference. */
export async function rowOf(systems: Systems, set: string, ref: unknown): Promise<Row | undefined> {
  return (await systems.ut.list(set, { filter: `Ref_Key eq guid'${text(ref)}'`, top: 1 }))[0];
}

export type Shop = 'site' | 'market';

/** An order of a shop. */
export const orderMessage = (order: SiteOrder, shop: Shop = 'site'): MessageRecord =>
  newRecord({
    flow: `${shop}-orders`,
    messageId: text(order.id),
    source: shop,
    consumer: 'ut',
    type: 'ЗаказКлиента',
    number: text(order.number),
    ref: null,
    counterparty: { name: order.customer.name, inn: order.customer.inn },
    amount: text(order.amount),
    occurredAt: text(order.createdAt),
    payload: { ...order },
  });

/** A sale of УТ. */
export const saleMessage = (row: Row, counterparty: Counterparty | null): MessageRecord =>
  newRecord({
    flow: 'ut-bp-sales',
    messageId: text(row.Ref_Key),
    source: 'ut',
    consumer: 'bp',
    type: 'РеализацияТоваровУслуг',
    number: text(row.Number),
    ref: text(row.Ref_Key),
    counterparty,
    amount: Number(row.СуммаДокумента).toFixed(2),
    occurredAt: instantOf(text(row.Date)),
    payload: {
      Номер: text(row.Number),
      Date: row.Date,
      СуммаДокумента: row.СуммаДокумента,
      Контрагент: counterparty?.name ?? '',
      ИНН: counterparty?.inn ?? '',
      Товары: row.Товары ?? [],
    },
  });

/** A process of УТ as the item that ELMA gets; null when its document is gone. */
export async function approvalMessage(systems: Systems, set: ProcessSet, process: Row): Promise<MessageRecord | null> {
  const subject = await rowOf(systems, set === ORDER_PROCESS ? ORDERS : RETURNS, process.Предмет);
  if (!subject) return null;
  const [customer, author, agreement] = await Promise.all([
    rowOf(systems, 'Catalog_Контрагенты', subject.Контрагент_Key),
    rowOf(systems, 'Catalog_Пользователи', process.Автор_Key),
    rowOf(systems, 'Catalog_СоглашенияСКлиентами', subject.Соглашение_Key),
  ]);
  const counterparty = customer ? { name: text(customer.Description), inn: text(customer.ИНН) } : null;
  const deviation = deviationOf(subject, Number(agreement?.ПроцентРучнойСкидки ?? 0));
  const kind = set !== ORDER_PROCESS ? 'return' : deviation > 0 ? 'discount' : 'order';
  const number = text(subject.Number);
  return newRecord({
    flow: 'ut-elma-approvals',
    messageId: text(process.Ref_Key),
    source: 'ut',
    consumer: 'elma',
    type: set.replace('BusinessProcess_', ''),
    number,
    ref: text(subject.Ref_Key),
    counterparty,
    amount: Number(subject.СуммаДокумента).toFixed(2),
    occurredAt: instantOf(text(process.ДатаНачала)),
    payload: {
      __name: `${TITLES[kind]} ${number}`,
      ut_process_ref: process.Ref_Key,
      ut_order_ref: subject.Ref_Key,
      ut_order_number: number,
      kind,
      customer: counterparty?.name ?? '',
      customer_inn: counterparty?.inn ?? '',
      amount: { cents: Math.round(Number(subject.СуммаДокумента) * 100), currency: 'RUB' },
      deviation_max: deviation,
      initiator: { name: text(author?.Description), email: text(author?.АдресЭлектроннойПочты) },
      reason: text(process.Комментарий),
    },
  });
}

/** Largest manual discount above the agreement, percentage points; lines of a return have none. */
function deviationOf(subject: Row, allowed: number): number {
  const lines = (subject.Товары ?? []) as readonly Row[];
  const over = lines.map((line) => Math.round((Number(line.ПроцентРучнойСкидки) - allowed) * 100) / 100);
  return Math.max(0, ...over);
}

/** Number of a package is its quarter of an hour. */
export const packageNumber = (slot: number): string => `ПЦ-${localOf(slot).replace(/\D/g, '').slice(0, 12)}`;

/** Prices and free stock of a quarter of an hour. */
export const packageMessage = (input: {
  readonly id: string;
  readonly shop: Shop;
  readonly slot: number;
  readonly occurredAt: number;
  readonly payload: Row;
}): MessageRecord =>
  newRecord({
    flow: `ut-${input.shop}-prices-stock`,
    messageId: input.id,
    source: 'ut',
    consumer: input.shop,
    type: 'ПакетЦен',
    number: packageNumber(input.slot),
    ref: null,
    counterparty: null,
    amount: null,
    occurredAt: new Date(input.occurredAt).toISOString(),
    payload: input.payload,
  });

/** What УТ has now, in the shape of the site: quantities and prices are texts with fixed decimals. */
export async function packagePayload({ ut }: Systems, slot: number): Promise<Row> {
  const [items, stock, prices] = await Promise.all([
    ut.list('Catalog_Номенклатура', { select: ['Ref_Key', 'Артикул'], top: 500 }),
    ut.list("AccumulationRegister_ТоварыНаСкладах/Balance(Dimensions='Номенклатура')"),
    ut.list(RETAIL_PRICES),
  ]);
  const keyed = (rows: readonly Row[], field: string): Map<unknown, number> =>
    new Map(rows.map((row) => [row.Номенклатура_Key, Number(row[field] ?? 0)]));
  const quantities = keyed(stock, 'ВНаличииBalance');
  const values = keyed(prices, 'Цена');
  const known = items.filter((item) => text(item.Артикул) !== '');
  return {
    date: localOf(slot),
    location: 'Ногинск',
    stocks: known.map((item) => ({
      vendor_code: text(item.Артикул),
      unitInternationalCode: 'PCE',
      quantity: (quantities.get(item.Ref_Key) ?? 0).toFixed(3),
    })),
    prices: known.map((item) => ({
      vendor_code: text(item.Артикул),
      price: (values.get(item.Ref_Key) ?? 0).toFixed(2),
      price_type: 'РРЦ',
    })),
  };
}

/** The message as its source has it now: the next revision; null when the document is gone. @throws TransferError */
export async function exportAnew(systems: Systems, record: MessageRecord): Promise<MessageRecord | null> {
  const fresh = await presentState(systems, record);
  if (!fresh) return null;
  const { payload, amount, counterparty } = fresh;
  return { ...record, payload, amount, counterparty, revision: record.revision + 1 };
}

async function presentState(systems: Systems, record: MessageRecord): Promise<MessageRecord | null> {
  switch (record.flow) {
    case 'site-orders': {
      const { data } = await systems.site('GET', `orders/${record.messageId}`);
      return orderMessage(data as SiteOrder);
    }
    case 'market-orders': {
      const { data } = await systems.market('GET', `market/orders/${record.messageId}`);
      return orderMessage(data as SiteOrder, 'market');
    }
    case 'ut-bp-sales': {
      const isPayment = record.type === PAYMENT_TYPE;
      const row = await rowOf(systems, isPayment ? PAYMENTS : SALES, record.messageId);
      if (!row) return null;
      const customer = await rowOf(systems, 'Catalog_Контрагенты', row.Контрагент_Key);
      const counterparty = customer ? { name: text(customer.Description), inn: text(customer.ИНН) } : null;
      return isPayment ? paymentMessage(row, counterparty) : saleMessage(row, counterparty);
    }
    case 'ut-elma-approvals': {
      if (isDecision(record)) return decisionAnew(systems, record.messageId);
      const found = await processOf(systems, record.messageId);
      return found && approvalMessage(systems, found.set, found.row);
    }
    case 'ut-site-prices-stock':
    case 'ut-market-prices-stock':
      return { ...record, payload: await packagePayload(systems, Date.parse(record.occurredAt)) };
    case 'erp-receipts':
    case 'erp-qc':
    case 'zup-hrtek':
    case 'ut-bp-uh':
      return documentAnew(systems, record);
    // A number is made once: what changed since goes under the next one.
    case 'erp-internal-prices':
      return null;
  }
}
