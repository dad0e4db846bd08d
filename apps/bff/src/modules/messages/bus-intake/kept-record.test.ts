import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { kafkaConfigOf } from '../../../connectors/testing/bus.ts';
import { busTopicsOf, judgeKept } from './judge.ts';
import { isCutRecord, keptRecord, restoredRecord } from './kept-record.ts';

const content = fc.oneof(
  fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text)),
);

it('a record comes back from quarantine to the byte', () => {
  fc.assert(
    fc.property(
      fc.option(content),
      fc.option(content),
      fc.array(fc.tuple(fc.constantFrom('a', 'b'), content), { maxLength: 5 }),
      (key, value, headers) => {
        const record = { key, value, headers, timestamp: 5 };
        expect(restoredRecord(JSON.parse(JSON.stringify(keptRecord(record))))).toEqual(record);
      },
    ),
  );
});

it('a record that is too large leaves its size and nothing else', () => {
  const kept = keptRecord({ key: null, value: Buffer.alloc(200_000, 'x'), headers: [], timestamp: 5 });
  expect(kept.value).toEqual({ bytes: 200_000 });
  expect(isCutRecord(kept)).toBe(true);
  expect(isCutRecord(keptRecord({ key: null, value: Buffer.from('{}'), headers: [], timestamp: 5 }))).toBe(false);
});

it('a cut dead letter that is accepted out of quarantine is shown, and never put again as an empty record', () => {
  const title = { ru: 'а', en: 'a' };
  const [flow] = landscapeFile.parse({
    version: 1,
    systems: [
      { id: 'kafka', title, kind: 'bus', place: { column: 0, row: 0 } },
      { id: 'go', title, kind: 'service', place: { column: 1, row: 0 } },
    ],
    flows: [
      {
        id: 'over-bus',
        title,
        what: title,
        from: ['kafka'],
        to: ['go'],
        channel: 'kafka',
        consumers: [{ system: 'go', group: 'go', deadLetterTopic: 'go.dlq', retryTopic: 'go.retry' }],
      },
    ],
  }).flows;
  if (flow === undefined) throw new Error('no flow');
  const config = kafkaConfigOf({ protocol: 'kafka', brokers: 'localhost:9092' });
  const topics = busTopicsOf('kafka', config, new Map([[flow.id, flow]]));
  const place = { topic: 'go.dlq', topicId: 'id', partition: 0, offset: '7' };
  const kept = keptRecord({
    key: null,
    value: Buffer.alloc(200_000, 'x'),
    headers: [['message-id', Buffer.from('m1')]],
    timestamp: 5,
  });
  expect(judgeKept(kept, place, topics, Date.now())).toMatchObject({
    kind: 'dead-letter',
    letter: { kept: false, sizeBytes: 200_012 },
  });
});
