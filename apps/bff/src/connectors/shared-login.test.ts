/** Several instances on one database and a system that refuses the password: together they send it as often as one would. */
import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../platform/db/test-database.ts';
import type { CircuitChange } from './port/circuit.ts';
import { createLoginLedger, type LoginLedger } from './port/login-ledger.ts';
import { type Connectors, createConnectors } from './registry.ts';
import { startScriptedServer } from './testing/scripted-server.ts';

const MINUTE = 60_000;
const title = { ru: 'а', en: 'a' };
const clock = { time: 0, now: () => clock.time };
let database: TestDatabase;
let server: Awaited<ReturnType<typeof startScriptedServer>>;
let refuses: boolean;

beforeAll(async () => {
  [database, server] = await Promise.all([createTestDatabase(), startScriptedServer(() => ({}))]);
});
afterAll(() => Promise.all([database.close(), server.close()]));
beforeEach(async () => {
  clock.time = Date.parse('2026-11-26T09:00:00Z');
  refuses = true;
  const tokens = { AuthToken: 'a', SessionToken: 's' };
  server.answer(() => ({ status: refuses ? 401 : 200, body: { value: [], ...tokens } }));
  await sql`delete from login_hold`.execute(database.db);
});

const ONEC = () => ({ protocol: 'onec-odata', url: `${server.url}/odata`, userEnv: 'U', passwordEnv: 'P' });
const ELMA3 = () => ({
  protocol: 'elma3',
  url: server.url,
  userEnv: 'U',
  passwordEnv: 'P',
  applicationTokenEnv: 'T',
});

interface Instance {
  readonly connectors: Connectors;
  readonly changes: CircuitChange[];
}

/** A row as the database has it after it lost a later one. */
interface Lost {
  readonly version: number;
  readonly since: Date;
  readonly until: Date;
  readonly refusals: number;
  readonly ways: string[];
}

interface Start {
  readonly connector?: object;
  readonly password?: string;
  readonly logins?: LoginLedger;
}

function start({ connector = ONEC(), password = 'старый', logins }: Start = {}): Instance {
  const connectors = createConnectors({
    landscape: landscapeFile.parse({
      version: 1,
      systems: [{ id: 'x', title, kind: 'onec', place: { column: 0, row: 0 }, connector }],
      flows: [{ id: 'f', title, what: title, from: ['x'], to: ['x'], channel: 'rest' }],
    }),
    secrets: { U: 'pult', P: password, T: 'token' },
    clock,
    logins: logins ?? createLoginLedger(database.db),
  });
  const changes: CircuitChange[] = [];
  connectors.onCircuit((change) => changes.push(change));
  return { connectors, changes };
}

const ask = ({ connectors }: Instance): Promise<string> =>
  connectors.check('x').then(
    () => 'ok',
    (error: { code?: string }) => String(error.code),
  );
/** Requests that reached the system meanwhile. */
async function sentBy(work: () => Promise<unknown>): Promise<number> {
  const before = server.seen.length;
  await work();
  return server.seen.length - before;
}
/** Each instance asks each minute, all at the same moment. */
async function poll(instances: readonly Instance[], ms: number): Promise<void> {
  for (const end = clock.time + ms; clock.time < end; clock.time += MINUTE) await Promise.all(instances.map(ask));
}

it.each([
  ['1С', ONEC, 3],
  // Its first refusal has no pause: it may have meant the session that was sent along.
  ['ELMA3', ELMA3, 1 + 3],
])('is sent to %s as seldom by three instances as by one', async (_name, connector, times) => {
  const instances = [1, 2, 3].map(() => start({ connector: connector() }));
  expect(await ask(instances[0] as Instance)).toBe('source.unauthorized');
  expect(await sentBy(() => poll(instances, 3 * 60 * MINUTE))).toBe(times);
  for (const { connectors } of instances)
    expect(connectors.state('x')?.login).toMatchObject({ since: Date.parse('2026-11-26T09:00:00Z') });
});

