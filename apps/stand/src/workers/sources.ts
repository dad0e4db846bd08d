/** Where new messages come from: orders of the shop, sales and approvals of УТ, the price package by the clock. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Exchange } from './exchange.ts';
import type { MessageRecord, RecordBook } from './records.ts';
import { odataName, odataText, site, ut } from './systems.ts';
import { instantOf, localOf } from './transfer.ts';

type Row = Readonly<Record<string, unknown>>;
const text = (value: unknown): string => (typeof value === 'string' ? value : String(value ?? ''));
const PACKAGE_EVERY_MS = 15 * 60_000;

/** An order of the shop as a message. */
export function orderRecord(order: Row & { customer: { name: string; inn: string } }): MessageRecord {
  return {
    flow: 'site-orders',
    messageId: text(order.id),
    source: 'site',
    consumer: 'ut',
    type: 'ЗаказКлиента',
    number: text(order.number),
    ref: null,
    counterparty: order.customer,
    amount: text(order.amount),
    occurredAt: text(order.createdAt),
    revision: 1,
    payload: order,
    attempt: 0,
    state: 'new',
    keys: {},
  };
}

/** A sale of УТ as a message. */
export function saleRecord(row: Row, counterparty: { name: string; inn: string } | null): MessageRecord {
  return {
    flow: 'ut-bp-sales',
    messageId: text(row.Ref_Key),
    source: 'ut',
    consumer: 'bp',
    type: 'РеализацияТоваровУслуг',
    number: text(row.Number).trim(),
    ref: text(row.Ref_Key),
    counterparty,
    amount: Number(row.СуммаДокумента).toFixed(2),
    occurredAt: instantOf(text(row.Date)),
    revision: 1,
    payload: {
      Номер: row.Number,
      Date: row.Date,
      СуммаДокумента: row.СуммаДокумента,
      Товары: row.Товары ?? [],
      ИНН: counterparty?.inn ?? '',
    },
    attempt: 0,
    state: 'new',
    keys: {},
  };
}

const names = new Map<string, { name: string; inn: string } | null>();
export async function counterpartyOf(ref: string): Promise<{ name: string; inn: string } | null> {
  if (!names.has(ref)) {
    const [row] = await ut.list(
      odataName('Catalog_Контрагенты'),
      `$filter=Ref_Key%20eq%20guid'${ref}'&$select=Description,${odataName('ИНН')}&$top=1`,
    );
    names.set(ref, row ? { name: text(row.Description), inn: text(row.ИНН).trim() } : null);
  }
  return names.get(ref) ?? null;
}

export class Sources {
  readonly #book: RecordBook;
  readonly #exchange: Exchange;

  constructor(book: RecordBook, exchange: Exchange) {
    this.#book = book;
    this.#exchange = exchange;
  }

  run(): void {
    void this.#loop(700, () => this.#orders());
    void this.#loop(1_500, () => this.#sales());
    void this.#loop(3_000, () => this.#approvals());
    void this.#loop(5_000, () => this.#prices());
  }

  async #loop(everyMs: number, round: () => Promise<void>): Promise<never> {
    for (;;) {
      // A source that is away is asked again; its messages wait there.
      await round().catch(() => undefined);
      await pause(everyMs);
    }
  }

  async #orders(): Promise<void> {
    const after = this.#book.mark('site-orders');
    const { data } = (await site('GET', `orders?after=${after}`)) as unknown as {
      data: (Row & { sequence: number; customer: { name: string; inn: string } })[];
    };
    for (const order of data) {
      const record = orderRecord(order);
      if (!this.#book.has(record.flow, record.messageId, record.consumer)) await this.#exchange.accept(record);
      this.#book.setMark('site-orders', order.sequence);
    }
  }

  async #sales(): Promise<void> {
    const since = this.#book.mark('ut-bp-sales');
    const set = odataName('Document_РеализацияТоваровУслуг');
    const rows = await ut.list(
      set,
      `$filter=Date%20ge%20datetime'${localOf(new Date(since).toISOString())}'%20and%20Posted%20eq%20true&$orderby=Date&$top=50`,
    );
    for (const row of rows) {
      const record = saleRecord(row, await counterpartyOf(text(row.Контрагент_Key)));
      if (!this.#book.has(record.flow, record.messageId, record.consumer)) await this.#exchange.accept(record);
      // One second back: several sales may share a second of 1С.
      this.#book.setMark('ut-bp-sales', Date.parse(record.occurredAt) - 1_000);
    }
  }

  async #approvals(): Promise<void> {
    const rows = await ut.list(
      odataName('BusinessProcess_СогласованиеПродажи'),
      `$filter=Completed%20eq%20false&$top=200`,
    );
    for (const row of rows) {
      if (this.#book.has('ut-elma-approvals', text(row.Ref_Key), 'elma')) continue;
      const record = await approvalRecord(row);
      if (record) await this.#exchange.accept(record);
    }
  }

  async #prices(): Promise<void> {
    const slot = Math.floor(Date.now() / PACKAGE_EVERY_MS) * PACKAGE_EVERY_MS;
    if (this.#book.mark('ut-site-prices-stock') >= slot) return;
    const rows = await ut.list(
      odataName('Catalog_Номенклатура'),
      `$select=${['Артикул', 'Code'].map(odataName).join(',')}&$top=20`,
    );
    const record: MessageRecord = {
      flow: 'ut-site-prices-stock',
      messageId: crypto.randomUUID(),
      source: 'ut',
      consumer: 'site',
      type: 'ПакетЦен',
      number: `ПЦ-${localOf(new Date(slot).toISOString()).replace(/\D/g, '').slice(0, 12)}`,
      ref: null,
      counterparty: null,
      amount: null,
      occurredAt: new Date().toISOString(),
      revision: 1,
      payload: {
        date: localOf(new Date(slot).toISOString()),
        location: 'Noginsk',
        stocks: rows.map((row) => ({
          vendor_code: text(row.Артикул).trim(),
          unitInternationalCode: 'PCE',
          quantity: '100.000',
        })),
      },
      attempt: 0,
      state: 'new',
      keys: {},
    };
    await this.#exchange.accept(record);
    this.#book.setMark('ut-site-prices-stock', slot);
  }
}

