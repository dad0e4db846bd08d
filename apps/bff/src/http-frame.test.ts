/** What every answer of the running Pult carries, its documents, its probes, and what the intake does with garbage. */
import { ENDPOINTS } from '@pult/shared/contracts/table';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from './platform/db/test-database.ts';
import { SESSION_COOKIE, sha256 } from './platform/http/gate.ts';
import { Browser, type BrowserAnswer } from './testing/browser.ts';
import { endAllPults, type RunningPult, startPult } from './testing/running-pult.ts';

const KEYS = { authorization: 'Bearer site-key' };

let database: TestDatabase;
let pult: RunningPult;
let browser: Browser;

beforeAll(async () => {
  database = await createTestDatabase();
  pult = await startPult({ DATABASE_URL: database.url, INTAKE_TOKEN_SITE: 'site-key' });
  browser = new Browser(pult.url);
});
afterAll(async () => {
  await endAllPults();
  await database.close();
});

describe('every answer', () => {
  it.each(['/', '/api/docs', '/api/openapi.json', '/healthz', '/api/nowhere', '/auth/login'])(
    '%s is shielded',
    async (path) => {
      const { headers } = await browser.get(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'self';script-src 'self';script-src-attr 'none'");
      for (const part of ["object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"])
        expect(policy).toContain(part);
      expect(policy).not.toContain('unsafe-eval');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-powered-by')).toBeNull();
    },
  );

  it('carries the ids by which the log finds it, the trace of the caller when there is one', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traced = await browser.get('/api/session', {
      traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      'x-request-id': 'order-4711',
    });
    expect(traced.headers.get('x-trace-id')).toBe(traceId);
    expect(traced.headers.get('x-request-id')).toBe('order-4711');
    expect(traced.json).toMatchObject({ code: 'session.required', traceId });
    for (const bad of [`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `ff-${traceId}-00f067aa0ba902b7-01`, 'nonsense']) {
      const answer = await browser.get('/api/session', { traceparent: bad, 'x-request-id': '"}\\n' });
      expect(answer.headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/);
      expect(answer.headers.get('x-trace-id')).not.toBe(traceId);
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('of an address that is none is a problem document, also for a path that cannot be read', async () => {
    for (const path of ['/api/nowhere', '/api/messages/%E0%A4%A', '/api/../../etc/passwd', '/.env']) {
      const { status, headers } = await browser.get(path);
      expect([400, 401, 404], path).toContain(status);
      expect(headers.get('content-type'), path).toContain('application/problem+json');
    }
  });
});

it('no query makes the database stumble', async () => {
  const asker = await signedIn();
  for (const query of ['%00', 'a%00b', '%ED%A0%80', "'%22;--", '%F0%9F%92%A9'.repeat(40)]) {
    const answer = await asker.get(`/api/search?q=${query}`);
    expect([200, 400], `${query} ${answer.text}`).toContain(answer.status);
  }
});

describe('probes', () => {
  it('say which parts are ready, and the measurements cover the work', async () => {
    expect((await browser.get('/healthz')).json).toEqual({ status: 'ok' });
    expect((await browser.get('/readyz')).json).toEqual({
      ready: true,
      parts: { process: 'ok', database: 'ok', schema: 'ok' },
    });
    await intake('{"specversion":"1.0"}');
    const { text } = await browser.get('/metrics');
    for (const line of [
      /^pult_intake_events_total\{system="site",result="quarantined"\} [1-9]/m,
      /^pult_intake_queue 0$/m,
      /^pult_operations_open 0$/m,
      /^pult_circuit_state\{system="ut"\} [012]$/m,
      /^pult_database_connections\{state="waiting"\} 0$/m,
      /^pult_http_request_seconds_count\{endpoint="messages\.intake",status="200"\} [1-9]/m,
      /^pult_process_resident_memory_bytes \d+/m,
      /^# TYPE pult_outbox gauge$/m,
    ])
      expect(text).toMatch(line);
  });

  it('tell a schema that is not of this release', async () => {
    const { rows } = await sql<{
      row: string;
    }>`delete from migration where number = 3 returning to_jsonb(migration)::text as row`.execute(database.db);
    const answer = await browser.get('/readyz');
    await sql`insert into migration select * from jsonb_populate_record(null::migration, ${rows[0]?.row}::jsonb)`.execute(
      database.db,
    );
    expect(answer).toMatchObject({
      status: 503,
      json: { ready: false, parts: { database: 'ok', schema: 'migrations pending' } },
    });
    expect((await browser.get('/readyz')).status).toBe(200);
  });
});

describe('documents', () => {
  it('OpenAPI: every endpoint, every reference resolves, every template has its parameter', async () => {
    const { json: document } = await browser.get('/api/openapi.json');
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({
      title: expect.any(String),
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
    const operations = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
    expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(
      ENDPOINTS.map(({ id }) => id).sort(),
    );
    for (const { path, operation } of operations) {
      expect(path.startsWith('/')).toBe(true);
      const templates = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name }) => name).sort(), path).toEqual(templates.sort());
      for (const parameter of operation.parameters ?? [])
        expect(parameter.schema, `${path} ${parameter.name}`).toBeTypeOf('object');
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(status).toMatch(/^[1-5]\d\d$/);
        expect(response.description).not.toBe('');
      }
      for (const scheme of operation.security.flatMap(Object.keys))
        expect(document.components.securitySchemes).toHaveProperty(scheme);
    }
    for (const reference of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = (reference[1] ?? '').split('/').reduce((node, key) => node?.[key.replaceAll('~1', '/')], document);
      expect(found, reference[0]).toBeDefined();
    }
  });

  it('the page to read needs no script and nothing from elsewhere', async () => {
    const { status, text, headers } = await browser.get('/api/docs');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    for (const { path } of ENDPOINTS) expect(text).toContain(`<code>${path}</code>`);
    expect(text).not.toMatch(/<script|<link|<iframe|\son\w+=|src=|https?:\/\/(?!json-schema)/);
  });
});

/** Somebody of operations, straight into the table of sessions: the login has tests of its own. */
async function signedIn(): Promise<Browser> {
  const one = new Browser(pult.url);
  one.cookies.set(SESSION_COOKIE, 'frame-secret');
  await sql`insert into app_user (id, name, roles, first_login_at, last_login_at) values ('frame', 'frame', '{ops}', now(), now())`.execute(
    database.db,
  );
  await sql`insert into session (id, secret_hash, csrf_hash, user_id, roles, user_agent, created_at, last_seen_at, idle_ends_at, ends_at)
    values (gen_random_uuid(), ${sha256('frame-secret')}, '', 'frame', '{ops}', '', now(), now(), now() + interval '1 hour', now() + interval '1 hour')`.execute(
    database.db,
  );
  return one;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { name: string; in: string; schema: unknown }[];
  readonly responses: Readonly<Record<string, { description: string }>>;
  readonly security: readonly Record<string, string[]>[];
}

function intake(
  body: string | Buffer<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Promise<BrowserAnswer> {
  return browser.send('POST', '/api/intake/events', {
    headers: { ...KEYS, 'content-type': 'application/cloudevents-batch+json', ...headers },
    body: body as string,
  });
}
const event = (id: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  specversion: '1.0',
  id,
  source: 'site',
  type: 'exchange.accepted',
  time: '2026-11-27T09:00:00Z',
  data: { flow: 'site-orders', consumer: 'ut', message: { id, key: { type: 'ЗаказКлиента', number: id } } },
  ...more,
});
const withPayload = (payload: unknown): Record<string, unknown> =>
  event('payload-1', {
    data: {
      flow: 'site-orders',
      consumer: 'ut',
      message: { id: 'payload-1', key: { type: 'З', number: '1' }, payload },
    },
  });
async function counts(): Promise<{ events: number; deliveries: number; quarantine: number }> {
  const { rows } = await sql<{ events: number; deliveries: number; quarantine: number }>`select
    (select count(*) from exchange_event) as events, (select count(*) from delivery) as deliveries,
    (select count(*) from quarantine_event) as quarantine`.execute(database.db);
  return rows[0] ?? expect.unreachable();
}
const deep = (levels: number): string => `${'[{"a":'.repeat(levels)}1${'}]'.repeat(levels)}`;

describe('garbage at the intake', () => {
  it.each([
    ['not JSON', 'specversion: 1.0', {}, 400, 'request.not_json'],
    ['half a JSON', '[{"specversion":"1.0"', {}, 400, 'request.not_json'],
    ['nothing', '', {}, 400, null],
    ['an empty batch', '[]', {}, 400, 'request.invalid'],
    ['a number', '42', {}, 400, 'request.invalid'],
    ['null', 'null', {}, 400, null],
    ['a batch of no events', '[1,"two",null,[]]', {}, 400, 'event.malformed'],
    [
      'more than 1 000 events',
      JSON.stringify(Array.from({ length: 1_001 }, (_, index) => event(`many-${index}`))),
      {},
      400,
      'request.invalid',
    ],
    ['too deep', deep(200_000), {}, 400, 'request.invalid'],
    [
      'a payload too deep',
      JSON.stringify([withPayload('PAYLOAD')]).replace('"PAYLOAD"', deep(2_000)),
      {},
      400,
      'request.invalid',
    ],
    ['a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'request.unsupported_media_type'],
    ['no content type', '{}', { 'content-type': '' }, 415, 'request.unsupported_media_type'],
    [
      'an unknown charset',
      '[]',
      { 'content-type': 'application/json; charset=koi8-r' },
      415,
      'request.unsupported_media_type',
    ],
    ['an unknown encoding', '[]', { 'content-encoding': 'zstd-ish' }, 415, 'request.unsupported_media_type'],
    ['what says gzip and is none', '[]', { 'content-encoding': 'gzip' }, 400, null],
    ['a body above the limit', `["${'x'.repeat(33 * 1024 * 1024)}"]`, {}, 413, 'request.too_large'],
  ] as const)('%s is one clear problem and changes nothing', async (_name, body, headers, status, code) => {
    const before = await counts();
    const answer = await intake(body, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.json).toMatchObject({
      status,
      type: `urn:pult:error:${answer.json.code}`,
      traceId: expect.any(String),
    });
    if (code !== null) expect(answer.json.code).toBe(code);
    expect(await counts()).toEqual(before);
  });

  it('a batch that is half bad: the good half is folded, the bad half is kept with the reason, each has its result', async () => {
    const before = await counts();
    const batch = [
      event('half-1'),
      event('half-2', { time: 'yesterday' }),
      event('half-3', { data: { ...(event('half-3').data as object), flow: 'unknown-flow' } }),
      'no event at all',
      event('half-1'),
      event('half-4', { source: 'bp' }),
      event('half-5'),
    ];
    const { status, json } = await intake(JSON.stringify(batch));
    expect(status).toBe(200);
    expect(json.results.map((one: { id: string; status: string }) => [one.id, one.status])).toEqual([
      ['half-1', 'accepted'],
      ['half-2', 'quarantined'],
      ['half-3', 'quarantined'],
      [null, 'quarantined'],
      ['half-1', 'duplicate'],
      ['half-4', 'quarantined'],
      ['half-5', 'accepted'],
    ]);
    expect(json.results.filter((one: { reason?: string }) => one.reason !== undefined)).toHaveLength(4);
    const after = await counts();
    expect(after).toEqual({
      events: before.events + 2,
      deliveries: before.deliveries + 2,
      quarantine: before.quarantine + 4,
    });
  });

  it('depth is counted outside of texts only', async () => {
    const text = `[{"`.repeat(500);
    expect((await intake(JSON.stringify([withPayload({ text, more: '\\"[' })]))).json.results).toEqual([
      { id: 'payload-1', status: 'accepted' },
    ]);
  });

  it('bytes that are no UTF-8, NUL and broken surrogates neither fail the batch nor the database', async () => {
    const broken = Buffer.from(JSON.stringify([event('bytes-X')])) as Buffer<ArrayBuffer>;
    broken[broken.indexOf('X')] = 0xff;
    const odd = event('odd-1', {
      data: {
        flow: 'site-orders',
        consumer: 'ut',
        message: { id: 'odd-1', key: { type: 'Заказ\u0000', number: 'ЗК\ud800' }, payload: { 'ключ\u0000': '\udfff' } },
      },
    });
    for (const body of [broken, JSON.stringify([odd, event('odd-2')])]) {
      const answer = await intake(body);
      expect(answer, answer.text).toMatchObject({ status: 200 });
    }
    expect((await intake(JSON.stringify([event('odd-2')]))).json.results).toEqual([
      { id: 'odd-2', status: 'duplicate' },
    ]);
  });
});

it('holds back wrong keys and a flood of one system', async () => {
  const limited = await startPult({
    DATABASE_URL: database.url,
    INTAKE_TOKEN_SITE: 'site-key',
    INTAKE_RATE_PER_MINUTE: '3',
    DATABASE_POOL: '4',
  });
  const other = new Browser(limited.url);
  const send = (key: string) =>
    other.send('POST', '/api/intake/events', {
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify([event('flood')]),
    });
  const statuses: number[] = [];
  for (let index = 0; index < 4; index += 1) statuses.push((await send('site-key')).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
  expect((await send('site-key')).headers.get('retry-after')).toBe('60');
  await Promise.all(Array.from({ length: 70 }, (_, index) => send(`guess-${index}`)));
  // Only what was answered counts: guesses that were under way together may all have been let through.
  expect((await send('one-more')).status).toBe(429);
  await limited.kill('SIGTERM');
});
