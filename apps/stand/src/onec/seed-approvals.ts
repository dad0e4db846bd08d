/** Requests of УТ: finished ones as history, open ones with clocks in every state. */
import { localOf } from './local-time.ts';
import { DISCOUNT_REASONS, INITIATORS, ORDER_REASONS, RETURN_REASONS } from './names.ts';
import type { Random } from './random.ts';
import { makeOrder, type Trade } from './seed-orders.ts';
import type { BaseStore, MutableRow } from './store.ts';
import { workingMinutesBefore, workingMoment } from './working-time.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;
const ORDERS = 'Document_ЗаказКлиента';
const RETURNS = 'Document_ЗаявкаНаВозвратТоваровОтКлиента';
const FINISHED = 140;
const FINISHED_RETURNS = 18;
/** Working minutes that the open requests have waited: fresh ones, some near their goal, some past it. */
const WAITED = [3, 9, 14, 22, 31, 40, 55, 70, 85, 96, 112, 126, 140, 165, 188, 205, 221, 229, 236, 252, 390];
const RETURNS_WAITED = [18, 75, 150, 232];
const ORDERS_WAITED = [12, 58, 198];

interface Approvals {
  readonly trade: Trade;
  /** References of the people: the first ask, the last decide. */
  readonly people: readonly string[];
}

export function seedApprovals(store: BaseStore, random: Random, { trade, people }: Approvals): void {
  const { now } = trade;
  const initiators = people.slice(0, INITIATORS);
  const deciders = people.slice(INITIATORS);
  const order = (at: number, deviation: number, approved: boolean, author: string): MutableRow =>
    makeOrder(store, random, {
      trade,
      author,
      at,
      deviation,
      more: { Статус: approved ? 'КОбеспечению' : 'НеСогласован', Согласован: approved },
    });
  for (let index = 0; index < FINISHED; index += 1) {
    const at = workingMoment(random, now - random.int(2, 85) * DAY);
    const deviation = random.int(4, 36) / 4;
    const approved = random.next() > (deviation > 6 ? 0.55 : 0.12);
    const author = random.pick(initiators);
    const subject = { row: order(at, deviation, approved, author), set: ORDERS };
    const end = { at: at + random.int(12, 330) * MINUTE, approved };
    putApproval(store, random, {
      subject,
      author,
      at,
      end,
      decider: random.pick(deciders),
      reason: random.pick(DISCOUNT_REASONS),
    });
  }
  for (let index = 0; index < FINISHED_RETURNS; index += 1) {
    const at = workingMoment(random, now - random.int(2, 60) * DAY);
    const approved = random.next() > 0.3;
    const author = random.pick(initiators);
    const reason = random.pick(RETURN_REASONS);
    const subject = {
      row: makeReturn(store, random, { trade, author, at, reason, status: approved ? 'КВозврату' : 'Отклонена' }),
      set: RETURNS,
    };
    const end = { at: at + random.int(20, 400) * MINUTE, approved };
    putApproval(store, random, { subject, author, at, end, decider: random.pick(deciders), reason });
  }
  for (const [index, waited] of WAITED.entries()) {
    const at = workingMinutesBefore(now, waited);
    const author = random.pick(initiators);
    const subject = { row: order(at, random.int(4, 36) / 4, false, author), set: ORDERS };
    const reason = DISCOUNT_REASONS[index % DISCOUNT_REASONS.length] ?? '';
    putApproval(store, random, { subject, author, at, end: null, decider: random.pick(deciders), reason });
  }
  // An order within its agreement that somebody must agree to for another reason.
  for (const [index, waited] of ORDERS_WAITED.entries()) {
    const at = workingMinutesBefore(now, waited);
    const author = random.pick(initiators);
    const subject = { row: order(at, 0, false, author), set: ORDERS };
    const reason = ORDER_REASONS[index % ORDER_REASONS.length] ?? '';
    putApproval(store, random, {
      subject,
      author,
      at,
      end: null,
      decider: random.pick(deciders),
      reason,
      priced: false,
    });
  }
  for (const [index, waited] of RETURNS_WAITED.entries()) {
    const at = workingMinutesBefore(now, waited);
    const author = initiators[index % INITIATORS] ?? '';
    const reason = RETURN_REASONS[index % RETURN_REASONS.length] ?? '';
    const subject = {
      row: makeReturn(store, random, { trade, author, at, reason, status: 'НеСогласована' }),
      set: RETURNS,
    };
    putApproval(store, random, { subject, author, at, end: null, decider: random.pick(deciders), reason });
  }
}

