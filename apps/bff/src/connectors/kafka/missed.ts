/** Records that the bus has deleted before this group has read them: its retention was shorter than the absence of the reader. */
import { ListOffsetTimestamps } from '@platformatic/kafka';
import type { Member } from './offsets.ts';

export interface MissedRecords {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  /** Where the group stood; decimal strings: offsets are 64 bits. */
  readonly from: string;
  /** The oldest record that was still there. */
  readonly to: string;
  /** Offsets in between: marks of transactions count as well. */
  readonly records: number;
  /** When it was noticed, ms. */
  readonly at: number;
}

/**
 * Compares where the group stands with what is left. Ask before anything is committed behind the gap: then it is gone for good.
 * `positions`: where the member reads next, by `topic:partition`; what it has in hand was there.
 */
export async function missedRecords(
  member: Member,
  positions: ReadonlyMap<string, bigint>,
): Promise<Omit<MissedRecords, 'topicId' | 'at'>[]> {
  const assigned = (member.assignments ?? []).filter(({ partitions }) => partitions.length > 0);
  if (assigned.length === 0) return [];
  const committed = await member.listCommittedOffsets({ topics: assigned });
  const oldest = await member.listOffsets({
    topics: assigned.map(({ topic }) => topic),
    partitions: Object.fromEntries(assigned.map(({ topic, partitions }) => [topic, [...partitions]])),
    timestamp: ListOffsetTimestamps.EARLIEST,
  });
  return assigned.flatMap(({ topic, partitions }) =>
    partitions.flatMap((partition) => {
      const from = committed.get(topic)?.[partition];
      const left = oldest.get(topic)?.[partition];
      if (from === undefined || from < 0n || left === undefined || left <= from) return [];
      const position = positions.get(`${topic}:${partition}`) ?? from;
      const to = position > from && position < left ? position : left;
      return [{ topic, partition, from: `${from}`, to: `${to}`, records: Number(to - from) }];
    }),
  );
}
