import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConnectors } from '../../connectors/registry.ts';
import { startScriptedServer } from '../../connectors/testing/scripted-server.ts';
import { systemClock } from '../../platform/clock.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { createTicker, type Ticker } from '../../platform/jobs/ticker.ts';
import { createMetrics } from '../../platform/telemetry/metrics.ts';
import { createOperationsModule, type OperationsModule } from './index.ts';
import { person } from './testing/bench.ts';
import { World } from './testing/world.ts';

/** Module, real connectors and a source that speaks HTTP: what an outage of the source does to an operation. */

let database: TestDatabase;
let server: Awaited<ReturnType<typeof startScriptedServer>>;
let operations: OperationsModule;
let ticker: Ticker;
const world = new World();
const source = { down: false, keys: new Set<string>(), refused: 0 };

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startScriptedServer(({ method, url, body }) => {
    if (method === 'GET') return { body: { value: [] } };
    if (source.down) {
      source.refused += 1;
      return { status: 503, headers: { 'retry-after': '1' } };
    }
    if (!url.startsWith('/hs/pult-exchange/v1/resend')) return { status: 404 };
    const { idempotencyKey, attempt, messageId } = JSON.parse(body);
    const duplicate = source.keys.has(idempotencyKey);
    source.keys.add(idempotencyKey);
    world.apply(messageId);
    return { status: 202, body: { accepted: true, attempt, duplicate } };
  });
  const title = { ru: 'а', en: 'a' };
  const landscape = landscapeFile.parse({
    version: 1,
    systems: [
      {
        id: 'ut',
        title,
        kind: 'onec',
        place: { column: 0, row: 0 },
        connector: {
          protocol: 'onec-odata',
          url: `${server.url}/odata/standard.odata`,
          servicesUrl: `${server.url}/hs`,
          userEnv: 'U',
          passwordEnv: 'P',
        },
      },
    ],
    flows: [
      {
        id: 'orders',
        title,
        what: title,
        from: ['ut'],
        to: ['ut'],
        channel: 'http',
        watched: true,
        retry: {
          resend: { system: 'ut', path: '/pult-exchange/v1/resend' },
          verify: { protocol: 'onec-odata', system: 'ut', set: 'Document_X', filter: 'Number eq {number}' },
          ratePerSecond: 50,
          maxRatePerSecond: 50,
        },
      },
    ],
  });
  const log = pino({ level: 'silent' });
  const connectors = createConnectors({
    landscape,
    secrets: { U: 'u', P: 'p' },
    clock: systemClock,
    circuit: { failures: 2, halfOpenAfterMs: 100 },
  });
  ticker = createTicker({ log, metrics: createMetrics() });
  operations = createOperationsModule({
    db: database.db,
    book: world.book,
    connectors,
    landscape,
    maintenanceUntil: async () => null,
    live: { announce: () => undefined },
    clock: systemClock,
    log,
    settings: { tickMs: 10, backoffMs: 20 },
  });
  operations.start(ticker);
  connectors.start(ticker);
});
afterAll(async () => {
  await ticker.stop();
  await server.close();
  await database.close();
});

describe('an outage of the source', () => {
  it('holds the operation, sends nothing meanwhile and everything once afterwards', async () => {
    const ids = world.add(15);
    source.down = true;
    const { operation } = await operations.service.plan(
      { verb: 'resend', selection: { deliveryIds: ids } },
      person('ops'),
    );
    await operations.service.start(operation.id, { reason: 'повторяем' }, person('ops'));
    const state = async (): Promise<string> => (await operations.service.get(operation.id)).state;
    await expect.poll(state, { timeout: 10_000 }).toBe('holding');
    expect(source.keys.size).toBe(0);
    const held = await operations.service.get(operation.id);
    expect(held).toMatchObject({ holdingFor: { system: 'ut' }, counts: { failed: 0, inDoubt: 0 } });
    source.down = false;
    await expect.poll(state, { timeout: 15_000 }).toBe('completed');
    expect(source.keys.size).toBe(15);
    const done = await operations.service.get(operation.id);
    expect(done.log.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['circuit_opened', 'circuit_closed', 'completed']),
    );
  });
});
