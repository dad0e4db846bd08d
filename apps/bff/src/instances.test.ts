/** Two Pults on one database: what one does the other one's people see, and one is killed in the middle of everything. */
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LiveHint } from '@pult/shared/live/topics';
import { sql } from 'kysely';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startFakeElma } from './modules/approvals/testing/fake-elma.ts';
import { startFakeUt } from './modules/approvals/testing/fake-ut.ts';
import { orderText } from './modules/messages/testing/edi-files.ts';
import { createTestDatabase, type TestDatabase } from './platform/db/test-database.ts';
import { freePort } from './platform/http/free-port.ts';
import { type Balancer, startBalancer } from './testing/balancer.ts';
import type { Browser } from './testing/browser.ts';
import { eventsOf, post, shuffledBatches, startReporter } from './testing/exchange.ts';
import { type RetrySource, startRetrySource } from './testing/retry-source.ts';
import { endAllPults, type RunningPult, startPult } from './testing/running-pult.ts';
import { signedIn } from './testing/signed-in.ts';

const KEY = 'src-key';
const RETRIED = 40;
const REQUESTS = 6;
const FILES = 24;
const LIMIT_MS = 180_000;

let folder: string;
let database: TestDatabase;
let source: RetrySource;
let ut: Awaited<ReturnType<typeof startFakeUt>>;
let elma: Awaited<ReturnType<typeof startFakeElma>>;
let pults: [RunningPult, RunningPult];
/** Before both, the leader first: what a browser knows is its address. */
let balancer: Balancer;
const sockets: Socket[] = [];

beforeAll(async () => {
  [folder, database, ut, elma] = await Promise.all([
    mkdtemp(path.join(tmpdir(), 'pult-instances-')),
    // Not migrated: both will want to do it at the same moment.
    createTestDatabase({ empty: true }),
    startFakeUt(Date.now),
    startFakeElma(Date.now),
  ]);
  const ports = [await freePort(), await freePort()] as const;
  // A source with two addresses of Pult would try both; this one reports to the second and repeats until it is heard.
  const env: Record<string, string> = {
    DATABASE_URL: database.url,
    LANDSCAPE_FILE: path.join(folder, 'landscape.yaml'),
    INTAKE_TOKEN_SRC: KEY,
    SECRET: 's',
  };
  let reportsTo = `http://127.0.0.1:${ports[1]}`;
  source = await startRetrySource({
    get url() {
      return reportsTo;
    },
    key: KEY,
    system: 'src',
  });
  await Promise.all(['inbox', 'deliver', 'respond'].map((name) => mkdir(path.join(folder, name))));
  await writeFile(env.LANDSCAPE_FILE ?? '', JSON.stringify(landscape()));
  pults = await Promise.all([startPult(env, ports[0]), startPult(env, ports[1])]);
  // From here on the first one is the leader: the one whose death is felt most.
  if ((await leads(pults[1])) === 1) pults = [pults[1], pults[0]];
  reportsTo = pults[1].url;
  balancer = await startBalancer(pults.map(({ port }) => port));
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await Promise.all([source.close(), balancer.close()]);
  await endAllPults();
  await Promise.all([ut.close(), elma.close(), database.close()]);
  await rm(folder, { recursive: true, force: true });
});

function landscape(): object {
  const common = (id: string) => ({ title: { ru: id, en: id }, place: { column: 0, row: 0 } });
  const odata = { protocol: 'onec-odata', userEnv: 'SECRET', passwordEnv: 'SECRET', limits: { pollMs: '1s' } };
  const services = { url: `${source.url}/odata/standard.odata`, servicesUrl: `${source.url}/hs` };
  return {
    version: 1,
    systems: [
      {
        id: 'src',
        kind: 'onec',
        ...common('src'),
        connector: { ...odata, ...services },
        intakeTokenEnv: 'INTAKE_TOKEN_SRC',
      },
      {
        id: 'ut',
        kind: 'onec',
        ...common('ut'),
        connector: { ...odata, url: `${ut.url}/ut/odata/standard.odata`, polls: ['approvals'] },
      },
      {
        id: 'elma',
        kind: 'bpm',
        ...common('elma'),
        connector: {
          protocol: 'elma365',
          url: `${elma.url}/pub/v1`,
          tokenEnv: 'SECRET',
          approvalsApp: 'sales/discount_approvals',
          limits: { pollMs: '1s' },
        },
      },
      {
        id: 'edi',
        kind: 'edi',
        ...common('edi'),
        connector: {
          protocol: 'files',
          folders: Object.fromEntries(
            ['inbox', 'archive', 'rejected', 'deliver', 'respond'].map((name) => [name, path.join(folder, name)]),
          ),
          limits: { pollMs: '200ms' },
        },
      },
    ],
    flows: [
      {
        id: 'orders',
        title: { ru: 'Заказы', en: 'Orders' },
        what: { ru: 'Заказы', en: 'Orders' },
        from: ['src'],
        to: ['src'],
        channel: 'http',
        watched: true,
        retry: {
          resend: { system: 'src', path: '/pult-exchange/v1/resend' },
          verify: { protocol: 'onec-odata', system: 'src', set: 'Document_X', filter: 'Number eq {number}' },
          ratePerSecond: 10,
          maxRatePerSecond: 50,
        },
      },
      { id: 'a', title: { ru: 'а', en: 'a' }, what: { ru: 'а', en: 'a' }, from: ['ut'], to: ['elma'], channel: 'api' },
      {
        id: 'edi-orders',
        title: { ru: 'Заказы сетей', en: 'Orders of chains' },
        what: { ru: 'Заказы', en: 'Orders' },
        from: ['edi'],
        to: ['ut'],
        channel: 'files',
        watched: true,
        retry: { resend: { system: 'edi', path: '/deliver' } },
      },
    ],
  };
}

