import { describe, expect, it } from 'vitest';
import { readDeadLetterHeaders } from './headers.ts';

const headers = (all: Readonly<Record<string, string | Buffer>>) =>
  Object.entries(all).map(([name, value]) => [name, Buffer.from(value)] as const);
const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const long = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
};

describe('why a record lies among dead letters', () => {
  it.each([
    [
      'a consumer of this landscape',
      {
        'dlq-original-topic': 'ut.prices.v1',
        'dlq-original-partition': '2',
        'dlq-original-offset': '41',
        'dlq-error': 'Нет цены',
        'dlq-attempt': '3',
      },
      { originalTopic: 'ut.prices.v1', originalPartition: 2, originalOffset: '41', error: 'Нет цены', attempt: 3 },
    ],
    [
      'Spring, which writes numbers as bytes',
      {
        'kafka_dlt-original-topic': 'erp.production.v1',
        'kafka_dlt-original-partition': int(0),
        'kafka_dlt-original-offset': long(9_007_199_254_740_993n),
        'kafka_dlt-exception-fqcn': 'org.springframework.kafka.listener.ListenerExecutionFailedException',
        'kafka_dlt-exception-cause-fqcn': 'java.lang.IllegalStateException',
        'kafka_dlt-exception-message': 'Listener failed',
        kafka_deliveryAttempt: int(5),
      },
      {
        originalTopic: 'erp.production.v1',
        originalPartition: 0,
        originalOffset: '9007199254740993',
        error: 'Listener failed',
        errorCode: 'java.lang.IllegalStateException',
        attempt: 5,
      },
    ],
    [
      'Kafka Connect',
      {
        '__connect.errors.topic': 'elma.approvals.v1',
        '__connect.errors.partition': '0',
        '__connect.errors.offset': '7',
        '__connect.errors.exception.class.name': 'org.apache.kafka.connect.errors.DataException',
        '__connect.errors.exception.message': 'Converting byte[] failed',
      },
      { originalTopic: 'elma.approvals.v1', originalOffset: '7', error: 'Converting byte[] failed', attempt: 1 },
    ],
    ['somebody who says nothing', {}, { originalTopic: null, originalOffset: null, error: null, attempt: 1 }],
  ])('is read from the headers of %s', (_who, all, expected) => {
    expect(readDeadLetterHeaders(headers(all))).toMatchObject(expected);
  });

  it.each(['null', 'none', '3/10', '3 of', '1/3', 'attempt3', '99999999'])('reads no attempt out of «%s»', (word) => {
    expect(readDeadLetterHeaders(headers({ 'dlq-attempt': word })).attempt).toBe(1);
    expect(readDeadLetterHeaders(headers({ 'dlq-attempt': word, 'retry-attempt': '10001' })).attempt).toBe(10_001);
    expect(readDeadLetterHeaders(headers({ 'retry-attempt': word })).attempt).toBe(1);
  });

  it('reads a place out of digits alone, unless Spring wrote it', () => {
    const place = { 'dlq-original-partition': 'null', '__connect.errors.offset': 'unknown8' };
    expect(readDeadLetterHeaders(headers(place))).toMatchObject({ originalPartition: null, originalOffset: null });
  });

  it('takes the last word of a record that failed again, and the attempt that Pult gave it', () => {
    const again = [
      ...headers({ 'dlq-error': 'first', 'dlq-attempt': '3', 'retry-attempt': '4' }),
      ...headers({ 'dlq-error': 'second', 'dlq-attempt': '1' }),
    ];
    expect(readDeadLetterHeaders(again)).toMatchObject({ error: 'second', attempt: 4 });
  });
});
