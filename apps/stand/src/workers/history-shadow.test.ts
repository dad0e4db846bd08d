import { describe, expect, it } from 'vitest';
import { busEvents, busFateOf, packageContent } from './history-shadow.ts';
import { packageMessage } from './messages.ts';

/** Thursday, 26 November 2026, 00:00 in Moscow. */
const TODAY = Date.parse('2026-11-25T21:00:00Z');
const DAY = 86_400_000;
const QUARTER = 900_000;
const ITEMS = Array.from({ length: 9 }, (_, index) => ({ ref: `i${index}`, article: `a${index}`, price: 100 + index }));

const slotsOf = (daysAgo: number): number[] =>
  Array.from({ length: 96 }, (_, index) => TODAY - daysAgo * DAY + index * QUARTER);
const story = (slot: number, daysAgo: number) => {
  const payload = packageContent(slot, 1, ITEMS);
  const record = packageMessage({ id: `m${slot}`, shop: 'site', slot, occurredAt: slot, payload });
  return { record, events: busEvents(record, { at: slot + 1_000, slot, seed: 1, daysAgo }) };
};

describe('shadow of the past', () => {
  it('carries the very message of the old channel, under the flow and the consumer of the bus', () => {
    const { record, events } = story(slotsOf(2)[40] ?? 0, 2);
    expect(events.map(({ type, source }) => [type, source])).toEqual([
      ['exchange.accepted', 'ut'],
      ['exchange.sent', 'ut'],
      ['exchange.delivered', 'go-services'],
      ['exchange.applied', 'go-services'],
    ]);
    expect(events[0]?.data).toMatchObject({
      flow: 'bus-ut-go',
      consumer: 'go-services',
      message: {
        id: record.messageId,
        key: { type: 'ПакетЦен', number: record.number },
        recipient: 'site',
        payload: record.payload,
      },
    });
  });

  it('differs, loses and comes late on certain days, and is the same on most', () => {
    const fates = Array.from({ length: 14 }, (_, daysAgo) => slotsOf(daysAgo).map((slot) => busFateOf(slot, daysAgo)));
    const count = (fate: string): number => fates.flat().filter((one) => one === fate).length;
    expect({ unit: count('unit'), price: count('price'), lost: count('lost'), late: count('late') }).toEqual({
      unit: 3,
      price: 1,
      lost: 2,
      late: 4,
    });
    expect(fates[2]?.every((fate) => fate === 'same')).toBe(true);
  });

  it('what was lost left no trace, what differs differs in one field', () => {
    const lost = slotsOf(4).find((slot) => busFateOf(slot, 4) === 'lost') ?? 0;
    expect(story(lost, 4).events).toEqual([]);
    const odd = slotsOf(1).find((slot) => busFateOf(slot, 1) === 'unit') ?? 0;
    const { record, events } = story(odd, 1);
    const [stock] = record.payload.stocks as object[];
    expect(events[0]?.data).toMatchObject({
      message: {
        payload: { prices: record.payload.prices, stocks: [{ ...stock, unitInternationalCode: 'NMP' }, {}, {}] },
      },
    });
  });
});
