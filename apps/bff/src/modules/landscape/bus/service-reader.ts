/** One look at a polled service: health and metrics of each instance, whatever the others answer. */
import type { ConnectorConfig } from '@pult/shared/contracts/landscape-file';
import { SourceError } from '@pult/shared/errors/app-error';
import type { ServiceClient, ServiceInstance } from '../../../connectors/service/client.ts';
import { type Metrics, totalOf } from '../../../connectors/service/metrics-text.ts';
import { cutText } from '../../../platform/http/clean-text.ts';
import type { InstanceSample } from './service-rules.ts';

type Names = Extract<ConnectorConfig, { protocol: 'service' }>['metrics'];

const MORE_BOUNDS_THAN_ANY_HISTOGRAM = 200;
const ERROR_LENGTH = 300;

/** Never throws for a service that does not answer: that is what it reports. */
export const readService = (service: ServiceClient, names: Names): Promise<InstanceSample[]> =>
  Promise.all(service.instances.map((instance) => readInstance(instance, names)));

async function readInstance(instance: ServiceInstance, names: Names): Promise<InstanceSample> {
  const wanted = new Set([
    'go_goroutines',
    'process_resident_memory_bytes',
    'process_start_time_seconds',
    names.records,
    names.errors,
    `${names.seconds}_bucket`,
  ]);
  const isWanted = (name: string): boolean => wanted.has(name) || name.endsWith('build_info');
  const [health, metrics] = await Promise.allSettled([instance.health(), instance.metrics(isWanted)]);
  const refused = [health, metrics].find((one) => one.status === 'rejected');
  const figures = metrics.status === 'fulfilled' ? figuresIn(metrics.value, names) : NO_FIGURES;
  return {
    url: instance.url,
    up: health.status === 'fulfilled',
    error: refused ? textOf(refused.reason) : null,
    ...figures,
  };
}

const NO_FIGURES = {
  version: null,
  startedAt: null,
  goroutines: null,
  memoryBytes: null,
  records: null,
  errors: null,
  buckets: null,
} satisfies Omit<InstanceSample, 'url' | 'up' | 'error'>;

function figuresIn(metrics: Metrics, names: Names): Omit<InstanceSample, 'url' | 'up' | 'error'> {
  const startedAt = totalOf(metrics, 'process_start_time_seconds');
  return {
    version: versionIn(metrics),
    startedAt: startedAt === null || !Number.isFinite(startedAt) ? null : Math.round(startedAt * 1_000),
    goroutines: totalOf(metrics, 'go_goroutines'),
    memoryBytes: totalOf(metrics, 'process_resident_memory_bytes'),
    records: totalOf(metrics, names.records),
    // A counter of errors appears with the first error.
    errors: totalOf(metrics, names.errors) ?? (metrics.has(names.records) ? 0 : null),
    buckets: bucketsIn(metrics, `${names.seconds}_bucket`),
  };
}

/** `go_build_info` of a program built without version control says «(devel)»; the service's own build info knows better. */
function versionIn(metrics: Metrics): string | null {
  const infos = [...metrics].filter(([name]) => name.endsWith('build_info'));
  infos.sort(([a], [b]) => Number(a === 'go_build_info') - Number(b === 'go_build_info'));
  for (const [, samples] of infos)
    for (const { labels } of samples)
      if (labels.version && labels.version !== '(devel)' && labels.version !== 'unknown') return labels.version;
  return null;
}

/** Buckets of all label sets together, ascending; null without a histogram. */
function bucketsIn(metrics: Metrics, name: string): InstanceSample['buckets'] {
  const byBound = new Map<number, number>();
  for (const { labels, value } of metrics.get(name) ?? []) {
    const bound = /^\+?inf$/i.test(labels.le ?? '') ? Number.POSITIVE_INFINITY : Number(labels.le ?? Number.NaN);
    if (!Number.isNaN(bound)) byBound.set(bound, (byBound.get(bound) ?? 0) + value);
  }
  if (byBound.size === 0 || byBound.size > MORE_BOUNDS_THAN_ANY_HISTOGRAM) return null;
  return [...byBound]
    .sort(([a], [b]) => a - b)
    .map(([bound, count]) => [Number.isFinite(bound) ? bound : null, count] as const);
}

function textOf(error: unknown): string {
  if (!(error instanceof SourceError)) throw error;
  return cutText(String(error.data.text ?? ''), ERROR_LENGTH) || error.code;
}
