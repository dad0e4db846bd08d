/** How each flow reaches its target. The target is looked up first: no message makes a second document. */
import { packageToUh } from './flows/consolidation.ts';
import { decisionToUt, isDecision } from './flows/decisions.ts';
import { pricesToUt } from './flows/internal-prices.ts';
import { PAYMENT_TYPE, paymentToBp } from './flows/payments.ts';
import { objectionOfQc } from './flows/quality.ts';
import { receiptToUt } from './flows/receipts.ts';
import { objectionOfHrTek } from './flows/staff.ts';
import { localOf } from './moscow-time.ts';
import { odataText, type Row } from './onec-base.ts';
import type { Receivers } from './receivers.ts';
import type { MessageRecord } from './records.ts';
import type { Systems } from './systems.ts';
import { customerByInn, documentByMark, ORDERS, postDocument, SALES, type Transferred } from './transfer-documents.ts';
import { TransferError } from './transfer-error.ts';

const text = (value: unknown): string => String(value ?? '').trim();
const money = (value: number): number => Math.round(value * 100) / 100;

/** What can go wrong on the way beside the systems themselves; each is a switch of the control page. */
export interface TransferFaults {
  /** Orders of the site: УТ finds no counterparty by its ИНН. */
  customersLost: boolean;
  /** Requests: the route of ELMA has nobody who decides. */
  routeEmpty: boolean;
  /** Sales: БП finds no contract with the customer, its documents stay unposted. */
  contractsLost: boolean;
  /** Payments: БП does not find the account on which the money came. */
  accountsLost: boolean;
  /** Decisions of ELMA: people of УТ have the tasks open. */
  tasksLocked: boolean;
  /** Receipts: the exchange does not find any card of УТ. */
  itemsUnmapped: boolean;
  /** Internal prices: what УТ confirms does not get back. */
  pricesUnconfirmed: boolean;
  /** EproQc has lost its register of batches. */
  batchesLost: boolean;
}
export interface TransferParts {
  readonly systems: Systems;
  readonly receivers: Receivers;
  readonly faults: TransferFaults;
}

/** `unconfirmed`: it may have arrived, nobody said so. @throws TransferError with the text that the exchange would log */
export async function transfer(
  record: MessageRecord,
  { systems, receivers, faults }: TransferParts,
): Promise<Transferred | 'unconfirmed'> {
  switch (record.flow) {
    case 'site-orders':
    case 'market-orders':
      return orderToUt(record, systems, faults.customersLost && record.flow === 'site-orders');
    case 'ut-bp-sales':
      return record.type === PAYMENT_TYPE
        ? paymentToBp(record, systems, faults.accountsLost)
        : saleToBp(record, systems, faults.contractsLost);
    case 'ut-elma-approvals':
      return isDecision(record)
        ? decisionToUt(record, systems, faults.tasksLocked)
        : approvalToElma(record, systems, faults.routeEmpty);
    case 'ut-site-prices-stock':
      return packageToShop(record, (body) => systems.site('POST', 'catalog/stocks', body));
    case 'ut-market-prices-stock':
      return packageToShop(record, (body) => systems.market('POST', 'partners/stocks', body));
    case 'erp-receipts':
      return receiptToUt(record, systems, faults.itemsUnmapped);
    case 'erp-internal-prices':
      return pricesToUt(record, systems, faults.pricesUnconfirmed);
    case 'erp-qc':
      receivers.receive(record, objectionOfQc(record, faults.batchesLost));
      return { ref: null };
    case 'zup-hrtek':
      receivers.receive(record, objectionOfHrTek(record));
      return { ref: null };
    case 'ut-bp-uh':
      return packageToUh(record, systems);
  }
}

/** Where an order came from, as its document in УТ says. */
export const orderMark = (record: { readonly source: string; readonly messageId: string }): string =>
  `${record.source === 'market' ? 'EKF Market' : 'Сайт'}: ${record.messageId}`;

/** Mark of a sale of УТ in its document of БП. */
export const saleMark = (messageId: string): string => `УТ:${messageId}`;

interface OrderLine {
  readonly article: string;
  readonly quantity: number;
  readonly price: number;
  readonly discount?: number;
}

async function orderToUt(record: MessageRecord, { ut }: Systems, customersLost: boolean): Promise<Transferred> {
  const { payload } = record;
  const [present] = await ut.list(ORDERS, {
    filter: `НомерПоДаннымКлиента eq ${odataText(record.number)} and DeletionMark eq false`,
    select: ['Ref_Key', 'Posted'],
    top: 1,
  });
  if (present) return postDocument(ut, ORDERS, present);
  const inn = text((payload.customer as Row | undefined)?.inn);
  if (!/^(\d{10}|\d{12})$/.test(inn)) throw new TransferError(`ИНН ${inn} не прошёл проверку контрольной суммы`);
  const [customer] = customersLost
    ? []
    : await ut.list('Catalog_Контрагенты', {
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
    Комментарий: orderMark(record),
    Товары: lines,
  });
  return postDocument(ut, ORDERS, created);
}

async function saleToBp(record: MessageRecord, { bp }: Systems, contractsLost: boolean): Promise<Transferred> {
  const { payload } = record;
  const mark = saleMark(record.messageId);
  const post = async (row: Row): Promise<Transferred> => {
    if (!contractsLost || row.Posted === true) return postDocument(bp, SALES, row);
    throw new TransferError(noContract(record.number), { code: '-1', ref: text(row.Ref_Key) });
  };
  const present = await documentByMark(bp, SALES, mark);
  if (present) return post(present);
  const customer = await customerByInn(bp, record.counterparty?.inn ?? '');
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
  return post(created);
}

const noContract = (number: string): string =>
  `Не удалось провести "Реализация (акт, накладная) ${number}": поле «Договор» не заполнено`;

async function approvalToElma(record: MessageRecord, { elma }: Systems, routeEmpty: boolean): Promise<Transferred> {
  const known = await elma('list', {
    active: true,
    filter: { tf: { ut_process_ref: record.messageId } },
    from: 0,
    size: 1,
  });
  const [present] = (known.result as { result: { __id: string }[] }).result;
  if (present) return { ref: present.__id };
  if (routeEmpty)
    throw new TransferError(`400 В маршруте «Согласование скидки» не указан согласующий, заявка ${record.number}`, {
      code: '400',
      refused: true,
    });
  const created = await elma('create', { context: record.payload });
  return { ref: text((created.item as Row).__id) };
}

async function packageToShop(record: MessageRecord, put: (body: Row) => Promise<Row>): Promise<Transferred> {
  // A shop knows a package by its id: sent twice it is one package.
  await put({ ...record.payload, id: record.messageId, number: record.number });
  return { ref: record.messageId };
}
