import { expect, it } from 'vitest';
import { redrivenRecord } from './redrive.ts';

const text = (value: string): Buffer => Buffer.from(value);

it('a record goes again as it was, with the headers of this attempt in the place of earlier ones', () => {
  const first = redrivenRecord({
    topic: 'shop.retry',
    record: {
      key: text('ПЦ-7'),
      value: text('{}'),
      headers: [
        ['message-id', text('m-7')],
        ['retry-attempt', text('2')],
        ['dlq-error', text('a')],
        ['dlq-error', text('b')],
      ],
    },
    attempt: 4,
    operationId: 'op',
    idempotencyKey: 'op:d',
  });
  expect(first.key).toEqual(text('ПЦ-7'));
  expect(first.headers.map(([name, value]) => [name, value.toString()])).toEqual([
    ['message-id', 'm-7'],
    ['dlq-error', 'a'],
    ['dlq-error', 'b'],
    ['retry-attempt', '4'],
    ['retry-operation', 'op'],
    ['retry-idempotency-key', 'op:d'],
  ]);
});
