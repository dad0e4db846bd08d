/**
 * Runs a command with DATABASE_URL_TEST pointing to a throw-away server of the PostgreSQL that this machine has installed
 * (SYSTEM_POSTGRES_BIN: its bin folder). PostgreSQL refuses root, so root runs it as the user `nobody`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { choosePort } from './free-port.ts';

const NOBODY = 65_534;
const bin = process.env.SYSTEM_POSTGRES_BIN;
const [program, ...rest] = process.argv.slice(2);
if (!bin || !program) {
  console.error('usage: SYSTEM_POSTGRES_BIN=/usr/lib/postgresql/15/bin node scripts/with-system-postgres.ts COMMAND …');
  process.exit(2);
}

const isRoot = process.getuid?.() === 0;
const identity = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
const folder = mkdtempSync(join(tmpdir(), 'pult-system-postgres-'));
const password = crypto.randomUUID();
const passwordFile = join(folder, 'password');
writeFileSync(passwordFile, password, { mode: 0o600 });
if (isRoot) for (const path of [folder, passwordFile]) chownSync(path, NOBODY, NOBODY);

const data = join(folder, 'data');
const init = spawnSync(
  join(bin, 'initdb'),
  ['-D', data, '-U', 'pult', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C.UTF-8'],
  { ...identity, cwd: folder, encoding: 'utf8' },
);
if (init.status !== 0) {
  console.error(init.stderr);
  process.exit(1);
}
const port = await choosePort(0);
const settings = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=300',
  'listen_addresses=127.0.0.1',
];
const server = spawn(
  join(bin, 'postgres'),
  ['-D', data, '-p', String(port), '-k', folder, ...settings.flatMap((setting) => ['-c', setting])],
  { ...identity, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
);
await new Promise<void>((resolve, reject) => {
  let log = '';
  server.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
    if (log.includes('ready to accept connections')) resolve();
  });
  server.on('exit', () => reject(new Error(`PostgreSQL did not start:\n${log}`)));
});

const child = spawn(program, rest, {
  stdio: 'inherit',
  env: { ...process.env, DATABASE_URL_TEST: `postgres://pult:${password}@127.0.0.1:${port}/postgres` },
});
const code = await new Promise<number>((resolve) => {
  child.on('error', () => resolve(1));
  child.on('exit', (status) => resolve(status ?? 1));
});
server.removeAllListeners('exit');
const ended = new Promise((resolve) => server.once('exit', resolve));
server.kill('SIGINT');
await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5_000).unref())]);
rmSync(folder, { recursive: true, force: true });
process.exit(code);
