/** Real parts that run on the Java of this machine and come through Maven: Apache Kafka, Keycloak. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const OLDEST_JAVA = 17;
const STOP_LIMIT_MS = 20_000;

export const java = (): string => (process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin/java') : 'java');

/** What this machine lacks to fetch and run the part, as one sentence; undefined when nothing does. */
export function javaGap(part: string, isFetched: boolean): string | undefined {
  const answer = spawnSync(java(), ['-version'], { encoding: 'utf8' });
  const version = Number(/version "(\d+)/.exec(answer.stderr ?? '')?.[1] ?? 0);
  if (version < OLDEST_JAVA)
    return `${part} needs Java ${OLDEST_JAVA} or newer, ${version === 0 ? 'there is none' : `this is ${version}`} (Debian: apt-get install default-jre-headless)`;
  if (!isFetched && spawnSync('mvn', ['-v']).status !== 0)
    return `${part} is fetched by Maven, and there is none (Debian: apt-get install maven)`;
  return undefined;
}

/** Waits for the end; the output is cut to its last 8 kB. */
export function outcomeOf(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-8_000);
    });
  return new Promise((done) => {
    child.once('error', (error) => done({ code: 1, output: error.message }));
    child.once('close', (code) => done({ code, output }));
  });
}

/** A server process that ends with the one that started it, however that ends. */
export interface OwnedProcess {
  readonly ended: Promise<void>;
  isRunning(): boolean;
  /** The last of what it said. */
  output(): string;
  /** Ends it in order, after 20 s at once. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export function startOwned(
  command: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): OwnedProcess {
  // The shell ends the server when its standard input closes: also when the process that started it was killed.
  const script = 'exec 3<&0; "$@" </dev/null & pid=$!; { cat <&3 >/dev/null; kill $pid 2>/dev/null; } & wait $pid';
  // A group of its own: Ctrl-C in a terminal reaches its owner first, who ends things in order.
  const child = spawn('/bin/sh', ['-c', script, 'sh', ...command], {
    ...options,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000);
    });
  child.stdin.on('error', () => undefined);
  let running = true;
  const ended = new Promise<void>((done) => {
    child.once('exit', () => {
      running = false;
      child.stdin.destroy();
      done();
    });
  });
  const kill = async (): Promise<void> => {
    if (running && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    await ended;
  };
  return {
    ended,
    isRunning: () => running,
    output: () => output,
    kill,
    stop: async () => {
      child.stdin.end();
      const late = setTimeout(() => void kill(), STOP_LIMIT_MS);
      await ended;
      clearTimeout(late);
    },
  };
}
