import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const START_LIMIT_MS = 240_000;

/**
 * Starts the demonstration as `npm start` does, on a fresh data folder and free ports, and leaves its addresses in
 * PULT_DEMO_INFO for the specs. Two things differ: Pult waits 20 s for an acknowledgement instead of minutes, and an answer
 * outside its contract is an error. The returned function ends it.
 */
export default async function startDemo(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'pult-e2e-'));
  const info = join(folder, 'demo.json');
  const landscape = join(folder, 'landscape.yaml');
  writeFileSync(
    landscape,
    readFileSync(join(ROOT, 'landscape.yaml'), 'utf8').replaceAll(/ackTimeoutMs: \d+m/g, 'ackTimeoutMs: 20s'),
  );
  const child = spawn('node', ['scripts/demo.ts'], {
    cwd: ROOT,
    env: {
      ...process.env,
      PULT_DATA_DIR: join(folder, 'data'),
      PULT_DEMO_INFO: info,
      PULT_PORT: '0',
      STAND_SEED: '7',
      LANDSCAPE_FILE: landscape,
      NODE_ENV: 'test',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
    });
  let ended = false;
  child.on('exit', () => {
    ended = true;
  });
  const deadline = Date.now() + START_LIMIT_MS;
  while (!existsSync(info)) {
    if (ended || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`the demonstration did not start:\n${output}`);
    }
    await pause(200);
  }
  process.env.PULT_DEMO = readFileSync(info, 'utf8');
  return async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    if (!ended) {
      child.kill('SIGTERM');
      await Promise.race([gone, pause(20_000)]);
    }
    rmSync(folder, { recursive: true, force: true });
  };
}
