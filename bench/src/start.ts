/** P8: `npm start` with everything installed and the console built, and what the BFF holds after a minute of its own. */
import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { barePostgresMs, startDemo } from './demo.ts';
import { type Measurement, rank, rounded, timed } from './measurement.ts';

const IDLE_MS = 60_000;
const STARTS = 2;
const BAR_MS = 10_000;
const BAR_RSS_MB = 300;
const MEBIBYTE = 1_048_576;

const bareNode = (): Promise<void> =>
  new Promise((resolve, reject) => {
    spawn('node', ['-e', '0'], { stdio: 'ignore' })
      .once('error', reject)
      .once('exit', () => resolve());
  });

export async function start(): Promise<Measurement[]> {
  // The first start may build the console; it is not measured.
  const warm = await startDemo();
  await warm.halt();
  warm.remove();

  const nodeMs = rank(await Promise.all([0].map(() => timed(bareNode))), 0.5);
  const first: number[] = [];
  const again: number[] = [];
  const rss: number[] = [];
  let postgresMs = Number.NaN;
  for (let n = 0; n < STARTS; n += 1) {
    const fresh = await startDemo();
    first.push(fresh.startedInMs);
    if (n === 0) {
      await pause(IDLE_MS);
      rss.push((await fresh.bffRssBytes()) / MEBIBYTE);
    }
    const command = await fresh.database();
    await fresh.halt();
    postgresMs = await barePostgresMs(fresh, command);
    const second = await startDemo(fresh.folder);
    again.push(second.startedInMs);
    await second.halt();
    second.remove();
  }
  const bare = nodeMs + postgresMs;
  const line = (what: string, samples: readonly number[]): Measurement => {
    const worst = Math.max(...samples);
    return {
      what,
      value: rounded(worst, 0),
      unit: 'ms',
      baseline: rounded(bare, 0),
      ratio: rounded(worst / bare),
      bar: `≤ ${BAR_MS}`,
      held: worst <= BAR_MS,
    };
  };
  const memory = Math.max(...rss);
  return [
    line('npm start until the console answers, new folder', first),
    line('npm start until the console answers, folder of before', again),
    { what: 'baseline: bare node -e 0', value: rounded(nodeMs, 0), unit: 'ms', bar: '—' },
    { what: 'baseline: bare PostgreSQL on the same folder', value: rounded(postgresMs, 0), unit: 'ms', bar: '—' },
    {
      what: 'BFF after 60 s with the demonstration, nobody signed in',
      value: rounded(memory, 0),
      unit: 'MiB RSS',
      bar: `≤ ${BAR_RSS_MB}`,
      held: memory <= BAR_RSS_MB,
    },
  ];
}
