/** The demonstration as a user starts it, with `npm start`, on a fresh data folder. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { answers, end, freePort, freshFolder } from './system.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const START_LIMIT_MS = 240_000;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly rssBytes: number;
  readonly command: string;
}

export interface Demo {
  readonly url: string;
  /** From the command until the console and the API answered. */
  readonly startedInMs: number;
  /** Of this run; a later start may take it again. */
  readonly folder: string;
  readonly data: string;
  /** Memory of the BFF alone. */
  bffRssBytes(): Promise<number>;
  /** How the bundled database was started: program and arguments. */
  database(): Promise<readonly string[]>;
  /** Ends the demonstration, keeps its folder. */
  halt(): Promise<void>;
  remove(): void;
}

/** Runs `npm start`; a data folder of an earlier run starts it again. */
export async function startDemo(folder = freshFolder()): Promise<Demo> {
  const port = await freePort();
  const info = join(folder, 'demo.json');
  rmSync(info, { force: true });
  const data = join(folder, 'data');
  const startedAt = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PULT_DATA_DIR: data, PULT_DEMO_INFO: info, PULT_PORT: String(port), STAND_SEED: '7' },
  });
  const url = `http://127.0.0.1:${port}`;
  const halt = (): Promise<void> => endBelow(child);
  try {
    await answers(`${url}/readyz`, START_LIMIT_MS);
    await answers(`${url}/`, START_LIMIT_MS);
    const startedInMs = performance.now() - startedAt;
    while (!existsSync(info)) await pause(50);
    const own = async (): Promise<Process[]> => below(await processes(), child.pid ?? 0);
    return {
      url,
      folder,
      data,
      startedInMs,
      async bffRssBytes() {
        const bff = (await own()).find(({ command }) => /node\S* \S*apps\/bff\/src\/main\.ts/.test(command));
        if (!bff) throw new Error('the BFF is not there');
        return bff.rssBytes;
      },
      async database() {
        const server = (await own()).find(
          ({ command }) => /bin\/postgres -D/.test(command) && !command.includes('/bin/sh'),
        );
        if (!server) throw new Error('the bundled database is not there');
        return server.command.split(' ');
      },
      halt,
      remove: () => rmSync(folder, { recursive: true, force: true }),
    };
  } catch (error) {
    await halt();
    throw error;
  }
}

async function processes(): Promise<Process[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,rss=,args=', '-ww'], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, rss, command] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return command === undefined
      ? []
      : [{ pid: Number(pid), parent: Number(parent), rssBytes: Number(rss) * 1024, command }];
  });
}

/** Everything that a process has started, whatever group it put itself into. */
function below(all: readonly Process[], pid: number): Process[] {
  const own = all.filter(({ parent }) => parent === pid);
  return own.flatMap((one) => [one, ...below(all, one.pid)]);
}

/** `npm` hands no signal on: the script itself gets it, ends what it has started, and all of it is waited for. */
async function endBelow(child: ChildProcess): Promise<void> {
  const mine = below(await processes(), child.pid ?? 0);
  const script = mine.find(({ command }) => /scripts\/demo\.ts/.test(command) && /^\S*node\S* /.test(command));
  if (script) process.kill(script.pid, 'SIGTERM');
  const pids = new Set(mine.map(({ pid }) => pid));
  while ((await processes()).some(({ pid, command }) => pids.has(pid) && command !== '[node] <defunct>'))
    await pause(100);
  await end(child);
}

/** Milliseconds until a bare PostgreSQL on this folder takes connections; started exactly as Pult starts it. */
export async function barePostgresMs(demo: Demo, command: readonly string[]): Promise<number> {
  const [program = '', ...args] = command;
  const folder = join(demo.data, 'database', 'data');
  const owner = statSync(folder);
  const startedAt = performance.now();
  const server = spawn(program, args, {
    stdio: 'ignore',
    ...(process.getuid?.() === 0 ? { uid: owner.uid, gid: owner.gid } : {}),
  });
  const pidFile = join(folder, 'postmaster.pid');
  // The eighth line of the file says «ready» when the server takes connections.
  while (!(existsSync(pidFile) && /^ready/m.test(readFileSync(pidFile, 'utf8')))) await pause(5);
  const took = performance.now() - startedAt;
  await end(server);
  return took;
}
