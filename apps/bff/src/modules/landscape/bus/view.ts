/** A stored reading as judgements and as the contract shows it. Pure. */
import type { BusGroup, BusState, DrainForecast } from '@pult/shared/contracts/bus';
import type { BusPlan } from './plan.ts';
import type { BusReading, GroupFacts } from './ports.ts';
import { forecastOf, groupVerdict, isEmpty, isRebalancing, lagOf, ratePerMinute } from './rules.ts';
import type { SampleFacts, StoredBus } from './store.ts';

/** A reading older than this is shown with its age, and no judgement about groups is made from it. */
export const STALE_AFTER_MS = 45_000;
/** So much of the past is needed for trends, with a reserve. */
export const TREND_WINDOW_MS = 4 * 60_000;

export interface GroupNow
  extends Pick<BusGroup, 'group' | 'systemId' | 'ours' | 'state' | 'status' | 'reason' | 'topics'> {
  readonly flows: readonly string[];
  readonly lag: number;
  readonly forecast: DrainForecast;
  readonly members: GroupFacts['members'];
  /** ms since the epoch */
  readonly since: number | null;
}

/** What a reading is worth keeping of for the trend. */
export function sampleOf(plan: BusPlan, reading: BusReading): SampleFacts {
  return {
    groups: Object.fromEntries(
      groupFactsOf(plan, reading).map(({ facts, topics }) => [
        facts.group,
        { lag: topics.reduce((sum, { lag }) => sum + lag, 0), rebalancing: isRebalancing(facts.state) },
      ]),
    ),
    topics: Object.fromEntries(
      reading.topics.map(({ topic, partitions }) => [topic, partitions.reduce((sum, { newest }) => sum + newest, 0)]),
    ),
  };
}

/** Groups without a member, those of the plan that the broker has never heard of too. */
export const emptyGroups = (plan: BusPlan, reading: BusReading): string[] =>
  groupFactsOf(plan, reading).flatMap(({ facts }) => (isEmpty(facts.state) ? [facts.group] : []));

/** Groups of the plan first, those the broker has never heard of too; then what else reads the bus. */
function groupFactsOf(plan: BusPlan, reading: BusReading) {
  const topics = new Map(reading.topics.map((one) => [one.topic, one]));
  const found = new Map(reading.groups.map((one) => [one.group, one]));
  const planned = plan.groups.map((one) => ({
    planned: one as BusPlan['groups'][number] | null,
    facts: found.get(one.group) ?? { group: one.group, state: '', members: [], offsets: [] },
  }));
  const names = new Set(plan.groups.map(({ group }) => group));
  const others = reading.groups.filter(({ group }) => !names.has(group)).map((facts) => ({ planned: null, facts }));
  return [...planned, ...others].map((one) => ({ ...one, topics: lagOf(one.facts, topics, one.planned?.reads ?? []) }));
}

export function groupsNow(plan: BusPlan, stored: StoredBus, now: number): GroupNow[] {
  if (!stored.reading) return [];
  return groupFactsOf(plan, stored.reading).map(({ planned, facts, topics }): GroupNow => {
    const { group, members, state } = facts;
    const lag = topics.reduce((sum, one) => sum + one.lag, 0);
    const samples = stored.samples.flatMap(({ at, groups }) => (groups[group] ? [{ at, ...groups[group] }] : []));
    const forecast = forecastOf(samples, now);
    const emptySince = isEmpty(state) ? (stored.emptySince[group] ?? stored.freshAt ?? now) : null;
    const { status, reason } = groupVerdict(
      {
        lag,
        emptySince,
        forecast,
        rebalancing: samples.length < 3 ? 0 : samples.filter(({ rebalancing }) => rebalancing).length / samples.length,
        absent: state === '' || (/dead/i.test(state) && facts.offsets.length === 0),
      },
      now,
    );
    // A group outside the plan that has no member is nobody's business: a console that once looked, a test.
    const unknown = planned === null && reason === 'no_consumer';
    return {
      group,
      systemId: planned?.systemId ?? null,
      ours: planned?.ours ?? false,
      flows: planned?.flows ?? [],
      state,
      status: unknown ? 'idle' : status,
      reason: unknown ? 'absent' : reason,
      since: reason === 'no_consumer' ? emptySince : null,
      lag,
      forecast,
      members,
      topics,
    };
  });
}

interface BusFacts {
  readonly stored: StoredBus | undefined;
  readonly connected: boolean;
  readonly trend: ReadonlyMap<string, readonly { at: number; lag: number }[]>;
  /** Dead letter topic → deliveries with a record in it that are not settled yet. */
  readonly open: ReadonlyMap<string, number>;
  readonly now: number;
}

export function busStateOf(plan: BusPlan, facts: BusFacts): BusState {
  const { stored, now } = facts;
  const reading = stored?.reading ?? null;
  const iso = (at: number): string => new Date(at).toISOString();
  return {
    systemId: plan.system.id,
    title: plan.system.title,
    connected: facts.connected,
    freshAt: stored?.freshAt == null ? null : iso(stored.freshAt),
    stale: facts.connected && (stored?.freshAt == null || now - stored.freshAt > STALE_AFTER_MS),
    error: stored?.error ? { ...stored.error, since: iso(stored.error.since) } : null,
    brokers: (reading?.brokers ?? []).map(({ id, address }) => ({
      id,
      address,
      controller: reading?.controller === id,
      leads:
        reading?.topics.reduce(
          (sum, { partitions }) => sum + partitions.filter(({ leader }) => leader === id).length,
          0,
        ) ?? 0,
    })),
    groups: stored
      ? groupsNow(plan, stored, now).map(({ flows, members, since, topics, ...group }) => ({
          ...group,
          flows: [...flows],
          topics: [...topics],
          since: since === null ? null : iso(since),
          members: members.map(({ clientId, host, assigned }) => ({
            clientId,
            host,
            partitions: assigned.reduce((sum, { partitions }) => sum + partitions.length, 0),
          })),
          trend: (facts.trend.get(group.group) ?? []).map(({ at, lag }) => ({ at: iso(at), lag })),
        }))
      : [],
    topics: topicsOf(plan, facts),
    missed: (stored?.missed ?? []).map(({ topic, partition, records, at }) => ({
      topic,
      partition,
      records,
      at: iso(at),
    })),
  };
}

function topicsOf(plan: BusPlan, { stored, open, now }: Pick<BusFacts, 'stored' | 'open' | 'now'>): BusState['topics'] {
  const found = new Map((stored?.reading?.topics ?? []).map((one) => [one.topic, one]));
  const planned = new Set(plan.topics.map(({ topic }) => topic));
  const others = [...found.keys()].filter((topic) => !planned.has(topic) && !topic.startsWith('__'));
  return [...plan.topics, ...others.map((topic) => ({ topic, role: 'other' as const, flows: [] }))].map(
    ({ topic, role, flows }) => {
      const partitions = found.get(topic)?.partitions ?? [];
      const samples = (stored?.samples ?? []).flatMap(({ at, topics }) => {
        const newest = topics[topic];
        return newest === undefined ? [] : [{ at, newest }];
      });
      return {
        topic,
        role,
        flows: [...flows],
        present: found.has(topic),
        perMinute: ratePerMinute(samples, now),
        records: partitions.reduce((sum, { newest, oldest }) => sum + newest - (oldest ?? 0), 0),
        open: role === 'dead_letters' ? (open.get(topic) ?? 0) : null,
        partitions: partitions.map((one) => ({ ...one })),
      };
    },
  );
}
