/** Documents of the old channels as messages of the bus, and what only the bus carries. */
import { createHash } from 'node:crypto';
import type { FlowId, MessageRecord } from '../workers/records.ts';
import type { BusFaults } from './faults.ts';
import type { BusMessage } from './message.ts';
import { APPROVALS, ORDERS, PRICES, PRODUCTION, type Service, STOCK } from './topics.ts';

/** Id that follows from what it names: the same document is the same message in every run of the producer. */
const idOf = (text: string): string => {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};
const shareOf = (text: string): number =>
  Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, 6), 16) / 0xffffff;

const PACKAGES_FOR: Partial<Record<FlowId, string>> = {
  'ut-site-prices-stock': 'site',
  'ut-market-prices-stock': 'market',
};

/** What a document that the old channel has accepted becomes on the bus; nothing for flows that stay where they are. */
export function messagesOf(
  record: MessageRecord,
  faults: Pick<BusFaults, 'losesPackage' | 'changesUnit'>,
): BusMessage[] {
  const base = {
    source: record.source,
    messageId: record.messageId,
    type: record.type,
    number: record.number,
    ref: record.ref,
    // Packages for the site and for EKF Market are of one type, number and content: only this tells them apart.
    recipient: PACKAGES_FOR[record.flow] ?? null,
    counterparty: record.counterparty,
    amount: record.amount,
    occurredAt: record.occurredAt,
    payload: record.payload,
  };
  switch (record.flow) {
    case 'ut-site-prices-stock': {
      const flow = { flow: 'bus-ut-go', consumer: 'go-services' } as const;
      const stock: BusMessage = {
        ...base,
        ...flow,
        topic: STOCK,
        messageId: idOf(`stock ${record.messageId}`),
        type: 'ОстаткиНоменклатуры',
        number: record.number.replace(/^ПЦ/, 'ОСТ'),
        payload: { date: record.payload.date, stocks: record.payload.stocks },
      };
      if (faults.losesPackage) return [stock];
      return [
        { ...base, ...flow, topic: PRICES, payload: faults.changesUnit ? changed(record.payload) : record.payload },
        stock,
      ];
    }
    case 'ut-market-prices-stock':
      return [{ ...base, flow: 'bus-ut-go', consumer: 'go-services', topic: PRICES }];
    case 'site-orders':
      // The order as УТ has it: what it could not post does not leave it.
      return record.state === 'failed'
        ? []
        : [
            {
              ...base,
              flow: 'bus-ut-go',
              consumer: 'go-services',
              topic: ORDERS,
              source: 'ut',
              messageId: idOf(`order ${record.messageId}`),
            },
          ];
    case 'ut-elma-approvals':
      return approvalEvents({ ...base, flow: 'bus-elma-notify', consumer: 'notify', topic: APPROVALS, source: 'elma' });
    default:
      return [];
  }
}

/** The request itself; some come near their limit, a few are passed on to the next superior. */
function approvalEvents(message: BusMessage): BusMessage[] {
  const share = shareOf(message.messageId);
  const event = (type: string, suffix: string, more: Readonly<Record<string, unknown>> = {}): BusMessage => ({
    ...message,
    messageId: idOf(`${type} ${message.messageId}`),
    type,
    number: `${message.number}${suffix}`,
    amount: null,
    payload: { request: message.number, customer: message.counterparty?.name ?? '', ...more },
  });
  return [
    event('СобытиеСогласования', '', { event: 'created', amount: message.amount }),
    ...(share < 0.4 ? [event('ПредупреждениеSLA', '/SLA', { threshold: '75 %', left: '2 ч' })] : []),
    ...(share < 0.12 ? [event('Эскалация', '/ЭСК', { to: 'Директор по продажам' })] : []),
  ];
}

/** The first positions in packs instead of pieces, and dearer: a mapping of the bus that nobody has looked at. */
function changed(payload: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const some = <T>(rows: unknown, change: (row: T) => T): unknown =>
    Array.isArray(rows) ? rows.map((row: T, at) => (at < 3 ? change(row) : row)) : rows;
  return {
    ...payload,
    stocks: some<Record<string, unknown>>(payload.stocks, (row) => ({ ...row, unitInternationalCode: 'NMP' })),
    prices: some<Record<string, unknown>>(payload.prices, (row) => ({
      ...row,
      price: (Number(row.price) * 1.2).toFixed(2),
    })),
  };
}

/** Production of the three sites: one release each slot. */
export const PRODUCTION_EVERY_MS = 6_000;
const PRODUCTS = ['ВА 47-63 1P 16А', 'Кабель-канал 40×25', 'Щит ЩРН-24', 'Контактор КМЭ 18А', 'Реле РТЭ-1314'] as const;

export function productionOf(slot: number): BusMessage {
  const site = (slot % 3) + 1;
  const seed = shareOf(`production ${slot}`);
  const number = `ПР${site}-${String(slot % 1_000_000).padStart(6, '0')}`;
  return {
    flow: 'bus-erp-ims3',
    topic: PRODUCTION,
    source: `erp-${site}`,
    consumer: 'ims3',
    messageId: idOf(`production ${slot}`),
    type: 'ВыпускПродукции',
    number,
    ref: null,
    recipient: null,
    counterparty: null,
    amount: null,
    occurredAt: new Date(slot * PRODUCTION_EVERY_MS).toISOString(),
    payload: {
      number,
      site,
      lines: [
        {
          item: PRODUCTS[Math.floor(seed * PRODUCTS.length) % PRODUCTS.length],
          quantity: 10 + Math.floor(seed * 490),
          unit: 'PCE',
        },
      ],
    },
  };
}

const POISON: Readonly<Record<Service['system'], { topic: string; source: string; type: string; prefix: string }>> = {
  'go-services': { topic: STOCK, source: 'ut', type: 'ОстаткиНоменклатуры', prefix: 'ОСТ-Б' },
  ims3: { topic: PRODUCTION, source: 'erp-2', type: 'ВыпускПродукции', prefix: 'ПР2-Б' },
  notify: { topic: APPROVALS, source: 'elma', type: 'СобытиеСогласования', prefix: 'СОГ-Б' },
};
/** A message in a unit that the service has not learned yet. */
export const POISON_EVERY_MS = 12_000;

export function poisonOf(service: Pick<Service, 'system' | 'flow'>, slot: number): BusMessage {
  const { topic, source, type, prefix } = POISON[service.system];
  const number = `${prefix}${String(slot % 1_000_000).padStart(6, '0')}`;
  return {
    flow: service.flow,
    topic,
    source,
    consumer: service.system,
    messageId: idOf(`poison ${service.system} ${slot}`),
    type,
    number,
    ref: null,
    recipient: null,
    counterparty: null,
    amount: null,
    occurredAt: new Date(slot * POISON_EVERY_MS).toISOString(),
    payload: { number, lines: [{ item: 'Кабель ВВГнг 3×2,5', quantity: 4, unit: 'бухта' }] },
  };
}
