/** Writes the past of a first start: documents really stand in the bases, events carry their past times. */
import { setTimeout as pause } from 'node:timers/promises';
import { createRandom } from '../onec/random.ts';
import { type Catalogue, Catalogues } from '../traffic/catalogues.ts';
import { chanceOf } from '../traffic/rhythm.ts';
import { eventOf } from './event.ts';
import { PROCESSES } from './flows/decisions.ts';
import { paymentMessage } from './flows/payments.ts';
import { HISTORY_DAYS, packageSlots, planDay } from './history-plan.ts';
import { planPlants, readPlants, tellPlants } from './history-plants.ts';
import { busEvents, packageContent } from './history-shadow.ts';
import {
  accountingRow,
  accountRow,
  orderRow,
  paymentRow,
  saleRow,
  siteOrderOf,
  standsAtTarget,
  storyOf,
  type Told,
} from './history-story.ts';
import { approvalMessage, orderMessage, packageMessage, type Shop, saleMessage } from './messages.ts';
import { localOf, moscowDay } from './moscow-time.ts';
import type { Row } from './onec-base.ts';
import type { Outbox } from './outbox.ts';
import type { Receivers } from './receivers.ts';
import type { RecordBook } from './records.ts';
import type { Settings } from './settings.ts';
import { PACKAGE_EVERY_MS, PAYMENTS_MARK, type Sources } from './sources.ts';
import type { Systems } from './systems.ts';
import { ORDERS, PAYMENTS, RECEIPTS_ON_ACCOUNT, SALES } from './transfer-documents.ts';

export interface HistoryParts {
  readonly book: RecordBook;
  readonly outbox: Outbox;
  readonly systems: Systems;
  readonly settings: Settings;
  readonly receivers: Receivers;
  readonly sources: Sources;
  readonly now: number;
}

/** Days are told one after another: what happens now never waits behind more events than these. */
const WAITING_AT_MOST = 1_500;
const LOOK_MS = 100;
const PER_DAY = 2_000;
const PORTION = 1_000;
const SHOPS: readonly Shop[] = ['site', 'market'];
const SHOP_NAMES = { site: 'Сайт', market: 'EKF Market' } as const;
const KEY_EXPIRED = { code: '401', text: 'EKF Market ответил 401 API-KEY expired' };
/** One morning the key of EKF Market ran out and was renewed an hour and a half later. */
const isKeyExpired = (daysAgo: number, slot: number): boolean => {
  const { minuteOfDay } = moscowDay(slot);
  return daysAgo === 11 && minuteOfDay >= 9 * 60 && minuteOfDay < 10 * 60 + 30;
};
/** One package in some hundred met a site that was away. */
const FAILED_PACKAGES = 0.004;

/**
 * Fixes the moment that parts past and present, and lets the sources start from there.
 * Open requests of УТ are in ELMA since they began. @throws TransferError while a system is not up yet
 */
export async function beginHistory({ book, outbox, systems, settings, sources, now }: HistoryParts): Promise<void> {
  if (book.mark('history-until') > 0) return;
  const told = await openApprovals(systems, settings);
  book.put(...told.map(({ record }) => record));
  outbox.add(...told.flatMap(({ events }) => events));
  book.setMark('ut-bp-sales', now);
  book.setMark(PAYMENTS_MARK, now);
  for (const shop of SHOPS)
    book.setMark(`ut-${shop}-prices-stock`, packageSlots(0, now, PACKAGE_EVERY_MS).at(-1) ?? now);
  sources.sites.startFrom(now);
  book.setMark('history-of', Math.min(HISTORY_DAYS, settings.historyDays));
  book.setMark('history-until', now);
}

/**
 * Tells the past: today first, so that the console has its day at once, then the others from the oldest on.
 * Cut off half-way, the next start writes the very same day over what is there.
 */
