import type { KafkaRecord, RecordsBatch } from '@platformatic/kafka';
import { describe, expect, it } from 'vitest';
import { leaderIn, recordIn } from './record-at.ts';

const record = (offsetDelta: number): KafkaRecord =>
  ({ offsetDelta, key: Buffer.from('ПЦ-1'), value: Buffer.from(`${offsetDelta}`), headers: [] }) as never;
const batch = (first: number, deltas: readonly number[], last = Math.max(...deltas)): RecordsBatch =>
  ({
    firstOffset: BigInt(first),
    lastOffsetDelta: last,
    attributes: 0,
    records: deltas.map(record),
  }) as never;
const fetched = (records: RecordsBatch[] | null, logStartOffset = 0n) => ({ logStartOffset, records });

describe('a record that is read where it stands', () => {
  it('is found in its batch, which does not begin with it', () => {
    expect(recordIn(fetched([batch(10, [0, 1, 2])]), 11n)).toMatchObject({ value: Buffer.from('1') });
  });

  it.each([
    ['the log begins behind it', fetched(null, 12n)],
    ['its batch came without it', fetched([batch(10, [0, 2])])],
    ['its batch was emptied', fetched([batch(10, [], 3)])],
    ['a later one came in its place', fetched([batch(20, [0])])],
  ])('is gone when %s', (_why, answer) => {
    expect(recordIn(answer, 11n)).toBe('gone');
  });

  it.each([
    ['nothing', fetched(null)],
    ['nothing, as under a quota', fetched([])],
    ['of no partition', undefined],
  ])('may stand there still when the broker answers %s', (_what, answer) => {
    expect(recordIn(answer, 11n)).toBe('unanswered');
  });

  const place = { topicId: 'a', partition: 0 };
  const topic = (id: string, leaders: readonly number[]) => ({ id, partitions: leaders.map((leader) => ({ leader })) });
  it.each([
    ['another topic bears the name', topic('b', [1]), 'gone'],
    ['the broker does not know the topic yet', undefined, 'unanswered'],
    ['a leader is being elected', topic('a', [-1]), 'unanswered'],
    ['the broker does not know the partition yet', topic('a', []), 'unanswered'],
    ['it has a leader', topic('a', [3]), 3],
  ])('is looked for by what the cluster says: %s', (_why, found, leader) => {
    expect(leaderIn(found as never, place)).toBe(leader);
  });
});
