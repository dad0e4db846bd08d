import {
  type BusRecord,
  type LeftRecord,
  type RecordContent,
  type RedriveRequest,
  recordSize,
} from '../port/bus-record.ts';
import { type Intent, sourceError } from '../port/source-errors.ts';
import type { KafkaClient } from './client.ts';

const OWN = ['retry-attempt', 'retry-operation', 'retry-idempotency-key'] as const;

/** The same key, value and headers; those of Pult, also of an earlier time, are the ones of this attempt. */
export function redrivenRecord({
  topic,
  record,
  ...request
}: Omit<RedriveRequest, 'record'> & { readonly record: RecordContent }): BusRecord {
  const values = [String(request.attempt), request.operationId, request.idempotencyKey];
  const own = OWN.map((name, index) => [name, Buffer.from(values[index] ?? '')] as const);
  const kept = record.headers.filter(([name]) => !OWN.some((one) => one === name));
  return { topic, key: record.key, value: record.value, headers: [...kept, ...own] };
}

/**
 * Puts the record to the retry topic. The key of the request stands in its headers: a repetition after a crash or a lost
 * acknowledgement is the same request for the consumer (docs/protocols/kafka.md). @throws SourceError, of which
 * `source.record_gone` says that the topic does not hold the record any more
 */
export async function redrive(
  client: Pick<KafkaClient, 'send' | 'recordAt' | 'system'>,
  { record, ...request }: RedriveRequest,
): Promise<void> {
  const content = 'place' in record ? await contentOf(client, record) : record;
  await client.send([redrivenRecord({ ...request, record: content })]);
}

async function contentOf(
  client: Pick<KafkaClient, 'recordAt' | 'system'>,
  { place, key, sizeBytes }: LeftRecord,
): Promise<RecordContent> {
  const found = await client.recordAt(place);
  const { topic, partition, offset } = place;
  const gone = (text: string) => {
    const intent: Intent = 'read';
    return sourceError(client.system, { code: 'source.record_gone', text, maybeSent: false }, { intent });
  };
  if (found === null) throw gone(`${topic}/${partition}/${offset}`);
  const isSame =
    (key === null || found.key?.equals(key) === true) && (sizeBytes === null || recordSize(found) === sizeBytes);
  if (!isSame) throw gone(`${topic}/${partition}/${offset}: another record`);
  return found;
}
