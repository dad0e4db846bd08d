/** Committed offsets of a member of a group: behind them everything is durable, and they come to the end of what was read. */
import type { Consumer, Message, MessagesStream } from '@platformatic/kafka';
import { isRebalance } from './faults.ts';

export type Member = Consumer<Buffer, Buffer, Buffer, Buffer>;
export type Stream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;

/** The last record of each partition: all that committing a batch needs of it, so the others need not be kept for that. */
export function endsOf(records: readonly Message[]): readonly Message[] {
  const last = new Map<string, Message>();
  for (const record of records) last.set(`${record.topic} ${record.partition}`, record);
  return [...last.values()];
}

/** Commits a batch by its ends when its effect is durable, as far as its partitions are still those of this member. */
export async function commitBatch(member: Member, ends: readonly Message[]): Promise<void> {
  // Of a partition that was given away meanwhile the new owner commits, maybe further than this batch.
  const owned = ends.filter(({ topic, partition }) =>
    member.assignments?.some((one) => one.topic === topic && one.partitions.includes(partition)),
  );
  if (owned.length === 0) return;
  try {
    await member.commit({
      offsets: owned.map(({ topic, partition, offset, leaderEpoch }) => ({
        topic,
        partition,
        offset: offset + 1n,
        leaderEpoch,
      })),
    });
  } catch (error) {
    // The records are read again, by whoever has the partition now, and change nothing the second time.
    if (!isRebalance(error)) throw error;
  }
}

/** Where this member reads next, by `topic:partition`. Take it while nothing that was read waits for its effect. */
export const positionsOf = (stream: Stream): ReadonlyMap<string, bigint> => new Map(stream.offsetsToFetch);

/**
 * Commits where the group stands behind `positions`, everything before which is durable. Batches alone do not get there: a
 * member that was away commits an old offset over a newer one, a commit goes under in a rebalance, and the marker at the end
 * of a transaction is no record of any batch.
 */
export async function settleOffsets(member: Member, positions: ReadonlyMap<string, bigint>): Promise<void> {
  const assigned = member.assignments ?? [];
  if (assigned.length === 0 || !member.isActive()) return;
  const committed = await member.listCommittedOffsets({ topics: assigned });
  const behind = assigned.flatMap(({ topic, partitions }) =>
    partitions.flatMap((partition) => {
      const position = positions.get(`${topic}:${partition}`);
      const there = committed.get(topic)?.[partition];
      return position !== undefined && position > 0n && there !== undefined && there < position
        ? [{ topic, partition, offset: position, leaderEpoch: -1 }]
        : [];
    }),
  );
  if (behind.length > 0) await member.commit({ offsets: behind });
}
