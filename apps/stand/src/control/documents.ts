/** Documents that traffic and people make: orders of the shop, sales, orders with a discount above the agreement. */

import { DISCOUNT_REASONS } from '../onec/names.ts';
import { createRandom, type Random } from '../onec/random.ts';
import { settings } from '../workers/settings.ts';
import { odataName, site, ut } from '../workers/systems.ts';

type Row = Readonly<Record<string, unknown>>;
const text = (value: unknown): string => String(value ?? '').trim();

interface Book {
  readonly customers: readonly Row[];
  readonly items: readonly Row[];
  readonly agreements: readonly Row[];
  readonly users: readonly Row[];
}

let book: Promise<Book> | null = null;
const random: Random = createRandom(settings.seed + 500 + Math.floor(Date.now() / 1000));

/** Catalogues are read once; a failed read is tried again by the next document. */
function catalogues(): Promise<Book> {
  book ??= (async () => {
    const read = (set: string, fields: readonly string[]) =>
      ut.list(odataName(set), `$select=${fields.map(odataName).join(',')}&$top=300`);
    const customers = await read('Catalog_Контрагенты', ['Ref_Key', 'Description', 'ИНН', 'Партнер_Key']);
    return {
      customers: customers.filter(
        (row) => /^\d{10,12}$/.test(text(row.ИНН)) && text(row.Партнер_Key) !== '00000000-0000-0000-0000-000000000000',
      ),
      items: (await read('Catalog_Номенклатура', ['Ref_Key', 'Артикул'])).filter((row) => text(row.Артикул) !== ''),
      agreements: await read('Catalog_СоглашенияСКлиентами', ['Ref_Key', 'Партнер_Key', 'ПроцентРучнойСкидки']),
      users: await read('Catalog_Пользователи', ['Ref_Key', 'Description']),
    };
  })();
  book.catch(() => {
    book = null;
  });
  return book;
}

export async function makeSiteOrder(
  wish: { sku?: string; inn?: string } = {},
): Promise<{ id: string; number: string }> {
  const { customers, items } = await catalogues();
  const customer = random.pick(customers);
  const lines = Array.from({ length: random.int(1, 4) }, (_, index) => ({
    article: index === 0 && wish.sku === 'unknown' ? `нет-${random.int(1000, 9999)}` : text(random.pick(items).Артикул),
    quantity: random.int(1, 30) * 5,
    price: random.int(120, 2400),
  }));
  const order = await site('POST', 'orders', {
    customer: { name: text(customer.Description), inn: wish.inn ?? text(customer.ИНН) },
    lines,
    amount: lines.reduce((sum, line) => sum + line.quantity * line.price, 0).toFixed(2),
    createdAt: new Date().toISOString(),
  });
  return { id: text(order.id), number: text(order.number) };
}

