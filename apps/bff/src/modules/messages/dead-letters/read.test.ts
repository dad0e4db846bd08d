import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import type { DeadLetterRules } from '@pult/shared/contracts/landscape-file/dead-letters';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deliveryId } from '../identity.ts';
import { readField } from './field.ts';
import { type DeadLetterRecord, readDeadLetter } from './read.ts';

const NOW = Date.parse('2026-11-29T09:00:00Z');
const title = { ru: 'а', en: 'a' };

function ownerOf(deadLetters?: DeadLetterRules) {
  const [flow] = landscapeFile.parse({
    version: 1,
    systems: [
      {
        id: 'kafka',
        title,
        kind: 'bus',
        place: { column: 0, row: 0 },
        connector: { protocol: 'kafka', brokers: 'b:1' },
      },
      { id: 'go', title, kind: 'service', place: { column: 1, row: 0 } },
    ],
    flows: [
      {
        id: 'orders',
        title,
        what: title,
        from: ['kafka'],
        to: ['go'],
        era: 'to-be',
        channel: 'kafka',
        consumers: [{ system: 'go', group: 'go', deadLetterTopic: 'go.dlq', ...(deadLetters && { deadLetters }) }],
      },
    ],
  }).flows;
  const [consumer] = flow?.consumers ?? [];
  if (flow === undefined || consumer === undefined) throw new Error('no consumer');
  return { flow, consumer };
}

interface Given {
  readonly key?: string | Buffer | null;
  readonly value?: string | Buffer | null;
  readonly headers?: Readonly<Record<string, string | Buffer>>;
}
const record = ({ key = null, value = null, headers = {} }: Given): DeadLetterRecord => ({
  topic: 'go.dlq',
  topicId: 'id',
  partition: 0,
  offset: '7',
  timestamp: NOW - 1_000,
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
  headers: Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)] as const),
});
function read(given: Given, rules?: DeadLetterRules, personalData = false) {
  const { flow, consumer } = ownerOf(rules);
  const flows = new Map([[flow.id, flow]]);
  return readDeadLetter(
    record(given),
    { flow: { ...flow, personalData }, consumer },
    { busId: 'kafka', flows, now: NOW },
  );
}

const long = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
};
/** As DeadLetterPublishingRecoverer of Spring for Kafka writes them: nothing of the message, all of the failure. */
const SPRING = {
  'kafka_dlt-original-topic': 'orders.v1',
  'kafka_dlt-original-partition': Buffer.from([0, 0, 0, 2]),
  'kafka_dlt-original-offset': long(41n),
  'kafka_dlt-original-consumer-group': 'go',
  'kafka_dlt-exception-fqcn': 'org.springframework.kafka.listener.ListenerExecutionFailedException',
  'kafka_dlt-exception-message': 'Listener failed; no price for A-100',
};
/** As a sink connector writes them with errors.deadletterqueue.context.headers.enable. */
const CONNECT = {
  '__connect.errors.topic': 'orders.v1',
  '__connect.errors.partition': '1',
  '__connect.errors.offset': '9007199254740993',
  '__connect.errors.exception.class.name': 'org.apache.kafka.connect.errors.DataException',
  '__connect.errors.exception.message': 'Unknown product',
};

