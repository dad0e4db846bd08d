/** Starts the BFF with its bundled database on an empty folder, as a user would. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const START_LIMIT_MS = 60_000;

export interface System {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  readonly startedInMs: number;
  stop(): Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });

export async function startSystem(databaseUrl?: string): Promise<System> {
  const folder = mkdtempSync(join(tmpdir(), 'pult-bench-'));
  const port = await freePort();
  const token = 'bench-token-of-the-shop';
  const startedAt = performance.now();
  const child = spawn('node', ['apps/bff/src/main.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      PULT_PORT: String(port),
      PULT_DATA_DIR: folder,
      LOG_LEVEL: 'error',
      // No provider answers here: the benchmark speaks as a system, with a key.
      OIDC_ISSUER: 'http://127.0.0.1:9',
      OIDC_CLIENT_SECRET: 'bench',
      INTAKE_TOKEN_SITE: token,
      INTAKE_RATE_PER_MINUTE: '1000000',
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    },
  });
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    const ready = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) break;
    if (Date.now() > deadline) throw new Error('the system did not start');
    await pause(25);
  }
  return {
    url,
    token,
    pid: child.pid ?? 0,
    startedInMs: performance.now() - startedAt,
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
