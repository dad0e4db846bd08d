import type { Message } from '@platformatic/kafka';

/** A batch ends here even when it has few records: they may be a megabyte each. */
const BATCH_BYTES = 16 * 1024 * 1024;

type Record = Pick<Message<Buffer, Buffer, Buffer, Buffer>, 'key' | 'value' | 'headerEntries'>;

/** What is there now, up to a number of records and, but for the last one, of bytes. */
export function readBatch<T extends Record>(
  stream: { read(): T | null },
  mostRecords: number,
  mostBytes = BATCH_BYTES,
): T[] {
  const batch: T[] = [];
  for (let bytes = 0; batch.length < mostRecords && bytes < mostBytes; ) {
    const record = stream.read();
    if (record === null) break;
    batch.push(record);
    bytes += sizeOf(record);
  }
  return batch;
}

const sizeOf = ({ key, value, headerEntries }: Record): number =>
  headerEntries.reduce(
    (sum, [name, text]) => sum + name.length + (text?.length ?? 0),
    (key?.length ?? 0) + (value?.length ?? 0),
  );
