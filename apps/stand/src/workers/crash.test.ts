import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startWorld, type World } from '../testing/world.ts';
import { connectSystems, type Systems } from './systems.ts';
import { ORDERS } from './transfer-documents.ts';

let world: World;
let systems: Systems;
let port = 0;
let child: ChildProcess | null = null;
const dataDir = mkdtempSync(join(tmpdir(), 'pult-workers-'));
const WAIT = { timeout: 20_000, interval: 50 };

beforeAll(async () => {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const address = probe.address();
  port = typeof address === 'object' && address ? address.port : 0;
  await new Promise((done) => probe.close(done));
  world = await startWorld(port);
  systems = connectSystems(world.settings);
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await world.close();
});

const portOf = (url: string): string => new URL(url).port;

/** The real process of the workers; resolves when it answers. */
async function startProcess(): Promise<void> {
  const { settings } = world;
  child = spawn(process.execPath, [fileURLToPath(new URL('./main.ts', import.meta.url))], {
    stdio: ['pipe', 'ignore', 'inherit'],
    env: {
      ...process.env,
      STAND_DATA_DIR: dataDir,
      STAND_HISTORY_DAYS: '0',
      STAND_WORKERS_PORT: String(port),
      STAND_ONEC_PORT: portOf(settings.onec),
      STAND_ELMA_PORT: portOf(settings.elma),
      STAND_SITE_PORT: portOf(settings.site),
      PULT_URL: settings.pult,
      UT_ODATA_USER: 'pult',
      BP_ODATA_USER: 'pult',
      ELMA_TOKEN: 'elma',
      SITE_TOKEN: 'site',
    },
  });
  await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${port}/healthz`)).ok).toBe(true), WAIT);
}
async function kill(): Promise<void> {
  const gone = child ? once(child, 'exit') : null;
  child?.kill('SIGKILL');
  await gone;
}

const inUt = (number: string) => systems.ut.list(ORDERS, { filter: `НомерПоДаннымКлиента eq '${number}'` });

async function orderOfShop(): Promise<{ id: string; number: string }> {
  const [customer] = await systems.ut.list('Catalog_Контрагенты', {
    filter: "ИНН ne '' and startswith(Description,'ООО')",
    top: 1,
  });
  const [item] = await systems.ut.list('Catalog_Номенклатура', { filter: "startswith(Code,'НФ')", top: 1 });
  const order = await systems.site('POST', 'orders', {
    customer: { name: customer?.Description, inn: customer?.ИНН },
    lines: [{ article: item?.Артикул, quantity: 5, price: 100 }],
    amount: '500.00',
  });
  return { id: String(order.id), number: String(order.number) };
}

const ask = (order: { id: string }, key: string) =>
  systems.site('POST', 'exchange/resend', {
    flow: 'site-orders',
    messageId: order.id,
    consumer: 'ut',
    attempt: 2,
    operationId: '019ad1c2-0000-7000-8000-000000000001',
    idempotencyKey: key,
  });

it('keeps facts and keys when it is killed: every event arrives, no key makes two attempts, no message two documents', async () => {
  // Pult is away: what happens meanwhile is only on the disk of the workers.
  world.pult.away = true;
  await startProcess();
  const order = await orderOfShop();
  await vi.waitFor(async () => expect(await inUt(order.number)).toMatchObject([{ Posted: true }]), WAIT);
  await kill();

  world.pult.away = false;
  await startProcess();
  await vi.waitFor(
    () =>
      expect(world.pult.kindsOf(order.id)).toEqual(
        expect.arrayContaining(['accepted', 'sent', 'delivered', 'applied']),
      ),
    WAIT,
  );
  expect(await inUt(order.number)).toHaveLength(1);

  const answer = await ask(order, 'key-1');
  expect(answer).toEqual({ accepted: true, attempt: 2 });
  // Killed right behind the answer: the promise is on disk.
  await kill();
  await startProcess();
  expect(await ask(order, 'key-1')).toEqual({ accepted: true, attempt: 2, duplicate: true });
  await vi.waitFor(() => expect(world.pult.kindsOf(order.id, 2)).toContain('applied'), WAIT);
  expect(new Set(world.pult.kindsOf(order.id, 3))).toEqual(new Set());
  expect(await inUt(order.number)).toHaveLength(1);
}, 60_000);
