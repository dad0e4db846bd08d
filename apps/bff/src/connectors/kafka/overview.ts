/** One look at a whole cluster by its administration: brokers, topics with their ends, groups with members and offsets. */
import { type Admin, type ClusterMetadata, type Group, ListOffsetTimestamps } from '@platformatic/kafka';
import type { KafkaClient } from './client.ts';

export interface ClusterOverview {
  readonly controller: number | null;
  /** Address as host:port. */
  readonly brokers: { readonly id: number; readonly address: string }[];
  readonly topics: {
    readonly topic: string;
    readonly partitions: {
      readonly partition: number;
      readonly leader: number | null;
      /** Offset of the oldest record kept. */
      readonly oldest: number | null;
      /** Offset of the next record. */
      readonly newest: number;
    }[];
  }[];
  readonly groups: {
    readonly group: string;
    /** As the broker calls it: Stable, Empty … */
    readonly state: string;
    readonly members: {
      readonly clientId: string;
      readonly host: string;
      readonly assigned: { readonly topic: string; readonly partitions: number[] }[];
    }[];
    readonly offsets: { readonly topic: string; readonly partition: number; readonly committed: number }[];
  }[];
}

/** What one look takes; a cluster with more is shown by those of the landscape and the first of the rest. */
const TOPICS_AT_MOST = 500;
const GROUPS_AT_MOST = 300;
/** Groups of the older protocol; the broker describes newer ones by another request, they are shown without members. */
const CLASSIC = /^(classic)?$/i;

/** Topics and groups that are named come first; those the cluster does not have are left out. @throws SourceError */
export function readOverview(
  client: KafkaClient,
  wanted: { readonly topics: readonly string[]; readonly groups: readonly string[] },
): Promise<ClusterOverview> {
  return client.ask(async (admin) => {
    const known = await admin.listTopics({ includeInternals: false });
    const topics = firstOf(wanted.topics, known, TOPICS_AT_MOST);
    const metadata = await admin.metadata({ topics, forceUpdate: true });
    const [newest, oldest, groups] = [
      await ends(admin, metadata, ListOffsetTimestamps.LATEST),
      await ends(admin, metadata, ListOffsetTimestamps.EARLIEST),
      await groupsOf(admin, wanted.groups),
    ];
    return {
      controller: metadata.controllerId < 0 ? null : metadata.controllerId,
      brokers: [...metadata.brokers]
        .map(([id, { host, port }]) => ({ id, address: `${host}:${port}` }))
        .sort((a, b) => a.id - b.id),
      topics: topics.flatMap((topic) => {
        const found = metadata.topics.get(topic);
        if (!found) return [];
        const partitions = found.partitions.map(({ leader }, partition) => ({
          partition,
          leader: leader < 0 ? null : leader,
          oldest: oldest.get(`${topic} ${partition}`) ?? null,
          newest: newest.get(`${topic} ${partition}`) ?? 0,
        }));
        return [{ topic, partitions }];
      }),
      groups,
    };
  });
}

const firstOf = (wanted: readonly string[], known: readonly string[], limit: number): string[] => {
  const here = new Set(known);
  return [...new Set([...wanted.filter((one) => here.has(one)), ...known.toSorted()])].slice(0, limit);
};

async function ends(admin: Admin, metadata: ClusterMetadata, timestamp: bigint): Promise<Map<string, number>> {
  const topics = [...metadata.topics]
    .map(([name, { partitions }]) => ({
      name,
      // A partition without a leader cannot be asked; the others can.
      partitions: partitions.flatMap(({ leader }, partitionIndex) =>
        leader < 0 ? [] : [{ partitionIndex, timestamp }],
      ),
    }))
    .filter(({ partitions }) => partitions.length > 0);
  if (topics.length === 0) return new Map();
  const listed = await admin.listOffsets({ topics });
  return new Map(
    listed.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, offset }) => [`${name} ${partitionIndex}`, Number(offset)] as const),
    ),
  );
}

async function groupsOf(admin: Admin, wanted: readonly string[]): Promise<ClusterOverview['groups']> {
  const listed = await admin.listGroups();
  const names = firstOf(
    wanted,
    [...listed.values()]
      .filter(({ protocolType }) => protocolType === 'consumer' || protocolType === '')
      .map(({ id }) => id),
    GROUPS_AT_MOST,
  );
  if (names.length === 0) return [];
  const classic = names.filter((name) => CLASSIC.test(listed.get(name)?.groupType ?? ''));
  const described = classic.length === 0 ? new Map<string, Group>() : await admin.describeGroups({ groups: classic });
  const offsets = new Map(
    (await admin.listConsumerGroupOffsets({ groups: names })).map(({ groupId, topics }) => [groupId, topics]),
  );
  return names.map((group) => {
    const known = described.get(group);
    return {
      group,
      state: known?.state ?? listed.get(group)?.state ?? '',
      members: [...(known?.members.values() ?? [])].map(({ clientId, clientHost, assignments }) => ({
        clientId,
        host: clientHost.replace(/^\//, ''),
        assigned: [...(assignments?.values() ?? [])].map(({ topic, partitions }) => ({ topic, partitions })),
      })),
      offsets: (offsets.get(group) ?? []).flatMap(({ name, partitions }) =>
        partitions.flatMap(({ partitionIndex, committedOffset }) =>
          committedOffset < 0n ? [] : [{ topic: name, partition: partitionIndex, committed: Number(committedOffset) }],
        ),
      ),
    };
  });
}
