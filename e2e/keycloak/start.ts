import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { choosePort } from '../../scripts/free-port.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const KEYCLOAK_LIMIT_MS = 420_000;
const PULT_LIMIT_MS = 120_000;
const SETTING = /^((?:OIDC|KEYCLOAK)_[A-Z_]+)=(.*)$/;

interface Started {
  readonly child: ChildProcess;
  readonly settings: Record<string, string>;
}

/** Starts a program and waits for a line; `NAME=value` lines on the way are settings. */
function start(args: readonly string[], env: NodeJS.ProcessEnv, until: { line: string; ms: number }): Promise<Started> {
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const settings: Record<string, string> = {};
  const tail: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      child.kill('SIGTERM');
      reject(new Error(`${args[0]} ${why}:\n${tail.slice(-20).join('\n')}`));
    };
    const late = setTimeout(() => fail('did not get ready'), until.ms);
    child.once('exit', () => fail('ended'));
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        tail.push(line);
        const [, name, value] = SETTING.exec(line) ?? [];
        if (name !== undefined && value !== undefined) settings[name] = value;
        if (!line.includes(until.line)) return;
        clearTimeout(late);
        child.removeAllListeners('exit');
        resolve({ child, settings });
      });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

/**
 * A Keycloak through `npm run keycloak` and a Pult with the settings that it prints; their addresses are in the
 * environment of the specs. The returned function ends both.
 */
export default async function startBoth(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'pult-keycloak-e2e-'));
  // As root the bundled database runs as `nobody`, who has to pass here.
  chmodSync(folder, 0o755);
  const port = await choosePort(0);
  const PULT_URL = `http://127.0.0.1:${port}`;
  const keycloak = await start(
    ['scripts/keycloak.ts'],
    { ...process.env, PULT_URL, KEYCLOAK_PORT: '0' },
    { line: 'Ctrl-C', ms: KEYCLOAK_LIMIT_MS },
  );
  const CLOCK_FILE = join(folder, 'clock-shift');
  writeFileSync(CLOCK_FILE, '0');
  const pult = await start(
    ['--import', fileURLToPath(new URL('shifted-clock.ts', import.meta.url)), 'apps/bff/src/main.ts'],
    {
      ...process.env,
      ...keycloak.settings,
      CLOCK_FILE,
      PULT_URL,
      PULT_PORT: String(port),
      PULT_DATA_DIR: join(folder, 'data'),
      NODE_ENV: 'test',
      LOG_LEVEL: 'info',
    },
    { line: '"msg":"Pult is ready"', ms: PULT_LIMIT_MS },
  ).catch(async (error: unknown) => {
    await end(keycloak.child);
    throw error;
  });
  Object.assign(process.env, keycloak.settings, { PULT_URL, CLOCK_FILE });
  return async () => {
    await end(pult.child);
    await end(keycloak.child);
    rmSync(folder, { recursive: true, force: true });
  };
}
