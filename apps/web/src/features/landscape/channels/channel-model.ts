/** Channels of a flow: from where, through what, to where; of a flow that moves to the bus the old one and the new. Pure. */
import type { BusGroup, BusState, BusTopic } from '@pult/shared/contracts/bus';
import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';

export interface Channel {
  readonly flow: FlowHealth;
  /** Of a flow that moves: which of the two this is, and whether the receiver works with what it brings. */
  readonly role: 'only' | 'old' | 'bus';
  readonly isTruth: boolean;
  /** How far the flow that is looked at has moved; the flow of the bus may take over from several, each at a stage of its own. */
  readonly stage: FlowHealth['stage'] | null;
  readonly sources: readonly SystemHealth[];
  readonly targets: readonly SystemHealth[];
  /** What the bus says of this flow; null for a channel without the bus. */
  readonly bus: BusPart | null;
}

export interface BusPart {
  /** `reading` and `unread`: nothing is known of it, not even whether it is connected. */
  readonly state: 'reading' | 'unread' | 'off' | 'on';
  readonly topics: readonly string[];
  readonly partitions: number;
  readonly records: number;
  /** Records that come into the topics, per minute; null when not known yet. */
  readonly perMinute: number | null;
  readonly groups: readonly BusGroup[];
  /** Records that consumers gave up on, where they lie, and how many deliveries of them are not settled yet. */
  readonly deadLetters: readonly { readonly topic: string; readonly records: number; readonly open: number }[];
}

export interface Landscape {
  readonly flows: readonly FlowHealth[];
  readonly systems: readonly SystemHealth[];
  readonly buses: readonly BusState[] | 'reading' | 'unread';
}

/** The old channel before the bus; one channel for a flow that moves nowhere. */
export function channelsOf(flow: FlowHealth, landscape: Landscape): Channel[] {
  const { migration } = flow;
  const partner = migration && landscape.flows.find(({ id }) => id === migration.partner);
  if (!migration || !partner) return [channelOf(flow, { role: 'only', isTruth: true, stage: null }, landscape)];
  const [old, bus] = migration.role === 'old' ? [flow, partner] : [partner, flow];
  const onBus = migration.stage === 'cut-over' || migration.stage === 'bus';
  const { stage } = migration;
  return [
    channelOf(old, { role: 'old', isTruth: !onBus, stage }, landscape),
    channelOf(bus, { role: 'bus', isTruth: onBus, stage }, landscape),
  ];
}

function channelOf(
  flow: FlowHealth,
  place: Pick<Channel, 'role' | 'isTruth' | 'stage'>,
  landscape: Landscape,
): Channel {
  const { systems, buses } = landscape;
  const ends = (ids: readonly string[]): SystemHealth[] =>
    ids.flatMap((id) => systems.find((one) => one.id === id && one.kind !== 'bus') ?? []);
  return {
    flow,
    ...place,
    sources: ends(flow.from),
    targets: ends(flow.to),
    bus: flow.channel === 'kafka' ? busPart(flow.id, buses) : null,
  };
}

function busPart(flowId: string, read: Landscape['buses']): BusPart {
  const buses = typeof read === 'string' ? [] : read;
  const carries = ({ flows }: BusTopic | BusGroup): boolean => flows.includes(flowId);
  const all = buses.flatMap(({ topics }) => topics).filter(carries);
  const topics = all.filter(({ role }) => role === 'business');
  const rates = topics.flatMap(({ perMinute }) => (perMinute === null ? [] : [perMinute]));
  return {
    state: typeof read === 'string' ? read : buses.some(({ connected }) => connected) ? 'on' : 'off',
    topics: topics.map(({ topic }) => topic),
    partitions: topics.reduce((sum, { partitions }) => sum + partitions.length, 0),
    records: topics.reduce((sum, { records }) => sum + records, 0),
    perMinute: rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0),
    groups: buses.flatMap(({ groups }) => groups).filter(carries),
    deadLetters: all
      .filter(({ role }) => role === 'dead_letters')
      .map(({ topic, records, open }) => ({ topic, records, open: open ?? 0 })),
  };
}

/** Records that the known groups of a flow have not read; null when nobody is known to read. */
export function lagOf({ groups, state }: BusPart): number | null {
  const known = groups.filter(({ reason }) => reason !== 'absent');
  return state !== 'on' || known.length === 0 ? null : known.reduce((sum, { lag }) => sum + lag, 0);
}

/** Whether all channels start, or end, in the same systems: those are then drawn once. */
export function isShared(channels: readonly Channel[], end: 'sources' | 'targets'): boolean {
  const [first, ...others] = channels.map((channel) => channel[end].map(({ id }) => id).join(' '));
  return others.length > 0 && others.every((one) => one === first);
}
