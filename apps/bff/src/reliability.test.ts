/**
 * Pult as a real process that is killed, stopped and left without its database in the middle of work. Here and not in
 * e2e: the tests need the process by its number and the rows behind the screens, and no browser.
 */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Database, type Db, openDatabase } from './platform/db/database.ts';
import { processStart } from './platform/db/processes.ts';
import { createTestDatabase, type TestDatabase } from './platform/db/test-database.ts';
import { eventsOf, post, shuffledBatches, startReporter } from './testing/exchange.ts';
import { endAllPults, startPult } from './testing/running-pult.ts';

const KEY = 'site-key';
const FLOW = { id: 'site-orders', source: 'site', consumer: 'ut' };
const EVENTS = eventsOf(400, FLOW);
/** Generous: nothing waits for it, a busy machine may need it. */
const LIMIT_MS = 180_000;

let folder: string;
let calm: TestDatabase;
let expected: Snapshot;
const opened: Database[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pult-reliability-'));
  // As root the bundled database runs as `nobody`, who has to pass here.
  await chmod(folder, 0o755);
  calm = await createTestDatabase();
  // The same facts once, in order, with nothing in between: what every disturbed run has to end in.
  const pult = await startPult({ DATABASE_URL: calm.url, INTAKE_TOKEN_SITE: KEY });
  for (let at = 0; at < EVENTS.length; at += 200)
    expect(await post(pult.url, KEY, JSON.stringify(EVENTS.slice(at, at + 200)))).toMatchObject({ status: 200 });
  expected = await snapshot(calm.db);
  await pult.kill('SIGTERM');
});
afterEach(async () => {
  await endAllPults();
  await Promise.all(opened.splice(0).map(({ close }) => close()));
});
afterAll(async () => {
  await calm.close();
  await rm(folder, { recursive: true, force: true });
});

/** Deliveries and everything that is counted about them, without the moments of receipt. */
async function snapshot(db: Db) {
  const read = async (query: ReturnType<typeof sql>): Promise<unknown[]> => (await query.execute(db)).rows;
  return {
    events: await read(sql`select count(*) from exchange_event`),
    deliveries: await read(sql`select id, message_id, state, attempt, flow_id, amount from delivery order by id`),
    minutes: await read(
      sql`select * from rollup_minute where accepted <> 0 or applied <> 0 or failed <> 0 order by flow_id, minute`,
    ),
    latencies: await read(sql`select * from rollup_latency where count <> 0 order by flow_id, minute, bucket`),
    causes: await read(sql`select * from rollup_cause where failed <> 0 order by cause_id, minute`),
    quarantine: await read(sql`select count(*) from quarantine_event`),
  };
}
type Snapshot = Awaited<ReturnType<typeof snapshot>>;

/** The bundled database of a data folder: its port is another one after each start. */
async function bundled(dir: string): Promise<{ db: Db; serverPid: number }> {
  const [pid, , , port] = (await readFile(path.join(dir, 'data', 'postmaster.pid'), 'utf8')).split('\n');
  const password = (await readFile(path.join(dir, 'password'), 'utf8')).trim();
  const database = openDatabase(`postgres://pult:${password}@127.0.0.1:${port}/pult`, {
    max: 2,
    onIdleError: () => undefined,
  });
  opened.push(database);
  return { db: database.db, serverPid: Number(pid) };
}

