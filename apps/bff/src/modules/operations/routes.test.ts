import { operationsEndpoints } from '@pult/shared/contracts/operations';
import type { Role } from '@pult/shared/domain/identity/permissions';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { type GuardedServer, serveGuarded } from '../../platform/http/testing/guarded-server.ts';
import { createTicker, type Ticker } from '../../platform/jobs/ticker.ts';
import { createMetrics } from '../../platform/telemetry/metrics.ts';
import { createOperationsModule } from './index.ts';
import { testLandscape, World } from './testing/world.ts';

/** The module as main wires it: real guard over HTTP, real loop, two instances that compete for the lead. */

let database: TestDatabase;
let server: GuardedServer;
const world = new World();
const log = pino({ level: 'silent' });
const metrics = createMetrics();
const tickers: Ticker[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const modules = [1, 2].map(() => {
    const ticker = createTicker({ log, metrics });
    const module = createOperationsModule({
      db: database.db,
      book: world.book,
      connectors: world.connectors,
      landscape: testLandscape,
      maintenanceUntil: async () => null,
      live: { announce: () => undefined },
      clock: systemClock,
      log,
      settings: { tickMs: 20 },
    });
    tickers.push(ticker);
    module.start(ticker);
    return module;
  });
  server = await serveGuarded({ routes: modules[0]?.routes ?? [], endpoints: operationsEndpoints });
});
afterAll(async () => {
  await Promise.all(tickers.map((ticker) => ticker.stop()));
  await server.close();
  await database.close();
});

const call = (role: Role, method: string, path: string, body?: unknown) => server.call(role, method, path, body);

/** Start of an id of a test; four digits follow. */
const ids8 = (mark: string): string => `019ad1c2-000${mark}-7000-8000-00000000`;

const single = (deliveryId: string) => ({
  verb: 'resend',
  selection: { deliveryIds: [deliveryId] },
  start: { reason: 'повторяем' },
});

describe('operations over HTTP', () => {
  it('runs from the plan to the end, shows every view of itself', async () => {
    const ids = world.add(15, { prefix: ids8('a') });
    const planned = await call('ops', 'POST', '/api/operations', {
      verb: 'resend',
      selection: { deliveryIds: ids },
      ratePerSecond: 50,
    });
    expect(planned).toMatchObject({
      status: 200,
      body: { joined: false, operation: { state: 'planned', plan: { eligible: 15 } } },
    });
    const { id, number } = planned.body.operation;
    const path = `/api/operations/${id}`;
    expect(await call('ops', 'POST', `${path}/start`, { reason: 'база вернулась' })).toMatchObject({ status: 200 });
    const turning = setInterval(() => world.settle(), 5);
    await expect
      .poll(async () => (await call('analyst', 'GET', path)).body.state, { timeout: 15_000 })
      .toBe('completed');
    clearInterval(turning);
    expect(world.sends).toHaveLength(15);

    const first = await call('ops', 'GET', `${path}/items?outcome=applied&outcome=failed&limit=10&sort=trouble`);
    const second = await call(
      'ops',
      'GET',
      `${path}/items?outcome=applied&limit=10&sort=trouble&cursor=${first.body.nextCursor}`,
    );
    expect([...first.body.rows, ...second.body.rows].map((row: { position: number }) => row.position)).toEqual(
      Array.from({ length: 15 }, (_, index) => index + 1),
    );
    expect(second.body.nextCursor).toBeNull();
    const list = await call('ops', 'GET', `/api/operations?state=completed&deliveryId=${ids[3]}`);
    expect(list.body.rows).toMatchObject([{ id, number, counts: { applied: 15 }, reason: 'база вернулась' }]);
    expect((await call('ops', 'GET', `${path}/series`)).body.rates).toMatchObject([{ perSecond: 50 }]);
    const csv = await call('ops', 'GET', `${path}/items.csv`);
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(String(csv.body).trimEnd().split('\r\n')).toHaveLength(16);
  });

  it('joins the running operation at the second press', async () => {
    const [id = ''] = world.add(1, { prefix: ids8('b') });
    world.onArrival = () => 'silent';
    const first = await call('ops', 'POST', '/api/operations', single(id));
    const second = await call('ops', 'POST', '/api/operations', single(id));
    expect(second.body).toMatchObject({ joined: true, operation: { id: first.body.operation.id } });
    world.apply(id);
    world.onArrival = () => 'applied';
  });

  it('answers mistakes by code', async () => {
    const [id = ''] = world.add(1, { prefix: ids8('c'), state: 'applied' });
    const missing = '00000000-0000-7000-8000-000000000000';
    const all: [string, string, unknown, number, string][] = [
      ['POST', '/api/operations', { verb: 'resend', selection: { filter: {} } }, 400, 'operation.filter_empty'],
      // A misspelt part of a filter must not make the selection wider.
      [
        'POST',
        '/api/operations',
        { verb: 'resend', selection: { filter: { flow: 'a', stat: 'failed' } } },
        400,
        'request.invalid',
      ],
      ['POST', '/api/operations', { verb: 'resend', selection: {} }, 400, 'request.invalid'],
      ['POST', '/api/operations', single('no id'), 400, 'request.invalid'],
      ['POST', '/api/messages/x/verify', undefined, 400, 'request.invalid'],
      ['POST', '/api/operations', single(id), 409, 'operation.nothing_eligible'],
      ['POST', '/api/operations', single(missing), 404, 'delivery.not_found'],
      ['GET', `/api/operations/${missing}`, undefined, 404, 'operation.not_found'],
      ['GET', '/api/operations?cursor=x', undefined, 400, 'request.invalid'],
      ['POST', `/api/operations/${missing}/pause`, {}, 404, 'operation.not_found'],
    ];
    for (const [method, path, body, status, code] of all)
      expect(await call('ops', method, path, body), `${method} ${path}`).toMatchObject({ status, body: { code } });
  });

  it('lets an analyst look and nothing else', async () => {
    expect((await call('analyst', 'GET', '/api/operations')).status).toBe(200);
    expect(await call('analyst', 'POST', '/api/operations', single(ids8('e').concat('0001')))).toMatchObject({
      status: 403,
      body: { code: 'permission.denied' },
    });
    expect((await call('manager', 'GET', '/api/operations')).status).toBe(403);
  });

  it('verifies one delivery at its target', async () => {
    const [id = ''] = world.add(1, { prefix: ids8('d'), state: 'in_doubt' });
    world.atTarget.set(id, 1);
    expect(await call('ops', 'POST', `/api/messages/${id}/verify`)).toMatchObject({
      status: 200,
      body: { outcome: 'applied', system: 'ut' },
    });
  });
});