it.each([
  ['1С', ONEC, 1],
  ['ELMA3', ELMA3, 2],
])('holds an instance that never asked %s, and one that has just been started', async (_name, connector, refusals) => {
  const [first, second] = [start({ connector: connector() }), start({ connector: connector() })];
  for (let time = 0; time < refusals; time += 1) await ask(first);
  expect(await sentBy(async () => expect(await ask(second)).toBe('source.circuit_open'))).toBe(0);
  expect(await sentBy(() => ask(start({ connector: connector() })))).toBe(0);
  expect(second.connectors.state('x')).toMatchObject({ circuit: 'open', login: { refusals } });
  expect(second.changes.map(({ to }) => to)).toEqual(['open']);
});

it('does not let an instance go on that was answered well by the way that another one is refused by', async () => {
  const [first, second] = [start(), start()];
  refuses = false;
  expect(await ask(second)).toBe('ok');
  refuses = true;
  clock.time += MINUTE;
  await ask(first);
  expect(await sentBy(() => ask(second))).toBe(0);
});

it('counts refusals that instances hear at the same moment as one', async () => {
  const [first, second] = [start(), start()];
  expect(await sentBy(() => Promise.all([ask(first), ask(second)]))).toBeLessThanOrEqual(2);
  clock.time += MINUTE;
  await Promise.all([ask(first), ask(second)]);
  for (const { connectors } of [first, second]) expect(connectors.state('x')?.login?.refusals).toBe(1);
});

it('is tried by one instance alone after the pause, and its good answer lets all go on', async () => {
  const [first, second] = [start(), start()];
  await ask(first);
  await ask(second);
  clock.time += 15 * MINUTE;
  expect(await sentBy(() => Promise.all([ask(first), ask(second)]))).toBe(1);
  expect(await sentBy(() => Promise.all([ask(first), ask(second)]))).toBe(0);
  clock.time += 60 * MINUTE;
  refuses = false;
  await ask(second);
  clock.time += 1_000;
  expect([await ask(first), await ask(second)]).toEqual(['ok', 'ok']);
  expect(first.changes.map(({ to }) => to)).toEqual(['open', 'closed']);
  expect(second.changes.map(({ to }) => to)).toEqual(['open', 'closed']);
});

it('is tried by another instance when the one that was to try is gone', async () => {
  const [first, second] = [start(), start()];
  await ask(first);
  await ask(second);
  clock.time += 15 * MINUTE;
  const ledger = createLoginLedger(database.db);
  const { rows } = await sql<{ login: string }>`select login from login_hold`.execute(database.db);
  const key = { system: 'x', login: rows[0]?.login ?? '' };
  const gone = {
    id: '00000000-0000-4000-8000-000000000000',
    version: 1,
    now: clock.time,
    untilMs: clock.time + MINUTE,
  };
  expect(await ledger.claimProbe(key, gone)).toBe(true);
  expect(await sentBy(() => ask(second))).toBe(0);
  clock.time += MINUTE;
  expect(await sentBy(() => ask(second))).toBe(1);
});

it('is tried after the pause also when the database has forgotten it, and the verdict is told anew', async () => {
  const [first, second] = [start(), start()];
  await ask(first);
  await sql`delete from login_hold`.execute(database.db);
  expect(await sentBy(() => poll([first], 14 * MINUTE))).toBe(0);
  clock.time += MINUTE;
  expect(await sentBy(() => ask(first))).toBe(1);
  expect(await sentBy(() => ask(second))).toBe(0);
});

