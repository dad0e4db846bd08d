/** What a lag and its groups mean (landscape.md TO BE; domain.md §1 Stuck, «no consumer»). Pure: time comes in as an argument. */
import type { BusGroup, DrainForecast } from '@pult/shared/contracts/bus';
import type { HealthStatus } from '@pult/shared/contracts/counters';
import type { FlowHealth } from '@pult/shared/contracts/landscape';
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import type { Verdict } from '../picture/rules.ts';
import type { GroupFacts, TopicFacts } from './ports.ts';

/** The trend is what happened in this time: shorter jumps with each batch, longer tells of what is over. */
const TREND_MS = 3 * 60_000;
/** From fewer samples, or a shorter time, nothing can be told. */
const LEAST_SAMPLES = 3;
const LEAST_SPAN_MS = 20_000;
/** A change smaller than this share of the lag within the trend is no direction. */
const STEADY_SHARE = 0.05;
/** A forecast beyond this is no forecast. */
const FORECAST_AT_MOST_MS = 24 * 3_600_000;
/** A group that restarts is without members for a moment. */
export const EMPTY_GRACE_MS = 15_000;
/** A lag below this is what is on its way, however it moves. */
const LEAST_LAG = 50;
/** Share of the samples in a rebalance from which a group does little else. */
const STORM_SHARE = 0.4;

export interface LagSample {
  /** ms since the epoch */
  readonly at: number;
  readonly lag: number;
}

/** Where a lag goes: the straight line through the samples of the last minutes, oldest first or not. */
export function forecastOf(samples: readonly LagSample[], now: number): DrainForecast {
  const recent = samples.filter(({ at }) => at > now - TREND_MS && at <= now).sort((a, b) => a.at - b.at);
  const last = recent.at(-1);
  const first = recent[0];
  if (first === undefined || last === undefined) return { kind: 'unknown' };
  if (last.lag <= 0) return { kind: 'drained' };
  const span = last.at - first.at;
  if (recent.length < LEAST_SAMPLES || span < LEAST_SPAN_MS) return { kind: 'unknown' };
  const perMs = slopeOf(recent);
  const moved = Math.abs(perMs * span);
  if (moved < 1 || moved < last.lag * STEADY_SHARE) return { kind: 'steady' };
  if (perMs > 0) return { kind: 'growing', perMinute: Math.round(perMs * 60_000 * 10) / 10 };
  const inMs = Math.ceil(last.lag / -perMs);
  return inMs > FORECAST_AT_MOST_MS ? { kind: 'steady' } : { kind: 'falling', inMs };
}

/** Least squares: change of the lag per ms. */
function slopeOf(samples: readonly LagSample[]): number {
  const meanAt = samples.reduce((sum, { at }) => sum + at, 0) / samples.length;
  const meanLag = samples.reduce((sum, { lag }) => sum + lag, 0) / samples.length;
  let over = 0;
  let under = 0;
  for (const { at, lag } of samples) {
    over += (at - meanAt) * (lag - meanLag);
    under += (at - meanAt) ** 2;
  }
  return under === 0 ? 0 : over / under;
}

/** The forecast of several groups together: the worst of them speaks; several that fall are done when the last one is. */
export function jointForecast(forecasts: readonly DrainForecast[]): DrainForecast {
  const growing = forecasts.filter((one) => one.kind === 'growing');
  if (growing.length > 0) return { kind: 'growing', perMinute: growing.reduce((sum, one) => sum + one.perMinute, 0) };
  const steady = forecasts.find(({ kind }) => kind === 'steady');
  if (steady) return steady;
  if (forecasts.length === 0 || forecasts.some(({ kind }) => kind === 'unknown')) return { kind: 'unknown' };
  const falling = forecasts.filter((one) => one.kind === 'falling');
  return falling.length === 0
    ? { kind: 'drained' }
    : { kind: 'falling', inMs: Math.max(...falling.map(({ inMs }) => inMs)) };
}

/**
 * What a group has not read, by topic and partition. A partition that it never committed waits from its oldest record on, when
 * the group is meant to read it (`reads`) or has been given it.
 */
