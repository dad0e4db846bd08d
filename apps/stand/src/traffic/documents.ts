/** Documents that traffic and people make: orders of the shop, sales, orders with a discount above the agreement. */
import { DISCOUNT_REASONS, ORDER_REASONS, RETURN_REASONS } from '../onec/names.ts';
import type { Random } from '../onec/random.ts';
import { localOf } from '../workers/moscow-time.ts';
import type { Row } from '../workers/onec-base.ts';
import type { Systems } from '../workers/systems.ts';
import { ORDERS, PAYMENTS, SALES } from '../workers/transfer-documents.ts';
import type { Catalogues } from './catalogues.ts';
import { Personnel } from './personnel.ts';
import { Production } from './production.ts';

const text = (value: unknown): string => String(value ?? '').trim();
const RETURNS = 'Document_ЗаявкаНаВозвратТоваровОтКлиента';
const ORDER_PROCESS = 'BusinessProcess_СогласованиеПродажи';
const RETURN_PROCESS = 'BusinessProcess_СогласованиеЗаявкиНаВозвратТоваровОтКлиента';
const money = (value: number): number => Math.round(value * 100) / 100;

export interface OrderWish {
  readonly sku?: string;
  readonly inn?: string;
  /** Percent given by hand on every line. */
  readonly discount?: number;
}

export class Documents {
  readonly #systems: Systems;
  readonly #catalogues: Catalogues;
  /** Of the sites. */
  readonly production: Production;
  readonly personnel: Personnel;

  constructor(systems: Systems, catalogues: Catalogues) {
    this.#systems = systems;
    this.#catalogues = catalogues;
    this.production = new Production(systems);
    this.personnel = new Personnel(systems);
  }

  /** A customer orders in the shop; a dealer orders in EKF Market. */
  async siteOrder(
    random: Random,
    wish: OrderWish = {},
    shop: 'site' | 'market' = 'site',
  ): Promise<{ id: string; number: string }> {
    const { customers, items } = await this.#catalogues.read();
    const customer = random.pick(customers);
    const discount = wish.discount ?? 0;
    const lines = Array.from({ length: random.int(1, 4) }, (_, index) => {
      const item = random.pick(items);
      const article = index === 0 && wish.sku === 'unknown' ? `нет-${random.int(1000, 9999)}` : item.article;
      const line = { article, quantity: random.int(1, 30) * 5, price: item.price };
      return discount > 0 ? { ...line, discount } : line;
    });
    const amount = lines.reduce((sum, line) => sum + money((line.quantity * line.price * (100 - discount)) / 100), 0);
    const body = {
      customer: { name: customer.name, inn: wish.inn ?? customer.inn },
      lines,
      amount: amount.toFixed(2),
    };
    const order =
      shop === 'site'
        ? await this.#systems.site('POST', 'orders', body)
        : await this.#systems.market('POST', 'market/orders', body);
    return { id: text(order.id), number: text(order.number) };
  }

