/**
 * P3: from the acknowledgement of an event to the answer that shows it in an open console, 500 consoles, 2 000 events/s.
 * Baseline: NOTIFY through the same PostgreSQL to a listener that sends it to as many bare sockets, in the same run.
 */
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import pg from 'pg';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import type { ConsolesData, ConsolesSeen } from './consoles.ts';
import { type Measurement, rank, rounded } from './measurement.ts';
import { signIn } from './session.ts';
import { type System, startSystem } from './system.ts';

const CONSOLES = Number(process.env.BENCH_CONSOLES ?? 500);
const EVENTS_PER_SECOND = Number(process.env.BENCH_EVENTS ?? 2_000);
const SECONDS = 20;
const PROCESSES = 2;
/** Ten consoles share a session: a person has several tabs, and five hundred logins would be another benchmark. */
const SESSIONS = 50;
const PEOPLE = ['ops', 'manager', 'analyst', 'admin'];
const BATCH = 200;
const KINDS = ['accepted', 'sent', 'delivered', 'applied'] as const;
const DELIVERIES = Math.ceil((EVENTS_PER_SECOND * SECONDS) / KINDS.length);
const BAR = { p95Ms: 1_000, updatesPerSecond: 5 };
const BARE_ROUNDS = 50;

const now = (): number => performance.timeOrigin + performance.now();

/** Posts the deliveries at an even pace; each batch holds whole deliveries. @returns events/s that were reached */
async function report(system: System, moments: Float64Array, times: Float64Array): Promise<number> {
  const perBatch = BATCH / KINDS.length;
  const startedAt = now();
  const running: Promise<void>[] = [];
  for (let first = 0; first < DELIVERIES; first += perBatch) {
    const due = startedAt + (first * KINDS.length * 1_000) / EVENTS_PER_SECOND;
    await pause(Math.max(0, due - now()));
    const indexes = Array.from({ length: perBatch }, (_, place) => first + place);
    const time = new Date().toISOString();
    for (const index of indexes) times[index] = Date.parse(time);
    const events = indexes.flatMap((index) =>
      KINDS.map((kind) => ({
        specversion: '1.0',
        id: `p3-${index}-${kind}`,
        source: 'site',
        type: `exchange.${kind}`,
        time,
        data: {
          flow: 'site-orders',
          consumer: 'ut',
          attempt: 1,
          message: { id: `p3-${index}`, key: { type: 'ЗаказКлиента', number: `P3-${index}` } },
        },
      })),
    );
    const send = async (): Promise<void> => {
      const response = await fetch(`${system.url}/api/intake/events`, {
        method: 'POST',
        headers: {
          'content-type': 'application/cloudevents-batch+json',
          authorization: `Bearer ${system.tokens.site}`,
        },
        body: JSON.stringify(events),
      });
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
      await response.arrayBuffer();
      for (const index of indexes) moments[index] = now();
    };
    running.push(send());
  }
  await Promise.all(running);
  return (DELIVERIES * KINDS.length) / ((now() - startedAt) / 1_000);
}

/** The same way without Pult: NOTIFY, one listener, as many bare sockets. @returns ms until the last one has it */
async function bare(databaseUrl: string): Promise<number> {
  const server = createServer();
  const sockets = new Server(server, { transports: ['websocket'] });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const [listener, sender] = [databaseUrl, databaseUrl].map(
    (connectionString) => new pg.Client({ connectionString }),
  ) as [pg.Client, pg.Client];
  await Promise.all([listener.connect(), sender.connect()]);
  await listener.query('listen bench_p3');
  listener.on('notification', ({ payload }) => sockets.emit('hint', payload));
  const clients: Socket[] = [];
  for (let index = 0; index < CONSOLES; index += 1) {
    const client = io(url, { transports: ['websocket'], forceNew: true });
    await new Promise<void>((resolve) => client.once('connect', () => resolve()));
    clients.push(client);
  }
  const samples: number[] = [];
  for (let round = 0; round < BARE_ROUNDS; round += 1) {
    const from = performance.now();
    const heard = Promise.all(
      clients.map((client) => new Promise<void>((resolve) => client.once('hint', () => resolve()))),
    );
    await sender.query("select pg_notify('bench_p3', $1)", [String(round)]);
    await heard;
    samples.push(performance.now() - from);
  }
  for (const client of clients) client.disconnect();
  await sockets.close();
  await Promise.all([listener.end(), sender.end()]);
  return rank(samples, 0.95);
}

