/** Builds the console unless the last build saw the same sources. `npm start` and the checks share it. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const WEB = join(ROOT, 'apps/web');

function filesBelow(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && name !== 'dist')
    .flatMap(({ name }) => filesBelow(join(path, name)));
}

/** @throws Error when the build fails; what it said is on the terminal */
export async function buildWeb(): Promise<void> {
  const sources = ['apps/web', 'packages/shared/src', 'vite.config.ts', 'pnpm-lock.yaml']
    .flatMap((path) => filesBelow(join(ROOT, path)))
    .sort();
  const hash = createHash('sha256');
  for (const file of sources) hash.update(file.slice(ROOT.length)).update(readFileSync(file));
  const stamp = hash.digest('hex');
  const stampFile = join(WEB, 'dist/.stamp');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  console.log('Собираем консоль… / Building the console…');
  const code = await new Promise<number>((done) => {
    const build = spawn(
      join(ROOT, 'node_modules/.bin/vite'),
      ['build', '--config', 'vite.config.ts', '--logLevel', 'warn'],
      // Whatever mode the rest runs in, people get the production build.
      { cwd: ROOT, stdio: 'inherit', env: { ...process.env, NODE_ENV: 'production' } },
    );
    build.once('error', () => done(1));
    build.once('exit', (status) => done(status ?? 1));
  });
  if (code !== 0) throw new Error('the console could not be built');
  writeFileSync(stampFile, stamp);
}

if (import.meta.main) await buildWeb();
