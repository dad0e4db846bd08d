/** The demonstration landscape: every system a process of its own on loopback; all end with this one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROCESSES = ['onec', 'elma', 'site', 'market', 'idp', 'workers', 'bus', 'edi', 'control'] as const;
const children = new Set<ChildProcess>();
let stopping = false;

function start(name: (typeof PROCESSES)[number]): void {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`./${name}/main.ts`, import.meta.url))], {
    env: { ...process.env, STAND_CHILD: '1' },
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  children.add(child);
  child.once('exit', (code) => {
    children.delete(child);
    if (stopping) return;
    // A system that died comes back with what it had on disk, as a service would.
    console.error(`${name} ended (${code}), starting it again`);
    setTimeout(() => start(name), 1_000);
  });
}

function stop(): void {
  stopping = true;
  for (const child of children) child.kill('SIGTERM');
  setTimeout(() => process.exit(0), 500);
}

for (const name of PROCESSES) start(name);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
process.stdin.resume();
process.stdin.on('end', stop);