/** A process of УТ as the item that ELMA gets. */
export async function approvalRecord(process: Row): Promise<MessageRecord | null> {
  const [order] = await ut.list(
    odataName('Document_ЗаказКлиента'),
    `$filter=Ref_Key%20eq%20guid'${text(process.Предмет)}'&$top=1`,
  );
  if (!order) return null;
  const counterparty = await counterpartyOf(text(order.Контрагент_Key));
  const [author] = await ut.list(
    odataName('Catalog_Пользователи'),
    `$filter=Ref_Key%20eq%20guid'${text(process.Автор_Key)}'&$top=1`,
  );
  const [agreement] = await ut.list(
    odataName('Catalog_СоглашенияСКлиентами'),
    `$filter=Ref_Key%20eq%20guid'${text(order.Соглашение_Key)}'&$select=Description,${odataName('ПроцентРучнойСкидки')}&$top=1`,
  );
  const allowed = Number(agreement?.ПроцентРучнойСкидки ?? 0);
  const deviation = Math.max(
    0,
    ...(order.Товары as Row[]).map((line) => Math.round((Number(line.ПроцентРучнойСкидки) - allowed) * 100) / 100),
  );
  return {
    flow: 'ut-elma-approvals',
    messageId: text(process.Ref_Key),
    source: 'ut',
    consumer: 'elma',
    type: 'СогласованиеПродажи',
    number: text(order.Number).trim(),
    ref: text(order.Ref_Key),
    counterparty,
    amount: Number(order.СуммаДокумента).toFixed(2),
    occurredAt: instantOf(text(process.ДатаНачала)),
    revision: 1,
    payload: {
      __name: `Скидка ${text(order.Number).trim()}`,
      ut_process_ref: process.Ref_Key,
      ut_order_ref: order.Ref_Key,
      ut_order_number: text(order.Number).trim(),
      kind: 'discount',
      customer: counterparty?.name ?? '',
      customer_inn: counterparty?.inn ?? '',
      amount: { cents: Math.round(Number(order.СуммаДокумента) * 100), currency: 'RUB' },
      deviation_max: deviation,
      initiator: { name: text(author?.Description), email: text(author?.АдресЭлектроннойПочты) },
      reason: text(process.Комментарий),
    },
    attempt: 0,
    state: 'new',
    keys: {},
  };
}

/** The message as its source has it now; null when the document is gone. */
export async function exportAnew(record: MessageRecord): Promise<MessageRecord | null> {
  const revision = record.revision + 1;
  if (record.flow === 'ut-bp-sales') {
    const [row] = await ut.list(
      odataName('Document_РеализацияТоваровУслуг'),
      `$filter=Ref_Key%20eq%20guid'${record.messageId}'&$top=1`,
    );
    return row
      ? { ...record, ...pick(saleRecord(row, await counterpartyOf(text(row.Контрагент_Key)))), revision }
      : null;
  }
  if (record.flow === 'ut-elma-approvals') {
    const [row] = await ut.list(
      odataName('BusinessProcess_СогласованиеПродажи'),
      `$filter=Ref_Key%20eq%20guid'${record.messageId}'&$top=1`,
    );
    const fresh = row ? await approvalRecord(row) : null;
    return fresh ? { ...record, ...pick(fresh), revision } : null;
  }
  if (record.flow === 'site-orders') {
    // The shop has repaired the order in the meantime: unknown articles are mapped to the item of the catalogue.
    const items = await ut.list(
      odataName('Catalog_Номенклатура'),
      `$filter=${odataName('Артикул')}%20ne%20${odataText('')}&$select=${odataName('Артикул')}&$top=1`,
    );
    const article = text(items[0]?.Артикул).trim();
    const lines = (record.payload.lines as readonly { article: string }[]).map((line) =>
      line.article.startsWith('нет-') ? { ...line, article } : line,
    );
    return { ...record, payload: { ...record.payload, lines }, revision };
  }
  return { ...record, revision };
}

const pick = ({ payload, amount, counterparty }: MessageRecord) => ({ payload, amount, counterparty });
