import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Elma, startElma } from './server.ts';
import { userIdOf } from './users.ts';

type Json = Record<string, unknown>;
interface Answer {
  readonly status: number;
  readonly body: Json;
}
const APP = '/app/sales/discount_approvals';
let elma: Elma;
let hook: Json[];
let hookServer: ReturnType<typeof createServer>;
let told: (body: Json) => void = () => undefined;

beforeAll(async () => {
  hookServer = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const seen = { ...(JSON.parse(text) as Json), authorization: request.headers.authorization };
    hook.push(seen);
    told(seen);
    response.end('{}');
  });
  await new Promise<void>((done) => hookServer.listen(0, '127.0.0.1', done));
  const address = hookServer.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  elma = await startElma({
    port: 0,
    token: 't0ken',
    journal: null,
    webhook: { url: `http://127.0.0.1:${port}/hook`, token: 'hook-token' },
  });
});
beforeEach(() => {
  hook = [];
  told = () => undefined;
  Object.assign(elma.faults, { down: false, mode: 'socket', slowMs: 0 });
});
afterAll(async () => {
  await elma.close();
  hookServer.closeAllConnections();
  await new Promise((done) => hookServer.close(done));
});

async function call(method: string, path: string, body?: unknown, token: string | null = 't0ken'): Promise<Answer> {
  const response = await fetch(`${elma.url}/pub/v1${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Json };
}
const create = async (context: Json): Promise<Json> =>
  (await call('POST', `${APP}/create`, { context })).body.item as Json;
const list = async (body: Json): Promise<{ result: Json[]; total: number }> =>
  (await call('POST', `${APP}/list`, body)).body.result as { result: Json[]; total: number };
const taskOf = (item: Json): Json => (item.__tasks as Json[])[0] ?? {};

describe('ELMA365: access', () => {
  it.each([null, 'other'])('answers 403 with an envelope to token %s', async (token) => {
    expect(await call('POST', `${APP}/list`, {}, token)).toEqual({
      status: 403,
      body: { success: false, error: 'authorization failed' },
    });
  });

  it('takes a bare token and X-Token too', async () => {
    for (const headers of [{ authorization: 't0ken' }, { 'x-token': 't0ken' }]) {
      const response = await fetch(`${elma.url}/pub/v1${APP}/settings/status`, { headers });
      expect(response.status).toBe(200);
    }
  });

  it.each([`${APP}/nothing`, '/app/sales/other/list', `${APP}/00000000-0000-0000-0000-000000000000/get`])(
    'answers 404 with an envelope at %s',
    async (path) => {
      const answer = await call('POST', path, {});
      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject({ success: false, error: expect.stringContaining('not found') });
    },
  );

  it.each([
    ['{"context":', 'broken JSON'],
    ['{"context":[]}', 'no object'],
    ['{}', 'no context'],
  ])('answers 400 to %s (%s)', async (body) => {
    const answer = await call('POST', `${APP}/create`, body);
    expect(answer.status).toBe(400);
    expect(answer.body.success).toBe(false);
  });
});

describe('ELMA365: items', () => {
  it('creates an item with a task in progress and its process', async () => {
    const item = await create({ ut_process_ref: 'p-1', ut_order_number: 'ЭТ00-000001', deviation_max: 7 });
    expect(item).toMatchObject({ ut_process_ref: 'p-1', deviation_max: 7, __status: { status: 2 }, __deletedAt: null });
    expect(taskOf(item)).toMatchObject({
      state: 'in_progress',
      performers: [userIdOf('Кравцова Анна')],
      templateNsAndCode: 'sales.discount_approvals.approval',
    });
    const got = await call('POST', `${APP}/${String(item.__id)}/get`, {});
    expect(got.body.item).toEqual(item);
  });

  it('keeps what is its own when a context names it, and grows the version with every write', async () => {
    const item = await create({ ut_process_ref: 'p-2', __id: 'mine', __version: 1 });
    expect(item.__id).not.toBe('mine');
    const path = `${APP}/${String(item.__id)}`;
    const updated = (await call('POST', `${path}/update`, { context: { reason: 'Тендер', __status: 9 } })).body
      .item as Json;
    expect(updated).toMatchObject({ reason: 'Тендер', ut_process_ref: 'p-2', __status: { status: 2 } });
    const same = (await call('POST', `${path}/update`, { context: {} })).body.item as Json;
    expect(Number(updated.__version)).toBeGreaterThan(Number(item.__version));
    expect(Number(same.__version)).toBeGreaterThan(Number(updated.__version));
  });

  it('closes the task with a final status and opens it with another', async () => {
    const item = await create({ ut_process_ref: 'p-3' });
    const path = `${APP}/${String(item.__id)}/set-status`;
    const approved = (await call('POST', path, { status: { code: 'approved' } })).body.item as Json;
    expect(approved.__status).toEqual({ order: 3, status: 4 });
    expect(taskOf(approved).state).toBe('done');
    expect(approved.__tasks_performers).toEqual([]);
    const back = (await call('POST', path, { status: { code: 'in_progress' } })).body.item as Json;
    expect(taskOf(back).state).toBe('in_progress');
    expect(await call('POST', path, { status: { code: 'nonsense' } })).toMatchObject({
      status: 400,
      body: { success: false },
    });
  });

  it('names its statuses', async () => {
    const { body } = await call('GET', `${APP}/settings/status`);
    expect((body.statusItems as { code: string }[]).map(({ code }) => code)).toEqual([
      'new',
      'in_progress',
      'clarification',
      'approved',
      'rejected',
    ]);
  });
});

describe('ELMA365: lists', () => {
  const mark = 'list-battery';
  beforeAll(async () => {
    for (const [index, deviation] of [2, 10, 5, 7].entries())
      await create({ batch: mark, deviation_max: deviation, customer: `ООО «Вольт-${index}»`, n: index });
  });
  const numbers = async (body: Json): Promise<unknown[]> =>
    (await list({ size: 100, ...body })).result.filter(({ batch }) => batch === mark).map(({ n }) => n);

  it.each([
    ['substring, any case', { tf: { batch: mark, customer: 'вольт-2' } }, [2]],
    ['interval', { tf: { batch: mark, deviation_max: { min: 5, max: 7 } } }, [2, 3]],
    ['equality', { eq: [{ field: 'n' }, { const: 3 }] }, [3]],
    [
      'conjunction',
      { and: [{ eq: [{ field: 'batch' }, { const: mark }] }, { gt: [{ field: 'deviation_max' }, { const: 5 }] }] },
      [1, 3],
    ],
    ['one of', { in: [{ field: 'n' }, { list: [0, 1] }] }, [0, 1]],
    ['alternative', { or: [{ eq: [{ field: 'n' }, { const: 0 }] }, { lt: [{ field: 'n' }, { const: 2 }] }] }, [0, 1]],
  ])('filters by %s', async (_name, filter, expected) => {
    expect(await numbers({ filter })).toEqual(expected);
  });

  it('orders numbers as numbers', async () => {
    const sortExpressions = [{ field: 'deviation_max', ascending: false }];
    expect(await numbers({ sortExpressions })).toEqual([1, 3, 2, 0]);
  });

  it('pages by from and size and counts all', async () => {
    const page = await list({ filter: { tf: { batch: mark } }, from: 1, size: 2 });
    expect(page.total).toBe(4);
    expect(page.result.map(({ n }) => n)).toEqual([1, 2]);
  });

  it('gives only the fields asked for, with the id', async () => {
    const { result } = await list({ filter: { tf: { batch: mark } }, fields: { n: true }, size: 1 });
    expect(Object.keys(result[0] ?? {}).sort()).toEqual(['__id', 'n']);
  });

  it('filters by status code and refuses an operator it does not know', async () => {
    const { result } = await list({ statusCode: ['rejected'], filter: { tf: { batch: mark } } });
    expect(result).toEqual([]);
    const answer = await call('POST', `${APP}/list`, { filter: { near: [] } });
    expect(answer).toMatchObject({ status: 400, body: { success: false } });
  });
});

describe('ELMA365: processes, tasks, people', () => {
  it('runs the process: an instance, an item, a task', async () => {
    const run = await call('POST', '/bpm/template/sales.discount_approvals/approval/run', {
      context: { ut_process_ref: 'p-run' },
    });
    const context = run.body.context as { __id: string; item: string[] };
    const instance = `/bpm/instance/${context.__id}/get`;
    expect((await call('GET', instance)).body.context).toMatchObject({ __state: 'wait' });
    await call('POST', `${APP}/${context.item[0]}/set-status`, { status: { code: 'approved' } });
    expect((await call('GET', instance)).body.context).toMatchObject({ __state: 'done' });
  });

  it('submits a task by an exit once', async () => {
    const item = await create({ ut_process_ref: 'p-task' });
    const task = `/tasks/${String(taskOf(item).__id)}`;
    const { body } = await call('GET', `${task}/exits`);
    expect((body.exits as { code: string }[]).map(({ code }) => code)).toEqual(['approve', 'reject', 'clarify']);
    await call('PUT', `${task}/submit`, { exit: 'reject', context: { decision_comment: 'Маржа ниже допустимой' } });
    const got = (await call('POST', `${APP}/${String(item.__id)}/get`, {})).body.item;
    expect(got).toMatchObject({ decision_comment: 'Маржа ниже допустимой', __status: { status: 5 } });
    expect((await call('GET', `${task}/exits`)).body.exits).toEqual([]);
    expect((await call('PUT', `${task}/submit`, { exit: 'approve' })).status).toBe(400);
  });

  it('gives a task to another person, known ones only', async () => {
    const item = await create({ ut_process_ref: 'p-give' });
    const task = `/tasks/${String(taskOf(item).__id)}`;
    const other = userIdOf('Дёмин Олег');
    expect((await call('PUT', `${task}/reassign`, { performers: ['nobody'] })).status).toBe(400);
    await call('PUT', `${task}/reassign`, { performers: [other] });
    expect((await call('GET', `${task}/get`)).body.task).toMatchObject({
      performers: [other],
      originalPerformers: [userIdOf('Кравцова Анна')],
      reassignes: [{ to: [other] }],
    });
    const mine = (await call('POST', `/tasks/list/of/${other}`, { size: 100 })).body.result as { result: Json[] };
    expect(mine.result.map(({ __id }) => __id)).toContain(taskOf(item).__id);
  });

  it('lists people', async () => {
    const { body } = await call('POST', '/user/list', { ids: [userIdOf('Дёмин Олег')] });
    expect(body.result).toMatchObject({ total: 1, result: [{ __name: 'Дёмин Олег' }] });
  });
});

describe('ELMA365: webhook and faults', () => {
  it('tells about another status with the token of the receiver', async () => {
    const item = await create({ ut_process_ref: 'p-hook' });
    const heard = new Promise<Json>((resolve) => {
      told = (body) => body.status === 'clarification' && resolve(body);
    });
    await call('POST', `${APP}/${String(item.__id)}/set-status`, { status: { code: 'clarification' } });
    expect(await heard).toMatchObject({
      app: 'sales/discount_approvals',
      itemId: item.__id,
      authorization: 'Bearer hook-token',
    });
  });

  it('breaks the connection or answers 503 while it is down, but stays healthy for the stand', async () => {
    elma.faults.down = true;
    await expect(call('GET', `${APP}/settings/status`)).rejects.toThrow();
    elma.faults.mode = '503';
    const answer = await fetch(`${elma.url}/pub/v1${APP}/settings/status`);
    expect([answer.status, (await answer.text()).startsWith('<html>')]).toEqual([503, true]);
    expect((await fetch(`${elma.url}/healthz`)).status).toBe(200);
  });
});

it('ELMA keeps items over a restart', async () => {
  const journal = join(mkdtempSync(join(tmpdir(), 'stand-elma-')), 'elma.jsonl');
  const options = { port: 0, token: 't0ken', journal, webhook: null };
  const first = await startElma(options);
  const item = first.store.create({ ut_process_ref: 'kept' });
  const decided = first.store.setStatus(item, 'approved');
  await first.close();
  const second = await startElma(options);
  expect(second.store.all()).toEqual([decided]);
  expect(second.store.update(decided, {}).__version).toBeGreaterThan(decided.__version);
  await second.close();
});