export async function writeHistory(parts: HistoryParts & { readonly stopped: () => boolean }): Promise<void> {
  const { book, outbox, systems, stopped } = parts;
  const until = book.mark('history-until');
  const catalogue = await new Catalogues(systems).read();
  const plants = await readPlants(systems);
  const days = daysToTell(book.mark('history-of'));
  // Pult is starting too: the past waits until the present has been taken.
  while (outbox.size > 0 && !stopped()) await pause(LOOK_MS);
  for (let done = book.mark('history-days'); done < days.length; done += 1) {
    const daysAgo = days[done] ?? 0;
    const told = [
      ...(await exchanges(parts, daysAgo, { until, catalogue })),
      ...(await packages(parts, daysAgo, { until, shop: 'site', items: catalogue.items })),
      ...(await packages(parts, daysAgo, { until, shop: 'market', items: catalogue.items })),
      ...(await tellPlants(parts, planPlants({ seed: parts.settings.seed, daysAgo, now: until, plants }))),
    ].sort((a, b) => a.at - b.at);
    outbox.add(...told.flatMap(({ events }) => events));
    book.setMark('history-days', done + 1);
    while (outbox.size > WAITING_AT_MOST && !stopped()) await pause(LOOK_MS);
    if (stopped()) return;
  }
}

/** 0 is today. */
const daysToTell = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => (index === 0 ? 0 : count - index));

async function exchanges(
  { book, systems, settings }: HistoryParts,
  daysAgo: number,
  past: { until: number; catalogue: Parameters<typeof planDay>[3] },
): Promise<Told[]> {
  const plan = planDay(settings.seed, daysAgo, past.until, past.catalogue);
  const first = (HISTORY_DAYS - 1 - daysAgo) * PER_DAY;
  const told: Told[] = [];
  const inShop: ReturnType<typeof siteOrderOf>[] = [];
  const inUt: Row[] = [];
  for (const [index, order] of plan.orders.entries()) {
    const number = `ЗК-${20_001 + first + index}`;
    const taken = siteOrderOf(order, number);
    inShop.push(taken);
    told.push(storyOf(orderMessage(taken), order));
    if (standsAtTarget(order)) inUt.push(orderRow(order, number));
  }
  const sold: Row[] = [];
  const inBp: Row[] = [];
  for (const [index, sale] of plan.sales.entries()) {
    const number = `ЭТ01-${String(first + index + 1).padStart(6, '0')}`;
    const row = saleRow(sale, number);
    sold.push(row);
    told.push(storyOf(saleMessage(row, { name: sale.customer.name, inn: sale.customer.inn }), sale));
    if (standsAtTarget(sale)) inBp.push(accountingRow(sale, number));
  }
  const paid: Row[] = [];
  const onAccount: Row[] = [];
  for (const [index, payment] of plan.payments.entries()) {
    const number = `ЭТ01-${String(first + index + 1).padStart(6, '0')}`;
    const row = paymentRow(payment, number);
    paid.push(row);
    told.push(storyOf(paymentMessage(row, { name: payment.customer.name, inn: payment.customer.inn }), payment));
    if (standsAtTarget(payment)) onAccount.push(accountRow(payment, number));
  }
  const inMarket: ReturnType<typeof siteOrderOf>[] = [];
  for (const [index, order] of plan.market.entries()) {
    const number = `МК-${20_001 + first + index}`;
    const taken = siteOrderOf(order, number);
    inMarket.push(taken);
    told.push(storyOf(orderMessage(taken, 'market'), order));
    if (standsAtTarget(order)) inUt.push(orderRow(order, number, 'market'));
  }
  // What the workers remember comes first: nobody takes a document of the past for a new one.
  book.put(...told.map(({ record }) => record));
  for (let at = 0; at < inShop.length; at += PORTION)
    await systems.stand('POST', `${settings.site}/_stand/orders`, inShop.slice(at, at + PORTION));
  await systems.stand('POST', `${settings.market}/_stand/orders`, inMarket);
  await systems.insert('ut', ORDERS, inUt);
  await systems.insert('ut', SALES, sold);
  await systems.insert('bp', SALES, inBp);
  await systems.insert('ut', PAYMENTS, paid);
  await systems.insert('bp', RECEIPTS_ON_ACCOUNT, onAccount);
  return told;
}

