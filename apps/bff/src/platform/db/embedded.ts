import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from '../http/free-port.ts';
import {
  asDatabaseUser,
  type Binaries,
  homeOf,
  isRoot,
  NOBODY,
  prepareBinaries,
  prepareHome,
} from './embedded-binaries.ts';
import { claimFolder, type FolderClaim } from './folder-claim.ts';
import { processCommand, processStart } from './processes.ts';

export interface EmbeddedOptions {
  /** Folder for everything of the database; made when missing. */
  readonly dir: string;
  /** Settings of PostgreSQL on top of ours, e.g. `fsync: 'off'` in tests. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onEvent?: (event: 'started' | 'died' | 'restart_failed', detail: Record<string, unknown>) => void;
}

export interface EmbeddedDatabase {
  /** Of the database `pult`, with password. */
  readonly url: string;
  readonly home: string;
  /** Number of the running server process, null while it restarts. */
  serverPid(): Promise<number | null>;
  /** Fast shutdown: open transactions are rolled back, data is safe. */
  stop(): Promise<void>;
}

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // Password over loopback only: a socket file would have a path limit (macOS: 104 bytes) and other rights.
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  // Lists over millions of rows mark theirs in memory; with the usual 4 MB they would mark whole pages and read them all.
  work_mem: '32MB',
  jit: 'off',
  timezone: 'UTC',
  // Statements hold personal data: they stay out of the log, the client has the error anyway.
  log_min_error_statement: 'panic',
  log_min_messages: 'fatal',
  log_checkpoints: 'off',
};

/**
 * Runs the server and ends it when our end of the pipe on its standard input closes, which the system does for a
 * process killed by -9 too. Needs nothing but a POSIX shell; runs in a session of its own, so that Ctrl-C in a
 * terminal does not stop the database before Pult has written its last row.
 */
const WATCH = `
exec 3<&0
"$@" 3<&- </dev/null &
server=$!
{ while read -r _; do :; done; kill -INT "$server"; } <&3 2>/dev/null &
watch=$!
exec 3<&-
wait "$server"
code=$?
kill "$watch" 2>/dev/null
exit $code
`;

/**
 * Starts the bundled PostgreSQL on a folder: initialises it the first time (password authentication, ICU-free
 * C.UTF-8 order, UTF-8), takes over after a crash, restarts the server when it dies.
 * Throws `config.invalid` when there is no build for this system, and an Error when another Pult uses the folder.
 */
export async function startEmbeddedDatabase(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const home = await prepareHome(options.dir);
  const claim = await claimFolder(home);
  try {
    const binaries = await prepareBinaries(home);
    const dataDir = path.join(home, 'data');
    const password = await initialise(home, dataDir, binaries);
    await endLeftover(dataDir);
    const server = new Server({ home, dataDir, binaries, password, options, claim, port: await freePort() });
    await server.start();
    return server;
  } catch (error) {
    await claim.release();
    throw error;
  }
}

/** Address of the bundled database that runs on a folder now; null when none does. Tools beside a running Pult use it. */
export async function runningBundledUrl(dir: string): Promise<string | null> {
  const home = await homeOf(dir);
  const lock = await readFile(path.join(home, 'data', 'postmaster.pid'), 'utf8').catch(() => null);
  const port = lock?.split('\n')[3];
  if (!port) return null;
  const password = (await readFile(path.join(home, 'password'), 'utf8')).trim();
  return `postgres://pult:${password}@127.0.0.1:${port}/pult`;
}

async function initialise(home: string, dataDir: string, binaries: Binaries): Promise<string> {
  const passwordFile = path.join(home, 'password');
  const version = await readFile(path.join(dataDir, 'PG_VERSION'), 'utf8').catch(() => null);
  if (version !== null) {
    if (version.trim() !== binaries.version) {
      throw new Error(
        `${dataDir} was made by PostgreSQL ${version.trim()}, the bundled one is ${binaries.version}: see docs/operations.md, Upgrade`,
      );
    }
    return (await readFile(passwordFile, 'utf8')).trim();
  }
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (isRoot()) await promisify(execFile)('chown', [`${NOBODY}:${NOBODY}`, passwordFile]);
  // Under another name first: a kill in the middle leaves nothing that looks like a finished data folder.
  const partial = `${dataDir}.partial`;
  await rm(partial, { recursive: true, force: true });
  await promisify(execFile)(
    binaries.initdb,
    [
      '-D',
      partial,
      '-U',
      'pult',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-sync',
    ],
    { ...asDatabaseUser(), cwd: home, env: { LC_ALL: 'C', PATH: process.env.PATH ?? '' } },
  );
  await rename(partial, dataDir);
  return password;
}

