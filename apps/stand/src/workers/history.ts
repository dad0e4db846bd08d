/** A day of exchanges before the first start: documents really stand in the target bases, events carry their past times. */
import { createRandom, type Random } from '../onec/random.ts';
import { eventOf } from './exchange.ts';
import type { CloudEvent, Outbox } from './outbox.ts';
import type { MessageRecord, RecordBook } from './records.ts';
import { settings } from './settings.ts';
import { orderRecord, saleRecord } from './sources.ts';
import { odataName, ut } from './systems.ts';
import { localOf } from './transfer.ts';

type Row = Readonly<Record<string, unknown>>;
const HOUR = 3_600_000;
const HOURS = 26;
/** Share of a day's orders per Moscow hour; nights are quiet, never dead. */
const RHYTHM = [
  0.08, 0.06, 0.05, 0.05, 0.05, 0.08, 0.15, 0.3, 0.6, 1, 1.2, 1.25, 1.1, 0.8, 1.15, 1.2, 1.1, 0.9, 0.5, 0.35, 0.3, 0.25,
  0.18, 0.12,
];
const PER_HOUR = 85;

const FAILURES: readonly {
  readonly share: number;
  readonly text: (random: Random) => string;
  readonly flow: 'site-orders' | 'ut-bp-sales';
}[] = [
  {
    share: 0.007,
    flow: 'site-orders',
    text: (random) => `Не найдена номенклатура по артикулу «нет-${random.int(1000, 9999)}», строка ${random.int(1, 5)}`,
  },
  {
    share: 0.003,
    flow: 'site-orders',
    text: (random) => `ИНН ${random.int(100_000, 999_999)} не прошёл проверку контрольной суммы`,
  },
  {
    share: 0.004,
    flow: 'site-orders',
    text: (random) => `Истекло ожидание блокировки таблицы «ЗаказыКлиентов» (${random.int(20, 40)} с)`,
  },
  {
    share: 0.009,
    flow: 'ut-bp-sales',
    text: () => 'Не удалось провести: изменение данных до 30.09.2026 запрещено, период закрыт для изменений',
  },
  {
    share: 0.004,
    flow: 'ut-bp-sales',
    text: (random) =>
      `Не удалось провести "Реализация (акт, накладная) ЭТ00-${random.int(10_000, 99_999)}": поле «Договор» не заполнено`,
  },
  {
    share: 0.003,
    flow: 'ut-bp-sales',
    text: () => "Ошибка при выполнении обработчика - 'ПриЗаписи' {ОбщийМодуль.ОбменДанными(412)}: деление на 0",
  },
];

