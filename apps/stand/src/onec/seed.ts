/** First rows of the bases: the recorded ones, and generated volume around them. The same seed gives the same rows. */
import { localNow } from './handlers.ts';
import { DISCOUNT_REASONS, INITIATORS, type Item, makeCustomers, makeItems, PEOPLE, RETURN_REASONS } from './names.ts';
import { createRandom, type Random } from './random.ts';
import { recordedRows } from './recorded.ts';
import type { BaseStore, MutableRow } from './store.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const ORDERS = 320;
const FINISHED = 140;
const OPEN_DISCOUNTS = 18;
const OPEN_RETURNS = 4;
const PRICE_TYPE = '0b5a7d10-0000-11f1-8000-00155d000001';
const STOCK = '0b5a7d10-0000-11f1-8000-00155d000002';
const COMPANY = '0b5a7d10-0000-11f1-8000-00155d000003';

/** Local time of the base, Moscow, without a zone. */
const local = (at: number): string => new Date(at + 3 * 3_600_000).toISOString().slice(0, 19);

interface Goods extends Item {
  readonly ref: string;
}
interface Partner {
  readonly ref: string;
  readonly counterparty: string;
  readonly agreement: string;
  readonly allowed: number;
  readonly name: string;
}

export function seedBase(store: BaseStore, seed: number): void {
  const random = createRandom(seed);
  for (const { set, row } of recordedRows()) {
    if (!store.entities.has(set) || (store.name === 'bp' && !set.startsWith('Catalog_'))) continue;
    const recorded = typed(store, set, row);
    // A later recording of the same object is its newer state.
    if (store.find(set, String(row.Ref_Key))) store.update(set, String(row.Ref_Key), recorded);
    else store.insert(set, recorded);
  }
  const goods = makeItems(random, 150).map((item): Goods => ({ ...item, ref: random.guid() }));
  const customers = makeCustomers(random, 40).map((customer) => ({
    ...customer,
    ref: random.guid(),
    counterparty: random.guid(),
    agreement: random.guid(),
    allowed: random.int(10, 22),
  }));
  for (const item of goods)
    store.insert('Catalog_Номенклатура', {
      Ref_Key: item.ref,
      Description: item.name,
      НаименованиеПолное: item.name,
      Артикул: item.article,
      Code: `НФ-${item.ref.slice(0, 6)}`,
    });
  for (const customer of customers)
    store.insert('Catalog_Контрагенты', {
      Ref_Key: customer.counterparty,
      Description: customer.name,
      НаименованиеПолное: customer.full,
      ИНН: customer.inn,
      Code: customer.ref.slice(0, 9),
      ...(store.name === 'ut' ? { Партнер_Key: customer.ref } : {}),
    });
  store.insert('Catalog_Организации', { Ref_Key: COMPANY, Description: 'ООО «Электрорешения»', Code: '000000001' });
  if (store.name !== 'ut') return;
  seedTrade(
    store,
    random,
    goods,
    customers.map((customer) => ({ ...customer })),
  );
}

/** Recorded values are texts: numbers and flags get their types back by the declared field. */
function typed(store: BaseStore, set: string, row: MutableRow): MutableRow {
  const entity = store.entity(set);
  const convert = (value: unknown, type: string | undefined): unknown =>
    type === 'double' ? Number(value) : type === 'bool' ? value === 'true' : value;
  const result: MutableRow = {};
  for (const [name, value] of Object.entries(row)) {
    const table = entity.tables[name];
    result[name] =
      table && Array.isArray(value)
        ? value.map((line: MutableRow) =>
            Object.fromEntries(Object.entries(line).map(([key, inner]) => [key, convert(inner, table[key])])),
          )
        : convert(value, entity.fields[name]);
  }
  return result;
}

