import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WorkersProcess } from '../testing/workers-process.ts';
import { startWorld, type World } from '../testing/world.ts';
import { connectSystems, type Systems } from './systems.ts';
import { ORDERS } from './transfer-documents.ts';

let world: World;
let systems: Systems;
let workers: WorkersProcess;
const WAIT = { timeout: 20_000, interval: 50 };

beforeAll(async () => {
  const port = await WorkersProcess.freePort();
  world = await startWorld(port);
  systems = connectSystems(world.settings);
  workers = new WorkersProcess({ world, port, dataDir: mkdtempSync(join(tmpdir(), 'pult-workers-')) });
});
afterAll(async () => {
  await workers.kill();
  await world.close();
});

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
  await workers.start();
  const order = await orderOfShop();
  await vi.waitFor(async () => expect(await inUt(order.number)).toMatchObject([{ Posted: true }]), WAIT);
  await workers.kill();

  world.pult.away = false;
  await workers.start();
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
  await workers.kill();
  await workers.start();
  expect(await ask(order, 'key-1')).toEqual({ accepted: true, attempt: 2, duplicate: true });
  await vi.waitFor(() => expect(world.pult.kindsOf(order.id, 2)).toContain('applied'), WAIT);
  expect(new Set(world.pult.kindsOf(order.id, 3))).toEqual(new Set());
  expect(await inUt(order.number)).toHaveLength(1);
}, 60_000);
