/**
 * The shadow of the price packages: what the bus carried on past days beside the old channel, with the differences, losses and
 * late arrivals that a shadow is there to find.
 */
import type { Catalogue } from '../traffic/catalogues.ts';
import { chanceOf } from '../traffic/rhythm.ts';
import { type CloudEvent, eventOf } from './event.ts';
import { localOf, moscowDay } from './moscow-time.ts';
import type { MessageRecord } from './records.ts';

type Content = Readonly<Record<string, unknown>>;

const ITEMS = 3;
/** How a package fared on the bus; most fared well. */
export type BusFate = 'same' | 'unit' | 'price' | 'lost' | 'late';

/** Days ago and minutes of the Moscow day in which something was wrong with the bus. */
const ODD: readonly { readonly fate: BusFate; readonly daysAgo: number; readonly from: number; readonly to: number }[] =
  [
    // A release of the service reads the unit of one supplier as packs.
    { fate: 'unit', daysAgo: 0, from: 7 * 60, to: 7 * 60 + 15 },
    { fate: 'unit', daysAgo: 1, from: 13 * 60 + 30, to: 14 * 60 },
    // A change of a price overtook the package.
    { fate: 'price', daysAgo: 6, from: 16 * 60, to: 16 * 60 + 15 },
    // The service was updated while it had not committed.
    { fate: 'lost', daysAgo: 4, from: 11 * 60 + 15, to: 11 * 60 + 45 },
    // A rebalance took its time.
    { fate: 'late', daysAgo: 8, from: 18 * 60, to: 19 * 60 },
  ];

/** @param daysAgo 0 is today */
export function busFateOf(slot: number, daysAgo: number): BusFate {
  const { minuteOfDay } = moscowDay(slot);
  return ODD.find((one) => one.daysAgo === daysAgo && minuteOfDay >= one.from && minuteOfDay < one.to)?.fate ?? 'same';
}

/** Prices and stock of a package of the past: a few positions stand for all. */
export function packageContent(slot: number, seed: number, items: Catalogue['items']): Content {
  const random = chanceOf(seed, 'package content', slot);
  const chosen = Array.from({ length: Math.min(ITEMS, items.length) }, (_, index) => {
    const share = Math.floor(items.length / ITEMS) * index;
    return items[(share + random.int(0, Math.max(0, Math.floor(items.length / ITEMS) - 1))) % items.length];
  }).filter((item) => item !== undefined);
  return {
    date: localOf(slot),
    location: 'Ногинск',
    stocks: chosen.map(({ article }) => ({
      vendor_code: article,
      unitInternationalCode: 'PCE',
      quantity: (random.int(0, 400) * 5).toFixed(3),
    })),
    prices: chosen.map(({ article, price }) => ({ vendor_code: article, price: price.toFixed(2), price_type: 'РРЦ' })),
  };
}

/** The same content as the bus had it. */
function onBus(content: Content, fate: BusFate): Content {
  const first = (rows: unknown, change: (row: Content) => Content): unknown =>
    Array.isArray(rows) ? rows.map((row: Content, index) => (index === 0 ? change(row) : row)) : rows;
  if (fate === 'unit')
    return { ...content, stocks: first(content.stocks, (row) => ({ ...row, unitInternationalCode: 'NMP' })) };
  if (fate === 'price')
    return {
      ...content,
      prices: first(content.prices, (row) => ({ ...row, price: (Number(row.price) * 0.97).toFixed(2) })),
    };
  return content;
}

/** What the sides of the bus stated about a package that the old channel carried at `at`, ms; nothing when it was lost. */
export function busEvents(
  record: MessageRecord,
  { at, slot, seed, daysAgo }: { at: number; slot: number; seed: number; daysAgo: number },
): CloudEvent[] {
  const fate = busFateOf(slot, daysAgo);
  if (fate === 'lost') return [];
  const random = chanceOf(seed, 'shadow', slot);
  const took = fate === 'late' ? random.int(9_000, 34_000) : 220 + Math.round(random.next() ** 2 * 900);
  const start = at + random.int(20, 120);
  const message = { ...record, flow: 'bus-ut-go', consumer: 'go-services', recipient: record.consumer };
  const moment = (afterMs: number) => ({ at: new Date(start + afterMs).toISOString() });
  return [
    eventOf(message, 'accepted', { ...moment(0), payload: onBus(record.payload, fate) }),
    eventOf(message, 'sent', moment(took * 0.1)),
    eventOf(message, 'delivered', moment(took * 0.6)),
    eventOf(message, 'applied', moment(took)),
  ];
}