async function leads(pult: RunningPult): Promise<number> {
  const text = await (await fetch(`${pult.url}/metrics`)).text();
  return Number(/^pult_leader (\d)$/m.exec(text)?.[1]);
}

/** A console at one instance, or behind the balancer: topics of its hints as they come. As the web, it subscribes again after a loss. */
async function consoleAt(pult: { readonly url: string }, browser: Browser, topics: readonly string[]) {
  const socket = io(pult.url, {
    transports: ['websocket'],
    reconnectionDelay: 100,
    reconnectionDelayMax: 500,
    forceNew: true,
    extraHeaders: { cookie: browser.cookieHeader() },
  });
  sockets.push(socket);
  const hints: LiveHint[] = [];
  socket.on('hint', (hint: LiveHint) => hints.push(hint));
  await new Promise((resolve) => socket.once('connect', () => resolve(null)));
  expect(await socket.emitWithAck('subscribe', [...topics])).toEqual([]);
  socket.on('connect', () => socket.emit('subscribe', [...topics], () => undefined));
  return { socket, hints, topics: () => [...new Set(hints.map(({ topic }) => topic))].sort() };
}

const failed = (index: number): Record<string, unknown>[] =>
  ['accepted', 'sent', 'failed'].map((kind, step) => ({
    specversion: '1.0',
    id: `r${index}-${kind}`,
    source: 'src',
    type: `exchange.${kind}`,
    time: new Date(Date.now() - 60_000 + index * 10 + step).toISOString(),
    data: {
      flow: 'orders',
      consumer: 'src',
      message: { id: `RE-${index}`, key: { type: 'ЗаказКлиента', number: `RE-${index}` } },
      ...(kind === 'failed' ? { error: { text: 'Блокировка данных' } } : {}),
    },
  }));

/** Puts an order of a chain as the exchange does: written aside, then there at once as a whole. */
async function dropOrder(index: number): Promise<void> {
  const aside = path.join(folder, `${index}.part`);
  await writeFile(aside, orderText({ number: `EDI-${index}`, dialect: 'kontur' }));
  await rename(aside, path.join(folder, 'inbox', `order_${index}.xml`));
}

it('both started at once: the schema is there once and one of them leads', async () => {
  const { rows } = await sql<{ n: number; of: number }>`
    select count(*) as n, count(distinct number) as of from migration`.execute(database.db);
  expect(rows[0]?.n).toBeGreaterThan(10);
  expect(rows[0]?.n).toBe(rows[0]?.of);
  expect(await Promise.all(pults.map(leads))).toEqual([1, 0]);
});

it('a browser of one hears what came to the other, in both directions', { timeout: LIMIT_MS }, async () => {
  const [first, second] = pults;
  const ops = await signedIn(database.db, first.url, 'ops');
  const consoles = [await consoleAt(first, ops, ['messages']), await consoleAt(second, ops, ['messages'])] as const;
  await post(first.url, KEY, JSON.stringify(failed(900)));
  await vi.waitFor(() => expect(consoles[1].topics()).toEqual(['messages']), { timeout: 10_000 });
  consoles[0].hints.length = 0;
  await post(second.url, KEY, JSON.stringify(failed(901)));
  await vi.waitFor(() => expect(consoles[0].topics()).toEqual(['messages']), { timeout: 10_000 });
});

