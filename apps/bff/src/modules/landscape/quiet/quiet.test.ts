import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { factOf, flowPart, type House, openHouse, systemPart } from '../testing/house.ts';
import { createQuiet } from './quiet.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-11-26T14:00:00+03:00');
const iso = (at: number): string => new Date(at).toISOString();

let house: House;
beforeAll(async () => {
  house = await openHouse({
    now: START,
    systems: [
      systemPart('ut', { heartbeats: [{ service: 'ut-exchange', everyMs: '15s', instances: 2 }] }),
      systemPart('bp'),
      systemPart('site'),
      systemPart('erp-1'),
      systemPart('erp-2'),
    ],
    flows: [
      flowPart('prices', { from: ['ut'], to: ['site'] }, { cadence: { everyMs: '15m', graceMs: '1m' } }),
      flowPart('sales', { from: ['ut'], to: ['bp'] }),
      flowPart('receipts', { from: ['erp-1', 'erp-2'], to: ['ut'] }, { cadence: { everyMs: '1h', graceMs: '1m' } }),
    ],
  });
  const accepted = (source: string, flow: string, consumer: string) =>
    house.report(source, [
      factOf('accepted', { source, flow, consumer, message: `${flow}-${source}`, at: START - 3 * HOUR }),
    ]);
  await accepted('ut', 'prices', 'site');
  await accepted('erp-1', 'receipts', 'ut');
  await accepted('erp-2', 'receipts', 'ut');
  // Applied: the flows are silent, nothing of them waits.
  for (const [source, flow, consumer] of [
    ['site', 'prices', 'site'],
    ['ut', 'receipts', 'ut'],
  ] as const)
    for (const from of flow === 'prices' ? ['ut'] : ['erp-1', 'erp-2'])
      await house.report(source, [
        factOf('applied', { source, flow, consumer, message: `${flow}-${from}`, at: START - 3 * HOUR + 1_000 }),
      ]);
});
afterAll(() => house.close());
beforeEach(async () => {
  house.now += HOUR * 24;
  await sql`truncate quiet_period`.execute(house.database.db);
});

const overview = async () => (await house.call('ops', 'GET', '/api/landscape/overview')).body;
const ids = (items: { id: string }[]): string[] => items.map(({ id }) => id).filter((id) => !id.startsWith('stale:'));
const flowOf = async (id: string) => (await overview()).flows.find((flow: { id: string }) => flow.id === id);
const mute = (body: Record<string, unknown>, role: 'ops' | 'admin' | 'analyst' | 'manager' = 'ops') =>
  house.call(role, 'POST', '/api/landscape/quiet', {
    kind: 'mute',
    reason: 'обновляем обмен',
    until: iso(house.now + HOUR),
    ...body,
  });
const SILENCE = { kind: 'alarm', id: 'silence:prices' };

