import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Listening } from '../process.ts';
import { startWorld, type World } from '../testing/world.ts';
import { Catalogues } from '../traffic/catalogues.ts';
import { Documents } from '../traffic/documents.ts';
import { Traffic } from '../traffic/traffic.ts';
import type { Settings } from '../workers/settings.ts';
import { connectSystems } from '../workers/systems.ts';
import { startWorkers, type Workers } from '../workers/workers.ts';
import { FAULTS, Faults } from './faults.ts';
import { startControl } from './server.ts';

let world: World;
let workers: Workers;
let control: Listening;
beforeAll(async () => {
  world = await startWorld();
  workers = await startWorkers(world.settings);
  const settings: Settings = { ...world.settings, workers: workers.url };
  const systems = connectSystems(settings);
  const documents = new Documents(systems, new Catalogues(systems));
  const traffic = new Traffic({ seed: 1, documents, systems, path: null, pace: 1 });
  const faults = new Faults({ systems, settings });
  control = await startControl({ port: 0, settings, systems, documents, traffic, faults });
});
afterAll(async () => {
  await control.close();
  await workers.close();
  await world.close();
});

const api = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: never }> => {
  const response = await fetch(`${control.url}${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as never };
};
const page = async (path = '/'): Promise<string> => (await fetch(`${control.url}${path}`)).text();
const submit = (path: string, form: Record<string, string> = {}): Promise<Response> =>
  fetch(`${control.url}${path}`, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });

describe('control page', () => {
  it('needs no scripts and says of each fault what one will see', async () => {
    const html = await page();
    expect(html).not.toContain('<script');
    expect(html).toContain('width=device-width');
    for (const { title, sees } of FAULTS) {
      expect(html).toContain(title);
      expect(html).toContain(sees);
    }
    expect(html).toContain('Сейчас всё исправно.');
  });

  it('switches by forms, shows what is on, and leads back to itself', async () => {
    const answer = await submit('/faults/licence', { on: '1', target: 'bp' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    expect(world.onec.bases.get('bp')?.quirks.licence).toBe(true);
    expect(world.onec.bases.get('ut')?.quirks.licence).toBe(false);
    const html = await page();
    expect(html).toContain('Включено сбоев: 1.');
    expect(html).toContain('■ включено: БП');
    await submit('/faults/licence', { on: '', target: 'bp' });
    expect(await page()).toContain('Сейчас всё исправно.');
  });

  it('makes documents by forms and names them', async () => {
    const answer = await submit('/documents/discount-order', { deviation: '6.25' });
    const location = answer.headers.get('location') ?? '';
    expect(location).toMatch(/^\/\?made=/);
    expect(await page(location)).toMatch(/Создан документ ЭТ00-\d{6}\./);
    expect(await page('/?made=%3Cb%3E')).toContain('&lt;b&gt;');
  });

  it('changes the pace and stops the traffic', async () => {
    await submit('/traffic', { pace: '4' });
    await submit('/traffic', { running: '' });
    expect(await page()).toContain('Остановлен, темп ×4');
  });

  it('says what went wrong', async () => {
    expect(await (await submit('/faults/нет', { on: '1' })).text()).toContain('role="alert"');
  });
});

describe('API', () => {
  it.each(FAULTS.map(({ id, targets }) => [id, targets] as const))('switches %s on and off', async (id, targets) => {
    const expected = targets.length > 0 ? targets.map((target) => `${id}:${target}`) : [id];
    expect((await api('PUT', `/api/faults/${id}`, { on: true })).body).toEqual({ on: expected });
    expect((await api('PUT', `/api/faults/${id}`, { on: false })).body).toEqual({ on: [] });
  });
  it('knows no other faults and targets', async () => {
    expect((await api('PUT', '/api/faults/fire', { on: true })).status).toBe(404);
    expect((await api('PUT', '/api/faults/slow', { on: true, target: 'site' })).status).toBe(404);
  });

  it('lists faults and traffic', async () => {
    expect((await api('GET', '/api/faults')).body).toMatchObject({ faults: FAULTS.map(({ id }) => ({ id })), on: [] });
    expect((await api('PUT', '/api/traffic', { running: false, pace: 2 })).body).toMatchObject({
      running: false,
      pace: 2,
    });
  });

  it('makes each kind of document', async () => {
    const { status, body } = await api('POST', '/api/documents/discount-order', { deviation: 9 });
    expect(status).toBe(201);
    const { orderRef } = body as { orderRef: string };
    const order = world.onec.bases.get('ut')?.store.find('Document_ЗаказКлиента', orderRef);
    expect(order).toMatchObject({ Согласован: false, Статус: 'НеСогласован' });
    expect((await api('POST', '/api/documents/return-request')).body).toMatchObject({
      documentNumber: expect.stringMatching(/^ЭТ00-/),
    });
    expect((await api('POST', '/api/documents/sale')).body).toMatchObject({ ref: expect.any(String) });
    expect((await api('POST', '/api/documents/site-order', { sku: 'unknown' })).body).toMatchObject({
      number: expect.stringMatching(/^ЗК-/),
    });
  });

  it('lets somebody decide in ELMA itself', async () => {
    world.elma.store.create({ ut_order_number: 'ЭТ00-777', deviation_max: 4 });
    const { status, body } = await api('POST', '/api/documents/elma-decision', { number: 'ЭТ00-777' });
    expect(status).toBe(201);
    const { id, decision } = body as { id: string; decision: string };
    expect(world.elma.store.get(id)).toMatchObject({
      decision,
      decided_by: expect.any(String),
      __status: { status: decision === 'approved' ? 4 : 5 },
    });
    expect((await api('POST', '/api/documents/elma-decision', { number: 'ЭТ00-777' })).status).toBe(404);
  });

  it('answers the question of a decision maker', async () => {
    const item = world.elma.store.create({ ut_order_number: '1' });
    world.elma.store.setStatus(item, 'clarification');
    expect((await api('POST', `/api/clarifications/${item.__id}/answer`)).body).toEqual({ answered: 1 });
    expect(world.elma.store.get(item.__id)).toMatchObject({
      clarification_answer: expect.any(String),
      __status: { status: 2 },
    });
    expect((await api('POST', `/api/clarifications/${item.__id}/answer`)).body).toEqual({ answered: 0 });
  });

  it('tells how much of the past Pult has', async () => {
    expect((await api('GET', '/api/history')).body).toMatchObject({ days: 0, told: 0, done: false });
    expect(await page()).toContain('Все события у Пульта.');
  });

  it('counts what stands in the target, within a window too', async () => {
    const { body } = await api('POST', '/api/documents/sale');
    await workers.sources.readSales();
    await workers.exchange.idle();
    const counts = async (query: string) =>
      (await api('GET', `/api/counts?flow=ut-bp-sales${query}`)).body as { present: number };
    const all = await counts('');
    expect(all).toMatchObject({ flow: 'ut-bp-sales', records: { applied: all.present } });
    expect(all.present).toBeGreaterThan(0);
    expect(await counts(`&from=${encodeURIComponent(new Date(Date.now() + 60_000).toISOString())}`)).toMatchObject({
      present: 0,
    });
    expect(workers.book.find('ut-bp-sales', (body as { ref: string }).ref, 'bp')).toMatchObject({ state: 'applied' });
    expect((await api('GET', '/api/counts?flow=site-orders')).body).toMatchObject({ present: 0 });
    expect((await api('GET', '/api/counts?flow=erp-qc')).body).toMatchObject({ present: null });
  });
});
