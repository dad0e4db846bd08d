import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { messagesEndpoints } from '@pult/shared/contracts/messages';
import type { Role } from '@pult/shared/domain/identity/permissions';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { type GuardedServer, serveGuarded } from '../../platform/http/testing/guarded-server.ts';
import { createMessagesModule } from './index.ts';

/** The module behind the real guard: an answer outside the contract throws, so every endpoint is asked with real rows. */

const MINUTE = 60_000;
const flow = {
  id: 'site-orders',
  title: { ru: 'Сайт → УТ: заказы', en: 'Shop → Trade: orders' },
  // Two sources: which of them accepted a message, its events say.
  from: ['market', 'site'],
  to: ['ut'],
  watched: true,
  budget: { accepted: 2 * MINUTE, sent: 3 * MINUTE, delivered: 5 * MINUTE },
  ackTimeoutMs: 5 * MINUTE,
  retry: { resend: { system: 'site', path: '/resend' }, ratePerSecond: 4, maxRatePerSecond: 8 },
  runbook: ['Сравните артикул'],
} as unknown as FlowConfig;

let database: TestDatabase;
let server: GuardedServer;
const down = new Map<string, number>();

beforeAll(async () => {
  database = await createTestDatabase();
  const { routes } = createMessagesModule({
    db: database.db,
    flows: new Map([[flow.id, flow]]),
    clock: systemClock,
    downSince: (systemId) => down.get(systemId) ?? null,
    approvalOf: async () => null,
    operationsOf: async () => new Map(),
    live: { announce: () => undefined },
  });
  server = await serveGuarded({
    routes,
    endpoints: messagesEndpoints,
    systemOf: async (key) => (key === 'site-key' ? 'site' : null),
  });
});
afterAll(async () => {
  await server.close();
  await database.close();
});

const call = (role: Role, method: string, path: string, body?: unknown) => server.call(role, method, path, body);
const report = (events: readonly unknown[]) => server.report('site-key', events);

let sequence = 0;
const event = (kind: string, number: number, more: Record<string, unknown> = {}) => {
  sequence += 1;
  return {
    specversion: '1.0',
    id: `e${sequence}`,
    source: 'site',
    type: `exchange.${kind}`,
    time: new Date(Date.now() - 30 * MINUTE + sequence * 1_000).toISOString(),
    data: {
      flow: 'site-orders',
      consumer: 'ut',
      attempt: 1,
      message: {
        id: `m${number}`,
        key: { type: 'ЗаказКлиента', number: `ЗК-00${number}` },
        counterparty: { name: 'ООО «Электромонтаж»', inn: '6679048211' },
        amount: '1284.50',
        payload: { Номер: number, Телефон: '+7 900 000-00-00' },
      },
      ...more,
    },
  };
};
const failure = { error: { text: 'Не найдена номенклатура по артикулу «mcb-1»' } };

