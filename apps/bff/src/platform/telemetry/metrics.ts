import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  readonly httpSeconds: Histogram<'endpoint' | 'status'>;
  readonly tickSeconds: Histogram<'tick'>;
  readonly tickFailures: Counter<'tick'>;
  readonly jobFailures: Counter<'queue'>;
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
    jobFailures: new Counter({
      name: 'pult_job_failures_total',
      help: 'Jobs that failed',
      labelNames: ['queue'],
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
