import type { BusRecord, KafkaClient } from './client.ts';

/** A record as it was kept, to be put again to one consumer. */
export interface RedriveRequest {
  /** The retry topic of this consumer alone. */
  readonly topic: string;
  readonly record: Omit<BusRecord, 'topic'>;
  /** Number of the attempt, given by Pult. */
  readonly attempt: number;
  readonly operationId: string;
  readonly idempotencyKey: string;
}

const OWN = ['retry-attempt', 'retry-operation', 'retry-idempotency-key'] as const;

/** The same key, value and headers; those of Pult, also of an earlier time, are the ones of this attempt. */
export function redrivenRecord({ topic, record, ...request }: RedriveRequest): BusRecord {
  const values = [String(request.attempt), request.operationId, request.idempotencyKey];
  const own = OWN.map((name, index) => [name, Buffer.from(values[index] ?? '')] as const);
  const kept = record.headers.filter(([name]) => !OWN.some((one) => one === name));
  return { topic, key: record.key, value: record.value, headers: [...kept, ...own] };
}

/**
 * Puts the record to the retry topic. The key of the request stands in its headers: a repetition after a crash or a lost
 * acknowledgement is the same request for the consumer (docs/protocols/kafka.md). @throws SourceError
 */
export const redrive = (client: Pick<KafkaClient, 'send'>, request: RedriveRequest): Promise<void> =>
  client.send([redrivenRecord(request)]);
