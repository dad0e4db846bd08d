/** The live channel of the running Pult: who may open it, what a subscription checks each time, when it is cut off. */
import { permissionsOf, type Role } from '@pult/shared/domain/identity/permissions';
import { TOPICS } from '@pult/shared/live/topics';
import { sql } from 'kysely';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from './platform/db/test-database.ts';
import { Browser } from './testing/browser.ts';
import { type OpenIdProvider, startOpenIdProvider } from './testing/openid-provider.ts';
import { endAllPults, type RunningPult, startPult } from './testing/running-pult.ts';

let database: TestDatabase;
let provider: OpenIdProvider;
let pult: RunningPult;
const sockets: Socket[] = [];

beforeAll(async () => {
  [database, provider] = await Promise.all([createTestDatabase(), startOpenIdProvider()]);
  pult = await startPult({ DATABASE_URL: database.url, OIDC_ISSUER: provider.issuer, INTAKE_TOKEN_SITE: 'site-key' });
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect();
});
afterAll(async () => {
  await endAllPults();
  await provider.close();
  await database.close();
});

async function person(role: Role, sub: string = role): Promise<Browser> {
  provider.person = { sub, idToken: { name: sub, roles: [role] } };
  const browser = new Browser(pult.url);
  await browser.logIn();
  return browser;
}

function connect(cookie: string, more: { origin?: string; transports?: string[] } = {}): Socket {
  const socket = io(pult.url, {
    transports: more.transports ?? ['websocket'],
    reconnection: false,
    forceNew: true,
    extraHeaders: { cookie, ...(more.origin ? { origin: more.origin } : {}) },
  });
  sockets.push(socket);
  return socket;
}
/** `connected`, or the reason of the refusal. */
const outcome = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    socket.once('connect', () => resolve('connected'));
    socket.once('connect_error', (error) => resolve(error.message));
  });
/** Topics that were refused. */
const subscribe = (socket: Socket, topics: unknown): Promise<string[]> => socket.emitWithAck('subscribe', topics);
const next = <T>(socket: Socket, event: string): Promise<T> =>
  new Promise((resolve) => socket.once(event, (value: T) => resolve(value)));

describe('opening', () => {
  it('needs a running session', async () => {
    expect(await outcome(connect(''))).toBe('session.required');
    expect(await outcome(connect('pult_session=made-up'))).toBe('session.required');
    expect(await outcome(connect((await person('ops')).cookieHeader()))).toBe('connected');
  });

  it('is refused to a page of another site that rides on the cookie', async () => {
    const cookie = (await person('ops')).cookieHeader();
    expect(await outcome(connect(cookie, { origin: 'https://evil.example.org' }))).not.toBe('connected');
    expect(await outcome(connect(cookie, { origin: pult.url }))).toBe('connected');
  });

  it('works by polling where a proxy lets no web socket through', async () => {
    const socket = connect((await person('ops')).cookieHeader(), { transports: ['polling'] });
    expect(await outcome(socket)).toBe('connected');
    expect(await subscribe(socket, ['messages'])).toEqual([]);
  });
});

