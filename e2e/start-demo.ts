import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RESULTS = fileURLToPath(new URL('.results', import.meta.url));
const START_LIMIT_MS = 240_000;
const STOP_LIMIT_MS = 30_000;

/**
 * Starts the demonstration as `npm start` does, on a fresh data folder and free ports, and leaves its addresses in
 * PULT_DEMO_INFO for the specs. Three things differ: Pult waits 20 s for an acknowledgement instead of minutes, an answer
 * outside its contract is an error, and the past is fifteen days, one more than the shadow has to be. Its whole output is kept in .results/demo.log, beside the traces of failed specs.
 * The returned function ends it, by its process group.
 */
export default async function startDemo(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'pult-e2e-'));
  // As root the bundled database runs as `nobody`, who has to pass here.
  chmodSync(folder, 0o755);
  const info = join(folder, 'demo.json');
  const landscape = join(folder, 'landscape.yaml');
  writeFileSync(
    landscape,
    readFileSync(join(ROOT, 'landscape.yaml'), 'utf8').replaceAll(/ackTimeoutMs: \d+m/g, 'ackTimeoutMs: 20s'),
  );
  mkdirSync(RESULTS, { recursive: true });
  const log = createWriteStream(join(RESULTS, 'demo.log'));
  const child = spawn(process.execPath, ['scripts/demo.ts'], {
    cwd: ROOT,
    // A session of its own: Ctrl-C in the terminal reaches the specs first, and one kill ends whatever is left.
    detached: true,
    env: {
      ...process.env,
      PULT_DATA_DIR: join(folder, 'data'),
      PULT_DEMO_INFO: info,
      PULT_DEMO_VERBOSE: '1',
      PULT_PORT: '0',
      STAND_SEED: '7',
      STAND_HISTORY_DAYS: '15',
      // The past of the bus is told whether a broker goes on with it here or not.
      STAND_SHADOW_DAYS: '14',
      LANDSCAPE_FILE: landscape,
      NODE_ENV: 'test',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let tail = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      log.write(chunk);
      tail = (tail + chunk.toString()).slice(-8_000);
    });
  let ended = false;
  const exit = new Promise<void>((resolve) => {
    const done = (): void => {
      ended = true;
      resolve();
    };
    child.once('exit', done);
    child.once('error', done);
  });
  const stop = async (): Promise<void> => {
    if (!ended) {
      child.kill('SIGTERM');
      await Promise.race([exit, pause(STOP_LIMIT_MS, undefined, { ref: false })]);
    }
    killGroup(child);
    log.end();
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + START_LIMIT_MS;
  while (!existsSync(info)) {
    if (ended || Date.now() > deadline) {
      await stop();
      throw new Error(`the demonstration did not start; .results/demo.log ends with:\n${tail}`);
    }
    await pause(200);
  }
  process.env.PULT_DEMO = readFileSync(info, 'utf8');
  return stop;
}

/** Ends what the demonstration did not end itself. Nothing left is the usual case. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone.
  }
}
