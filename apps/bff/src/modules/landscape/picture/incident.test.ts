import { afterAll, beforeAll, expect, it } from 'vitest';
import { factOf, flowPart, type House, openHouse, systemPart } from '../testing/house.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOW = Date.parse('2026-11-26T14:00:00+03:00');
const DOWN_SINCE = NOW - 10 * MINUTE;

let house: House;
beforeAll(async () => {
  house = await openHouse({
    now: NOW,
    systems: ['erp-1', 'ut', 'bp', 'elma'].map((id) => systemPart(id)),
    flows: [
      flowPart('receipts', { from: ['erp-1'], to: ['ut'] }),
      flowPart('sales', { from: ['ut'], to: ['bp', 'elma'] }),
    ],
  });
  const from = { receipts: 'erp-1', sales: 'ut' };
  const facts = (flow: 'receipts' | 'sales', consumer: string, message: string, kinds: Record<string, number>) =>
    Promise.all(
      Object.entries(kinds).map(async ([kind, at]) => {
        const source = kind === 'failed' ? consumer : from[flow];
        const more = kind === 'failed' ? { error: { text: 'x' } } : {};
        const fact = {
          source,
          flow,
          consumer,
          message,
          at,
          ...more,
          ...(kind === 'accepted' ? { amount: '10.5' } : {}),
        };
        expect((await house.report(source, [factOf(kind, fact)])).status).toBeLessThan(300);
      }),
    );
  await facts('sales', 'bp', 'on-its-way', { accepted: NOW - DAY });
  await facts('sales', 'bp', 'failed-since', { accepted: NOW - DAY, failed: NOW - 5 * MINUTE });
  await facts('sales', 'bp', 'failed-weeks-ago', { accepted: NOW - 21 * DAY, failed: NOW - 20 * DAY });
  await facts('sales', 'elma', 'of-another', { accepted: NOW - DAY });
  await facts('receipts', 'ut', 'refused-by-trade', { accepted: NOW - DAY, failed: NOW - 5 * MINUTE });
});
afterAll(() => house.close());

it('an incident claims what waits for its system, and a source that is down claims nothing', async () => {
  for (const id of ['bp', 'erp-1']) house.down.set(id, DOWN_SINCE);
  const { attention, systems, flows } = (await house.call('ops', 'GET', '/api/landscape/overview')).body;
  const claimed = Object.fromEntries(
    attention
      .filter(({ kind }: { kind: string }) => kind === 'system_down')
      .map(({ data, link }: { data: { systemId: string; waiting: number }; link: string }) => [
        data.systemId,
        [data.waiting, link.split('?')[0]],
      ]),
  );
  expect(claimed).toEqual({ bp: [2, '/messages'], 'erp-1': [0, '/settings/connections'] });
  // The node of the map and the page of messages say the same number.
  const rule = systems.find(({ id }: { id: string }) => id === 'bp').rule;
  expect(rule).toMatchObject({ code: 'system_down', data: { waiting: 2 } });
  const held = flows.map((flow: { id: string; rule: { code: string; data: { waiting: number } } }) => [
    flow.id,
    flow.rule.code,
    flow.rule.data.waiting,
  ]);
  expect(held).toEqual([
    ['receipts', 'target_down', 0],
    ['sales', 'target_down', 2],
  ]);
  const { incidents } = (await house.call('ops', 'GET', '/api/messages/summary')).body;
  expect(incidents.map((one: { systemId: string; waiting: number }) => [one.systemId, one.waiting]).sort()).toEqual([
    ['bp', 2],
    ['erp-1', 0],
  ]);
});
