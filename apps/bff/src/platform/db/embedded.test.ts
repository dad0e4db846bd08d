import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startEmbeddedDatabase } from './embedded.ts';
import { bundledFolder } from './embedded-binaries.ts';
import { processStart } from './processes.ts';

const HOST = fileURLToPath(new URL('./testing/database-host.ts', import.meta.url));
const NO_FSYNC = { fsync: 'off' };
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'pult-embedded-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** A process that runs the database, to be killed as a whole. */
async function startHost(): Promise<{ child: ChildProcess; url: string; serverPid: number }> {
  const child = spawn(process.execPath, [HOST, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout === null) throw new Error('no stdout');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, ...(JSON.parse(line) as { url: string; serverPid: number }) };
}

test('keeps data over a restart and asks for the password', async () => {
  const first = await startEmbeddedDatabase({ dir, settings: NO_FSYNC });
  await query(first.url, 'create table kept (id int)');
  const withoutPassword = new URL(first.url);
  withoutPassword.password = 'wrong';
  await expect(query(withoutPassword.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  expect((await stat(path.join(first.home, 'password'))).mode & 0o777).toBe(0o600);
  await first.stop();

  const second = await startEmbeddedDatabase({ dir, settings: NO_FSYNC });
  expect(await query(second.url, 'select * from kept')).toEqual([]);
  await second.stop();
});

test('kill -9 of the owner leaves no server behind, and the next start works', async () => {
  const host = await startHost();
  await query(host.url, 'create table kept (id int)');
  host.child.kill('SIGKILL');
  await vi.waitFor(() => expect(processStart(host.serverPid)).toBeNull(), { timeout: 15_000, interval: 20 });

  const next = await startEmbeddedDatabase({ dir, settings: NO_FSYNC });
  expect(await query(next.url, 'select * from kept')).toEqual([]);
  await next.stop();
});

test('a second Pult on the same folder is refused while the first one lives', async () => {
  const host = await startHost();
  await expect(startEmbeddedDatabase({ dir, settings: NO_FSYNC })).rejects.toThrow(`process ${host.child.pid}`);
  expect(await query(host.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  host.child.kill('SIGKILL');
  await vi.waitFor(() => expect(processStart(host.serverPid)).toBeNull(), { timeout: 15_000, interval: 20 });
});

test('a server that dies is started again at the same address', async () => {
  const database = await startEmbeddedDatabase({ dir, settings: NO_FSYNC });
  const before = await database.serverPid();
  if (before === null) throw new Error('no server');
  process.kill(before, 'SIGKILL');
  await vi.waitFor(async () => expect(await query(database.url, 'select 1 as one')).toEqual([{ one: 1 }]), {
    timeout: 20_000,
    interval: 50,
  });
  expect(await database.serverPid()).not.toBe(before);
  await database.stop();
});

test('a lock file whose number belongs to some other process does not block the start', async () => {
  const first = await startEmbeddedDatabase({ dir, settings: NO_FSYNC });
  await first.stop();
  const lock = path.join(first.home, 'data', 'postmaster.pid');
  await writeFile(lock, `${process.pid}\n`);
  const second = await startEmbeddedDatabase({ dir, settings: NO_FSYNC });
  expect(await readFile(lock, 'utf8')).not.toContain(`${process.pid}\n`);
  await second.stop();
});

test('without a build for this system the message names DATABASE_URL', () => {
  expect(() => bundledFolder('linux-x64', true)).toThrow('DATABASE_URL');
  expect(() => bundledFolder('freebsd-x64', false)).toThrow('DATABASE_URL');
});
