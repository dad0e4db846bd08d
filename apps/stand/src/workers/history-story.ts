/** A planned exchange as its documents, its events and what the workers remember of it. */
import { type CloudEvent, type EventDetails, type EventKind, eventOf, withLocalAmount } from './event.ts';
import { paymentMark } from './flows/payments.ts';
import type { PlannedExchange, PlannedWay } from './history-plan.ts';
import { localOf } from './moscow-time.ts';
import type { Row } from './onec-base.ts';
import type { MessageRecord } from './records.ts';
import { orderMark, saleMark } from './transfer.ts';

export interface Told {
  readonly at: number;
  readonly record: MessageRecord;
  readonly events: readonly CloudEvent[];
}

const money = (value: number): number => Math.round(value * 100) / 100;

/** Whether the document is at the target, posted or not. */
export function standsAtTarget({ fate }: Pick<PlannedWay, 'fate'>): boolean {
  return fate.end === 'failed' ? fate.failure.atTarget : true;
}
export const isPosted = ({ fate }: Pick<PlannedWay, 'fate'>): boolean =>
  fate.end !== 'failed' && fate.end !== 'unposted';

export function storyOf(message: MessageRecord, exchange: PlannedWay): Told {
  const { fate, at, tookMs, targetRef, malformed } = exchange;
  const tell = (kind: EventKind, afterMs: number, more: EventDetails = {}, record = message): CloudEvent => {
    const event = eventOf(record, kind, { ...more, at: new Date(at + afterMs).toISOString() });
    return malformed && event.source === 'site' ? withLocalAmount(event) : event;
  };
  const events = [tell('accepted', 0, { payload: message.payload }), tell('sent', tookMs * 0.2)];
  const ref = { ref: targetRef };
  if (fate.end === 'failed' || fate.end === 'recovered') {
    const { code, text, atTarget } = fate.failure;
    if (atTarget) events.push(tell('delivered', tookMs * 0.7, ref));
    const byTarget = atTarget || fate.failure.refused === true;
    events.push(
      tell('failed', tookMs, {
        error: { code, text },
        ...(atTarget ? ref : {}),
        ...(byTarget ? { source: message.consumer } : {}),
      }),
    );
  }
  if (fate.end === 'recovered') {
    const again = { ...message, attempt: 2 };
    const start = tookMs + fate.afterMs;
    events.push(tell('sent', start, {}, again));
    events.push(tell('delivered', start + tookMs * 0.5, ref, again), tell('applied', start + tookMs, ref, again));
    return { at, events, record: { ...again, state: 'applied' } };
  }
  if (fate.end === 'applied' || fate.end === 'unposted') events.push(tell('delivered', tookMs * 0.7, ref));
  if (fate.end === 'applied') events.push(tell('applied', tookMs, ref));
  return { at, events, record: { ...message, state: fate.end } };
}

export const siteOrderOf = (order: PlannedExchange, number: string) => ({
  id: order.id,
  number,
  sequence: 0,
  createdAt: new Date(order.at).toISOString(),
  customer: { name: order.customer.name, inn: order.inn },
  lines: [{ article: order.article, quantity: order.quantity, price: order.item.price }],
  amount: money(order.quantity * order.item.price).toFixed(2),
});

const linesOf = ({ quantity, item }: PlannedExchange): Row[] => {
  const amount = money(quantity * item.price);
  const vat = money((amount / 122) * 22);
  return [
    {
      LineNumber: '1',
      Номенклатура_Key: item.ref,
      Количество: quantity,
      Цена: item.price,
      Сумма: amount,
      СуммаНДС: vat,
      СуммаСНДС: amount,
    },
  ];
};

const documentOf = (exchange: PlannedExchange): Row => ({
  Date: localOf(exchange.at),
  Posted: isPosted(exchange),
  Контрагент_Key: exchange.customer.ref,
  СуммаДокумента: money(exchange.quantity * exchange.item.price),
  Товары: linesOf(exchange),
});

/** The order of a shop in УТ. */
export const orderRow = (order: PlannedExchange, number: string, source: 'site' | 'market' = 'site'): Row => ({
  ...documentOf(order),
  Ref_Key: order.targetRef,
  НомерПоДаннымКлиента: number,
  Партнер_Key: order.customer.partner,
  Статус: 'КОбеспечению',
  Согласован: true,
  ХозяйственнаяОперация: 'РеализацияКлиенту',
  Комментарий: orderMark({ source, messageId: order.id }),
});

/** A sale in УТ is posted whatever became of its way to БП. */
export const saleRow = (sale: PlannedExchange, number: string): Row => ({
  ...documentOf(sale),
  Ref_Key: sale.id,
  Number: number,
  Posted: true,
  Партнер_Key: sale.customer.partner,
  Статус: 'Отгружено',
});

/** A payment in УТ. */
export const paymentRow = (payment: PlannedExchange, number: string): Row => ({
  Ref_Key: payment.id,
  Number: number,
  Date: localOf(payment.at),
  Posted: true,
  Контрагент_Key: payment.customer.ref,
  Партнер_Key: payment.customer.partner,
  СуммаДокумента: money(payment.quantity * payment.item.price),
  ...paymentFacts(number),
  ПроведеноБанком: true,
});

/** The same payment in БП. */
export const accountRow = (payment: PlannedExchange, number: string): Row => ({
  Ref_Key: payment.targetRef,
  Number: number,
  Date: localOf(payment.at),
  Posted: isPosted(payment),
  Контрагент_Key: payment.customer.ref,
  СуммаДокумента: money(payment.quantity * payment.item.price),
  ...paymentFacts(number),
  Комментарий: paymentMark(payment.id),
});

/** What the bank told: number of its order and what for. */
export const paymentFacts = (number: string): Row => ({
  НомерВходящегоДокумента: String(Number(number.slice(-6))),
  НазначениеПлатежа: `Оплата за электротехническую продукцию, в т.ч. НДС 22 %`,
});

/** The same sale in БП. */
export const accountingRow = (sale: PlannedExchange, number: string): Row => ({
  ...documentOf(sale),
  Ref_Key: sale.targetRef,
  Number: number,
  ВидОперации: 'Товары',
  СуммаВключаетНДС: true,
  Комментарий: saleMark(sale.id),
});
