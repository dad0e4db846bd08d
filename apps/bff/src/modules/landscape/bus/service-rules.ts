/** Figures of a polled service from its last samples: rates are differences of counters, p95 comes from the histogram. Pure. */
import type { ServiceFigures } from '@pult/shared/contracts/bus';
import type { HealthStatus } from '@pult/shared/contracts/counters';

export interface InstanceSample {
  readonly url: string;
  readonly up: boolean;
  readonly error: string | null;
  readonly version: string | null;
  /** ms since the epoch */
  readonly startedAt: number | null;
  readonly goroutines: number | null;
  readonly memoryBytes: number | null;
  /** Counters since the start of the instance; null when it does not have them. */
  readonly records: number | null;
  readonly errors: number | null;
  /** Upper bound in seconds (null: above all) → observations up to it, ascending; null without a histogram. */
  readonly buckets: readonly (readonly [number | null, number])[] | null;
}
export interface ServiceSample {
  /** ms since the epoch */
  readonly at: number;
  readonly instances: readonly InstanceSample[];
  /** Since when no instance is up, ms since the epoch; absent or null while one is. */
  readonly downSince?: number | null;
}

/** Rates are of this time: long enough to count something, short enough to be «now». */
export const RATE_WINDOW_MS = 5 * 60_000;

/** @param samples oldest first */
export function figuresOf(
  samples: readonly ServiceSample[],
  expected: number,
  now: number,
): Omit<ServiceFigures, 'freshAt'> {
  const recent = samples.filter(({ at }) => at > now - RATE_WINDOW_MS);
  const newest = samples.at(-1);
  const minutes = ((recent.at(-1)?.at ?? 0) - (recent[0]?.at ?? 0)) / 60_000;
  const perMinute = (of: (instance: InstanceSample) => number | null): number | null => {
    const grown = grownBy(recent, (instance) => {
      const value = of(instance);
      return value === null ? null : [value];
    });
    return grown === null || minutes <= 0 ? null : Math.round(((grown[0] ?? 0) / minutes) * 10) / 10;
  };
  const up = newest?.instances.filter((instance) => instance.up) ?? [];
  return {
    expected,
    up: up.length,
    versions: [...new Set(up.flatMap(({ version }) => version ?? []))].sort(),
    perMinute: perMinute(({ records }) => records),
    errorsPerMinute: perMinute(({ errors }) => errors),
    p95Ms: p95Of(recent),
    instances: (newest?.instances ?? []).map(
      ({ url, up: isUp, version, startedAt, goroutines, memoryBytes, error }) => ({
        url,
        up: isUp,
        version,
        startedAt: startedAt === null ? null : new Date(startedAt).toISOString(),
        goroutines,
        memoryBytes,
        error,
      }),
    ),
  };
}

/** Growth of counters over the samples, all instances together. A counter that fell began anew with its instance. */
function grownBy(
  samples: readonly ServiceSample[],
  of: (instance: InstanceSample) => readonly number[] | null,
): number[] | null {
  const last = new Map<string, readonly number[]>();
  let total: number[] | null = null;
  for (const { instances } of samples)
    for (const instance of instances) {
      const values = of(instance);
      if (values === null) continue;
      const before = last.get(instance.url);
      last.set(instance.url, values);
      if (before === undefined) {
        total ??= values.map(() => 0);
        continue;
      }
      const sum: number[] = total ?? values.map(() => 0);
      const restarted = values.some((value, at) => value < (before[at] ?? 0));
      total = values.map((value, at) => (sum[at] ?? 0) + value - (restarted ? 0 : (before[at] ?? 0)));
    }
  return total;
}

/** 95th percentile in ms by linear interpolation within its bucket, as Prometheus does; null when nothing was observed. */
function p95Of(samples: readonly ServiceSample[]): number | null {
  const bounds = samples.flatMap(({ instances }) => instances.flatMap(({ buckets }) => (buckets ? [buckets] : [])))[0];
  if (!bounds) return null;
  const sameBounds = (buckets: InstanceSample['buckets']): readonly number[] | null =>
    buckets !== null && buckets.length === bounds.length && buckets.every(([le], at) => le === bounds[at]?.[0])
      ? buckets.map(([, count]) => count)
      : null;
  const counts = grownBy(samples, ({ buckets }) => sameBounds(buckets));
  const all = counts?.at(-1) ?? 0;
  if (!counts || all <= 0) return null;
  const rank = all * 0.95;
  const at = counts.findIndex((count) => count >= rank);
  const lower = at === 0 ? 0 : (bounds[at - 1]?.[0] ?? 0);
  const upper = bounds[at]?.[0] ?? null;
  // Above the last bound nothing is known but that it is above.
  if (upper === null) return Math.round(lower * 1_000);
  const below = at === 0 ? 0 : (counts[at - 1] ?? 0);
  const inside = (counts[at] ?? 0) - below;
  return Math.round((lower + (inside <= 0 ? 0 : ((rank - below) / inside) * (upper - lower))) * 1_000);
}

/**
 * Since when the service is down, ms; null while an instance is up. One look may fail: the second in a row is an incident.
 * @param samples oldest first
 */
export function serviceDownSince(samples: readonly ServiceSample[]): number | null {
  const newest = samples.at(-1);
  const since = newest?.downSince ?? null;
  return newest === undefined || since === null || newest.at <= since ? null : since;
}

/** Health by the instances that are up: all, some, none. */
export function serviceStatus({ up, expected }: Pick<ServiceFigures, 'up' | 'expected'>): HealthStatus {
  if (up === 0) return 'bad';
  return up < expected ? 'warn' : 'ok';
}
