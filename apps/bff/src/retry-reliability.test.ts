/** A retry whose process is killed with -9, again and again, between the request and its answer. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from './platform/db/test-database.ts';
import { freePort } from './platform/http/free-port.ts';
import { CSRF_COOKIE, SESSION_COOKIE, sha256 } from './platform/http/gate.ts';
import { Browser } from './testing/browser.ts';
import { post } from './testing/exchange.ts';
import { type RetrySource, retryLandscape, startRetrySource } from './testing/retry-source.ts';
import { endAllPults, type RunningPult, startPult } from './testing/running-pult.ts';

const KEY = 'ut-key';
const MESSAGES = 30;
const KILL_AT = [1, 7, 20];

let folder: string;
let database: TestDatabase;
let source: RetrySource;
let pult: RunningPult;
let env: Record<string, string>;

beforeAll(async () => {
  [folder, database] = await Promise.all([mkdtemp(path.join(tmpdir(), 'pult-retry-')), createTestDatabase()]);
  const port = await freePort();
  source = await startRetrySource({ url: `http://127.0.0.1:${port}`, key: KEY });
  env = {
    DATABASE_URL: database.url,
    LANDSCAPE_FILE: path.join(folder, 'landscape.yaml'),
    INTAKE_TOKEN_UT: KEY,
    UT_ODATA_USER: 'u',
    UT_ODATA_PASSWORD: 'p',
  };
  await writeFile(env.LANDSCAPE_FILE ?? '', retryLandscape(source.url));
  pult = await startPult(env, port);
});
afterAll(async () => {
  await source.close();
  await endAllPults();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** Somebody of operations, straight into the table of sessions: the login has tests of its own. */
async function operator(): Promise<Browser> {
  await sql`insert into app_user (id, name, roles, first_login_at, last_login_at) values ('o', 'Нечаева Ольга', '{ops}', now(), now()) on conflict do nothing`.execute(
    database.db,
  );
  await sql`insert into session (id, secret_hash, csrf_hash, user_id, roles, user_agent, created_at, last_seen_at, idle_ends_at, ends_at)
    values (gen_random_uuid(), ${sha256('secret')}, ${sha256('csrf')}, 'o', '{ops}', '', now(), now(), now() + interval '1 hour', now() + interval '1 hour') on conflict do nothing`.execute(
    database.db,
  );
  const browser = new Browser(pult.url);
  browser.cookies.set(SESSION_COOKIE, 'secret');
  browser.cookies.set(CSRF_COOKIE, 'csrf');
  return browser;
}

const failedEvents = (count: number, prefix: string): Record<string, unknown>[] =>
  Array.from({ length: count }, (_, index) =>
    ['accepted', 'sent', 'failed'].map((kind, step) => ({
      specversion: '1.0',
      id: `${prefix}${index}-${kind}`,
      source: 'ut',
      type: `exchange.${kind}`,
      time: new Date(Date.now() - 60_000 + index * 10 + step).toISOString(),
      data: {
        flow: 'orders',
        consumer: 'ut',
        message: { id: `${prefix}-${index}`, key: { type: 'ЗаказКлиента', number: `${prefix}-${index}` } },
        ...(kind === 'failed' ? { error: { text: 'Блокировка данных' } } : {}),
      },
    })),
  ).flat();

it('what is discarded stays discarded, until it is restored', { timeout: 30_000 }, async () => {
  expect(await post(pult.url, KEY, JSON.stringify(failedEvents(3, 'ДБЛ')))).toMatchObject({ status: 200 });
  const { rows } = await sql<{ id: string }>`select id from delivery where key_number like 'ДБЛ%'`.execute(database.db);
  const deliveryIds = rows.map(({ id }) => id);
  const browser = await operator();
  const states = async (): Promise<string[]> =>
    (
      await sql<{ state: string }>`select state from delivery where id = any(${deliveryIds}::uuid[])`.execute(
        database.db,
      )
    ).rows.map(({ state }) => state);
  const decide = async (verb: 'discard' | 'restore'): Promise<void> => {
    const planned = await browser.command('/api/operations', { verb, selection: { deliveryIds } });
    expect(planned.status, planned.text).toBe(200);
    const { id } = planned.json.operation;
    expect((await browser.command(`/api/operations/${id}/start`, { reason: 'дубли' })).status).toBe(200);
    await expect
      .poll(async () => (await browser.get(`/api/operations/${id}`)).json.state, { timeout: 15_000 })
      .toBe('completed');
  };
  await decide('discard');
  expect(await states()).toEqual(['discarded', 'discarded', 'discarded']);
  await decide('restore');
  expect(await states()).toEqual(['failed', 'failed', 'failed']);
  await decide('discard');
});

it('makes no second document and loses no item', { timeout: 120_000 }, async () => {
  expect(await post(pult.url, KEY, JSON.stringify(failedEvents(MESSAGES, 'ЗК')))).toMatchObject({ status: 200 });
  const { rows } = await sql<{ id: string }>`select id from delivery where state = 'failed'`.execute(database.db);
  expect(rows).toHaveLength(MESSAGES);
  const browser = await operator();
  const planned = await browser.command('/api/operations', {
    verb: 'resend',
    selection: { deliveryIds: rows.map(({ id }) => id) },
    ratePerSecond: 25,
  });
  expect(planned.status, planned.text).toBe(200);
  const { id } = planned.json.operation;

  const killed: number[] = [];
  let comingBack: Promise<unknown> = Promise.resolve();
  source.onAsk = (count) => {
    if (count < (KILL_AT[killed.length] ?? Number.POSITIVE_INFINITY)) return;
    killed.push(count);
    const dying = pult;
    // At once, in the same turn: the asker never reads this answer.
    const gone = dying.kill('SIGKILL');
    comingBack = comingBack
      .then(() => gone)
      .then(async () => {
        pult = await startPult(env, dying.port);
      });
  };
  expect((await browser.command(`/api/operations/${id}/start`, { reason: 'база вернулась' })).status).toBe(200);
  const state = async (): Promise<string> => {
    await comingBack;
    const answer = await browser.get(`/api/operations/${id}`).catch(() => null);
    return answer?.status === 200 ? answer.json.state : 'away';
  };
  await expect.poll(state, { timeout: 90_000, interval: 100 }).toBe('completed');

  expect(killed).toHaveLength(KILL_AT.length);
  expect([...source.documents.values()].every((count) => count === 1)).toBe(true);
  expect(source.documents.size).toBe(MESSAGES);
  // Every request about one message carried one key and one attempt, however often it was made.
  const decisions = Map.groupBy(source.asked, ({ messageId }) => messageId);
  for (const asks of decisions.values())
    expect(new Set(asks.map(({ idempotencyKey, attempt }) => `${idempotencyKey} ${attempt}`)).size).toBe(1);
  const states = await sql`select state, count(*) from delivery where key_number like 'ЗК%' group by state`.execute(
    database.db,
  );
  expect(states.rows).toEqual([{ state: 'applied', count: MESSAGES }]);
  const items =
    await sql`select count(*) from operation_item where state not in ('applied', 'already_applied') and operation_id = ${id}`.execute(
      database.db,
    );
  expect(items.rows).toEqual([{ count: 0 }]);
  const claims = await sql`select count(*) from operation_claim where released_at is null`.execute(database.db);
  expect(claims.rows).toEqual([{ count: 0 }]);
});