function makeReturn(
  store: BaseStore,
  random: Random,
  input: { trade: Trade; author: string; at: number; reason: string; status: string },
): MutableRow {
  const customer = random.pick(input.trade.customers);
  const item = random.pick(input.trade.goods);
  const quantity = random.int(5, 60);
  const amount = Math.round(item.price * quantity * 100) / 100;
  return store.insert(RETURNS, {
    Ref_Key: random.guid(),
    Date: localOf(input.at),
    Posted: true,
    Партнер_Key: customer.ref,
    Контрагент_Key: customer.counterparty,
    Соглашение_Key: customer.agreement,
    Менеджер_Key: input.author,
    СуммаДокумента: amount,
    Статус: input.status,
    ПричинаВозврата: input.reason,
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
}

interface ApprovalInput {
  readonly subject: { readonly row: MutableRow; readonly set: string };
  readonly author: string;
  readonly at: number;
  /** null waits for a decision. */
  readonly end: { readonly at: number; readonly approved: boolean } | null;
  readonly decider: string;
  readonly reason: string;
  /** Whether the price conditions are what must be agreed to. */
  readonly priced?: boolean;
}

const REFUSED = 'Не согласовано: маржа ниже допустимой';

/** Process and task of a request. */
function putApproval(store: BaseStore, random: Random, input: ApprovalInput): void {
  const { subject, author, at, end, decider, reason } = input;
  const isOrder = subject.set === ORDERS;
  const processSet = `BusinessProcess_${isOrder ? 'СогласованиеПродажи' : 'СогласованиеЗаявкиНаВозвратТоваровОтКлиента'}`;
  const started = localOf(at);
  const common = {
    Date: started,
    Предмет: subject.row.Ref_Key,
    Предмет_Type: `StandardODATA.${subject.set}`,
    Автор_Key: author,
    ДатаНачала: started,
    Важность: 'Обычная',
  };
  const process = store.insert(processSet, {
    ...common,
    Ref_Key: random.guid(),
    Started: true,
    Комментарий: reason,
    ЕстьОтклоненияОтЦеновыхУсловий: isOrder && input.priced !== false,
    ...(end === null ? {} : finishedProcess(end, decider)),
  });
  const number = String(subject.row.Number);
  store.insert('Task_ЗадачаИсполнителя', {
    ...common,
    Ref_Key: random.guid(),
    Description: `Согласовать: ${number}`,
    BusinessProcess: process.Ref_Key,
    BusinessProcess_Type: `StandardODATA.${processSet}`,
    RoutePoint: 'Согласование',
    Исполнитель_Key: decider,
    ПредметСтрокой: number,
    Описание: reason,
    СрокИсполнения: localOf(at + 8 * 60 * MINUTE),
    ...(end === null
      ? {}
      : {
          Executed: true,
          ПринятаКИсполнению: true,
          ДатаИсполнения: localOf(end.at),
          РезультатВыполнения: end.approved ? 'Согласовано' : REFUSED,
        }),
  });
}

function finishedProcess(end: { at: number; approved: boolean }, decider: string): MutableRow {
  const at = localOf(end.at);
  const result = end.approved ? 'Согласовано' : 'НеСогласовано';
  return {
    Completed: true,
    ДатаЗавершения: at,
    ДатаСогласования: at,
    РезультатСогласования: result,
    РезультатыСогласования: [
      {
        ТочкаМаршрута: 'Согласование',
        Рецензент_Key: decider,
        РезультатСогласования: result,
        Комментарий: end.approved ? 'Согласовано' : REFUSED,
        ДатаСогласования: at,
        НомерВерсии: '1',
      },
    ],
  };
}
