import { type BaseOptions, Consumer, IS_CONTROL, type KafkaRecord, type RecordsBatch } from '@platformatic/kafka';

/** A record to put on a topic. Header values are bytes: what came from the bus goes back as it was. */
export interface BusRecord {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** In their order; a name may stand there more than once. */
  readonly headers: readonly (readonly [string, Buffer])[];
}

/** Where one record stands on the bus. */
export interface RecordPlace {
  readonly topic: string;
  /** A topic that was made anew under the same name counts its offsets from zero again. */
  readonly topicId: string;
  readonly partition: number;
  /** A decimal string: offsets are 64 bits. */
  readonly offset: string;
}

export type RecordContent = Omit<BusRecord, 'topic'>;

/** The broker sends the whole batch in which the record stands, also when it is larger. */
const FETCH_BYTES = 1024 * 1024;
const WAIT_MS = 500;

/**
 * Reads one record where it stands, outside any group: nothing is committed and nobody is rebalanced. Null when it stands
 * there no more: its time is over, it was compacted away, or the topic is another one.
 */
export async function readRecordAt(
  base: BaseOptions & { readonly groupId: string },
  { topic, topicId, partition, offset }: RecordPlace,
): Promise<RecordContent | null> {
  const consumer = new Consumer<Buffer, Buffer, Buffer, Buffer>({ ...base, autocommit: false });
  try {
    consumer.topics.track(topic);
    const metadata = await consumer.metadata({ topics: [topic], forceUpdate: true });
    const found = metadata.topics.get(topic);
    const leader = found?.partitions[partition]?.leader;
    if (found?.id !== topicId || leader === undefined || leader < 0) return null;
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
    const record = responses.flatMap((one) => one.partitions).flatMap((one) => recordsAt(one, wanted))[0];
    return record === undefined
      ? null
      : {
          key: record.key,
          value: record.value,
          headers: record.headers.map(([name, text]) => [name?.toString('utf8') ?? '', text ?? Buffer.alloc(0)]),
        };
  } finally {
    await consumer.close(true).catch(() => undefined);
  }
}

const recordsAt = ({ records }: { readonly records?: RecordsBatch[] | null }, offset: bigint): KafkaRecord[] =>
  (records ?? [])
    .filter(({ attributes }) => (attributes & IS_CONTROL) === 0)
    .flatMap((batch) => batch.records.filter(({ offsetDelta }) => batch.firstOffset + BigInt(offsetDelta) === offset));

/** Bytes of a record as it is kept and compared: key, value and headers, without the envelope of the protocol. */
export const recordSize = ({ key, value, headers }: RecordContent): number =>
  headers.reduce((sum, [name, text]) => sum + name.length + text.length, (key?.length ?? 0) + (value?.length ?? 0));
