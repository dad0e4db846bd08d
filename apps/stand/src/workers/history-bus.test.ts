import { expect, it } from 'vitest';
import { busPackages } from './history-bus.ts';
import type { Told } from './history-story.ts';
import { newRecord } from './records.ts';

const START = Date.parse('2026-11-24T00:00:00Z');
const told = Array.from({ length: 96 }, (_, slot): Told => {
  const at = START + slot * 900_000;
  const message = newRecord({
    flow: 'ut-site-prices-stock',
    messageId: `package-${slot}`,
    source: 'ut',
    consumer: 'site',
    type: 'ПакетЦен',
    number: `ПЦ-${slot}`,
    ref: null,
    counterparty: null,
    amount: null,
    occurredAt: new Date(at).toISOString(),
    payload: { date: String(slot) },
  });
  return { at, record: { ...message, state: 'applied' }, events: [] };
});
const numbersOf = (daysAgo: number): string[] => [
  ...new Set(busPackages(told, daysAgo).map(({ subject }) => subject ?? '')),
];

it('tells of the same packages with the same number and content, each fact by who knows it', () => {
  const events = busPackages(told, 2).filter(({ subject }) => subject === 'ПЦ-7');
  expect(events.map(({ source, type }) => `${source} ${type}`)).toEqual([
    'ut exchange.accepted',
    'ut exchange.sent',
    'go-services exchange.delivered',
    'go-services exchange.applied',
  ]);
  expect(events[0]?.data).toMatchObject({
    flow: 'bus-ut-go',
    consumer: 'go-services',
    message: { payload: { date: '7' } },
  });
  expect(numbersOf(2)).toHaveLength(96);
});

it('lost a few packages on one day and has no past before its first', () => {
  expect(numbersOf(9)).toHaveLength(93);
  expect(numbersOf(10)).toEqual([]);
  expect(busPackages(told, 4)).toEqual(busPackages(told, 4));
});
