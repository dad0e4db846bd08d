/** Starts the BFF with its bundled database on an empty folder, as a user would, and the demo sign-in beside it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const START_LIMIT_MS = Number(process.env.BENCH_START_MS ?? 60_000);
const TOKENS = { INTAKE_TOKEN_SITE: 'bench-token-of-the-shop', INTAKE_TOKEN_UT: 'bench-token-of-the-trade-base' };

export interface System {
  readonly url: string;
  readonly tokens: { readonly site: string; readonly ut: string };
  /** Of the database; bundled or BENCH_DATABASE_URL. */
  readonly databaseUrl: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });

/** Resolves when the address answers 2xx. */
export async function answers(url: string, limitMs = START_LIMIT_MS): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    // A probe that meets the server half open must not wait for ever.
    const ok = await fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    if (Date.now() > deadline) throw new Error(`${url} does not answer`);
    await pause(20);
  }
}

/** Ends a process of ours and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM');
});
// Without this an interrupted run would leave its processes behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

/** Remembers a process: it ends with this one at the latest. */
function keep(child: ChildProcess): ChildProcess {
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** A folder for one run; `BENCH_TMP` chooses the disk. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(process.env.BENCH_TMP ?? tmpdir(), 'pult-bench-'));
  // Started as root, the bundled server runs as another user, who has to reach its data here.
  chmodSync(folder, 0o755);
  return folder;
}

/** Waits until Pult and its sign-in answer. */
export async function startSystem(more: NodeJS.ProcessEnv = {}): Promise<System> {
  const folder = freshFolder();
  const [port, idpPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const issuer = `http://127.0.0.1:${idpPort}`;
  const env = {
    ...process.env,
    ...TOKENS,
    ...more,
    PULT_PORT: String(port),
    PULT_URL: url,
    PULT_DATA_DIR: folder,
    STAND_IDP_PORT: String(idpPort),
    LOG_LEVEL: 'error',
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_SECRET: 'bench',
    INTAKE_RATE_PER_MINUTE: '1000000',
    ...(process.env.BENCH_DATABASE_URL === undefined ? {} : { DATABASE_URL: process.env.BENCH_DATABASE_URL }),
  };
  // BENCH_NODE_ARGS: --cpu-prof --cpu-prof-dir=… says where the time of Pult itself goes.
  const args = (process.env.BENCH_NODE_ARGS ?? '').split(' ').filter((one) => one !== '');
  const idp = keep(spawn('node', ['apps/stand/src/idp/main.ts'], { cwd: ROOT, stdio: 'ignore', env }));
  await answers(`${issuer}/.well-known/openid-configuration`);
  const pult = keep(
    spawn('node', [...args, 'apps/bff/src/main.ts'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'], env }),
  );
  const stop = async (): Promise<void> => {
    await Promise.all([end(pult), end(idp)]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answers(`${url}/readyz`);
    const databaseUrl = process.env.BENCH_DATABASE_URL ?? bundledDatabaseUrl(folder);
    return {
      url,
      tokens: { site: TOKENS.INTAKE_TOKEN_SITE, ut: TOKENS.INTAKE_TOKEN_UT },
      databaseUrl,
      pid: pult.pid ?? 0,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Address of the bundled server, from its folder. */
function bundledDatabaseUrl(folder: string): string {
  const port = readFileSync(`${folder}/data/postmaster.pid`, 'utf8').split('\n')[3];
  const password = readFileSync(`${folder}/password`, 'utf8').trim();
  return `postgres://pult:${encodeURIComponent(password)}@127.0.0.1:${port}/pult`;
}
