/**
 * P2: every question of the screens over the real HTTP API with a real session, against a database of 100 thousand and of
 * 1 million deliveries (`BENCH_DELIVERIES` chooses others). Baseline: 50 rows by primary key through pg in the same run.
 */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { fill } from './fill.ts';
import { type Measurement, rank, rounded, timed } from './measurement.ts';
import { questionsOf } from './questions.ts';
import { signIn } from './session.ts';
import { type System, startSystem } from './system.ts';

const SIZES = (process.env.BENCH_DELIVERIES ?? '100000,1000000').split(',').map(Number);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 40);
const WARM_ROUNDS = 3;
/** Derived from one reading of the flows' numbers, of which there are four a second at most. */
const ONE_READING = /^(overview|counters)/;
const ONE_READING_MS = 300;
const BAR = { p95: 100, p99: 300 };

interface Taken {
  readonly kind: string;
  readonly samples: readonly number[];
  readonly bar: { readonly p95: number; readonly p99: number };
}

/** Asks every question; answers the samples of each kind, the raw read first. */
export async function ask(system: System, only?: string): Promise<Taken[]> {
  const session = await signIn(system.url, 'ops');
  const questions = (await questionsOf(session)).filter(({ kind }) => !only || kind.includes(only));
  const raw: Taken = { kind: RAW, samples: await rawReads(system), bar: BAR };
  const samples = questions.map((): number[] => []);
  // Screen after screen, as people ask: the same question again at once would measure how long equal questions wait to share
  // an answer, which is what P3 looks at.
  for (let n = -WARM_ROUNDS; n < ROUNDS; n += 1)
    for (const [place, { kind, path }] of questions.entries()) {
      if (ONE_READING.test(kind)) await pause(ONE_READING_MS);
      const took = await timed(() => session.get(path(n + WARM_ROUNDS)));
      if (n >= 0) samples[place]?.push(took);
    }
  return [raw, ...questions.map(({ kind, bar }, place) => ({ kind, samples: samples[place] ?? [], bar: bar ?? BAR }))];
}

const RAW = 'raw: 50 rows by primary key through pg';

async function rawReads(system: System): Promise<number[]> {
  const client = new pg.Client({ connectionString: system.databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ id: string }>('select id from delivery tablesample system (1) limit 4000');
  const samples: number[] = [];
  for (let n = 0; n < ROUNDS; n += 1) {
    const ids = Array.from({ length: 50 }, (_, place) => rows[(n * 50 + place * 17) % rows.length]?.id);
    samples.push(await timed(() => client.query('select * from delivery where id = any($1::uuid[])', [ids])));
  }
  await client.end();
  return samples;
}

export async function lists(): Promise<Measurement[]> {
  const runs: { size: number; taken: Taken[] }[] = [];
  for (const size of SIZES) {
    const system = await startSystem();
    try {
      const filled = await fill(system, size);
      console.log(`${size} deliveries in ${rounded(filled.seconds, 0)} s; ${filled.proved} of them proved over HTTP`);
      console.table(
        filled.sizes.map((one) => ({ ...one, heapMb: rounded(one.heapMb), indexesMb: rounded(one.indexesMb) })),
      );
      runs.push({ size, taken: await ask(system) });
    } finally {
      await system.stop();
    }
  }
  const small = runs.length > 1 ? runs[0] : undefined;
  const large = runs.at(-1);
  if (!large) return [];
  const raw = rank(large.taken.find(({ kind }) => kind === RAW)?.samples ?? [], 0.95);
  return large.taken.map(({ kind, samples, bar }): Measurement => {
    const p95 = rank(samples, 0.95);
    const before = small?.taken.find((one) => one.kind === kind);
    const growth = before ? rank(samples, 0.5) / rank(before.samples, 0.5) : undefined;
    return {
      what: `${kind}, ${large.size}`,
      value: rounded(p95),
      unit: 'ms p95',
      p50: rounded(rank(samples, 0.5)),
      p95: rounded(p95),
      p99: rounded(rank(samples, 0.99)),
      baseline: rounded(raw),
      ratio: rounded(p95 / raw),
      ...(growth === undefined ? {} : { growth: rounded(growth, 2) }),
      bar: kind === RAW ? '—' : `p95 ≤ ${bar.p95}, p99 ≤ ${bar.p99}`,
      ...(kind === RAW ? {} : { held: p95 <= bar.p95 && rank(samples, 0.99) <= bar.p99 }),
    };
  });
}