it('a session that one ends is over at the other, with its sockets', { timeout: LIMIT_MS }, async () => {
  const [first, second] = pults;
  const analyst = await signedIn(database.db, second.url, 'analyst');
  const { socket } = await consoleAt(second, analyst, ['messages']);
  const bye = new Promise((resolve) => socket.once('bye', resolve));
  const admin = await signedIn(database.db, first.url, 'admin');
  const { rows } = (await admin.get('/api/sessions')).json;
  const { id } = rows.find(({ userId }: { userId: string }) => userId === 'analyst');
  expect((await admin.command(`/api/sessions/${id}/revoke`, { reason: 'уволен' })).status).toBe(200);
  expect(await bye).toBe('session_ended');
  expect((await analyst.get('/api/session')).status).toBe(401);
});

it('the leader dies in the middle of everything: nothing is lost, doubled or unseen', {
  timeout: LIMIT_MS,
}, async () => {
  const [leader, survivor] = pults;
  const { db } = database;
  // Intake: both get half of a shuffled stream with doubles.
  const events = eventsOf(300, { id: 'orders', source: 'src', consumer: 'src' });
  const batches = shuffledBatches(events, 20, 'instances');
  const half = Math.ceil(batches.length / 2);
  // Retry: failures at one, the operation planned and started at the instance that does not lead.
  const wanted = Array.from({ length: RETRIED }, (_, index) => failed(index)).flat();
  expect(await post(leader.url, KEY, JSON.stringify(wanted))).toMatchObject({ status: 200 });
  const { rows: found } = await sql<{ id: string }>`select id from delivery where state = 'failed'
    and key_number like 'RE-%' and key_number not like 'RE-9__'`.execute(db);
  expect(found).toHaveLength(RETRIED);
  // Approvals: both systems hold them, people decide at both instances.
  for (let index = 0; index < REQUESTS; index += 1) {
    const made = ut.request(`ЭТ00-${String(index).padStart(6, '0')}`, [{ discount: 12 }]);
    elma.add({
      ut_process_ref: made.processRef,
      ut_order_ref: made.orderRef,
      ut_order_number: String(made.order.Number),
      kind: 'discount',
      customer: 'ООО «Энергомонтаж-Урал»',
      customer_inn: '6679048211',
      amount: { cents: 88_000, currency: 'RUB' },
      deviation_max: 7,
      initiator: { name: 'Ильин Пётр', email: 'ilyin@ekf.example' },
      reason: 'Цена конкурента',
    });
  }
  const managers = [await signedIn(db, leader.url, 'manager'), await signedIn(db, survivor.url, 'manager')] as const;
  const ops = await signedIn(db, survivor.url, 'ops');
  const manager = await consoleAt(survivor, managers[1], ['approvals']);
  const inbox = async (): Promise<{ id: string; version: number; systems: string[] }[]> =>
    (await managers[1].get('/api/approvals?tab=mine')).json.rows;
  await expect
    .poll(async () => (await inbox()).filter(({ systems }) => systems.length === 2).length, { timeout: 30_000 })
    .toBe(REQUESTS);
  const decided = await Promise.all(
    (await inbox()).map(({ id, version }, index) =>
      managers[index % 2 === 0 ? 0 : 1].command(`/api/approvals/${id}/decision`, { decision: 'approve', version }),
    ),
  );
  expect(decided.map(({ status }) => status)).toEqual(decided.map(() => 200));

  const planned = await ops.command('/api/operations', {
    verb: 'resend',
    selection: { deliveryIds: found.map(({ id }) => id) },
    ratePerSecond: 10,
  });
  expect(planned.status, planned.text).toBe(200);
  const { id } = planned.json.operation;
  const watcher = await consoleAt(survivor, ops, ['messages', `operation:${id}`]);
  // One that is connected to the instance that dies.
  const moved = await consoleAt(balancer, ops, ['messages', `operation:${id}`]);
  const lost = new Promise((resolve) => moved.socket.once('disconnect', resolve));

  // The kill: after some requests of the operation and some acknowledged batches, between a request and its answer.
  let gone: Promise<unknown> | undefined;
  let batchesDone = 0;
  let asksDone = 0;
  const killWhenBusy = (): void => {
    if (gone === undefined && batchesDone >= 4 && asksDone >= 5) gone = leader.kill('SIGKILL');
  };
  source.onAsk = (count) => {
    asksDone = count;
    killWhenBusy();
  };
  let dropped = 0;
  const drops: Promise<void>[] = [];
  const onAcknowledged = (): void => {
    batchesDone += 1;
    // Files come all the while, before the kill and after it.
    if (dropped < FILES) drops.push(dropOrder(dropped++));
    killWhenBusy();
  };
  expect((await ops.command(`/api/operations/${id}/start`, { reason: 'база вернулась' })).status).toBe(200);
  await vi.waitFor(() => expect(watcher.topics()).toContain(`operation:${id}`), { timeout: 20_000 });
  const toSurvivor = startReporter({
    url: survivor.url,
    key: KEY,
    batches: batches.slice(half),
    clients: 1,
    onAcknowledged,
  });
  const toLeader = startReporter({
    // A source that gets no answer takes the other address.
    get url() {
      return (gone === undefined ? leader : survivor).url;
    },
    key: KEY,
    batches: batches.slice(0, half),
    clients: 1,
    onAcknowledged,
  });
  await Promise.all([toSurvivor.done, toLeader.done]);
  await vi.waitFor(() => expect(gone).toBeDefined(), { timeout: 20_000 });
  await gone;
  await lost;
  for (const one of [watcher, moved]) one.hints.length = 0;
  while (dropped < FILES) drops.push(dropOrder(dropped++));
  await Promise.all(drops);

  // The survivor leads, ends the operation, and its consoles see it.
  await expect.poll(() => leads(survivor), { timeout: 20_000 }).toBe(1);
  await expect
    .poll(async () => (await ops.get(`/api/operations/${id}`)).json.state, { timeout: 90_000, interval: 200 })
    .toBe('completed');
  // A hint waits its turn: the answer over HTTP may be there before it.
  for (const one of [watcher, moved])
    await vi.waitFor(() => expect(one.topics()).toEqual(['messages', `operation:${id}`]), { timeout: 10_000 });
  expect(source.documents.size).toBe(RETRIED);
  expect([...source.documents.values()].every((count) => count === 1)).toBe(true);
  for (const asks of Map.groupBy(source.asked, ({ messageId }) => messageId).values())
    expect(new Set(asks.map(({ idempotencyKey, attempt }) => `${idempotencyKey} ${attempt}`)).size).toBe(1);
  const open = await sql`select count(*) from operation_claim where released_at is null`.execute(db);
  expect(open.rows).toEqual([{ count: 0 }]);

  // Decisions of both instances reached both systems, each once.
  await expect
    .poll(
      async () =>
        (await sql<{ n: number }>`select count(*) as n from approval_outbox where state = 'delivered'`.execute(db))
          .rows[0]?.n,
      { timeout: 100_000, interval: 200 },
    )
    .toBe(2 * REQUESTS);
  expect(elma.statusCalls).toEqual(Array(REQUESTS).fill('approved'));
  expect(ut.seen.filter(({ url }) => url.includes('/ExecuteTask'))).toHaveLength(REQUESTS);
  expect(manager.topics()).toEqual(['approvals']);

  // Every file once: taken, folded, archived, and none left half way.
  const files = path.join(folder, 'inbox');
  await expect
    .poll(
      async () =>
        (await sql<{ n: number }>`select count(*) as n from delivery where flow_id = 'edi-orders'`.execute(db)).rows[0]
          ?.n,
      { timeout: 60_000, interval: 200 },
    )
    .toBe(FILES);
  const archived = async (): Promise<string[]> => {
    const days = await readdir(path.join(folder, 'archive'));
    return (await Promise.all(days.map((day) => readdir(path.join(folder, 'archive', day))))).flat().sort();
  };
  await expect
    .poll(archived, { timeout: 60_000, interval: 200 })
    .toEqual(Array.from({ length: FILES }, (_, index) => `order_${index}.xml`).sort());
  expect((await readdir(files)).filter((name) => name.endsWith('.xml'))).toEqual([]);
  await expect.poll(() => readdir(path.join(files, '.pult-work')), { timeout: 10_000 }).toEqual([]);
  const orders = await sql`select count(*) as n, count(distinct key_number) as of,
    count(*) filter (where state = 'sent') as sent from delivery where flow_id = 'edi-orders'`.execute(db);
  expect(orders.rows).toEqual([{ n: FILES, of: FILES, sent: FILES }]);

  // Every event once, and the numbers are those of the rows.
  const ids = [...events, ...wanted].map(({ id: event }) => String(event));
  const stored = await sql<{ n: number; of: number }>`select count(*) as n, count(distinct event_id) as of
    from exchange_event where event_id = any(${ids})`.execute(db);
  expect(stored.rows).toEqual([{ n: ids.length, of: ids.length }]);
  const sums = await sql<{ applied: number; rolled: number }>`
    select (select count(*) from delivery where state = 'applied') as applied,
      (select sum(applied)::int from rollup_minute) as rolled`.execute(db);
  expect(sums.rows[0]?.applied).toBe(sums.rows[0]?.rolled);
});