describe('messages over HTTP', () => {
  it('every view of reported messages is inside its contract', async () => {
    const reported = await report([
      event('accepted', 1),
      event('sent', 1),
      event('failed', 1, failure),
      event('accepted', 2),
      event('applied', 2),
      event('accepted', 3),
      {
        specversion: '1.0',
        id: 'broken',
        source: 'site',
        type: 'exchange.sent',
        data: { flow: 'no-such-flow', message: { payload: { Сумма: 5, Телефон: '+7 900 000-00-00' } } },
      },
    ]);
    expect(reported).toMatchObject({ status: 200 });
    expect(reported.body.results.map((one: { status: string }) => one.status)).toEqual([
      ...Array.from({ length: 6 }, () => 'accepted'),
      'quarantined',
    ]);

    const list = await call('ops', 'GET', '/api/messages?limit=2&sort=newest');
    expect(list).toMatchObject({ status: 200, body: { total: { count: 3, exact: true } } });
    const rest = await call('ops', 'GET', `/api/messages?limit=2&sort=newest&cursor=${list.body.nextCursor}`);
    expect([...list.body.rows, ...rest.body.rows].map((row) => row.key.number)).toEqual(['ЗК-003', 'ЗК-002', 'ЗК-001']);
    expect(await call('manager', 'GET', '/api/messages/summary')).toMatchObject({
      status: 200,
      body: { failed: 1, amountAtRisk: '1284.5', causes: 1, quarantine: 1 },
    });
    expect((await call('ops', 'GET', '/api/messages/volume?buckets=24')).body.buckets.length).toBeGreaterThan(0);
    const causes = await call('analyst', 'GET', '/api/messages/causes');
    expect(causes).toMatchObject({ status: 200, body: { rows: [{ count: 1, title: { ru: expect.any(String) } }] } });
    const [cause] = causes.body.rows;
    expect(await call('ops', 'GET', `/api/messages/causes/${cause.id}`)).toMatchObject({
      status: 200,
      body: { runbook: ['Сравните артикул'], examples: [{ key: { number: 'ЗК-001' } }] },
    });
    const failed = await call('ops', 'GET', `/api/messages?cause=${cause.id}&state=failed`);
    expect(failed.body.rows).toHaveLength(1);
    const [row] = failed.body.rows;
    expect(await call('manager', 'GET', `/api/messages/${row.id}`)).toMatchObject({
      status: 200,
      body: {
        flow: { from: ['site'], to: ['ut'] },
        row: { id: row.id },
        track: [{ state: 'accepted' }, { state: 'sent' }, { state: 'failed' }],
        attempts: [{ number: 1, outcome: 'failed', operationNumber: null }],
        events: [{ kind: 'accepted', source: 'site' }, { kind: 'sent' }, { kind: 'failed' }],
        actions: { resend: { allowed: true }, reExport: { allowed: false } },
      },
    });
    expect(await call('ops', 'GET', `/api/messages/${row.id}/payload`)).toMatchObject({
      status: 200,
      body: { body: { Номер: 1, Телефон: null }, masked: ['/Телефон'] },
    });
    expect(await call('ops', 'GET', '/api/search?q=6679048211')).toMatchObject({
      status: 200,
      body: { rows: [{}, {}, {}] },
    });
  });

  it('a cause is taken, put aside and annotated by those who may; notes carry their author', async () => {
    const [cause] = (await call('ops', 'GET', '/api/messages/causes')).body.rows;
    const path = `/api/messages/causes/${cause.id}/triage`;
    expect(await call('analyst', 'POST', path, { owner: 'take' })).toMatchObject({ status: 403 });
    const taken = await call('ops', 'POST', path, {
      owner: 'take',
      snoozeUntil: new Date(Date.now() + 60 * MINUTE).toISOString(),
      note: 'Группа сайта откатит изменение',
    });
    expect(taken).toMatchObject({
      status: 200,
      body: { cause: { owner: { name: 'ops' } }, notes: [{ author: 'ops', text: 'Группа сайта откатит изменение' }] },
    });
  });

  it('content is only for those who may see it; what does not exist is 404', async () => {
    const [row] = (await call('ops', 'GET', '/api/messages')).body.rows;
    expect(await call('manager', 'GET', `/api/messages/${row.id}/payload`)).toMatchObject({ status: 403 });
    const nobody = '0198f000-0000-7000-8000-000000000000';
    expect(await call('ops', 'GET', `/api/messages/${nobody}`)).toMatchObject({
      status: 404,
      body: { code: 'delivery.not_found' },
    });
  });

  it('personal data are shown for a reason, and who looked is in the audit first', async () => {
    const [row] = (await call('ops', 'GET', '/api/messages')).body.rows;
    const path = `/api/messages/${row.id}/payload/reveal`;
    expect(await call('admin', 'POST', path, { revision: 1, reason: '' })).toMatchObject({ status: 400 });
    expect(await call('ops', 'POST', path, { revision: 1, reason: 'звоню' })).toMatchObject({ status: 403 });
    expect(await call('admin', 'POST', path, { revision: 1, reason: 'звоню покупателю' })).toMatchObject({
      status: 200,
      body: { body: { Телефон: '+7 900 000-00-00' }, masked: [] },
    });
    const audit = await database.db
      .selectFrom('audit_entry' as never)
      .selectAll()
      .execute();
    expect(audit).toContainEqual(
      expect.objectContaining({ action: 'message.reveal', object_id: row.id, reason: 'звоню покупателю' }),
    );
  });

  it('the file holds what the filter holds, a chosen row alone when it is named', async () => {
    const file = await call('analyst', 'GET', '/api/messages/export.csv?state=failed');
    expect(file.status).toBe(200);
    const lines = (file.body as string).trim().split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^ЗаказКлиента;ЗК-001;ООО «Электромонтаж»;6679048211;1284\.5;site-orders;ut;failed;/);
    const from = async (source: string) =>
      (await call('analyst', 'GET', `/api/messages?state=failed&source=${source}`)).body.rows.length;
    expect([await from('site'), await from('ut')]).toEqual([1, 0]);
    const [row] = (await call('ops', 'GET', '/api/messages')).body.rows;
    const one = await call('ops', 'GET', `/api/messages/export.csv?ids=${row.id}`);
    expect((one.body as string).trim().split('\r\n')).toHaveLength(2);
  });

  it('failures that a system explains which is down are told apart in the volume and collapse into its incident', async () => {
    await report([
      event('accepted', 4),
      event('failed', 4, { error: { text: "Couldn't connect to server 10.0.0.7:80" } }),
    ]);
    const count = async () =>
      (await call('ops', 'GET', '/api/messages/volume?buckets=24')).body.buckets.reduce(
        (sum: { failed: number; incident: number }, one: { failed: number; incident: number }) => ({
          failed: sum.failed + one.failed,
          incident: sum.incident + one.incident,
        }),
        { failed: 0, incident: 0 },
      );
    expect(await count()).toEqual({ failed: 2, incident: 0 });
    const inIncident = async (): Promise<boolean[]> => {
      const { rows } = (await call('ops', 'GET', '/api/messages/causes')).body;
      return rows.map((row: { incident: unknown }) => row.incident !== null).sort();
    };
    // What failed before is not explained by it, whatever the text says.
    down.set('ut', Date.now() - MINUTE);
    expect(await count()).toEqual({ failed: 2, incident: 0 });
    expect(await inIncident()).toEqual([false, false]);
    down.set('ut', Date.now() - 24 * 60 * MINUTE);
    expect(await count()).toEqual({ failed: 2, incident: 1 });
    expect(await inIncident()).toEqual([false, true]);
    down.clear();
  });

  it('a span over causes means the first failure, over a list the acceptance', async () => {
    const rows = async (query: string) => (await call('ops', 'GET', `/api/messages${query}`)).body.rows;
    const [failed] = await rows('?state=failed&sort=oldest');
    const failedAt = Date.parse(failed.stateAt);
    const around = `from=${new Date(failedAt).toISOString()}&to=${new Date(failedAt + 500).toISOString()}`;
    expect(await rows(`?${around}`)).toEqual([]);
    const causes = await rows(`/causes?${around}`);
    expect(causes.map((row: { id: string; count: number }) => [row.id, row.count])).toEqual([[failed.causeId, 1]]);
    expect(await call('ops', 'GET', `/api/messages/summary?${around}`)).toMatchObject({
      body: { failed: 1, causes: 1 },
    });
    const all = await rows('/causes');
    const both = all.map(({ id }: { id: string }) => id).join(',');
    expect(await rows(`?cause=${both}`)).toHaveLength(2);
  });

  it('a quarantined event is shown with its reason, validated again and closed', async () => {
    const list = await call('ops', 'GET', '/api/quarantine');
    expect(list).toMatchObject({ status: 200, body: { rows: [{ systemId: 'site', eventId: 'broken' }] } });
    const [row] = list.body.rows;
    expect(row.event.data.message.payload).toEqual({ Сумма: 5, Телефон: null });
    for (const role of ['manager', 'analyst'] as const) {
      const { body } = await call(role, 'GET', '/api/quarantine');
      expect(body.rows, role).toMatchObject([{ eventId: 'broken', event: null }]);
    }
    expect(await call('ops', 'POST', `/api/quarantine/${row.id}/replay`, {})).toMatchObject({
      status: 200,
      body: { outcome: 'quarantined' },
    });
    const [again] = (await call('ops', 'GET', '/api/quarantine')).body.rows;
    expect(await call('ops', 'POST', `/api/quarantine/${again.id}/discard`, { reason: 'чужой поток' })).toMatchObject({
      status: 200,
      body: { outcome: 'discarded' },
    });
    expect((await call('ops', 'GET', '/api/quarantine')).body.rows).toEqual([]);
    const { rows } = await sql<{ audit: string }>`select jsonb_agg(a)::text as audit from audit_entry a`.execute(
      database.db,
    );
    expect(rows[0]?.audit).toContain('quarantine.discard');
    expect(rows[0]?.audit).not.toContain('+7 900');
  });
});