it('is told anew when the database has lost the refusal alone', async () => {
  const [first, second] = [start(), start()];
  await ask(first);
  refuses = false;
  await first.connectors.releaseLogin('x');
  refuses = true;
  const { rows } = await sql<{ version: number }>`select version from login_hold`.execute(database.db);
  expect(rows).toEqual([{ version: 2 }]);
  clock.time += 1_000;
  expect(await ask(first)).toBe('source.unauthorized');
  await sql`update login_hold set version = 2, since = null, until = null, refusals = 0, ways = '{}'`.execute(
    database.db,
  );
  clock.time += 1_000;
  expect(await sentBy(() => ask(first))).toBe(0);
  clock.time += 1_000;
  expect(await sentBy(() => poll([first, second], 14 * MINUTE))).toBe(0);
  clock.time += MINUTE;
  refuses = false;
  expect(await sentBy(() => poll([first, second], 3 * MINUTE))).toBeGreaterThan(1);
  expect([await ask(first), await ask(second)]).toEqual(['ok', 'ok']);
});

it('is tried again after the pause when the database has lost that it is good', async () => {
  const [first, second] = [start(), start()];
  await ask(first);
  const { rows } = await sql<Lost>`select version, since, until, refusals, ways from login_hold`.execute(database.db);
  await first.connectors.releaseLogin('x');
  refuses = false;
  const [old] = rows as [Lost];
  await sql`update login_hold set version = ${old.version}, since = ${old.since}, until = ${old.until},
    refusals = ${old.refusals}, ways = ${old.ways}`.execute(database.db);
  clock.time += 1_000;
  expect(await sentBy(() => Promise.all([ask(first), ask(second)]))).toBe(0);
  clock.time += 15 * MINUTE;
  await poll([first, second], 2 * MINUTE);
  expect([await ask(first), await ask(second)]).toEqual(['ok', 'ok']);
});

it('goes by the database where another verdict bears the same number there', async () => {
  const first = start();
  await ask(first);
  await sql`update login_hold set since = null, until = null, refusals = 0, ways = '{}'`.execute(database.db);
  refuses = false;
  clock.time += 1_000;
  expect(await ask(first)).toBe('ok');
});

it('may be sent at once by all when a check was let in at one of them', async () => {
  const [first, second] = [start(), start()];
  await ask(first);
  await ask(second);
  refuses = false;
  await second.connectors.releaseLogin('x');
  clock.time += 1_000;
  expect([await ask(first), await ask(second)]).toEqual(['ok', 'ok']);
});

it('goes on with another password, while an instance that still has the old one stands still', async () => {
  const old = start();
  await ask(old);
  const renewed = start({ password: 'новый' });
  refuses = false;
  expect(await ask(renewed)).toBe('ok');
  clock.time += 1_000;
  expect(await sentBy(() => ask(old))).toBe(0);
});

it('goes by what it heard itself while the database is away, and tells it afterwards', async () => {
  const real = createLoginLedger(database.db);
  let isAway = true;
  const orAway =
    <A extends unknown[], T>(verb: (...given: A) => Promise<T>) =>
    (...given: A): Promise<T> =>
      isAway ? Promise.reject(new Error('away')) : verb(...given);
  const logins = {
    read: orAway(real.read),
    tell: orAway(real.tell),
    claimProbe: orAway(real.claimProbe),
    endProbe: orAway(real.endProbe),
  };
  const [first, second] = [start({ logins }), start()];
  expect(await ask(first)).toBe('source.unauthorized');
  expect(await sentBy(() => poll([first], 14 * MINUTE))).toBe(0);
  isAway = false;
  await ask(first);
  expect(await sentBy(() => ask(second))).toBe(0);
  expect(first.connectors.state('x')?.login).toEqual(second.connectors.state('x')?.login);
});

it('keeps nothing of the password but a mark that finds none', async () => {
  await ask(start());
  const { rows } = await sql<{ login: string }>`select * from login_hold`.execute(database.db);
  expect(rows.map(({ login }) => login)).toEqual([expect.stringMatching(/^[0-9a-f]{4}$/)]);
  expect(JSON.stringify(rows)).not.toContain('старый');
});
