import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { factOf, flowPart, type House, openHouse, systemPart } from '../testing/house.ts';

const MINUTE = 60_000;
const at = (moscow: string): number => Date.parse(`2026-11-${moscow}:00+03:00`);
const clock = (iso: string): string => new Date(Date.parse(iso) + 3 * 60 * MINUTE).toISOString().slice(11, 16);

let house: House;
beforeAll(async () => {
  house = await openHouse({
    now: at('26T14:32'),
    systems: ['ut', 'site', 'erp-1', 'erp-2', 'erp-3'].map((id) => systemPart(id)),
    flows: [
      flowPart(
        'prices',
        { from: ['ut'], to: ['site'] },
        {
          cadence: {
            everyMs: '15m',
            graceMs: '1m',
            during: 'working',
            hours: { from: '07:00', to: '22:00' },
            offHoursEveryMs: '1h',
          },
        },
      ),
      flowPart(
        'receipts',
        { from: ['erp-1', 'erp-2', 'erp-3'], to: ['ut'] },
        {
          cadence: { everyMs: '1h', graceMs: '10m', during: 'working' },
        },
      ),
      flowPart('orders', { from: ['site'], to: ['ut'] }),
    ],
  });
});
afterAll(() => house.close());

let sent = 0;
const accepted = (source: string, flow: string, moment: number) => {
  sent += 1;
  return factOf('accepted', {
    source,
    flow,
    consumer: flow === 'prices' ? 'site' : 'ut',
    message: `m${sent}`,
    at: moment,
  });
};
const cadenceOf = async (flow: string) =>
  (await house.call('ops', 'GET', `/api/landscape/flows/${flow}`)).body.flow.cadence;
/** Alarms of silence; other ones ring beside them. */
const alarms = async (): Promise<string[]> =>
  (await house.call('ops', 'GET', '/api/landscape/overview')).body.attention
    .map(({ id }: { id: string }) => id)
    .filter((id: string) => id.startsWith('silence:'));
/** Every reading is shared for a second: the next one is asked later. */
const later = (ms = 2_000): void => {
  house.now += ms;
};

describe('silence by the production calendar', () => {
  it('waits for the first message of a flow that has never spoken', async () => {
    expect(await cadenceOf('prices')).toMatchObject({
      lastAt: null,
      expectedAt: new Date(at('26T15:00')).toISOString(),
      silentSince: null,
      missed: 0,
    });
    expect(await alarms()).toEqual([]);
  });

  it('rings when the expected messages did not come, with how many and since when', async () => {
    const quarters = [13, 14].flatMap((hour) => [0, 15, 30, 45].map((minute) => at(`26T${hour}:${minute || '00'}`)));
    const before = quarters.filter((moment) => moment <= at('26T13:45'));
    await house.report(
      'ut',
      before.map((moment) => accepted('ut', 'prices', moment + 20_000)),
    );
    await house.report('ut', [accepted('ut', 'prices', at('26T13:51'))]);
    later();
    expect(await cadenceOf('prices')).toMatchObject({
      lastAt: new Date(at('26T13:51')).toISOString(),
      silentSince: new Date(at('26T14:15')).toISOString(),
      missed: 2,
    });
    const overview = (await house.call('ops', 'GET', '/api/landscape/overview')).body;
    expect(overview.attention[0]).toMatchObject({
      id: 'silence:prices',
      kind: 'silence',
      since: new Date(at('26T13:51')).toISOString(),
      data: { missed: 2 },
    });
    expect(overview.flows.find(({ id }: { id: string }) => id === 'prices')).toMatchObject({
      status: 'warn',
      rule: { code: 'silence', data: { missed: 2 } },
    });
  });

  it('ends with a fact that comes late, in any order and twice', async () => {
    const facts = [accepted('ut', 'prices', at('26T14:28')), accepted('ut', 'prices', at('26T14:13'))];
    await house.report('ut', facts);
    await house.report('ut', facts.toReversed());
    later();
    expect(await cadenceOf('prices')).toMatchObject({ silentSince: null, missed: 0 });
    expect(await alarms()).toEqual([]);
  });

  it('watches each source by itself', async () => {
    for (const source of ['erp-1', 'erp-2', 'erp-3'])
      await house.report(source, [accepted(source, 'receipts', at('26T12:40'))]);
    await house.report('erp-1', [accepted('erp-1', 'receipts', at('26T14:20'))]);
    house.now = at('26T15:11');
    await house.report('ut', [accepted('ut', 'prices', at('26T15:10'))]);
    later();
    expect((await cadenceOf('receipts')).sources).toMatchObject([
      { systemId: 'erp-1', missed: 0 },
      { systemId: 'erp-2', missed: 1, silentSince: new Date(at('26T15:00')).toISOString() },
      { systemId: 'erp-3', missed: 1 },
    ]);
    expect(await alarms()).toEqual(['silence:receipts:erp-2', 'silence:receipts:erp-3']);
  });

  it('counts messages, not their later states, and none of another flow', async () => {
    await house.report('erp-2', [
      factOf('sent', { source: 'erp-2', flow: 'receipts', consumer: 'ut', message: 'm7', at: at('26T15:10') }),
    ]);
    await house.report('site', [accepted('site', 'orders', at('26T15:10'))]);
    later();
    expect((await cadenceOf('receipts')).sources[1]).toMatchObject({ systemId: 'erp-2', missed: 1 });
    expect(await cadenceOf('orders')).toBeNull();
  });

  it('asks nothing of a flow at the weekend that promises working hours', async () => {
    for (const source of ['erp-1', 'erp-2', 'erp-3'])
      await house.report(source, [accepted(source, 'receipts', at('26T15:12'))]);
    house.now = at('27T17:59');
    for (const source of ['erp-1', 'erp-2', 'erp-3'])
      await house.report(source, [accepted(source, 'receipts', at('27T17:58'))]);
    house.now = at('29T12:00');
    expect(await cadenceOf('receipts')).toMatchObject({
      silentSince: null,
      expectedAt: new Date(at('30T10:00')).toISOString(),
    });
  });
});

