import { describe, expect, it } from 'vitest';
import { readBatch } from './read-batch.ts';

function streamOf(...sizes: number[]) {
  const waiting = sizes.map((size) => ({
    key: Buffer.alloc(0),
    value: Buffer.alloc(size),
    headerEntries: [] as [Buffer, Buffer][],
  }));
  return { read: () => waiting.shift() ?? null };
}
const sizes = (batch: { value: Buffer }[]): number[] => batch.map(({ value }) => value.length);

describe('a batch of records', () => {
  it('takes what is there, no more records than wanted', () => {
    const stream = streamOf(1, 2, 3);
    expect(sizes(readBatch(stream, 2))).toEqual([1, 2]);
    expect(sizes(readBatch(stream, 2))).toEqual([3]);
    expect(readBatch(stream, 2)).toEqual([]);
  });

  it('ends at its limit of bytes, so that large records do not fill the memory', () => {
    const stream = streamOf(60, 60, 60, 500, 1);
    expect(sizes(readBatch(stream, 100, 100))).toEqual([60, 60]);
    expect(sizes(readBatch(stream, 100, 100))).toEqual([60, 500]);
    expect(sizes(readBatch(stream, 100, 100))).toEqual([1]);
  });

  it('counts headers: they may carry the stack of an error each', () => {
    const heavy = {
      key: null,
      value: null,
      headerEntries: [[Buffer.alloc(10), Buffer.alloc(90)]] as [Buffer, Buffer][],
    };
    const waiting = [heavy, heavy];
    expect(readBatch({ read: () => (waiting.shift() as never) ?? null }, 100, 100)).toHaveLength(1);
  });
});