async function insertRows(base: 'ut' | 'bp', set: string, rows: readonly Row[]): Promise<string[]> {
  const refs: string[] = [];
  for (let at = 0; at < rows.length; at += 400) {
    const response = await fetch(`${settings.onec}/_stand/${base}/rows/${encodeURIComponent(set)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rows.slice(at, at + 400)),
    });
    refs.push(...((await response.json()) as { refs: string[] }).refs);
  }
  return refs;
}

export async function writeHistory(book: RecordBook, outbox: Outbox): Promise<void> {
  const random = createRandom(settings.seed + 100);
  const customers = await ut.list(
    odataName('Catalog_Контрагенты'),
    `$select=${['Ref_Key', 'Description', 'ИНН', 'Партнер_Key'].map(odataName).join(',')}&$top=200`,
  );
  const items = await ut.list(
    odataName('Catalog_Номенклатура'),
    `$select=${['Ref_Key', 'Артикул'].map(odataName).join(',')}&$top=200`,
  );
  const buyers = customers.filter((row) => /^\d{10,12}$/.test(String(row.ИНН).trim()));
  const now = Date.now();
  const moments: number[] = [];
  for (let hour = HOURS; hour >= 1; hour -= 1) {
    const start = now - hour * HOUR;
    const weight = RHYTHM[(new Date(start).getUTCHours() + 3) % 24] ?? 0.1;
    const count = Math.round(PER_HOUR * weight * (0.85 + random.next() * 0.3));
    for (let index = 0; index < count; index += 1) moments.push(start + random.next() * HOUR);
  }
  moments.sort((a, b) => a - b);

  const orders: { record: MessageRecord; row: Row | null; failure: string | null; at: number }[] = [];
  const sales: { record: MessageRecord; row: Row; failure: string | null; at: number }[] = [];
  for (const [index, at] of moments.entries()) {
    const customer = random.pick(buyers);
    const who = { name: String(customer.Description), inn: String(customer.ИНН).trim() };
    const article = String(random.pick(items).Артикул).trim();
    const quantity = random.int(1, 40) * 5;
    const price = random.int(120, 2600);
    const amount = (quantity * price).toFixed(2);
    const createdAt = new Date(at).toISOString();
    const failure = (flow: 'site-orders' | 'ut-bp-sales'): string | null => {
      let roll = random.next();
      for (const one of FAILURES) {
        if (one.flow !== flow) continue;
        if (roll < one.share) return one.text(random);
        roll -= one.share;
      }
      return null;
    };
    const broken = failure('site-orders');
    const missing = broken?.startsWith('Не найдена') ? (/«([^»]+)»/.exec(broken)?.[1] ?? article) : article;
    const order = orderRecord({
      id: random.guid(),
      number: `ЗК-${102_000 + index}`,
      createdAt,
      customer: who,
      lines: [{ article: missing, quantity, price }],
      amount,
    });
    orders.push({
      record: order,
      at,
      failure: broken,
      row: broken
        ? null
        : {
            Date: localOf(createdAt),
            Posted: true,
            НомерПоДаннымКлиента: order.number,
            Контрагент_Key: customer.Ref_Key,
            Партнер_Key: customer.Партнер_Key,
            СуммаДокумента: Number(amount),
            Статус: 'КОбеспечению',
            Согласован: true,
            Комментарий: `Сайт: ${order.messageId}`,
            Товары: [],
          },
    });
    if (random.next() < 0.75) {
      const sold = {
        Ref_Key: random.guid(),
        Number: `ЭТ01-${String(14_000 + index).padStart(6, '0')}`,
        Date: localOf(createdAt),
        Posted: true,
        Контрагент_Key: customer.Ref_Key,
        Партнер_Key: customer.Партнер_Key,
        СуммаДокумента: Number(amount),
        Статус: 'Отгружено',
        Товары: [],
      };
      sales.push({
        record: saleRecord(sold, who),
        row: sold,
        failure: failure('ut-bp-sales'),
        at: at + random.int(5, 40) * 1_000,
      });
    }
  }
  await insertRows(
    'ut',
    'Document_ЗаказКлиента',
    orders.flatMap(({ row }) => (row ? [row] : [])),
  );
  await insertRows(
    'ut',
    'Document_РеализацияТоваровУслуг',
    sales.map(({ row }) => row),
  );
  await insertRows(
    'bp',
    'Document_РеализацияТоваровУслуг',
    sales
      .filter(({ failure }) => failure === null)
      .map(({ record, row }) => ({
        Number: record.number,
        Date: row.Date,
        Posted: true,
        СуммаДокумента: row.СуммаДокумента,
        ВидОперации: 'Товары',
        Комментарий: `УТ:${record.messageId}`,
        Товары: [],
      })),
  );

  const events: CloudEvent[] = [];
  const records: MessageRecord[] = [];
  for (const { record, failure, at } of [...orders, ...sales].sort((a, b) => a.at - b.at)) {
    const fast = 250 + random.next() ** 3 * 4_000;
    const stamp = (offset: number) => new Date(Math.min(now, at + offset)).toISOString();
    events.push(
      eventOf(record, 'accepted', { attempt: 1, at: stamp(0), payload: record.payload }),
      eventOf(record, 'sent', { attempt: 1, at: stamp(fast * 0.2) }),
    );
    if (failure)
      events.push(eventOf(record, 'failed', { attempt: 1, at: stamp(fast), error: { code: null, text: failure } }));
    else
      events.push(
        eventOf(record, 'delivered', { attempt: 1, at: stamp(fast * 0.7) }),
        eventOf(record, 'applied', { attempt: 1, at: stamp(fast) }),
      );
    records.push({ ...record, attempt: 1, state: failure ? 'failed' : 'applied' });
  }
  for (let at = Math.floor((now - HOURS * HOUR) / 900_000) * 900_000; at < now; at += 900_000) {
    const number = `ПЦ-${localOf(new Date(at).toISOString()).replace(/\D/g, '').slice(0, 12)}`;
    const record: MessageRecord = {
      flow: 'ut-site-prices-stock',
      messageId: random.guid(),
      source: 'ut',
      consumer: 'site',
      type: 'ПакетЦен',
      number,
      ref: null,
      counterparty: null,
      amount: null,
      occurredAt: new Date(at).toISOString(),
      revision: 1,
      payload: {},
      attempt: 1,
      state: 'applied',
      keys: {},
    };
    events.push(
      ...(['accepted', 'sent', 'delivered', 'applied'] as const).map((kind, step) =>
        eventOf(record, kind, { attempt: 1, at: new Date(Math.min(now, at + step * 900)).toISOString() }),
      ),
    );
    records.push(record);
  }
  book.put(...records);
  outbox.add(...events);
  book.setMark('ut-bp-sales', now);
  book.setMark('ut-site-prices-stock', Math.floor(now / 900_000) * 900_000);
  book.setMark('history', 1);
}
