import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WorkersProcess } from '../testing/workers-process.ts';
import { startWorld, type World } from '../testing/world.ts';
import { Production } from '../traffic/production.ts';
import { chanceOf } from '../traffic/rhythm.ts';
import { connectSystems, type Systems } from './systems.ts';

const PLAN = 'ExchangePlan_ЭКФ_ВнутренниеЦены';
const PRICING = 'Document_УстановкаЦенНоменклатуры';
const WAIT = { timeout: 40_000, interval: 20 };

let world: World;
let systems: Systems;
let workers: WorkersProcess;

beforeAll(async () => {
  const port = await WorkersProcess.freePort();
  world = await startWorld(port);
  systems = connectSystems(world.settings);
  workers = new WorkersProcess({ world, port, dataDir: mkdtempSync(join(tmpdir(), 'pult-plan-')) });
});
afterAll(async () => {
  await workers.kill();
  await world.close();
});

const store = (base: 'erp-1' | 'ut') => {
  const found = world.onec.bases.get(base);
  if (!found) throw new Error(base);
  return found;
};
/** Numbers of the messages whose effect stands in УТ, each document once. */
const inUt = (): number[] =>
  store('ut')
    .store.all(PRICING)
    .flatMap(({ Комментарий }) => {
      const number = /erp-1-(\d{8})/.exec(String(Комментарий))?.[1];
      return number === undefined ? [] : [Number(number)];
    })
    .sort();
const confirmed = (): number =>
  Number(
    store('erp-1')
      .store.all(PLAN)
      .find(({ Code }) => Code === 'УТ')?.ReceivedNo ?? 0,
  );
const sent = (): number =>
  Number(
    store('erp-1')
      .store.all(PLAN)
      .find(({ Code }) => Code === 'УТ')?.SentNo ?? 0,
  );

/** Killed before the effect, between the effect and the word of it, after the word. */
const MOMENTS: readonly [name: string, (from: number) => boolean][] = [
  ['the message has its number', (from) => sent() > from],
  ['УТ has written the prices', (from) => inUt().some((number) => number > from)],
  ['ERP knows that УТ has them', (from) => confirmed() > from],
];

it('confirms no number before its effect and applies none twice, whenever it is killed', async () => {
  const production = new Production(systems);
  let drawn = 0;
  store('ut').quirks.slowMs = 60;
  for (const [, isReached] of MOMENTS) {
    const from = sent();
    await workers.start();
    drawn += 1;
    await production.prices(chanceOf(5, 'crash', drawn), { site: 'erp-1' });
    await vi.waitFor(() => expect(isReached(from)).toBe(true), WAIT);
    await workers.kill();
    // What ERP takes for received stands in УТ, whatever was cut off.
    if (confirmed() > 2_200) expect(inUt()).toContain(confirmed());
  }
  await workers.start();
  drawn += 1;
  await production.prices(chanceOf(5, 'crash', drawn), { site: 'erp-1' });
  const last = store('erp-1').store.all(PRICING).at(-1);
  const lines = (last?.Товары ?? []) as { Номенклатура_Key: string; Цена: number }[];
  expect(lines.length).toBeGreaterThan(0);
  // Every number is confirmed in the end, and with it the newest prices stand in the register of УТ.
  await vi.waitFor(() => {
    const written = new Set(
      store('ut')
        .store.all('InformationRegister_ЦеныНоменклатуры')
        .map((row) => `${String(row.Номенклатура_Key)} ${Number(row.Цена)}`),
    );
    for (const line of lines) expect(written).toContain(`${line.Номенклатура_Key} ${line.Цена}`);
    expect(confirmed()).toBe(sent());
  }, WAIT);
  const numbers = inUt();
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbers).toContain(sent());
}, 180_000);