function seedTrade(
  store: BaseStore,
  random: Random,
  goods: readonly Goods[],
  customers: readonly (Partner & { inn: string; segment: string })[],
): void {
  store.insert('Catalog_Склады', { Ref_Key: STOCK, Description: 'Склад Ногинск', Code: '000000001' });
  const people = PEOPLE.map((person) => ({ ...person, ref: random.guid() }));
  for (const person of people)
    store.insert('Catalog_Пользователи', {
      Ref_Key: person.ref,
      Description: person.name,
      АдресЭлектроннойПочты: person.email,
      Подразделение: person.office,
      Code: person.ref.slice(0, 9),
    });
  for (const customer of customers) {
    store.insert('Catalog_Партнеры', {
      Ref_Key: customer.ref,
      Description: customer.name,
      НаименованиеПолное: customer.name,
      Сегмент: customer.segment,
      Code: customer.ref.slice(0, 9),
    });
    store.insert('Catalog_СоглашенияСКлиентами', {
      Ref_Key: customer.agreement,
      Description: `Соглашение, ${customer.name}`,
      Партнер_Key: customer.ref,
      Статус: 'Действует',
      Согласован: true,
      ПроцентРучнойСкидки: customer.allowed,
      ОграничиватьРучныеСкидки: true,
      Code: customer.agreement.slice(0, 9),
    });
    store.insert('AccumulationRegister_РасчетыСКлиентами', {
      Recorder: random.guid(),
      Recorder_Type: 'StandardODATA.Document_РеализацияТоваровУслуг',
      LineNumber: '1',
      Active: true,
      RecordType: 'Receipt',
      Period: local(Date.now() - 10 * DAY),
      Партнер_Key: customer.ref,
      Сумма: random.int(0, 30) * 41_300,
    });
  }
  for (const item of goods) {
    const line = {
      Recorder: random.guid(),
      Recorder_Type: 'StandardODATA.Document_РеализацияТоваровУслуг',
      LineNumber: '1',
      Active: true,
      RecordType: 'Receipt',
      Period: local(Date.now() - 30 * DAY),
    };
    store.insert('AccumulationRegister_ТоварыНаСкладах', {
      ...line,
      Номенклатура_Key: item.ref,
      Склад_Key: STOCK,
      ВНаличии: item.stock,
      КОтгрузке: 0,
    });
    store.insert('AccumulationRegister_СебестоимостьТоваров', {
      ...line,
      Recorder: random.guid(),
      АналитикаУчетаНоменклатуры_Key: item.ref,
      Количество: 1000,
      Стоимость: Math.round(item.cost * 100_000) / 100,
    });
    store.insert('InformationRegister_ЦеныНоменклатуры', {
      Period: local(Date.now() - 20 * DAY),
      Номенклатура_Key: item.ref,
      ВидЦены_Key: PRICE_TYPE,
      Цена: item.price,
    });
  }
  const now = Date.now();
  const order = (
    at: number,
    deviation: number,
    more: MutableRow,
  ): { row: MutableRow; customer: Partner; author: string } => {
    const customer = random.pick(customers);
    const author = people[random.int(0, INITIATORS - 1)]?.ref ?? '';
    const lines = orderLines(random, goods, customer.allowed, deviation);
    const row = store.insert('Document_ЗаказКлиента', {
      Ref_Key: random.guid(),
      Date: local(at),
      Posted: true,
      Партнер_Key: customer.ref,
      Контрагент_Key: customer.counterparty,
      Организация_Key: COMPANY,
      Соглашение_Key: customer.agreement,
      Склад_Key: STOCK,
      Менеджер_Key: author,
      СуммаДокумента: Math.round(lines.reduce((sum, line) => sum + Number(line.СуммаСНДС), 0) * 100) / 100,
      ЦенаВключаетНДС: true,
      Статус: 'КОбеспечению',
      Согласован: true,
      ДатаСогласования: local(at),
      ХозяйственнаяОперация: 'РеализацияКлиенту',
      Товары: lines,
      ...more,
    });
    return { row, customer, author };
  };
  for (let index = 0; index < ORDERS; index += 1)
    order(now - random.int(1, 360) * DAY - random.int(0, 600) * MINUTE, 0, {});

  const deciders = people.slice(INITIATORS);
  for (let index = 0; index < FINISHED; index += 1) {
    const at = workingMoment(random, now - random.int(2, 85) * DAY);
    const deviation = random.int(4, 36) / 4;
    const approved = random.next() > (deviation > 6 ? 0.55 : 0.12);
    const { row, author } = order(at, deviation, {
      Статус: approved ? 'КОбеспечению' : 'НеСогласован',
      Согласован: approved,
    });
    const end = at + random.int(12, 330) * MINUTE;
    approval(store, random, {
      subject: row,
      set: 'Document_ЗаказКлиента',
      author,
      at,
      end,
      approved,
      decider: random.pick(deciders).ref,
      comment: random.pick(DISCOUNT_REASONS),
    });
  }
  for (let index = 0; index < OPEN_DISCOUNTS; index += 1) {
    const at = now - random.int(5, 430) * MINUTE - (index % 5 === 0 ? DAY : 0);
    const { row, author } = order(at, random.int(4, 36) / 4, { Статус: 'НеСогласован', Согласован: false });
    approval(store, random, {
      subject: row,
      set: 'Document_ЗаказКлиента',
      author,
      at,
      end: null,
      approved: false,
      decider: random.pick(deciders).ref,
      comment: DISCOUNT_REASONS[index % DISCOUNT_REASONS.length] ?? '',
    });
  }
  for (let index = 0; index < OPEN_RETURNS; index += 1) {
    const customer = random.pick(customers);
    const item = random.pick(goods);
    const quantity = random.int(5, 60);
    const at = now - random.int(20, 900) * MINUTE;
    const row = store.insert('Document_ЗаявкаНаВозвратТоваровОтКлиента', {
      Ref_Key: random.guid(),
      Date: local(at),
      Posted: true,
      Партнер_Key: customer.ref,
      Контрагент_Key: customer.counterparty,
      Соглашение_Key: customer.agreement,
      Менеджер_Key: people[index % INITIATORS]?.ref ?? '',
      СуммаДокумента: Math.round(item.price * quantity * 100) / 100,
      Статус: 'НеСогласована',
      ПричинаВозврата: RETURN_REASONS[index % RETURN_REASONS.length] ?? '',
      ВозвращаемыеТовары: [
        {
          Номенклатура_Key: item.ref,
          Количество: quantity,
          Цена: item.price,
          Сумма: Math.round(item.price * quantity * 100) / 100,
          СуммаСНДС: Math.round(item.price * quantity * 100) / 100,
        },
      ],
    });
    approval(store, random, {
      subject: row,
      set: 'Document_ЗаявкаНаВозвратТоваровОтКлиента',
      author: people[index % INITIATORS]?.ref ?? '',
      at,
      end: null,
      approved: false,
      decider: deciders[0]?.ref ?? '',
      comment: RETURN_REASONS[index % RETURN_REASONS.length] ?? '',
    });
  }
  store.insert('InformationRegister_СостоянияОбменовДанными', {
    УзелИнформационнойБазы: random.guid(),
    УзелИнформационнойБазы_Type: 'StandardODATA.ExchangePlan_СинхронизацияДанныхЧерезУниверсальныйФормат',
    ДействиеПриОбмене: 'ВыгрузкаДанных',
    РезультатВыполненияОбмена: 'Выполнено',
    ДатаНачала: localNow(),
    ДатаОкончания: localNow(),
  });
}