describe('a source that never spoke', () => {
  let never: House;
  const cadence = { everyMs: '1h', graceMs: '10m', during: 'working' };
  const parts = [flowPart('receipts', { from: ['erp-1', 'erp-2'], to: ['ut'] }, { cadence })];
  const systems = ['erp-1', 'erp-2', 'ut'].map((id) => systemPart(id));
  beforeAll(async () => {
    never = await openHouse({ now: at('26T17:20'), systems, flows: parts });
  });
  afterAll(() => never.close());
  const overview = async () => (await never.call('ops', 'GET', '/api/landscape/overview')).body;
  const silentSources = async () =>
    (await never.call('ops', 'GET', '/api/landscape/flows/receipts')).body.flow.cadence.sources.map(
      ({ systemId, missed }: { systemId: string; missed: number }) => `${systemId} ${missed}`,
    );

  it('rings by the calendar, counted from when Pult began to watch it', async () => {
    expect(await silentSources()).toEqual(['erp-1 0', 'erp-2 0']);
    // The message of 18:00 may have come at 17:15, before Pult looked; then night, and the first one of the morning.
    never.now = at('27T10:09');
    expect(await silentSources()).toEqual(['erp-1 0', 'erp-2 0']);
    never.now = at('27T10:11');
    expect(await silentSources()).toEqual(['erp-1 1', 'erp-2 1']);
    const { attention, flows } = await overview();
    expect(attention.map(({ id }: { id: string }) => id)).toEqual(['silence:receipts:erp-1', 'silence:receipts:erp-2']);
    expect(flows[0]).toMatchObject({ status: 'warn', rule: { code: 'silence', data: { missed: 1 } } });
  });

  it('shows the missing message in the rhythm and what was before as not watched', async () => {
    const { sources } = (await never.call('ops', 'GET', '/api/landscape/flows/receipts/rhythm')).body;
    const marks = Object.fromEntries(
      sources[0].days.flatMap(({ slots }: { slots: { dueAt: string; state: string }[] }) =>
        slots.map(({ dueAt, state }) => [`${dueAt.slice(8, 10)} ${clock(dueAt)}`, state]),
      ),
    );
    expect([marks['26 17:00'], marks['26 18:00'], marks['27 10:00'], marks['27 11:00']]).toEqual([
      'unwatched',
      'unwatched',
      'missing',
      'ahead',
    ]);
  });

  it('is quiet again with its first message, and only that source', async () => {
    await never.report('erp-1', [accepted('erp-1', 'receipts', at('27T10:10'))]);
    never.now += 2_000;
    expect(await silentSources()).toEqual(['erp-1 0', 'erp-2 1']);
  });
});

describe('the rhythm', () => {
  it('shows each due moment of five days with what came for it, by source', async () => {
    house.now = at('26T14:32') + 10_000;
    const { status, body } = await house.call('analyst', 'GET', '/api/landscape/flows/prices/rhythm');
    expect(status).toBe(200);
    const [{ days, systemId }] = body.sources;
    expect(systemId).toBe('ut');
    expect(days.map(({ kind }: { kind: string }) => kind)).toEqual(['working', 'working', 'working', 'working', 'off']);
    const [today, yesterday] = days;
    expect(today.counts).toEqual({ due: 7, onTime: 7, late: 0, missing: 0 });
    expect(yesterday.counts.due).toBe(0);
    const slot = (time: string) => today.slots.find(({ dueAt }: { dueAt: string }) => clock(dueAt) === time);
    expect([slot('12:45'), slot('13:00'), slot('14:45')].map(({ state }) => state)).toEqual([
      'unwatched',
      'on_time',
      'ahead',
    ]);
    expect(today.slots).toHaveLength(69);
    expect(today.working.map(({ from }: { from: string }) => clock(from))).toEqual(['09:00', '14:00']);
    const three = await house.call('ops', 'GET', '/api/landscape/flows/receipts/rhythm');
    expect(three.body.sources.map((one: { systemId: string }) => one.systemId)).toEqual(['erp-1', 'erp-2', 'erp-3']);
  });
  it('is empty where nothing is promised, and 404 for an unknown flow', async () => {
    expect((await house.call('ops', 'GET', '/api/landscape/flows/orders/rhythm')).body).toMatchObject({
      cadence: null,
      sources: [],
    });
    expect((await house.call('ops', 'GET', '/api/landscape/flows/none/rhythm')).status).toBe(404);
  });
});