async function insert(set: string, row: Row): Promise<string> {
  const response = await fetch(`${settings.onec}/_stand/ut/rows/${encodeURIComponent(set)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([row]),
  });
  if (!response.ok) throw new Error(`${set}: ${response.status}`);
  const { refs } = (await response.json()) as { refs: string[] };
  return refs[0] ?? '';
}

const localNow = (): string => new Date(Date.now() + 3 * 3_600_000).toISOString().slice(0, 19);

export async function makeSale(): Promise<{ ref: string }> {
  const { customers, items } = await catalogues();
  const customer = random.pick(customers);
  const quantity = random.int(2, 40) * 5;
  const price = random.int(150, 2300);
  const ref = await insert('Document_РеализацияТоваровУслуг', {
    Date: localNow(),
    Posted: true,
    Контрагент_Key: customer.Ref_Key,
    Партнер_Key: customer.Партнер_Key,
    СуммаДокумента: quantity * price,
    Статус: 'Отгружено',
    Товары: [
      {
        LineNumber: '1',
        Номенклатура_Key: random.pick(items).Ref_Key,
        Количество: quantity,
        Цена: price,
        Сумма: quantity * price,
        СуммаСНДС: quantity * price,
      },
    ],
  });
  return { ref };
}

/** An order above its agreement by `deviation` п.п. with the process and task that approve it. */
export async function makeDiscountOrder(
  deviation: number,
): Promise<{ orderRef: string; orderNumber: string; processRef: string }> {
  const { customers, items, agreements, users } = await catalogues();
  const agreement = random.pick(agreements);
  const customer = customers.find((row) => row.Партнер_Key === agreement.Партнер_Key) ?? random.pick(customers);
  const author = users[random.int(0, 4)]?.Ref_Key ?? '';
  const prices = await ut.list(odataName('InformationRegister_ЦеныНоменклатуры'), '$top=300');
  const lines = Array.from({ length: random.int(2, 6) }, (_, index) => {
    const item = random.pick(items);
    const price = Number(prices.find((row) => row.Номенклатура_Key === item.Ref_Key)?.Цена ?? 900);
    const quantity = random.int(2, 50) * 10;
    const over = index === 0 ? deviation : Math.max(0, deviation - random.int(1, 4));
    const percent = Math.round((Number(agreement.ПроцентРучнойСкидки) + over) * 100) / 100;
    const amount = Math.round(price * quantity * (100 - percent)) / 100;
    return {
      LineNumber: String(index + 1),
      Номенклатура_Key: item.Ref_Key,
      Количество: quantity,
      Цена: price,
      Сумма: amount,
      СуммаСНДС: amount,
      СуммаНДС: Math.round((amount / 122) * 2200) / 100,
      ПроцентРучнойСкидки: percent,
      КодСтроки: String(index + 1),
    };
  });
  const orderRef = await insert('Document_ЗаказКлиента', {
    Date: localNow(),
    Posted: true,
    Партнер_Key: customer.Партнер_Key,
    Контрагент_Key: customer.Ref_Key,
    Соглашение_Key: agreement.Ref_Key,
    Менеджер_Key: author,
    СуммаДокумента: Math.round(lines.reduce((sum, line) => sum + line.СуммаСНДС, 0) * 100) / 100,
    ЦенаВключаетНДС: true,
    Статус: 'НеСогласован',
    Согласован: false,
    ХозяйственнаяОперация: 'РеализацияКлиенту',
    Товары: lines,
  });
  const [order] = await ut.list(
    odataName('Document_ЗаказКлиента'),
    `$filter=Ref_Key%20eq%20guid'${orderRef}'&$select=Number&$top=1`,
  );
  const orderNumber = text(order?.Number);
  const comment = random.pick(DISCOUNT_REASONS);
  const subject = { Предмет: orderRef, Предмет_Type: 'StandardODATA.Document_ЗаказКлиента' };
  const processRef = await insert('BusinessProcess_СогласованиеПродажи', {
    Date: localNow(),
    Started: true,
    ...subject,
    Автор_Key: author,
    ДатаНачала: localNow(),
    Комментарий: comment,
    ЕстьОтклоненияОтЦеновыхУсловий: true,
  });
  await insert('Task_ЗадачаИсполнителя', {
    Date: localNow(),
    Description: `Согласовать: ${orderNumber}`,
    BusinessProcess: processRef,
    BusinessProcess_Type: 'StandardODATA.BusinessProcess_СогласованиеПродажи',
    RoutePoint: 'Согласование',
    Автор_Key: author,
    Исполнитель_Key: users[5]?.Ref_Key ?? '',
    ...subject,
    ПредметСтрокой: orderNumber,
    Описание: comment,
    ДатаНачала: localNow(),
  });
  return { orderRef, orderNumber, processRef };
}

const ANSWERS = [
  'Объём на второй квартал — около 4 млн ₽, письмо клиента приложил к заказу.',
  'Срок поставки подтвердили, аванс 50 % придёт завтра.',
  'Конкурент дал цену письменно, скан в карточке клиента.',
];

/** Initiators answer questions after a while. @returns how many were answered */
export async function answerQuestions(olderThanMs: number, only?: string): Promise<number> {
  const call = async (path: string, body: unknown): Promise<Row> =>
    (await (
      await fetch(`${settings.elma}/pub/v1/app/sales/discount_approvals/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${settings.elmaToken}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).json()) as Row;
  const { result } = await call('list', { active: true, statusCode: ['clarification'], from: 0, size: 100 });
  let answered = 0;
  for (const item of (result as { result: { __id: string; __updatedAt: string }[] }).result) {
    if (only ? item.__id !== only : Date.now() - Date.parse(item.__updatedAt) < olderThanMs) continue;
    await call(`${item.__id}/update`, { context: { clarification_answer: random.pick(ANSWERS) } });
    await call(`${item.__id}/set-status`, { status: { code: 'in_progress' } });
    answered += 1;
  }
  return answered;
}
