import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

/** A process that is killed in the middle of its work, again and again: every file arrives, none is half. */

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pult-crash-'));
  for (const name of ['inbox', 'archive', 'deliver']) mkdirSync(join(root, name));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const CHILD = fileURLToPath(new URL('./testing/mover.ts', import.meta.url));
const FILES = 120;

function killedAfter(lines: number): Promise<'killed' | 'done'> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [CHILD, root], { stdio: ['ignore', 'pipe', 'inherit'] });
    let seen = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString().split('\n').length - 1;
      if (seen >= lines) child.kill('SIGKILL');
    });
    child.once('exit', (_code, signal) => done(signal === 'SIGKILL' ? 'killed' : 'done'));
  });
}

it('loses and doubles nothing when it is killed while it takes, copies and archives', async () => {
  for (let index = 0; index < FILES; index += 1)
    writeFileSync(join(root, 'inbox', `${index}.xml`), `<ORDER><NUMBER>${index}</NUMBER></ORDER>`);
  let ends: ('killed' | 'done')[] = [];
  for (const lines of [3, 11, 17, 23]) ends = [...ends, await killedAfter(lines)];
  expect(ends).toContain('killed');
  expect(await killedAfter(Number.POSITIVE_INFINITY)).toBe('done');
  const days = readdirSync(join(root, 'archive'));
  const archived = days.flatMap((day) => readdirSync(join(root, 'archive', day)));
  expect(archived.sort()).toEqual(Array.from({ length: FILES }, (_, index) => `${index}.xml`).sort());
  const dropped = readdirSync(join(root, 'deliver')).filter((name) => !name.startsWith('.'));
  expect(dropped.sort()).toEqual(archived.sort());
  expect(readdirSync(join(root, 'inbox', '.pult-work'))).toEqual([]);
  expect(existsSync(join(root, 'inbox', '0.xml'))).toBe(false);
}, 60_000);
