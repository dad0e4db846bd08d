/** What a stranger to good manners may send to the running Pult: an answer of 400 or the data, never a failure of the server. */
import { type ClientRequest, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { EndpointContract } from '@pult/shared/contracts/endpoint';
import { ENDPOINTS } from '@pult/shared/contracts/table';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from './platform/db/test-database.ts';
import { CSRF_COOKIE, SESSION_COOKIE, sha256 } from './platform/http/gate.ts';
import { Browser, type BrowserAnswer } from './testing/browser.ts';
import { endAllPults, type RunningPult, startPult } from './testing/running-pult.ts';

const UNKNOWN = '019ad1c2-0000-7000-8000-00000000dead';
const cursorOf = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Values at the edges of what the types behind the parameters can hold, and what people try first. */
const HOSTILE: readonly string[] = [
  '0',
  '-1',
  '1e3',
  '2147483648',
  '9007199254740991',
  '99999999999999999999',
  '1e308',
  '-1e308',
  'NaN',
  'Infinity',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
  '2026-02-30T00:00:00Z',
  'null',
  '%',
  '_',
  '\\',
  "';--",
  '__proto__',
  'constructor',
  '\u0000',
  '\u202e',
  'а'.repeat(200),
  UNKNOWN,
  '-'.repeat(36),
  `8640000000000001.${UNKNOWN}`,
  `1.${'-'.repeat(36)}`,
  '9007199254740991.9007199254740991',
  '0.2147483648',
  '1.5',
  cursorOf({ v: 'x', id: 'y' }),
  cursorOf({ v: 'x', id: UNKNOWN }),
  cursorOf({ v: {}, id: null }),
  cursorOf({ v: '1e999', id: UNKNOWN }),
  cursorOf({ v: null, id: UNKNOWN }),
  cursorOf([]),
];
/** A cursor means something together with the order it belongs to. */
const LISTS = [{}, { sort: 'amount' }, { sort: 'position' }, { tab: 'decided' }, { tab: 'all' }] as const;
/** What the required parameters are when another one is on trial. */
const DEFAULTS: Readonly<Record<string, string>> = {
  from: '2026-11-01T00:00:00Z',
  to: '2026-11-02T00:00:00Z',
  q: 'заказ',
};

/** Ids of objects that are there, by the parameter that takes them. */
const known = new Map<string, string>();
let database: TestDatabase;
let pult: RunningPult;
let browser: Browser;

beforeAll(async () => {
  database = await createTestDatabase();
  pult = await startPult({ DATABASE_URL: database.url, INTAKE_TOKEN_SITE: 'site-key', INTAKE_HELD_MEGABYTES: '40' });
  browser = new Browser(pult.url);
  browser.cookies.set(SESSION_COOKIE, 'hostile-secret');
  const roles = ['manager', 'ops', 'analyst', 'admin'];
  await sql`insert into app_user (id, name, roles, first_login_at, last_login_at) values ('h', 'h', ${roles}, now(), now())`.execute(
    database.db,
  );
  await sql`insert into session (id, secret_hash, csrf_hash, user_id, roles, user_agent, created_at, last_seen_at, idle_ends_at, ends_at)
    values (gen_random_uuid(), ${sha256('hostile-secret')}, ${sha256('csrf')}, 'h', ${roles}, '', now(), now(), now() + interval '1 hour', now() + interval '1 hour')`.execute(
    database.db,
  );
  browser.cookies.set(CSRF_COOKIE, 'csrf');
  await intake([event('known', { type: 'exchange.failed', error: { text: 'Период закрыт' } })]);
  const [row] = (await browser.get('/api/messages')).json.rows;
  const planned = await browser.command('/api/operations', {
    verb: 'discard',
    selection: { deliveryIds: [row.id] },
  });
  // Some lists look first whether their object is there.
  known.set('deliveryId', row.id).set('operationId', planned.json.operation.id);
});
afterAll(async () => {
  await endAllPults();
  await database.close();
});

const event = (id: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => {
  const { type = 'exchange.accepted', time = '2026-11-27T09:00:00Z', message = {}, ...data } = more;
  return {
    specversion: '1.0',
    id,
    source: 'site',
    type,
    time,
    data: {
      flow: 'site-orders',
      consumer: 'ut',
      message: { id, key: { type: 'ЗаказКлиента', number: id }, ...(message as object) },
      ...data,
    },
  };
};
function intake(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<BrowserAnswer> {
  return browser.send('POST', '/api/intake/events', {
    headers: { authorization: 'Bearer site-key', 'content-type': 'application/json', ...headers },
    body: (Buffer.isBuffer(body) ? body : JSON.stringify(body)) as string,
  });
}

describe('a query', () => {
  const asked = ENDPOINTS.filter(({ method, query }) => method === 'GET' && query !== undefined);
  it.each(asked.map((endpoint) => [endpoint.id, endpoint as EndpointContract] as const))(
    'of %s at the edges of its types is answered or refused',
    async (_id, { path, query }) => {
      const address = path.replaceAll(/:([A-Za-z0-9_]+)/g, (_all, name: string) => known.get(name) ?? UNKNOWN);
      const names = Object.keys(query?.shape ?? {});
      const required = names.filter((name) => !query?.shape[name]?.safeParse(undefined).success);
      const failed: string[] = [];
      const ask = async (search: Record<string, string>): Promise<void> => {
        const { status } = await browser.get(`${address}?${new URLSearchParams(search)}`);
        if (![200, 400, 404].includes(status)) failed.push(`${status} ${JSON.stringify(search)}`);
      };
      const fixed = Object.fromEntries(required.map((one) => [one, DEFAULTS[one] ?? '']));
      for (const name of names) {
        const lists = LISTS.filter((list) =>
          Object.keys(list).every((one) => name === 'cursor' && names.includes(one)),
        );
        await Promise.all(HOSTILE.flatMap((value) => lists.map((list) => ask({ ...fixed, ...list, [name]: value }))));
      }
      expect(failed).toEqual([]);
    },
  );
});

describe('an event', () => {
  const FAR = { time: '9999-12-31T23:59:59-14:00' };
  it.each([
    ['of the year 0', { time: '0000-01-01T00:00:00Z' }, 'quarantined'],
    ['of the year 0 in its zone', { time: '0001-01-01T00:00:00+14:00' }, 'quarantined'],
    ['of the year 10000 in its zone', FAR, 'quarantined'],
    ['from next week', { time: new Date(Date.now() + 7 * 86_400_000).toISOString() }, 'quarantined'],
    ['of a clock that runs ahead', { time: new Date(Date.now() + 3_600_000).toISOString() }, 'accepted'],
    ['about an empty date of 1С', { message: { occurredAt: '0001-01-01T00:00:00Z' } }, 'accepted'],
    ['about the year 0', { message: { occurredAt: '0000-01-01T00:00:00Z' } }, 'accepted'],
    ['of an empty date of 1С', { time: '0001-01-01T00:00:00Z' }, 'quarantined'],
    ['of a clock that was never set', { time: '1970-01-01T00:00:05Z' }, 'quarantined'],
    ['with the largest amount', { message: { amount: '-999999999999999.9999' } }, 'accepted'],
    ['with an amount too large', { message: { amount: '1e30' } }, 'quarantined'],
    ['with an infinite number', { message: { payload: { sum: 'NUMBER' } } }, 'accepted'],
    ['with keys of prototypes', { message: { payload: 'PROTOTYPE' } }, 'accepted'],
    [
      'with an error code that is no text',
      { type: 'exchange.failed', error: { text: 'x', code: 'PROTOTYPE' } },
      'quarantined',
    ],
    [
      'with control characters',
      { message: { key: { type: '\u0001\u0000', number: '\u202e\u0007\r\n\ud800' } } },
      'accepted',
    ],
    [
      'with the longest texts',
      {
        message: { key: { type: 'я'.repeat(200), number: '💩'.repeat(100) }, counterparty: { name: 'я'.repeat(500) } },
      },
      'accepted',
    ],
    ['with a flow of the prototype', { flow: '__proto__' }, 'quarantined'],
    ['with attempt 100000', { attempt: 100_000, revision: 10_000 }, 'accepted'],
    ['with attempt 100001', { attempt: 100_001 }, 'quarantined'],
  ])('%s does not fail its batch', async (name, more, status) => {
    const id = `hostile ${name}`;
    const body = JSON.stringify([event(id, more), event(`beside ${id}`)])
      .replace('"NUMBER"', '-1e999')
      .replace(
        '"PROTOTYPE"',
        '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1,"hasOwnProperty":0}',
      );
    const answer = await intake(Buffer.from(body));
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json.results.map((one: { status: string }) => one.status)).toEqual([status, 'accepted']);
    expect((await browser.get(`/api/messages?q=${encodeURIComponent(`beside ${id}`)}`)).json.rows).toHaveLength(1);
    expect((await browser.get('/api/messages?limit=200')).status).toBe(200);
    expect((await browser.get('/api/landscape/overview')).status).not.toBe(500);
  });
});

describe('the quarantine', () => {
  it('keeps a large event without the content, a larger one by its identity, and the list can be shown', async () => {
    const large = (id: string, where: Readonly<Record<string, unknown>>) => event(id, { flow: 'nowhere', ...where });
    const answer = await intake([
      large('large-1', { message: { payload: 'x'.repeat(1_000_000) } }),
      large('large-2', { more: 'x'.repeat(1_000_000) }),
      large('large-3', { message: { payload: 'x' } }),
    ]);
    expect(answer.json.results.map((one: { status: string }) => one.status)).toEqual(Array(3).fill('quarantined'));
    const list = await browser.get('/api/quarantine');
    expect(list.text.length).toBeLessThan(100_000);
    const found = list.json.rows.filter(({ eventId }: { eventId: string }) => eventId.startsWith('large'));
    expect(found.map(({ event }: { event: unknown }) => event)).toEqual([
      expect.objectContaining({
        data: expect.objectContaining({ message: expect.objectContaining({ payload: 'x' }) }),
      }),
      { id: 'large-2', source: 'site', type: 'exchange.accepted' },
      expect.objectContaining({ data: expect.objectContaining({ flow: 'nowhere' }) }),
    ]);
  });

  it('lists every problem of an event, not every one of a million wrong values', async () => {
    const beat = { ...event('beat', { service: 's', instance: 'i' }), type: 'exchange.heartbeat' };
    const body = JSON.stringify([beat]).replace('"flow":"site-orders"', `"flows":[${'0,'.repeat(3_000_000)}0]`);
    const answer = await intake(Buffer.from(body));
    expect(answer.json.results, answer.text).toEqual([{ id: 'beat', status: 'accepted' }]);
  });
});

describe('a body', () => {
  it('is UTF-8: another Unicode charset would get past the look at its bytes', async () => {
    const text = JSON.stringify([event('utf-16', { message: { key: { type: 'З', number: 'NUL\u0000' } } })]);
    for (const charset of ['utf-16le', 'utf-16', 'utf-7', 'utf-32']) {
      const answer = await intake(Buffer.from(text, 'utf16le'), {
        'content-type': `application/json; charset=${charset}`,
      });
      expect(answer, charset).toMatchObject({ status: 415, json: { code: 'request.unsupported_media_type' } });
    }
    for (const charset of ['utf-8', 'UTF-8', '"utf-8"']) {
      const answer = await intake(Buffer.from(text), { 'content-type': `application/json; charset=${charset}` });
      expect(answer.status, charset).toBe(200);
    }
  });

  it('that does not tell what it becomes counts as the largest: a small one may unpack to 32 MB', async () => {
    const zipped = () => intake(gzipSync(JSON.stringify([event('zipped')])), { 'content-encoding': 'gzip' });
    const headers = {
      authorization: 'Bearer site-key',
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    };
    // One that never ends; when a short one was quicker into the window it is refused and comes again.
    let slow: ClientRequest | undefined;
    const hold = (): void => {
      slow = request(`${pult.url}/api/intake/events`, { method: 'POST', headers });
      slow.on('error', () => undefined);
      slow.on('response', hold);
      slow.write(gzipSync('[').subarray(0, 10));
    };
    hold();
    await expect.poll(async () => (await zipped()).json.code).toBe('server.overloaded');
    expect((await zipped()).headers.get('retry-after')).toBe('1');
    expect((await intake([event('plain')])).status).toBe(200);
    slow?.destroy();
    await expect.poll(async () => (await zipped()).status).toBe(200);
  });
});

it('good keys are not held back by the limit for wrong ones, however many come at once', async () => {
  const many = Array.from({ length: 150 }, (_, index) => intake([event(`at once ${index}`)]));
  const statuses = (await Promise.all(many)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200]));
});