describe('a dead letter without the headers of this landscape', () => {
  it('of Spring is told by its key and its value', () => {
    const read1 = read(
      { key: 'ЗК-7', value: JSON.stringify({ id: 'm-7', doc: { kind: 'Заказ' }, shop: 'site' }), headers: SPRING },
      { messageId: { json: 'id' }, type: { json: 'doc.kind' }, number: { key: true }, recipient: { json: 'shop' } },
    );
    expect(read1).toMatchObject({
      kind: 'dead-letter',
      event: { messageId: 'm-7', deliveryId: deliveryId('orders', 'm-7', 'go'), recipient: 'site' },
      letter: { originalTopic: 'orders.v1', originalPartition: 2, originalOffset: '41' },
    });
    expect(read1).toMatchObject({
      event: { key: { type: 'Заказ', number: 'ЗК-7' }, failure: { text: 'Listener failed; no price for A-100' } },
    });
  });

  it('of Kafka Connect is told by fields of its key and value in the envelope of the JSON converter', () => {
    const value = '{"schema":{"type":"struct"},"payload":{"lines":[{"number":"РТ-1"}]}}';
    const key = '{"schema":{"type":"int64"},"payload":{"id":9007199254740993}}';
    const rules: DeadLetterRules = {
      messageId: { key: 'payload.id' },
      type: { text: 'Реализация' },
      number: { json: 'payload.lines.0.number' },
    };
    expect(read({ key, value, headers: CONNECT }, rules)).toMatchObject({
      kind: 'dead-letter',
      // To the digit: the neighbour of this number is another message.
      event: { messageId: '9007199254740993', key: { type: 'Реализация', number: 'РТ-1' } },
      letter: { originalTopic: 'orders.v1', originalPartition: 1, originalOffset: '9007199254740993' },
    });
  });

  it('whose key is a number of Java is told by it, to the bit, whatever text its bytes would be', () => {
    const int = (value: number): Buffer => {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32BE(value);
      return bytes;
    };
    const idOf = (key: Buffer | string, as?: 'int32' | 'int64') => {
      const found = read({ key, headers: SPRING }, { messageId: { key: true, as } });
      return found.kind === 'dead-letter' ? found.event.messageId : null;
    };
    expect(idOf(int(1_094_861_636), 'int32')).toBe('1094861636');
    expect(idOf('ABCD')).toBe('ABCD');
    fc.assert(fc.property(fc.integer(), (value) => idOf(int(value), 'int32') === String(value)));
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        (value) => idOf(long(value), 'int64') === String(value),
      ),
    );
    // Of another length they are no such number, and without a word they are no number at all.
    expect([idOf(long(4_711n), 'int32'), idOf('4711', 'int64'), idOf(long(4_711n))]).toEqual([null, null, null]);
    const header = { messageId: { header: 'x-id', as: 'int64' as const } };
    expect(read({ headers: { 'x-id': long(5n) } }, header)).toMatchObject({ event: { messageId: '5' } });
  });

  it('keeps to the headers where a rule about the document finds nothing', () => {
    const given = { key: 'k', value: 'not JSON', headers: { 'x-id': 'm-1', ce_type: 'Заказ', ce_subject: 'ЗК-1' } };
    const rules: DeadLetterRules = { messageId: { header: 'x-id' }, type: { json: 'kind' }, number: { json: 'no' } };
    expect(read(given, rules)).toMatchObject({ event: { messageId: 'm-1', key: { type: 'Заказ', number: 'ЗК-1' } } });
  });
});

describe('the recipient of a dead letter', () => {
  const recipientOf = (recipient: string, personalData: boolean) => {
    const found = read({ headers: { 'message-id': 'm', recipient } }, undefined, personalData);
    return found.kind === 'dead-letter' ? found.event.recipient : undefined;
  };
  it('of a flow that carries people is a system of the landscape or nobody: a login looks the same', () => {
    expect(['kafka', 'ivanova-o', '004711', 'i.petrov'].map((one) => recipientOf(one, true))).toEqual([
      'kafka',
      null,
      null,
      null,
    ]);
    expect(recipientOf('ivanova-o', false)).toBe('ivanova-o');
  });
});