/** A moment of a working day, Moscow. */
function workingMoment(random: Random, near: number): number {
  const day = new Date(near + 3 * 3_600_000);
  const weekday = day.getUTCDay();
  const shift = weekday === 0 ? 1 : weekday === 6 ? 2 : 0;
  return Date.UTC(
    day.getUTCFullYear(),
    day.getUTCMonth(),
    day.getUTCDate() + shift,
    random.int(6, 12),
    random.int(0, 59),
    random.int(0, 59),
  );
}

/** Lines whose largest manual discount passes the agreement by `deviation` п.п. */
export function orderLines(
  random: Random,
  goods: readonly { ref: string; price: number }[],
  allowed: number,
  deviation: number,
): MutableRow[] {
  const count = random.int(2, 7);
  return Array.from({ length: count }, (_, index) => {
    const item = random.pick(goods);
    const quantity = random.int(2, 60) * 10;
    const over =
      deviation === 0 ? -random.int(0, 3) : index === 0 ? deviation : Math.max(0, deviation - random.int(1, 5));
    const percent = Math.max(0, Math.round((allowed + over) * 100) / 100);
    const full = Math.round(item.price * quantity * 100) / 100;
    const withDiscount = Math.round(full * (100 - percent)) / 100;
    return {
      LineNumber: String(index + 1),
      Номенклатура_Key: item.ref,
      Количество: quantity,
      Цена: item.price,
      Сумма: withDiscount,
      СуммаСНДС: withDiscount,
      СуммаНДС: Math.round((withDiscount / 122) * 22 * 100) / 100,
      ПроцентРучнойСкидки: percent,
      СуммаРучнойСкидки: Math.round((full - withDiscount) * 100) / 100,
      КодСтроки: String(index + 1),
      ВариантОбеспечения: 'КОбеспечению',
    };
  });
}