  /** A sale is posted in УТ. */
  async sale(random: Random): Promise<{ ref: string; number: string }> {
    const { customers, items } = await this.#catalogues.read();
    const customer = random.pick(customers);
    const lines = Array.from({ length: random.int(1, 3) }, (_, index) => {
      const item = random.pick(items);
      const quantity = random.int(2, 40) * 5;
      const amount = money(quantity * item.price);
      return {
        LineNumber: String(index + 1),
        Номенклатура_Key: item.ref,
        Количество: quantity,
        Цена: item.price,
        Сумма: amount,
        СуммаСНДС: amount,
      };
    });
    const ref = await this.#insert(SALES, {
      Date: localOf(Date.now()),
      Posted: true,
      Контрагент_Key: customer.ref,
      Партнер_Key: customer.partner,
      СуммаДокумента: money(lines.reduce((sum, line) => sum + line.Сумма, 0)),
      Статус: 'Отгружено',
      Товары: lines,
    });
    return { ref, number: await this.#numberOf(SALES, ref) };
  }

  /** A customer pays; the bank has posted it. */
  async payment(random: Random): Promise<{ ref: string; number: string }> {
    const { customers, items } = await this.#catalogues.read();
    const customer = random.pick(customers);
    const now = localOf(Date.now());
    const ref = await this.#insert(PAYMENTS, {
      Date: now,
      Posted: true,
      Контрагент_Key: customer.ref,
      Партнер_Key: customer.partner,
      СуммаДокумента: money(random.int(2, 60) * 5 * random.pick(items).price),
      ХозяйственнаяОперация: 'ПоступлениеОплатыОтКлиента',
      НомерВходящегоДокумента: String(random.int(100, 9_999)),
      ДатаВходящегоДокумента: now,
      НазначениеПлатежа: 'Оплата за электротехническую продукцию, в т.ч. НДС 22 %',
      ПроведеноБанком: true,
    });
    return { ref, number: await this.#numberOf(PAYMENTS, ref) };
  }

  /** An order above its agreement by `deviation` п.п. with the process and the task that approve it; 0 waits for another reason. */
  async discountOrder(
    random: Random,
    deviation: number,
  ): Promise<{ orderRef: string; orderNumber: string; processRef: string }> {
    const { customers, items, agreements, initiators } = await this.#catalogues.read();
    const agreement = random.pick(agreements);
    const customer = customers.find(({ partner }) => partner === agreement.partner) ?? random.pick(customers);
    const author = random.pick(initiators);
    const lines = Array.from({ length: random.int(2, 6) }, (_, index) => {
      const item = random.pick(items);
      const quantity = random.int(2, 50) * 10;
      const over = index === 0 ? deviation : Math.max(0, deviation - random.int(1, 4));
      const percent = money(agreement.allowed + over);
      const full = money(item.price * quantity);
      const amount = money((full * (100 - percent)) / 100);
      return {
        LineNumber: String(index + 1),
        Номенклатура_Key: item.ref,
        Количество: quantity,
        Цена: item.price,
        Сумма: amount,
        СуммаСНДС: amount,
        СуммаНДС: money((amount / 122) * 22),
        ПроцентРучнойСкидки: percent,
        СуммаРучнойСкидки: money(full - amount),
        КодСтроки: String(index + 1),
      };
    });
    const now = localOf(Date.now());
    const orderRef = await this.#insert(ORDERS, {
      Date: now,
      Posted: true,
      Партнер_Key: customer.partner,
      Контрагент_Key: customer.ref,
      Соглашение_Key: agreement.ref,
      Менеджер_Key: author,
      СуммаДокумента: money(lines.reduce((sum, line) => sum + line.СуммаСНДС, 0)),
      ЦенаВключаетНДС: true,
      Статус: 'НеСогласован',
      Согласован: false,
      ХозяйственнаяОперация: 'РеализацияКлиенту',
      Товары: lines,
    });
    const reason = random.pick(deviation > 0 ? DISCOUNT_REASONS : ORDER_REASONS);
    const subject = { set: ORDERS, ref: orderRef, process: ORDER_PROCESS, author, reason, priced: deviation > 0 };
    const { documentNumber, processRef } = await this.#startApproval(subject);
    return { orderRef, orderNumber: documentNumber, processRef };
  }

  /** A customer gives goods back; somebody must agree to it. */
  async returnRequest(random: Random): Promise<{ documentRef: string; documentNumber: string; processRef: string }> {
    const { customers, items, agreements, initiators } = await this.#catalogues.read();
    const agreement = random.pick(agreements);
    const customer = customers.find(({ partner }) => partner === agreement.partner) ?? random.pick(customers);
    const author = random.pick(initiators);
    const item = random.pick(items);
    const quantity = random.int(1, 12) * 5;
    const amount = money(item.price * quantity);
    const reason = random.pick(RETURN_REASONS);
    const documentRef = await this.#insert(RETURNS, {
      Date: localOf(Date.now()),
      Posted: true,
      Партнер_Key: customer.partner,
      Контрагент_Key: customer.ref,
      Соглашение_Key: agreement.ref,
      Менеджер_Key: author,
      СуммаДокумента: amount,
      Статус: 'НеСогласована',
      ПричинаВозврата: reason,
      ВозвращаемыеТовары: [
        {
          LineNumber: '1',
          Номенклатура_Key: item.ref,
          Количество: quantity,
          Цена: item.price,
          Сумма: amount,
          СуммаСНДС: amount,
        },
      ],
    });
    const subject = { set: RETURNS, ref: documentRef, process: RETURN_PROCESS, author, reason, priced: false };
    return { documentRef, ...(await this.#startApproval(subject)) };
  }

  async #startApproval(subject: {
    readonly set: string;
    readonly ref: string;
    readonly process: string;
    readonly author: string;
    readonly reason: string;
    /** Whether the price conditions are what must be agreed to. */
    readonly priced: boolean;
  }): Promise<{ documentNumber: string; processRef: string }> {
    const { set, ref, process, author, reason } = subject;
    const { approver } = await this.#catalogues.read();
    const now = localOf(Date.now());
    const documentNumber = await this.#numberOf(set, ref);
    const common = {
      Date: now,
      Предмет: ref,
      Предмет_Type: `StandardODATA.${set}`,
      Автор_Key: author,
      ДатаНачала: now,
    };
    const processRef = await this.#insert(process, {
      ...common,
      Started: true,
      Важность: 'Обычная',
      Комментарий: reason,
      ЕстьОтклоненияОтЦеновыхУсловий: subject.priced,
    });
    await this.#insert('Task_ЗадачаИсполнителя', {
      ...common,
      Description: `Согласовать: ${documentNumber}`,
      BusinessProcess: processRef,
      BusinessProcess_Type: `StandardODATA.${process}`,
      RoutePoint: 'Согласование',
      Исполнитель_Key: approver,
      ПредметСтрокой: documentNumber,
      Описание: reason,
      Важность: 'Обычная',
    });
    return { documentNumber, processRef };
  }

  async #insert(set: string, row: Row): Promise<string> {
    return (await this.#systems.insert('ut', set, [row]))[0] ?? '';
  }
  async #numberOf(set: string, ref: string): Promise<string> {
    const [row] = await this.#systems.ut.list(set, { filter: `Ref_Key eq guid'${ref}'`, select: ['Number'], top: 1 });
    return text(row?.Number);
  }
}
