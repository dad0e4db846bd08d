import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../testing/world.ts';
import { connectSystems, type Systems } from '../workers/systems.ts';
import { readOrder } from './documents.ts';
import { tellDay } from './history.ts';
import { gtinOf } from './provider.ts';
import { type Edi, startEdi } from './server.ts';

/** The exchange with chains against a real base over OData, files in a real folder. */

let world: World;
let edi: Edi;
let systems: Systems;
beforeAll(async () => {
  world = await startWorld();
  systems = connectSystems(world.settings);
  edi = await startEdi({ port: 0, folder: null, journal: { state: null, outbox: null }, settings: world.settings });
});
afterAll(async () => {
  await edi.close();
  await world.close();
  rmSync(edi.folders.root, { recursive: true, force: true });
});

const ordersIn = (number: string) =>
  systems.ut.list('Document_ЗаказКлиента', { filter: `НомерПоДаннымКлиента eq '${number}'`, top: 5 });
const door = async (method: string, path: string, body?: unknown): Promise<unknown> => {
  const response = await fetch(`${edi.url}/_stand${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.json();
};

describe('orders of chains', () => {
  it('become posted orders of УТ, are answered, and everything is copied for Pult', async () => {
    const { number, fileName } = await edi.bringOne();
    await edi.trade.pickUp();
    expect(await ordersIn(number)).toMatchObject([{ Posted: true }]);
    const [answer] = edi.provider.collect();
    expect(answer).toContain(`_${number}.xml`);
    expect(edi.folders.list('pult/inbox')).toEqual(expect.arrayContaining([fileName, answer]));
    expect(edi.folders.list('received')).toContain(answer);
  });

  it('become one document however often their file comes', async () => {
    await door('PUT', '', { duplicates: true });
    const { number, fileName } = await edi.bringOne();
    await door('PUT', '', { duplicates: false });
    await edi.trade.pickUp();
    edi.folders.write('to-ut', 'again.xml', edi.folders.read('ut-done', fileName));
    await edi.trade.pickUp();
    expect(await ordersIn(number)).toHaveLength(1);
  });

  it('wait in the folder while УТ does not pick up', async () => {
    await door('PUT', '', { utStopped: true });
    const { number, fileName } = await edi.bringOne();
    await edi.trade.pickUp();
    expect(edi.folders.list('to-ut')).toContain(fileName);
    await door('PUT', '', { utStopped: false });
    await edi.trade.pickUp();
    expect(await ordersIn(number)).toHaveLength(1);
  });

  it('of unknown goods are refused by their file name, and no document is made', async () => {
    const { number } = await edi.bringOne({ unknown: true });
    await edi.trade.pickUp();
    expect(await ordersIn(number)).toEqual([]);
    expect(edi.provider.collect()).toContain(`status_${number}.xml`);
  });

  it('that claim a wrong encoding, and bombs, are put aside by УТ', async () => {
    await door('PUT', '', { wrongEncoding: true, bomb: true });
    const { fileName, number } = await edi.bringOne();
    await door('PUT', '', { wrongEncoding: false, bomb: false });
    await edi.trade.pickUp();
    expect(edi.folders.list('ut-bad')).toEqual(expect.arrayContaining([fileName, `bomb_${number}.xml`]));
  });

  it('are read back as they were written, in both dialects and encodings', async () => {
    for (let index = 0; index < 12; index += 1) {
      const { number, fileName } = await edi.bringOne();
      expect(readOrder(edi.folders.read('to-ut', fileName)).number).toBe(number);
    }
  });

  it('carry barcodes with their check digits', () => {
    const digits = [...gtinOf(17)].map(Number);
    expect(digits.reduce((sum, digit, at) => sum + digit * (at % 2 === 0 ? 1 : 3), 0) % 10).toBe(0);
  });
});

describe('the past', () => {
  const goods = [
    { article: 'a', price: 100 },
    { article: 'b', price: 50 },
  ];
  it('of a day is the same for the same seed, and nothing of it lies ahead', () => {
    const now = Date.parse('2026-11-24T12:00:00Z');
    const told = tellDay(7, 0, now, goods);
    expect(tellDay(7, 0, now, goods)).toEqual(told);
    expect(told.events.length).toBeGreaterThan(20);
    for (const { time } of told.events) expect(Date.parse(time)).toBeLessThan(now);
    expect(new Set(told.events.map(({ id }) => id)).size).toBe(told.events.length);
  });
});