async function postmasterPid(dataDir: string): Promise<number | null> {
  const text = await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8').catch(() => null);
  const pid = Number(text?.split('\n', 1)[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : null;
}

const runsOn = (pid: number, dataDir: string): boolean => processCommand(pid)?.includes(dataDir) ?? false;

/**
 * Ends a server that an earlier Pult left (its watcher was killed too) and removes a lock file whose number now
 * belongs to some other process, which PostgreSQL itself would take for a running server. The lock file of a server
 * that is simply gone stays: by the shared memory named in it PostgreSQL sees whether backends of it still work on
 * the data, and refuses to start beside them.
 */
async function endLeftover(dataDir: string): Promise<void> {
  const pid = await postmasterPid(dataDir);
  if (pid === null) return;
  for (let waitedMs = 0; runsOn(pid, dataDir); waitedMs += 50) {
    // The watcher of the earlier Pult is about to stop it; help only when it does not.
    if (waitedMs === 1_000) process.kill(pid, 'SIGINT');
    if (waitedMs === 20_000) process.kill(pid, 'SIGQUIT');
    if (waitedMs > 30_000) throw new Error(`the PostgreSQL with number ${pid} on ${dataDir} does not stop`);
    await delay(50);
  }
  if (processStart(pid) !== null) await rm(path.join(dataDir, 'postmaster.pid'), { force: true });
}

interface ServerParts {
  readonly home: string;
  readonly dataDir: string;
  readonly binaries: Binaries;
  readonly password: string;
  readonly options: EmbeddedOptions;
  readonly claim: FolderClaim;
  readonly port: number;
}

class Server implements EmbeddedDatabase {
  readonly home: string;
  readonly url: string;
  readonly #parts: ServerParts;
  #child: ChildProcess | null = null;
  #exited: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.home = parts.home;
    this.url = this.#urlOf('pult');
  }

  #urlOf(database: string): string {
    return `postgres://pult:${this.#parts.password}@127.0.0.1:${this.#parts.port}/${database}`;
  }

  async start(): Promise<void> {
    await this.#launch();
    const client = await this.#connected('postgres');
    try {
      const { rowCount } = await client.query("select 1 from pg_database where datname = 'pult'");
      if (rowCount === 0) await client.query('create database pult');
    } finally {
      await client.end();
    }
    this.#report('started', { port: this.#parts.port, home: this.home });
  }

  async serverPid(): Promise<number | null> {
    return postmasterPid(this.#parts.dataDir);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child?.stdin?.end();
    await this.#exited;
    await this.#parts.claim.release();
  }

  #report(event: 'started' | 'died' | 'restart_failed', detail: Record<string, unknown>): void {
    this.#parts.options.onEvent?.(event, detail);
  }

  async #launch(): Promise<void> {
    const { home, dataDir, binaries, options, port } = this.#parts;
    const settings = { ...SETTINGS, ...options.settings, port: String(port) };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const log = await open(path.join(home, 'postgres.log'), 'w', 0o600);
    const child = spawn('/bin/sh', ['-c', WATCH, 'pult-database', binaries.postgres, '-D', dataDir, ...args], {
      ...asDatabaseUser(),
      cwd: home,
      detached: true,
      env: { LC_ALL: 'C', PATH: process.env.PATH ?? '/usr/bin:/bin' },
      stdio: ['pipe', log.fd, log.fd],
    });
    await log.close();
    this.#child = child;
    child.stdin?.on('error', () => undefined);
    this.#exited = new Promise((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', (code, signal) => {
        // Lets the watcher's reader see the end when the shell itself was killed.
        child.stdin?.destroy();
        this.#child = null;
        resolve();
        if (!this.#stopping) void this.#revive({ code, signal });
      });
    });
  }

  async #revive(detail: Record<string, unknown>): Promise<void> {
    this.#report('died', detail);
    for (let pauseMs = 100; !this.#stopping; pauseMs = Math.min(pauseMs * 2, 5_000)) {
      try {
        await endLeftover(this.#parts.dataDir);
        if (this.#stopping) return;
        await this.#launch();
        return;
      } catch (error) {
        this.#report('restart_failed', { error });
        await delay(pauseMs, undefined, { ref: false });
      }
    }
  }

  async #connected(database: string): Promise<pg.Client> {
    let lastError: unknown;
    for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 20) {
      const client = new pg.Client({ connectionString: this.#urlOf(database) });
      try {
        await client.connect();
        return client;
      } catch (error) {
        lastError = error;
        await client.end().catch(() => undefined);
      }
      if (this.#child === null) break;
      await delay(20);
    }
    const tail = (await readFile(path.join(this.home, 'postgres.log'), 'utf8').catch(() => '')).slice(-2_000);
    this.#stopping = true;
    this.#child?.stdin?.end();
    throw new Error(`the bundled PostgreSQL does not start; its log ends with:\n${tail}`, { cause: lastError });
  }
}
