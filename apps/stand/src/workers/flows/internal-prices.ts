/**
 * ERP → УТ: internal cost (SBS-130), the special exchange by an exchange plan. A message carries every price document that УТ
 * has not confirmed, under the next number; УТ takes a number once, and confirms it after it has written the prices.
 */
import { type SiteName, siteNumber } from '../../onec/bases.ts';
import { NODE_CODES } from '../../onec/seed-exchange.ts';
import { INTERNAL_COST } from '../../onec/seed-trade.ts';
import { INTERNAL_PRICES_PLAN, PRICING } from '../../onec/trade-objects.ts';
import { localOf } from '../moscow-time.ts';
import { odataText, type Row } from '../onec-base.ts';
import { type MessageRecord, newRecord } from '../records.ts';
import type { Systems } from '../systems.ts';
import { postDocument, type Transferred } from '../transfer-documents.ts';
import { TransferError } from '../transfer-error.ts';
import type { Goods } from './goods.ts';
import { text } from './values.ts';

const PRICES = 'InformationRegister_ЦеныНоменклатуры';
const MARK = 'SBS-130';

export interface PriceNode {
  readonly ref: string;
  readonly sentNo: number;
  readonly receivedNo: number;
}

/** The partner of a base in this exchange. @throws TransferError */
export async function priceNode(systems: Systems, base: SiteName | 'ut', partner: SiteName | 'ut'): Promise<PriceNode> {
  const code = NODE_CODES[partner];
  const [row] = await systems.base(base).list(INTERNAL_PRICES_PLAN, { filter: `Code eq ${odataText(code)}`, top: 1 });
  if (!row) throw new TransferError(`В плане обмена внутренними ценами нет узла «${code}»`);
  return { ref: text(row.Ref_Key), sentNo: Number(row.SentNo), receivedNo: Number(row.ReceivedNo) };
}

export interface PriceChange {
  readonly Документ: string;
  readonly Артикул: string;
  readonly Цена: number;
}

export const priceMessage = (input: {
  readonly site: SiteName;
  readonly messageNo: number;
  readonly occurredAt: number;
  readonly changes: readonly PriceChange[];
}): MessageRecord =>
  newRecord({
    flow: 'erp-internal-prices',
    // As long for every number: none is the beginning of another.
    messageId: `${input.site}-${String(input.messageNo).padStart(8, '0')}`,
    source: input.site,
    consumer: 'ut',
    type: 'ПакетВнутреннихЦен',
    number: `ВЦ${siteNumber(input.site)}-${String(input.messageNo).padStart(6, '0')}`,
    ref: null,
    counterparty: null,
    amount: null,
    occurredAt: new Date(input.occurredAt).toISOString(),
    payload: {
      НомерСообщения: input.messageNo,
      Отправитель: NODE_CODES[input.site],
      Получатель: NODE_CODES.ut,
      ВидЦены: 'Внутренняя себестоимость',
      Цены: input.changes,
    },
  });

/** Takes everything unconfirmed as the next message; null when there is nothing. @throws TransferError */
export async function nextPriceMessage(
  systems: Systems,
  site: SiteName,
  goods: ReadonlyMap<string, Goods>,
): Promise<MessageRecord | null> {
  const base = systems.base(site);
  const node = await priceNode(systems, site, 'ut');
  const messageNo = node.sentNo + 1;
  const documents = await base.selectChanges({ plan: INTERNAL_PRICES_PLAN, ref: node.ref }, messageNo);
  const changes = documents.flatMap((document) =>
    elementsOf(document.Товары).map((line) => ({
      Документ: text(document.Number),
      Артикул: goods.get(text(line.Номенклатура_Key))?.article ?? '',
      Цена: Number(line.Цена),
    })),
  );
  if (changes.length === 0) return null;
  return priceMessage({ site, messageNo, occurredAt: Date.now(), changes });
}

const elementsOf = (section: unknown): readonly Row[] => {
  if (typeof section !== 'object' || section === null) return [];
  return (section as { readonly element?: readonly Row[] }).element ?? [];
};

/** @param unconfirmed the answer of УТ does not get back @throws TransferError */
export async function pricesToUt(
  record: MessageRecord,
  systems: Systems,
  unconfirmed: boolean,
): Promise<Transferred | 'unconfirmed'> {
  const site = record.source as SiteName;
  const number = Number(record.payload.НомерСообщения);
  const receiver = await priceNode(systems, 'ut', site);
  let ref: string | null = null;
  // Taken already, or a later one that carried the same and more: older prices never go over newer ones.
  if (receiver.receivedNo < number) {
    ref = await writePrices(record, systems);
    await systems.ut.patch(INTERNAL_PRICES_PLAN, receiver.ref, {
      ReceivedNo: String(number),
      ExchangeDate: localOf(Date.now()),
    });
  }
  if (unconfirmed) return 'unconfirmed';
  const sender = await priceNode(systems, site, 'ut');
  await systems.base(site).confirmChanges({ plan: INTERNAL_PRICES_PLAN, ref: sender.ref }, number);
  return { ref };
}

/** Mark of a message in the price document that it made in УТ. */
export const priceMark = (messageId: string): string => `${MARK} ${messageId}`;

async function writePrices(record: MessageRecord, systems: Systems): Promise<string> {
  const { ut } = systems;
  const lines: Row[] = [];
  const latest = new Map(
    (record.payload.Цены as readonly PriceChange[]).map((change) => [change.Артикул, change.Цена]),
  );
  for (const [article, price] of latest) {
    const [item] = await ut.list('Catalog_Номенклатура', {
      filter: `Артикул eq ${odataText(article)}`,
      select: ['Ref_Key'],
      top: 1,
    });
    if (!item) throw new TransferError(`Внутренние цены: не найдена номенклатура по артикулу «${article}»`);
    lines.push({
      LineNumber: String(lines.length + 1),
      Номенклатура_Key: item.Ref_Key,
      ВидЦены_Key: INTERNAL_COST,
      Цена: price,
    });
  }
  const [present] = await ut.list(PRICING, {
    filter: `substringof(${odataText(record.messageId)},Комментарий) and DeletionMark eq false`,
    select: ['Ref_Key', 'Posted'],
    top: 1,
  });
  const document =
    present ??
    (await ut.create(PRICING, {
      Date: localOf(record.occurredAt),
      Статус: 'Согласован',
      Согласован: true,
      Комментарий: priceMark(record.messageId),
      Товары: lines,
    }));
  const ref = text(document.Ref_Key);
  const records = lines.map((line) => ({ ...line, Period: localOf(record.occurredAt), Active: true }));
  await ut.writeRecords(PRICES, { ref, set: PRICING }, records);
  await postDocument(ut, PRICING, document);
  return ref;
}
