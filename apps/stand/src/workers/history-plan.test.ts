import { describe, expect, it } from 'vitest';
import type { Catalogue } from '../traffic/catalogues.ts';
import { HISTORY_DAYS, type PlannedExchange, packageSlots, planDay } from './history-plan.ts';
import { storyOf } from './history-story.ts';
import { orderMessage } from './messages.ts';
import { localOf } from './moscow-time.ts';

/** Friday, 27 November 2026, 15:00 in Moscow. */
const NOW = Date.parse('2026-11-27T12:00:00Z');
const DAY = 86_400_000;
const CATALOGUE: Catalogue = {
  customers: Array.from({ length: 9 }, (_, index) => ({
    ref: `c${index}`,
    partner: `p${index}`,
    name: 'ООО',
    inn: '6679048211',
  })),
  items: Array.from({ length: 9 }, (_, index) => ({ ref: `i${index}`, article: `a${index}`, price: 100 + index })),
  agreements: [],
  initiators: [],
  approver: '',
};
const DAYS = Array.from({ length: HISTORY_DAYS }, (_, daysAgo) => planDay(1, daysAgo, NOW, CATALOGUE));
const failures = (daysAgo: number, part: string): number => {
  const { orders, sales } = DAYS[daysAgo] ?? { orders: [], sales: [] };
  return [...orders, ...sales].filter(({ fate }) => 'failure' in fate && fate.failure.text.includes(part)).length;
};

describe('history', () => {
  it('is the same under the same seed and another under another', () => {
    expect(planDay(1, 3, NOW, CATALOGUE)).toEqual(DAYS[3]);
    expect(planDay(2, 3, NOW, CATALOGUE)).not.toEqual(DAYS[3]);
  });

  it('has payments beside the sales, some of which met a cause of their own', () => {
    const all = DAYS.flatMap(({ payments }) => payments);
    expect(all.length).toBeGreaterThan(500);
    const texts = new Set(all.flatMap(({ fate }) => ('failure' in fate ? [fate.failure.text] : [])));
    expect([...texts].some((text) => text.includes('банковский счёт организации'))).toBe(true);
    expect([...texts].some((text) => text.includes('Статья ДДС'))).toBe(true);
    for (const { at, fate } of all) {
      expect(at).toBeLessThan(NOW);
      if (fate.end === 'recovered') expect(fate.afterMs).toBeGreaterThan(0);
    }
  });

  it('keeps each day within its Moscow day and today before now', () => {
    for (const [daysAgo, { orders, sales }] of DAYS.entries())
      for (const { at, tookMs, fate } of [...orders, ...sales]) {
        const date = localOf(NOW - daysAgo * DAY).slice(0, 10);
        expect(localOf(at).slice(0, 10)).toBe(date);
        const end = at + tookMs + (fate.end === 'recovered' ? fate.afterMs + tookMs : 0);
        expect(localOf(end).slice(0, 10)).toBe(date);
        expect(end).toBeLessThan(NOW);
      }
  });

  it('has quiet weekends, busy hours, and a shop that grows', () => {
    const size = (daysAgo: number): number => DAYS[daysAgo]?.orders.length ?? 0;
    // 22 November is a Sunday, 23 a Monday, 2 November the Monday three weeks before.
    expect(size(5) * 3).toBeLessThan(size(4));
    expect(size(25)).toBeLessThan(size(4));
    const hours = (DAYS[4]?.orders ?? []).map(({ at }) => Number(localOf(at).slice(11, 13)));
    const within = (from: number, to: number): number => hours.filter((hour) => hour >= from && hour < to).length;
    expect(within(9, 18)).toBeGreaterThan(within(0, 9) * 4);
  });

  it('lets causes appear, end and come back', () => {
    expect(failures(12, 'блокировки таблицы') + failures(14, 'блокировки таблицы')).toBeGreaterThan(0);
    expect(failures(0, 'блокировки таблицы')).toBeGreaterThan(0);
    for (let daysAgo = 1; daysAgo < 12; daysAgo += 1) expect(failures(daysAgo, 'блокировки таблицы')).toBe(0);
    for (let daysAgo = 10; daysAgo < HISTORY_DAYS; daysAgo += 1) expect(failures(daysAgo, 'период закрыт')).toBe(0);
    expect(failures(6, 'лицензии')).toBeGreaterThan(0);
    expect(failures(3, "Couldn't connect")).toBeGreaterThan(0);
  });

  it('leaves unsettled only what is young, and repairs most of what is old', () => {
    const all = DAYS.flatMap(({ orders, sales }) => [...orders, ...sales]);
    const open = all.filter(({ fate }) => fate.end === 'unacknowledged' || fate.end === 'unposted');
    expect(open.length).toBeGreaterThan(0);
    for (const { at } of open) expect(NOW - at).toBeLessThan(DAY);
    const old = all.filter(({ at, fate }) => NOW - at > 2 * DAY && 'failure' in fate);
    expect(old.filter(({ fate }) => fate.end === 'recovered').length).toBeGreaterThan(old.length * 0.8);
  });

  it('has a package for every quarter of an hour', () => {
    expect(packageSlots(1, NOW, 900_000)).toHaveLength(96);
    expect(packageSlots(0, NOW, 900_000)).toHaveLength(60);
  });
});

describe('story of an exchange', () => {
  const first = DAYS[1]?.orders[0] as PlannedExchange;
  const message = orderMessage({
    id: first.id,
    number: 'ЗК-1',
    sequence: 0,
    createdAt: new Date(first.at).toISOString(),
    customer: { name: 'ООО', inn: '1' },
    amount: '1234.50',
  });
  const failure = { text: 'нет', code: '-1', atTarget: true };
  const told = (change: Partial<PlannedExchange>) => storyOf(message, { ...first, malformed: false, ...change });
  const kinds = (change: Partial<PlannedExchange>): string[] =>
    told(change).events.map(({ type, id }) => `${type.replace('exchange.', '')} ${id.split(':')[2]}`);

  it('tells what each fate leaves', () => {
    expect(kinds({ fate: { end: 'applied' } })).toEqual(['accepted 1', 'sent 1', 'delivered 1', 'applied 1']);
    expect(kinds({ fate: { end: 'unacknowledged' } })).toEqual(['accepted 1', 'sent 1']);
    expect(kinds({ fate: { end: 'unposted' } })).toEqual(['accepted 1', 'sent 1', 'delivered 1']);
    expect(kinds({ fate: { end: 'failed', failure } })).toEqual(['accepted 1', 'sent 1', 'delivered 1', 'failed 1']);
    expect(kinds({ fate: { end: 'recovered', failure: { ...failure, atTarget: false }, afterMs: 60_000 } })).toEqual([
      'accepted 1',
      'sent 1',
      'failed 1',
      'sent 2',
      'delivered 2',
      'applied 2',
    ]);
  });
  it('writes the amounts of the broken release as it did', () => {
    const [accepted] = told({ fate: { end: 'applied' }, malformed: true }).events;
    expect(accepted).toMatchObject({ data: { message: { amount: expect.stringMatching(/^1\s234,50$/u) } } });
  });
});
