import type pg from 'pg';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  readonly httpSeconds: Histogram<'endpoint' | 'status'>;
  readonly tickSeconds: Histogram<'tick'>;
  readonly tickFailures: Counter<'tick'>;
  readonly liveSockets: Gauge;
  readonly liveHints: Counter<'topic'>;
}

/** Metrics of the platform in a registry of their own; modules add theirs with `registers: [metrics.registry]`. */
export function createMetrics(options: { process: boolean } = { process: false }): Metrics {
  const registry = new Registry();
  if (options.process) collectDefaultMetrics({ register: registry, prefix: 'pult_' });
  const registers = [registry];
  return {
    registry,
    httpSeconds: new Histogram({
      name: 'pult_http_request_seconds',
      help: 'Time to answer by endpoint id and status',
      labelNames: ['endpoint', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    tickSeconds: new Histogram({
      name: 'pult_tick_seconds',
      help: 'Time of one round of a loop',
      labelNames: ['tick'],
      registers,
    }),
    tickFailures: new Counter({
      name: 'pult_tick_failures_total',
      help: 'Rounds that failed',
      labelNames: ['tick'],
      registers,
    }),
    liveSockets: new Gauge({ name: 'pult_live_sockets', help: 'Open live connections', registers }),
    liveHints: new Counter({
      name: 'pult_live_hints_total',
      help: 'Hints sent to rooms',
      labelNames: ['topic'],
      registers,
    }),
  };
}

/** Connections of the pool: open, free, and requests that wait for one. Waiting for long means DATABASE_POOL is too small. */
export function addPoolMetrics({ registry }: Metrics, pool: pg.Pool): void {
  new Gauge({
    name: 'pult_database_connections',
    help: 'Connections of the pool by state; waiting are requests without one',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'used' }, pool.totalCount - pool.idleCount);
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'waiting' }, pool.waitingCount);
    },
  });
}

/** Which instance does the work that one of all does: 1 in exactly one of them. */
export function addLeaderMetric({ registry }: Metrics, isLeading: () => boolean): void {
  new Gauge({
    name: 'pult_leader',
    help: '1 in the instance that does the work of one',
    registers: [registry],
    collect() {
      this.set(isLeading() ? 1 : 0);
    },
  });
}

interface ReadGauge<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly L[];
  /** Values at the moment of the scrape. */
  readonly read: () => Promise<readonly { labels: Readonly<Record<L, string>>; value: number }[]>;
}

/** A gauge that is read when Prometheus asks. What cannot be read (database away) is left out: no stale number stands in for it. */
export function addReadGauge<const L extends string>(
  { registry }: Metrics,
  { name, help, labels, read }: ReadGauge<L>,
): void {
  new Gauge({
    name,
    help,
    labelNames: labels,
    registers: [registry],
    async collect() {
      this.reset();
      for (const { labels: of, value } of await read().catch(() => [])) this.set({ ...of }, value);
    },
  });
}