describe('a subscription', () => {
  it.each(['manager', 'ops', 'analyst', 'admin'] as const)(
    'of %s follows the permissions of every room',
    async (role) => {
      const socket = connect((await person(role)).cookieHeader());
      await outcome(socket);
      const topics = Object.keys(TOPICS);
      const granted = permissionsOf([role]);
      const expected = Object.entries(TOPICS).flatMap(([topic, wanted]) => (granted.includes(wanted) ? [] : [topic]));
      expect((await subscribe(socket, topics)).sort()).toEqual(expected.sort());
      expect(await subscribe(socket, ['audit', 'session/1', 'constructor'])).toEqual([
        'audit',
        'session/1',
        'constructor',
      ]);
    },
  );

  it('is checked each time: a role that was taken away counts at once', async () => {
    const browser = await person('ops', 'demoted');
    const socket = connect(browser.cookieHeader());
    await outcome(socket);
    expect(await subscribe(socket, ['operations'])).toEqual([]);
    await sql`update session set roles = '{manager}' where user_id = 'demoted'`.execute(database.db);
    expect(await subscribe(socket, ['operations'])).toEqual(['operations']);
  });

  it('survives whatever a client sends', async () => {
    const socket = connect((await person('ops')).cookieHeader());
    await outcome(socket);
    for (const garbage of [null, 7, 'messages', { length: 3 }, [null, {}, 'x'.repeat(5_000)]])
      expect(await subscribe(socket, garbage)).toEqual([]);
    socket.emit('subscribe');
    socket.emit('unsubscribe', { topics: 1 });
    expect(await subscribe(socket, ['messages'])).toEqual([]);
  });

  it('brings hints of what changed, no data', async () => {
    const socket = connect((await person('analyst')).cookieHeader());
    await outcome(socket);
    await subscribe(socket, ['messages']);
    const hint = next<Record<string, unknown>>(socket, 'hint');
    const event = {
      specversion: '1.0',
      id: 'live-1',
      source: 'site',
      type: 'exchange.accepted',
      time: new Date().toISOString(),
      data: {
        flow: 'site-orders',
        consumer: 'ut',
        message: { id: 'live-1', key: { type: 'ЗаказКлиента', number: 'ЗК-1' }, counterparty: { name: 'ООО «Тайна»' } },
      },
    };
    const sent = await new Browser(pult.url).send('POST', '/api/intake/events', {
      headers: { authorization: 'Bearer site-key', 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(event),
    });
    expect(sent.json).toEqual({ results: [{ id: 'live-1', status: 'accepted' }] });
    const got = await hint;
    expect(Object.keys(got).sort()).toEqual(['at', 'ids', 'topic']);
    expect(JSON.stringify(got)).not.toContain('Тайна');
  });
});

describe('numbers of the rail', () => {
  it('come by themselves when something happened, to each as the endpoint would answer him', async () => {
    const people = await Promise.all([person('ops', 'counted'), person('manager', 'counted-too')]);
    const sockets = people.map((browser) => connect(browser.cookieHeader()));
    await Promise.all(sockets.map(outcome));
    await Promise.all(sockets.map((socket) => subscribe(socket, ['landscape'])));
    const told = sockets.map((socket) => next(socket, 'numbers'));
    const event = {
      specversion: '1.0',
      id: 'live-2',
      source: 'site',
      type: 'exchange.failed',
      time: new Date().toISOString(),
      data: {
        flow: 'site-orders',
        consumer: 'ut',
        attempt: 1,
        error: { code: 'ut.unknown_item', class: 'data', text: 'Не найдена номенклатура' },
        message: { id: 'live-2', key: { type: 'ЗаказКлиента', number: 'ЗК-2' } },
      },
    };
    const { json } = await new Browser(pult.url).send('POST', '/api/intake/events', {
      headers: { authorization: 'Bearer site-key', 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(event),
    });
    expect(json).toEqual({ results: [{ id: 'live-2', status: 'accepted' }] });
    const numbers = await Promise.all(told);
    expect(numbers).toEqual(await Promise.all(people.map(async (one) => (await one.get('/api/counters')).json)));
    expect(numbers[0]).toMatchObject({ messages: 1 });
  });
});

describe('the end', () => {
  it('comes at once when an administrator ends the session', async () => {
    const browser = await person('ops', 'leaving');
    const socket = connect(browser.cookieHeader());
    await outcome(socket);
    const [bye, gone] = [next<string>(socket, 'bye'), next<string>(socket, 'disconnect')];
    const admin = await person('admin');
    const { rows } = (await admin.get('/api/sessions')).json;
    const { id } = rows.find(({ userId }: { userId: string }) => userId === 'leaving');
    await admin.command(`/api/sessions/${id}/revoke`, { reason: 'уволен' });
    expect(await bye).toBe('session_ended');
    expect(await gone).toBe('io server disconnect');
    expect(await outcome(connect(browser.cookieHeader()))).toBe('session.required');
  });

  it('comes with the next subscription when the session ended elsewhere (another instance, its time)', async () => {
    const socket = connect((await person('ops', 'expired')).cookieHeader());
    await outcome(socket);
    const bye = next<string>(socket, 'bye');
    await sql`update session set idle_ends_at = now() - interval '1 second' where user_id = 'expired'`.execute(
      database.db,
    );
    socket.emit('subscribe', ['messages']);
    expect(await bye).toBe('session_ended');
  });
});