/** Process and task of an approval; finished when `end` is given. */
export function approval(
  store: BaseStore,
  random: Random,
  input: {
    subject: MutableRow;
    set: string;
    author: string;
    at: number;
    end: number | null;
    approved: boolean;
    decider: string;
    comment: string;
  },
): { processRef: string; taskRef: string } {
  const { subject, set, author, at, end, approved, decider, comment } = input;
  const processSet =
    set === 'Document_ЗаказКлиента'
      ? 'BusinessProcess_СогласованиеПродажи'
      : 'BusinessProcess_СогласованиеЗаявкиНаВозвратТоваровОтКлиента';
  const result = approved ? 'Согласовано' : 'НеСогласовано';
  const finished: MutableRow =
    end === null
      ? {}
      : {
          Completed: true,
          ДатаЗавершения: local(end),
          ДатаСогласования: local(end),
          РезультатСогласования: result,
          РезультатыСогласования: [
            {
              ТочкаМаршрута: 'Согласование',
              Рецензент_Key: decider,
              РезультатСогласования: result,
              Комментарий: approved ? 'Согласовано' : 'Не согласовано: маржа ниже допустимой',
              ДатаСогласования: local(end),
              НомерВерсии: '1',
            },
          ],
        };
  const process = store.insert(processSet, {
    Ref_Key: random.guid(),
    Date: local(at),
    Started: true,
    Предмет: subject.Ref_Key,
    Предмет_Type: `StandardODATA.${set}`,
    Автор_Key: author,
    ДатаНачала: local(at),
    Важность: 'Обычная',
    Комментарий: comment,
    ЕстьОтклоненияОтЦеновыхУсловий: set === 'Document_ЗаказКлиента',
    ...finished,
  });
  const task = store.insert('Task_ЗадачаИсполнителя', {
    Ref_Key: random.guid(),
    Date: local(at),
    Description: `Согласовать: ${String(subject.Number)}`,
    BusinessProcess: process.Ref_Key,
    BusinessProcess_Type: `StandardODATA.${processSet}`,
    RoutePoint: 'Согласование',
    Автор_Key: author,
    Исполнитель_Key: decider,
    Предмет: subject.Ref_Key,
    Предмет_Type: `StandardODATA.${set}`,
    ПредметСтрокой: String(subject.Number),
    Описание: comment,
    ДатаНачала: local(at),
    СрокИсполнения: local(at + 8 * 60 * MINUTE),
    Важность: 'Обычная',
    ...(end === null
      ? {}
      : {
          Executed: true,
          ПринятаКИсполнению: true,
          ДатаИсполнения: local(end),
          РезультатВыполнения: approved ? 'Согласовано' : 'Не согласовано: маржа ниже допустимой',
        }),
  });
  return { processRef: String(process.Ref_Key), taskRef: String(task.Ref_Key) };
}
