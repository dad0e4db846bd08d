import {
  type BaseOptions,
  type ClusterTopicMetadata,
  Consumer,
  IS_CONTROL,
  type RecordsBatch,
} from '@platformatic/kafka';
import type { RecordContent, RecordPlace } from '../port/bus-record.ts';

/**
 * `gone`: the cluster says that the record does not stand there any more, which is final. `unanswered`: it said nothing about it
 * now, as while a partition changes its leader, a broker that has just started does not know its topics, or a quota is used up.
 */
export type FoundRecord = RecordContent | 'gone' | 'unanswered';

/** The broker sends the whole batch in which the record stands, also when it is larger. */
const FETCH_BYTES = 1024 * 1024;
const WAIT_MS = 500;

/** Reads one record where it stands, outside any group: nothing is committed and nobody is rebalanced. */
export async function readRecordAt(
  base: BaseOptions & { readonly groupId: string },
  { topic, topicId, partition, offset }: RecordPlace,
): Promise<FoundRecord> {
  const consumer = new Consumer<Buffer, Buffer, Buffer, Buffer>({ ...base, autocommit: false });
  try {
    consumer.topics.track(topic);
    const metadata = await consumer.metadata({ topics: [topic], forceUpdate: true });
    const leader = leaderIn(metadata.topics.get(topic), { topicId, partition });
    if (typeof leader === 'string') return leader;
    const wanted = BigInt(offset);
    const { responses } = await consumer.fetch({
      node: leader,
      maxWaitTime: WAIT_MS,
      topics: [
        {
          topicId,
          partitions: [
            {
              partition,
              fetchOffset: wanted,
              currentLeaderEpoch: -1,
              lastFetchedEpoch: -1,
              partitionMaxBytes: FETCH_BYTES,
            },
          ],
        },
      ],
    });
    return recordIn(responses.flatMap((one) => one.partitions)[0], wanted);
  } finally {
    await consumer.close(true).catch(() => undefined);
  }
}

/** Who is to be asked. */
export function leaderIn(
  topic: Pick<ClusterTopicMetadata, 'id' | 'partitions'> | undefined,
  { topicId, partition }: Pick<RecordPlace, 'topicId' | 'partition'>,
): number | 'gone' | 'unanswered' {
  if (topic === undefined) return 'unanswered';
  if (topic.id !== topicId) return 'gone';
  const leader = topic.partitions[partition]?.leader ?? -1;
  return leader < 0 ? 'unanswered' : leader;
}

interface Fetched {
  readonly logStartOffset: bigint;
  readonly records?: readonly RecordsBatch[] | null;
}

/** Of an answer that tells of later offsets and not of this one, the record was compacted away. */
export function recordIn(fetched: Fetched | undefined, offset: bigint): FoundRecord {
  if (fetched === undefined) return 'unanswered';
  if (offset < fetched.logStartOffset) return 'gone';
  const batches = fetched.records ?? [];
  for (const batch of batches.filter(({ attributes }) => (attributes & IS_CONTROL) === 0)) {
    const record = batch.records.find(({ offsetDelta }) => batch.firstOffset + BigInt(offsetDelta) === offset);
    if (record !== undefined)
      return {
        key: record.key,
        value: record.value,
        headers: record.headers.map(([name, text]) => [name?.toString('utf8') ?? '', text ?? Buffer.alloc(0)]),
      };
  }
  const isPast = batches.some((batch) => batch.firstOffset + BigInt(batch.lastOffsetDelta) >= offset);
  return isPast ? 'gone' : 'unanswered';
}
