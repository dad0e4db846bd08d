import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../platform/http/free-port.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** Pult as its own process, the way an installation runs it: what a test may kill, stop and read the log of. */
export interface RunningPult {
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** Lines of the log so far. */
  readonly log: readonly string[];
  /** Exit code, null after a signal. */
  readonly ended: Promise<number | null>;
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>;
}

const alive = new Set<ChildProcess>();

/** Ends what a failed test left behind; call it in afterAll. */
export async function endAllPults(): Promise<void> {
  const ends = [...alive].map((child) => once(child, 'exit'));
  for (const child of alive) child.kill('SIGKILL');
  await Promise.all(ends);
}

/** Starts Pult and waits for its word «ready». The same `port` makes it come back where clients know it. */
export async function startPult(env: Readonly<Record<string, string>>, port?: number): Promise<RunningPult> {
  const at = port ?? (await freePort());
  const url = `http://127.0.0.1:${at}`;
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH ?? '',
      NODE_ENV: 'test',
      LOG_LEVEL: 'info',
      PULT_PORT: String(at),
      PULT_URL: url,
      // Nobody answers there: tests of the login bring a provider of their own.
      OIDC_ISSUER: 'http://127.0.0.1:9',
      OIDC_CLIENT_SECRET: 'test-client-secret',
      INTAKE_RATE_PER_MINUTE: '1000000',
      // The same answers whether the console was built here before or not.
      WEB_DIR: '/nowhere',
      ...env,
    },
  });
  alive.add(child);
  const log: string[] = [];
  const ended = once(child, 'exit').then(([code]) => {
    alive.delete(child);
    return code as number | null;
  });
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        log.push(line);
        if (line.includes('"msg":"Pult is ready"')) resolve();
      });
  });
  const first = await Promise.race([ready, ended]);
  if (first !== undefined || child.exitCode !== null)
    throw new Error(`Pult did not start:\n${log.slice(-20).join('\n')}`);
  return {
    url,
    port: at,
    child,
    log,
    ended,
    kill: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