describe('kill -9 of Pult in the middle of the intake', () => {
  it('loses and doubles nothing, leaves no server and no lock of its bundled database behind', {
    timeout: LIMIT_MS,
  }, async () => {
    const dir = path.join(folder, 'killed');
    const env = { PULT_DATA_DIR: dir, INTAKE_TOKEN_SITE: KEY };
    let pult = await startPult(env);
    const first = await bundled(dir);
    const killAt = new Set([3, 9, 17]);
    let restart: Promise<unknown> = Promise.resolve();
    const reporter = startReporter({
      url: pult.url,
      key: KEY,
      batches: shuffledBatches(EVENTS, 40, 'killed'),
      clients: 4,
      onAcknowledged: (count) => {
        if (!killAt.has(count)) return;
        const dying = pult;
        restart = restart.then(async () => {
          await dying.kill('SIGKILL');
          pult = await startPult(env, dying.port);
        });
      },
    });
    await reporter.done;
    await restart;
    expect(reporter.refusals.length).toBeGreaterThan(0);
    const last = await bundled(dir);
    expect(await snapshot(last.db)).toEqual(expected);
    expect(processStart(first.serverPid)).toBeNull();

    await pult.kill('SIGKILL');
    await vi.waitFor(() => expect(processStart(last.serverPid)).toBeNull(), { timeout: 20_000, interval: 20 });
    const next = await startPult(env);
    expect(await snapshot((await bundled(dir)).db)).toEqual(expected);
    expect(await next.kill('SIGTERM')).toBe(0);
    await expect(readFile(path.join(dir, 'owner.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(readFile(path.join(dir, 'data', 'postmaster.pid'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the database', () => {
  it('crashes under load: 503 with Retry-After, not ready, then on as if nothing had been', {
    timeout: LIMIT_MS,
  }, async () => {
    const dir = path.join(folder, 'crashed');
    const pult = await startPult({ PULT_DATA_DIR: dir, INTAKE_TOKEN_SITE: KEY });
    let crash: Promise<number> | undefined;
    const reporter = startReporter({
      url: pult.url,
      key: KEY,
      batches: shuffledBatches(EVENTS, 40, 'crashed'),
      clients: 4,
      onAcknowledged: (count) => {
        if (count === 5)
          crash = bundled(dir).then(({ serverPid }) => {
            process.kill(serverPid, 'SIGKILL');
            return serverPid;
          });
      },
    });
    await Promise.race([reporter.done, pult.ended.then(() => expect.unreachable(pult.log.slice(-20).join('\n')))]);
    const before = await crash;
    for (const refusal of reporter.refusals)
      expect(refusal).toMatchObject({ status: 503, code: 'database.unavailable', retryAfter: '2' });
    expect(reporter.refusals.length).toBeGreaterThan(0);
    expect(pult.child.exitCode).toBeNull();
    const after = await bundled(dir);
    expect(after.serverPid).not.toBe(before);
    expect(await snapshot(after.db)).toEqual(expected);
    expect((await fetch(`${pult.url}/readyz`)).status).toBe(200);
  });

  it('of one’s own is shut in front of Pult: readiness and screens say so, the process stays', {
    timeout: LIMIT_MS,
  }, async () => {
    const database = await createTestDatabase();
    const pult = await startPult({ DATABASE_URL: database.url, INTAKE_TOKEN_SITE: KEY });
    const name = new URL(database.url).pathname.slice(1);
    const shut = async (open: boolean): Promise<void> => {
      await sql`alter database ${sql.id(name)} allow_connections ${sql.raw(String(open))}`.execute(calm.db);
      if (!open)
        await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`.execute(calm.db);
    };
    await database.db.destroy();
    await shut(false);
    const readiness = await fetch(`${pult.url}/readyz`);
    expect(readiness.status).toBe(503);
    expect(readiness.headers.get('retry-after')).toBe('2');
    expect(await readiness.json()).toMatchObject({
      ready: false,
      parts: { database: 'unreachable', schema: 'unknown' },
    });
    expect(await post(pult.url, KEY, JSON.stringify(EVENTS.slice(0, 3)))).toEqual({
      status: 503,
      code: 'database.unavailable',
      retryAfter: '2',
    });
    expect((await fetch(`${pult.url}/metrics`)).status).toBe(200);
    expect((await fetch(`${pult.url}/healthz`)).status).toBe(200);
    await shut(true);
    expect((await fetch(`${pult.url}/readyz`)).status).toBe(200);
    expect(await post(pult.url, KEY, JSON.stringify(EVENTS.slice(0, 3)))).toMatchObject({ status: 200 });
    await pult.kill('SIGTERM');
    await sql`drop database ${sql.id(name)} with (force)`.execute(calm.db);
  });
});

describe('duplicates and reordering', () => {
  it('over HTTP, through two instances at once, end in the same rows and numbers', { timeout: LIMIT_MS }, async () => {
    const database = await createTestDatabase();
    const env = { DATABASE_URL: database.url, INTAKE_TOKEN_SITE: KEY, DATABASE_POOL: '6' };
    const pults = await Promise.all([startPult(env), startPult(env)]);
    const reporters = pults.map(({ url }, index) =>
      startReporter({ url, key: KEY, batches: shuffledBatches(EVENTS, 25, `copy ${index}`), clients: 3 }),
    );
    await Promise.all(reporters.map(({ done }) => done));
    expect(reporters.flatMap(({ refusals }) => refusals)).toEqual([]);
    expect(await snapshot(database.db)).toEqual(expected);
    await endAllPults();
    await database.close();
  });
});

describe('SIGTERM', () => {
  it('turns readiness first, answers what is under way, and ends with 0', { timeout: LIMIT_MS }, async () => {
    const database = await createTestDatabase();
    const pult = await startPult({ DATABASE_URL: database.url, INTAKE_TOKEN_SITE: KEY, DRAIN_SECONDS: '1' });
    // A writer elsewhere holds the rows that this request needs: it is under way when the signal comes.
    const blocker = openDatabase(database.url, { max: 1 });
    const release = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    const holding = blocker.db.transaction().execute(async (tx) => {
      await sql`lock table delivery in access exclusive mode`.execute(tx);
      locked.resolve();
      await release.promise;
    });
    await locked.promise;
    const underWay = post(pult.url, KEY, JSON.stringify(EVENTS.slice(0, 50)));
    await vi.waitFor(async () => {
      const { rows } =
        await sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
          and query like '%order by id for update%'`.execute(database.db);
      expect(rows.length).toBeGreaterThan(0);
    });
    pult.child.kill('SIGTERM');
    await vi.waitFor(async () => {
      const answer = await fetch(`${pult.url}/readyz`);
      expect(await answer.json()).toMatchObject({ ready: false, parts: { process: 'draining', database: 'ok' } });
    });
    expect(await post(pult.url, KEY, JSON.stringify(EVENTS.slice(50, 60)))).toMatchObject({
      status: 503,
      code: 'server.overloaded',
      retryAfter: '5',
    });
    release.resolve();
    await holding;
    expect(await underWay).toMatchObject({ status: 200 });
    expect(await pult.ended).toBe(0);
    const { rows } = await sql`select count(*) as events from exchange_event`.execute(database.db);
    expect(rows).toEqual([{ events: 50 }]);
    await blocker.close();
    await database.close();
  });
});
