/** Headers that say why a record lies among dead letters, in the words of whoever put it there. */

import { MAX_ATTEMPT } from '../event.ts';

export interface DeadLetterHeaders {
  readonly originalTopic: string | null;
  readonly originalPartition: number | null;
  /** Decimal string. */
  readonly originalOffset: string | null;
  readonly error: string | null;
  readonly errorCode: string | null;
  /** Attempt of the consumer that gave up; 1 where nobody counted. */
  readonly attempt: number;
}

type Headers = readonly (readonly [string, Buffer])[];
type Field = Exclude<keyof DeadLetterHeaders, 'attempt'> | 'tries';

/** Names by which producers say it, the first that is there counts: consumers of this landscape, Spring, Kafka Connect. */
const NAMES: Readonly<Record<Field, readonly string[]>> = {
  originalTopic: ['dlq-original-topic', 'kafka_dlt-original-topic', '__connect.errors.topic'],
  originalPartition: ['dlq-original-partition', 'kafka_dlt-original-partition', '__connect.errors.partition'],
  originalOffset: ['dlq-original-offset', 'kafka_dlt-original-offset', '__connect.errors.offset'],
  error: [
    'dlq-error',
    'kafka_dlt-exception-message',
    '__connect.errors.exception.message',
    '__connect.errors.exception.class.name',
    'kafka_dlt-exception-fqcn',
  ],
  errorCode: [
    'dlq-error-code',
    'kafka_dlt-exception-cause-fqcn',
    'kafka_dlt-exception-fqcn',
    '__connect.errors.exception.class.name',
  ],
  tries: ['dlq-attempt', 'kafka_deliveryAttempt'],
};

/** Spring writes numbers as Java keeps them, big-endian. Of other names four bytes are a word: `none`, `null`, `3/10`. */
const BINARY = /^kafka_/;
/** No consumer tries so often before it gives up: a larger count is none, and Pult's own number has to stand above it. */
const MAX_TRIES = 1_000n;

export function readDeadLetterHeaders(headers: Headers): DeadLetterHeaders {
  const text = (field: Field): string | null => firstOf(headers, NAMES[field])?.bytes.toString('utf8') ?? null;
  const whole = (field: Field): bigint | null => integerOf(firstOf(headers, NAMES[field]));
  const counted = whole('tries') ?? 1n;
  const tries = counted <= MAX_TRIES ? counted : 1n;
  // Pult's own number comes back with the record that it put again: the consumer's count begins at one each time.
  const own = integerOf(firstOf(headers, ['retry-attempt'])) ?? 1n;
  const partition = whole('originalPartition');
  return {
    originalTopic: text('originalTopic'),
    originalPartition: partition === null ? null : Number(partition),
    originalOffset: whole('originalOffset')?.toString() ?? null,
    error: text('error'),
    errorCode: text('errorCode'),
    attempt: Math.max(Number(tries), Number(own <= MAX_ATTEMPT ? own : 1n), 1),
  };
}

/** The last header of a name: a record that failed again carries the earlier ones, too. */
export const headerOf = (headers: Headers, name: string): Buffer | null =>
  headers.findLast(([one]) => one === name)?.[1] ?? null;

interface Header {
  readonly name: string;
  readonly bytes: Buffer;
}

function firstOf(headers: Headers, names: readonly string[]): Header | null {
  for (const name of names) {
    const bytes = headerOf(headers, name);
    if (bytes !== null && bytes.length > 0) return { name, bytes };
  }
  return null;
}

/** Digits, or for names of Spring a number of 4 or 8 bytes. */
function integerOf(header: Header | null): bigint | null {
  if (header === null) return null;
  const { name, bytes } = header;
  const text = bytes.toString('latin1');
  if (/^\d{1,18}$/.test(text)) return BigInt(text);
  if (!BINARY.test(name)) return null;
  if (bytes.length === 4) return BigInt(bytes.readInt32BE());
  if (bytes.length === 8) return bytes.readBigInt64BE();
  return null;
}