async function packages(
  { book, systems, settings }: HistoryParts,
  daysAgo: number,
  { until, shop, items }: { until: number; shop: Shop; items: Catalogue['items'] },
): Promise<Told[]> {
  const random = chanceOf(settings.seed, shop === 'site' ? 'packages' : 'packages market', daysAgo);
  const isShadowed = shop === 'site' && daysAgo < settings.shadowDays;
  const told = packageSlots(daysAgo, until, PACKAGE_EVERY_MS).map((slot): Told & { readonly slot: number } => {
    const late = random.int(300, 2_500);
    const took = random.int(400, 2_200);
    const message = packageMessage({
      id: random.guid(),
      shop,
      slot,
      occurredAt: slot + late,
      payload: isShadowed ? packageContent(slot, settings.seed, items) : { date: localOf(slot), location: 'Ногинск' },
    });
    const isRefused = shop === 'market' && isKeyExpired(daysAgo, slot);
    const failed = random.next() < FAILED_PACKAGES || isRefused;
    const at = (afterMs: number) => ({ at: new Date(slot + late + afterMs).toISOString() });
    const error = isRefused
      ? KEY_EXPIRED
      : { code: '503', text: `${SHOP_NAMES[shop]} ответил 503 Service Unavailable` };
    const end = failed
      ? [eventOf(message, 'failed', { ...at(took), error })]
      : [eventOf(message, 'delivered', at(took * 0.8)), eventOf(message, 'applied', at(took))];
    return {
      slot,
      at: slot + late,
      record: { ...message, state: failed ? 'failed' : 'applied' },
      events: [
        eventOf(message, 'accepted', { ...at(0), ...(isShadowed ? { payload: message.payload } : {}) }),
        eventOf(message, 'sent', at(took * 0.1)),
        ...end,
      ],
    };
  });
  book.put(...told.map(({ record }) => record));
  const received = told.flatMap(({ at, record }) =>
    record.state === 'applied'
      ? [{ id: record.messageId, number: record.number, receivedAt: new Date(at).toISOString(), stocks: 0, prices: 0 }]
      : [],
  );
  await systems.stand('POST', `${settings[shop]}/_stand/packages`, received);
  if (!isShadowed) return told;
  const shadow = told.map(({ at, slot, record }) => ({
    at,
    record,
    events: busEvents(record, { at, slot, seed: settings.seed, daysAgo }),
  }));
  return [...told, ...shadow];
}

/** Open requests of УТ reached ELMA shortly after they began. */
async function openApprovals(systems: Systems, settings: Settings): Promise<Told[]> {
  const random = createRandom(settings.seed + 300);
  const told: Told[] = [];
  for (const set of PROCESSES) {
    const rows = await systems.ut.list(set, { filter: 'Completed eq false', top: 500 });
    for (const row of rows) {
      const message = await approvalMessage(systems, set, row);
      if (!message) continue;
      const start = Date.parse(message.occurredAt) + random.int(400, 2_000);
      const took = random.int(500, 3_000);
      const at = (afterMs: number) => ({ at: new Date(start + afterMs).toISOString() });
      told.push({
        at: start,
        record: { ...message, state: 'applied' },
        events: [
          eventOf(message, 'accepted', { ...at(0), payload: message.payload }),
          eventOf(message, 'sent', at(took * 0.2)),
          eventOf(message, 'delivered', at(took * 0.8)),
          eventOf(message, 'applied', at(took)),
        ],
      });
    }
  }
  const items = told.map(({ at, record }) => ({ context: record.payload, at: new Date(at).toISOString() }));
  await systems.stand('POST', `${settings.elma}/_stand/items`, items);
  return told;
}
