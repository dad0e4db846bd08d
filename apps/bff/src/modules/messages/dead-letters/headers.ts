/** Headers that say why a record lies among dead letters, in the words of whoever put it there. */

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

const MAX_ATTEMPT = 10_000;

export function readDeadLetterHeaders(headers: Headers): DeadLetterHeaders {
  const text = (field: Field): string | null => firstOf(headers, NAMES[field])?.toString('utf8') ?? null;
  const whole = (field: Field): bigint | null => integerOf(firstOf(headers, NAMES[field]));
  const tries = Number(whole('tries') ?? 1n);
  // Pult's own number comes back with the record that it put again: the consumer's count begins at one each time.
  const own = Number(integerOf(firstOf(headers, ['retry-attempt'])) ?? 1n);
  const partition = whole('originalPartition');
  return {
    originalTopic: text('originalTopic'),
    originalPartition: partition === null ? null : Number(partition),
    originalOffset: whole('originalOffset')?.toString() ?? null,
    error: text('error'),
    errorCode: text('errorCode'),
    attempt: Math.min(Math.max(tries, own, 1), MAX_ATTEMPT),
  };
}

/** The last header of a name: a record that failed again carries the earlier ones, too. */
export const headerOf = (headers: Headers, name: string): Buffer | null =>
  headers.findLast(([one]) => one === name)?.[1] ?? null;

function firstOf(headers: Headers, names: readonly string[]): Buffer | null {
  for (const name of names) {
    const found = headerOf(headers, name);
    if (found !== null && found.length > 0) return found;
  }
  return null;
}

/** Digits, or a big-endian number of 4 or 8 bytes, as Java writes it. */
function integerOf(bytes: Buffer | null): bigint | null {
  if (bytes === null) return null;
  const text = bytes.toString('latin1');
  if (/^\d{1,18}$/.test(text)) return BigInt(text);
  if (bytes.length === 4) return BigInt(bytes.readInt32BE());
  if (bytes.length === 8) return bytes.readBigInt64BE();
  return null;
}