export function lagOf(
  group: GroupFacts,
  topics: ReadonlyMap<string, TopicFacts>,
  reads: readonly string[],
): BusGroup['topics'] {
  const committed = new Map(group.offsets.map((one) => [`${one.topic} ${one.partition}`, one.committed]));
  const names = new Set([
    ...reads,
    ...group.offsets.map(({ topic }) => topic),
    ...group.members.flatMap(({ assigned }) => assigned.map(({ topic }) => topic)),
  ]);
  return [...names].sort().flatMap((topic) => {
    const known = topics.get(topic);
    if (!known) return [];
    const partitions = known.partitions.map(({ partition, newest, oldest }) => {
      const at = committed.get(`${topic} ${partition}`) ?? null;
      return { partition, newest, committed: at, lag: Math.max(0, newest - Math.max(at ?? 0, oldest ?? 0)) };
    });
    return [{ topic, lag: partitions.reduce((sum, { lag }) => sum + lag, 0), partitions }];
  });
}

export interface GroupState {
  readonly lag: number;
  /** Since when it has no member, ms; null while it has one. */
  readonly emptySince: number | null;
  /** Of the last minutes: share of the samples in which it was rebalancing. */
  readonly rebalancing: number;
  readonly forecast: DrainForecast;
  /** The broker has never heard of it. */
  readonly absent: boolean;
}

/** First matching rule, worst first. A group nobody needs to read with is quiet; one that leaves records lying is not. */
export function groupVerdict(state: GroupState, now: number): { status: HealthStatus; reason: BusGroup['reason'] } {
  if (state.emptySince !== null && now - state.emptySince >= EMPTY_GRACE_MS) {
    if (state.absent && state.lag === 0) return { status: 'idle', reason: 'absent' };
    return { status: state.lag > 0 ? 'bad' : 'warn', reason: 'no_consumer' };
  }
  if (state.rebalancing >= STORM_SHARE) return { status: 'warn', reason: 'rebalancing' };
  if (state.forecast.kind === 'growing' && state.lag >= LEAST_LAG) return { status: 'warn', reason: 'growing' };
  return { status: 'ok', reason: 'ok' };
}

/** A group with members says so by its state; newer groups tell the state alone. */
export const isEmpty = (state: string): boolean => state === '' || /empty|dead/i.test(state);
export const isRebalancing = (state: string): boolean => /rebalance/i.test(state);

/** Records that came to a topic per minute: growth of its newest offsets over the samples; null from too short a time. */
export function ratePerMinute(samples: readonly { at: number; newest: number }[], now: number): number | null {
  const recent = samples.filter(({ at }) => at > now - TREND_MS && at <= now).sort((a, b) => a.at - b.at);
  const [first, last] = [recent[0], recent.at(-1)];
  if (!first || !last || last.at - first.at < LEAST_SPAN_MS) return null;
  // A topic that was deleted and made again begins anew.
  return Math.round((Math.max(0, last.newest - first.newest) / (last.at - first.at)) * 60_000 * 10) / 10;
}

/** What the bus says about one flow of it. */
export interface FlowOnBus {
  readonly connected: boolean;
  /** Groups of the flow without a member, those that leave records lying first. */
  readonly withoutConsumer: readonly { group: string; systemId: string | null; since: number; lag: number }[];
}

/** Health of a flow of the bus: not connected without brokers; a dead target speaks before a missing reader, which speaks before the rest. */
export function withBus(flow: Pick<FlowConfig, 'watched'>, own: Verdict, bus: FlowOnBus): Verdict {
  const rule = (code: FlowHealth['rule']['code'], data: Record<string, unknown> = {}) => ({ code, data });
  if (!bus.connected) return { status: 'idle', rule: rule('not_connected') };
  if (!flow.watched || own.rule.code === 'target_down') return own;
  const [worst] = bus.withoutConsumer;
  if (worst === undefined) return own;
  return {
    status: worst.lag > 0 ? 'bad' : 'warn',
    rule: rule('no_consumer', {
      group: worst.group,
      ...(worst.systemId === null ? {} : { systemId: worst.systemId }),
      since: new Date(worst.since).toISOString(),
      count: worst.lag,
    }),
  };
}