describe('a dead letter that nobody can be named for', () => {
  const missing = (path: string) => ({ path, message: 'the source message id is missing' });
  it.each<[string, Given, DeadLetterRules | undefined, string[]]>([
    ['no header of the default', {}, undefined, ['headers.message-id', 'headers.ce_id']],
    // The rule says where the id is: another one that happens to be there is of something else.
    ['no header of the rule', { headers: { 'message-id': 'm' } }, { messageId: { header: 'x-id' } }, ['headers.x-id']],
    ['no key', {}, { messageId: { key: true } }, ['key']],
    ['bytes in the key', { key: Buffer.from([0xff, 1, 2]) }, { messageId: { key: true } }, ['key']],
    ['a key that is no JSON', { key: 'm-1' }, { messageId: { key: 'id' } }, ['key.id']],
    ['a value that is no JSON', { value: '<x/>' }, { messageId: { json: 'a.id' } }, ['value.a.id']],
    ['no such field', { value: '{"a":{"b":"m"}}' }, { messageId: { json: 'a.id' } }, ['value.a.id']],
    ['an empty field', { value: '{"a":{"id":""}}' }, { messageId: { json: 'a.id' } }, ['value.a.id']],
    ['a field that is a list', { value: '{"a":{"id":["m"]}}' }, { messageId: { json: 'a.id' } }, ['value.a.id']],
    ['a field of the language', { value: '{"a":"m"}' }, { messageId: { json: 'a.length' } }, ['value.a.length']],
    ['a value without end', { value: '['.repeat(100_000) }, { messageId: { json: '0' } }, ['value.0']],
  ])('says which rule found nothing: %s', (_what, given, rules, paths) => {
    expect(read(given, rules)).toEqual({ kind: 'quarantine', reason: 'unreadable', issues: paths.map(missing) });
  });

  it('says that an id is too long to be one', () => {
    expect(read({ headers: { 'x-id': 'm'.repeat(301) } }, { messageId: { header: 'x-id' } })).toMatchObject({
      kind: 'quarantine',
      issues: [{ path: 'headers.x-id', message: 'Too big: 301 characters' }],
    });
  });
});

it('whatever stands in a record, a rule finds a text or nothing', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 20 }).map((all) => Buffer.from(all)),
    fc.json().map((text) => Buffer.from(text)),
  );
  const path = fc.constantFrom('a', 'a.b', '0', '__proto__', 'constructor.name', 'a.0.b');
  const as = fc.constantFrom('int32' as const, 'int64' as const, undefined);
  const field = fc.oneof(
    fc.record({ header: fc.constantFrom('h', 'x'), as }),
    fc.record({ json: path }),
    fc.record({ key: fc.constant(true as const), as }),
    fc.record({ key: path }),
  );
  fc.assert(
    fc.property(fc.option(bytes), fc.option(bytes), bytes, field, (key, value, header, where) => {
      const found = readField({ key, value, headers: [['h', header]] }, where);
      expect(found === null || (typeof found === 'string' && found.length > 0 && !found.includes('\0'))).toBe(true);
    }),
  );
});

it('whatever stands in a record and wherever it is cut, what is kept of it can be stored', () => {
  const parts = fc
    .array(fc.constantFrom('a', '\0', '😀', 'я', '\ud83d'), { maxLength: 6 })
    .map((some) => some.join(''));
  const long = fc.tuple(fc.constantFrom(0, 198, 199, 249, 299, 7_999), parts).map(([n, end]) => 'x'.repeat(n) + end);
  const names = [
    'dlq-error',
    'dlq-error-code',
    'dlq-original-topic',
    'ce_type',
    'ce_subject',
    'recipient',
    'traceparent',
  ];
  const headers = fc.record(Object.fromEntries(names.map((name) => [name, long])));
  fc.assert(
    fc.property(headers, long, (some, key) => {
      const found = read({ key, headers: { ...some, 'message-id': 'm' } });
      if (found.kind !== 'dead-letter') throw new Error('no dead letter');
      // Halves of characters are written as escapes, and so is NUL.
      const { key: _key, value: _value, headers: _headers, ...letter } = found.letter;
      expect(JSON.stringify([found.event, letter])).not.toMatch(/\\u(d[89a-f]|0000)/);
    }),
  );
});