describe('a mute', () => {
  it('takes one alarm out of the list and the counters, and stays visible with who and why', async () => {
    const before = await overview();
    expect(ids(before.attention)).toEqual(
      expect.arrayContaining(['silence:prices', 'silence:receipts:erp-1', 'silence:receipts:erp-2']),
    );
    expect(await mute({ target: SILENCE })).toMatchObject({ status: 201, body: { state: 'active', createdBy: 'ops' } });
    const after = await overview();
    expect(ids(after.attention)).not.toContain('silence:prices');
    const mark = { until: iso(house.now + HOUR), reason: 'обновляем обмен', by: 'ops', kind: 'mute' };
    expect(after.muted).toMatchObject([{ id: 'silence:prices', kind: 'silence', quiet: mark }]);
    expect(after.flows.find(({ id }: { id: string }) => id === 'prices')).toMatchObject({
      status: 'warn',
      rule: { code: 'silence' },
      quiet: mark,
    });
    expect(after.counts.warned).toBe(before.counts.warned - 1);
    expect((await house.call('ops', 'GET', '/api/landscape/flows/prices')).body.flow.quiet).toMatchObject(mark);
    expect(house.hints).toContain('landscape');
  });

  it('of a flow or of a system that decides it alone covers its alarms, of one of several sources only its own', async () => {
    await mute({ target: { kind: 'system', id: 'erp-2' } });
    expect(ids((await overview()).muted)).toEqual(['silence:receipts:erp-2']);
    // The other source goes on ringing, so the flow is no quiet one.
    expect((await flowOf('receipts')).quiet).toBeNull();
    await mute({ target: { kind: 'flow', id: 'receipts' } });
    expect(ids((await overview()).muted).sort()).toEqual(['silence:receipts:erp-1', 'silence:receipts:erp-2']);
    expect((await flowOf('receipts')).quiet).not.toBeNull();
  });

  it('is seen at once by whoever asks afterwards, on whatever instance, and so is its end', async () => {
    const other = createQuiet({
      db: house.database.db,
      file: { flows: [], systems: [] },
      clock: { now: () => house.now },
      live: { announce: () => undefined },
    });
    const reasonOn = async () =>
      (await other.look())({ alarmId: 'silence:prices', flowId: 'prices', systemIds: [] })?.reason;
    expect(await reasonOn()).toBeUndefined();
    const { body } = await mute({ target: SILENCE });
    expect(await reasonOn()).toBe('обновляем обмен');
    await house.call('ops', 'POST', `/api/landscape/quiet/${body.id}/end`, { version: body.version });
    expect(await reasonOn()).toBeUndefined();
  });

  it('leaves nothing to count when all that is wrong is muted', async () => {
    house.down.set('bp', house.now - HOUR);
    const counters = async () => (await house.call('ops', 'GET', '/api/counters')).body.status;
    expect(await counters()).toBe('bad');
    await mute({ target: { kind: 'system', id: 'bp' } });
    const { attention, muted, counts, systems } = await overview();
    expect(ids(attention)).not.toContain('system:bp');
    expect(ids(muted)).toContain('system:bp');
    expect(counts.incidents).toBe(0);
    expect(systems.find(({ id }: { id: string }) => id === 'bp')).toMatchObject({
      status: 'bad',
      quiet: { by: 'ops' },
    });
    expect(await counters()).not.toBe('bad');
    house.down.clear();
  });

  it('of one alarm hides nothing else that is the matter with its flow', async () => {
    const { body: before } = await house.call('ops', 'GET', '/api/counters');
    const failed = { source: 'site', flow: 'prices', consumer: 'site', error: { text: 'Сайт ответил 500' } };
    await house.report('site', [factOf('failed', { ...failed, message: 'prices-broken', at: house.now - 2 * HOUR })]);
    await mute({ target: SILENCE });
    const { attention, muted, counts } = await overview();
    expect(ids(muted)).toEqual(['silence:prices']);
    expect(ids(attention)).toEqual(expect.arrayContaining([expect.stringMatching(/^(cause|undecided):/)]));
    expect((await flowOf('prices')).quiet).toBeNull();
    expect(counts.warned).toBeGreaterThan(0);
    const { body: after } = await house.call('ops', 'GET', '/api/counters');
    expect(after.messages).toBe(before.messages + 1);
  });

  it('ends by itself, and a new one may begin then', async () => {
    await mute({ target: SILENCE });
    house.now += HOUR;
    expect(ids((await overview()).attention)).toContain('silence:prices');
    expect((await mute({ target: SILENCE })).status).toBe(201);
    const { periods } = (await house.call('analyst', 'GET', '/api/landscape/quiet')).body;
    expect(periods.map(({ state, endedBy }: { state: string; endedBy: unknown }) => [state, endedBy])).toEqual([
      ['active', null],
      ['ended', null],
    ]);
  });

  it('is ended early by a person, once; whoever comes second learns of it', async () => {
    const { id } = (await mute({ target: SILENCE })).body;
    const end = () => house.call('admin', 'POST', `/api/landscape/quiet/${id}/end`, { version: 1 });
    expect(await end()).toMatchObject({ status: 200, body: { state: 'ended', endedBy: 'admin' } });
    expect(await end()).toMatchObject({ status: 409, body: { code: 'quiet.already_ended', data: { by: 'admin' } } });
    expect(ids((await overview()).attention)).toContain('silence:prices');
  });

  it('is changed on the version that was on screen', async () => {
    const { id } = (await mute({ target: SILENCE })).body;
    const change = (version: number, hours: number) =>
      house.call('ops', 'PATCH', `/api/landscape/quiet/${id}`, { version, until: iso(house.now + hours * HOUR) });
    const answers = await Promise.all([change(1, 2), change(1, 3)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('quiet.changed');
    expect(await change(2, -1)).toMatchObject({ status: 400, body: { code: 'quiet.invalid_span' } });
  });

  it('of the same thing by two people at once is one mute', async () => {
    const answers = await Promise.all([mute({ target: SILENCE }), mute({ target: SILENCE }, 'admin')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'quiet.already_muted',
      data: { until: iso(house.now + HOUR) },
    });
    const { rows } = await sql<{ count: number }>`select count(*) from audit_entry where action = 'quiet.create'
      and request_id is not null and at >= ${new Date(Date.now() - MINUTE)} and object_id in (select id::text from quiet_period)`.execute(
      house.database.db,
    );
    expect(rows[0]?.count).toBe(1);
  });

  it('is for those who may, of things that exist, for a time that makes sense', async () => {
    for (const role of ['analyst', 'manager'] as const)
      expect((await mute({ target: SILENCE }, role)).status, role).toBe(403);
    const refused = async (body: Record<string, unknown>) => (await mute(body)).body.code;
    expect(await refused({ target: { kind: 'flow', id: 'none' } })).toBe('flow.not_found');
    expect(await refused({ target: { kind: 'system', id: 'none' } })).toBe('system.not_found');
    expect(await refused({ target: { kind: 'alarm', id: 'silence:none' } })).toBe('flow.not_found');
    expect(await refused({ target: SILENCE, reason: ' ' })).toBe('request.invalid');
    expect(await refused({ target: SILENCE, until: iso(house.now) })).toBe('quiet.invalid_span');
    expect(await refused({ target: SILENCE, until: iso(house.now + 100 * 24 * HOUR) })).toBe('quiet.invalid_span');
    expect(await refused({ target: SILENCE, weekly: true })).toBe('quiet.invalid_span');
  });
});

describe('a maintenance window', () => {
  const plan = (more: Record<string, unknown> = {}) =>
    mute({
      kind: 'maintenance',
      target: { kind: 'system', id: 'ut' },
      reason: 'обновление',
      from: iso(house.now + HOUR),
      until: iso(house.now + 5 * HOUR),
      ...more,
    });

  it('is planned ahead, holds by itself and comes back each week', async () => {
    const { body } = await plan({ weekly: true });
    expect(body).toMatchObject({ state: 'planned', weekly: true });
    expect((await overview()).muted).toEqual([]);
    house.now += 2 * HOUR;
    expect(ids((await overview()).muted)).toContain('silence:prices');
    expect((await flowOf('prices')).quiet).toMatchObject({ kind: 'maintenance', reason: 'обновление' });
    house.now += 4 * HOUR;
    expect((await overview()).muted).toEqual([]);
    house.now += 7 * 24 * HOUR - 4 * HOUR;
    expect(ids((await overview()).muted)).toContain('silence:prices');
  });

  it('is over early this time, and holds again the next week', async () => {
    const { id } = (await plan({ weekly: true })).body;
    house.now += 2 * HOUR;
    const body = { version: 1, scope: 'occurrence' };
    expect(await house.call('ops', 'POST', `/api/landscape/quiet/${id}/end`, body)).toMatchObject({
      status: 200,
      body: { state: 'planned', occurrence: { from: iso(house.now - HOUR + 7 * 24 * HOUR) } },
    });
    expect((await overview()).muted).toEqual([]);
    expect(await plan()).toMatchObject({ status: 201 });
  });
});

describe('heartbeats', () => {
  const beat = (instance: string, at = house.now) =>
    house.report('ut', [
      {
        specversion: '1.0',
        id: `beat-${instance}-${at}`,
        source: 'ut',
        type: 'exchange.heartbeat',
        time: iso(at),
        data: { service: 'ut-exchange', instance },
      },
    ]);
  const services = async () => (await house.call('analyst', 'GET', '/api/landscape/heartbeats')).body.services;
  const handler = async () => (await overview()).attention.find(({ id }: { id: string }) => id.startsWith('handler:'));

  it('of too few instances and of none are alarms that a mute covers; what never beat is unknown', async () => {
    expect(await services()).toMatchObject([{ service: 'ut-exchange', state: 'unknown', expected: 2, instances: [] }]);
    expect(await handler()).toBeUndefined();
    await beat('pod-a');
    expect(await handler()).toMatchObject({
      kind: 'handler_missing',
      status: 'warn',
      data: { service: 'ut-exchange', alive: 1, expected: 2 },
    });
    await beat('pod-b');
    expect(await handler()).toBeUndefined();
    house.now += MINUTE;
    expect(await handler()).toMatchObject({ kind: 'handler_silent', status: 'bad', data: { alive: 0 } });
    const ut = (await overview()).systems.find(({ id }: { id: string }) => id === 'ut');
    expect(ut).toMatchObject({ status: 'bad', rule: { code: 'handler_silent', data: { service: 'ut-exchange' } } });
    await mute({ target: { kind: 'alarm', id: 'handler:ut:ut-exchange' } });
    expect(await handler()).toBeUndefined();
    expect(await services()).toMatchObject([{ state: 'silent', alive: 0, quiet: { by: 'ops' } }]);
  });
});
