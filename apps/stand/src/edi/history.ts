/** The past of the exchange with chains: told once to Pult as events, its documents stand in УТ. */
import { chanceOf, weightOf } from '../traffic/rhythm.ts';
import type { CloudEvent } from '../workers/event.ts';
import { localOf, startOfMoscowDay } from '../workers/moscow-time.ts';
import type { Row } from '../workers/onec-base.ts';
import type { Goods } from './provider.ts';
import { makeOrder } from './provider.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Orders of chains in a full hour. */
const PER_HOUR = 6;

export interface ToldDay {
  readonly events: readonly CloudEvent[];
  readonly rows: readonly Row[];
}

const FAILURES = [
  {
    code: 'edi.exite_2',
    class: 'mapping',
    text: (n: string) => `Не найдена номенклатура по штрихкоду 46070${n}, строка 2`,
  },
  { code: 'edi.exite_2', class: 'validation', text: () => 'Не заполнено обязательное поле «Соглашение»' },
  { code: 'edi.cancelled_by_chain', class: 'business', text: (n: string) => `Сеть отозвала заказ ${n}` },
] as const;

/** A day of the past; the same seed tells the same day. @param now nothing of today lies behind it, ms */
export function tellDay(seed: number, daysAgo: number, now: number, goods: readonly Goods[]): ToldDay {
  const random = chanceOf(seed, 'edi-history', daysAgo);
  const start = startOfMoscowDay(now) - daysAgo * DAY;
  const events: CloudEvent[] = [];
  const rows: Row[] = [];
  for (let hour = 0; hour < 24; hour += 1) {
    const from = start + hour * HOUR;
    const count = Math.round(PER_HOUR * weightOf(from) * (0.7 + random.next() * 0.6));
    for (let index = 0; index < count; index += 1) {
      const at = Math.floor(from + random.next() * HOUR);
      const number = `С-${30 - daysAgo}${String(hour).padStart(2, '0')}${String(index).padStart(2, '0')}`;
      const order = makeOrder(random, { number, at, goods, unknown: false });
      const [roll, took, recovery] = [random.next(), random.int(20, 240) * 1_000, random.int(5, 80) * 60_000];
      const failure = roll < 0.02 ? random.pick(FAILURES) : null;
      const ref = random.guid();
      if (at > now - 10 * 60_000) continue;
      const amount = order.lines.reduce((sum, line) => sum + line.quantity * line.price, 0);
      const event = (kind: string, afterMs: number, more: object = {}, attempt = 1): CloudEvent => ({
        specversion: '1.0',
        id: `edi-history:${order.chain.gln}:${number}:${attempt}:${kind}`,
        source: kind === 'applied' ? 'ut' : 'edi',
        type: `exchange.${kind}`,
        time: new Date(at + afterMs).toISOString(),
        subject: number,
        datacontenttype: 'application/json',
        data: {
          flow: 'edi-orders',
          consumer: 'ut',
          attempt,
          message: {
            id: `${order.chain.gln}:${number}:${order.date}`,
            key: { type: 'ЗаказСети', number },
            counterparty: { name: order.chain.name, inn: order.chain.inn },
            amount: amount.toFixed(2),
            occurredAt: new Date(at).toISOString(),
          },
          ...more,
        },
      });
      events.push(event('accepted', 0), event('sent', 0));
      const recovered = failure !== null && daysAgo > 0 && at + took + recovery < start + DAY;
      if (failure !== null)
        events.push(
          event('failed', took, { error: { code: failure.code, text: failure.text(number), class: failure.class } }),
        );
      if (recovered) events.push(event('sent', took + recovery, {}, 2), event('applied', took + recovery * 1.1, {}, 2));
      if (failure === null) events.push(event('applied', took));
      if (failure === null || recovered)
        rows.push({
          Ref_Key: ref,
          Date: localOf(at + took),
          Posted: true,
          НомерПоДаннымКлиента: number,
          СуммаДокумента: Math.round(amount * 100) / 100,
          Статус: 'КОбеспечению',
          Согласован: true,
          ХозяйственнаяОперация: 'РеализацияКлиенту',
          Комментарий: `EDI: ${order.chain.name}`,
          Товары: [],
        });
    }
  }
  return { events, rows };
}