export async function live(): Promise<Measurement[]> {
  const system = await startSystem({ LOGINS_PER_MINUTE: '1000' });
  try {
    const baseline = await bare(system.databaseUrl);
    const cookies: string[] = [];
    for (let place = 0; place < SESSIONS; place += 1)
      cookies.push((await signIn(system.url, PEOPLE[place % PEOPLE.length] ?? 'ops')).cookie);
    const acknowledged = new SharedArrayBuffer(DELIVERIES * 8 + BATCH * 8);
    const happened = new SharedArrayBuffer(acknowledged.byteLength);
    const data: ConsolesData = { url: system.url, cookies, count: CONSOLES / PROCESSES, acknowledged, happened };
    const workers = Array.from(
      { length: PROCESSES },
      () => new Worker(new URL('./consoles.ts', import.meta.url), { workerData: data }),
    );
    const next = <T>(worker: Worker): Promise<T> => new Promise((resolve) => worker.once('message', resolve));
    await Promise.all(workers.map((worker) => next(worker)));
    const reached = await report(system, new Float64Array(acknowledged), new Float64Array(happened));
    await pause(2 * BAR.p95Ms);
    const seen = await Promise.all(
      workers.map((worker) => {
        const answer = next<ConsolesSeen>(worker);
        worker.postMessage('stop');
        return answer;
      }),
    );
    await Promise.all(workers.map((worker) => worker.terminate()));
    const ranksOf = (parts: readonly Float64Array[]) => {
      const sorted = Float64Array.from(parts.flatMap((part) => [...part])).sort();
      return (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
    };
    const at = ranksOf(seen.map(({ latencies }) => latencies));
    const p95 = at(0.95);
    const screens = [...new Set(seen.flatMap(({ byScreen }) => Object.keys(byScreen)))];
    const most = Math.max(...seen.map(({ mostPerSecond }) => mostPerSecond));
    const refreshes = seen.reduce((sum, one) => sum + one.refreshes, 0);
    return [
      {
        what: `accepted → visible, ${CONSOLES} consoles`,
        value: rounded(p95, 0),
        unit: 'ms p95',
        p50: rounded(at(0.5), 0),
        p99: rounded(at(0.99), 0),
        baseline: rounded(baseline, 0),
        ratio: rounded(p95 / baseline),
        bar: `≤ ${BAR.p95Ms}`,
        held: p95 <= BAR.p95Ms,
      },
      ...screens.map((name): Measurement => {
        const of = ranksOf(seen.map(({ byScreen }) => byScreen[name] ?? new Float64Array()));
        const [p50, p99] = [rounded(of(0.5), 0), rounded(of(0.99), 0)];
        return { what: `of these, ${name}`, value: rounded(of(0.95), 0), unit: 'ms p95', p50, p99, bar: '—' };
      }),
      { what: 'events reported', value: rounded(reached, 0), unit: 'events/s', bar: `${EVENTS_PER_SECOND}` },
      {
        what: 'updates of one console, at most',
        value: most,
        unit: '/s',
        bar: `≤ ${BAR.updatesPerSecond}`,
        held: most <= BAR.updatesPerSecond,
      },
      { what: 'refreshes of all consoles', value: rounded(refreshes / SECONDS, 0), unit: '/s', bar: '—' },
    ];
  } finally {
    await system.stop();
  }
}
