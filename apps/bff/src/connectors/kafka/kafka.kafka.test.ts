import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Consumer, Producer } from '@platformatic/kafka';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { startKafka } from '../../../../../scripts/kafka-broker.ts';
import { openTestBus, type TestBus } from '../testing/bus.ts';
import type { MissedRecords } from './missed.ts';
import type { BusReader, ReadRecord } from './reader.ts';

let bus: TestBus;
beforeAll(() => {
  bus = openTestBus(inject('kafkaBrokers'));
});
afterAll(() => bus.close());

const numbers = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ key: `k${index % 7}`, value: `${index}` }));
const textOf = (record: ReadRecord): string => record.value?.toString() ?? '';

const readers: BusReader[] = [];
// One that a failed test left behind would take the partitions of the next.
afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.stop()));
});

/**
 * A reader that remembers once what it was given; the effect may be replaced. On a slow machine the writer repeats a batch whose
 * acknowledgement came late, and a group that rebalances gets records again: at least once is what is promised.
 */
function reading(
  topics: string[],
  effect?: (records: readonly ReadRecord[]) => Promise<void>,
  onMissed?: (missed: MissedRecords) => void,
) {
  const seen: string[] = [];
  const reader = bus.client().reader({
    topics,
    sessionMs: 6_000,
    batchSize: 50,
    ...(onMissed ? { onMissed } : {}),
    effect: async (records) => {
      await effect?.(records);
      seen.push(...new Set(records.map(textOf).filter((value) => !seen.includes(value))));
    },
  });
  readers.push(reader);
  reader.start();
  return { reader, seen };
}

/** Waits until the group has committed all that stands on a topic. @returns where its partitions end */
async function untilRead(topic: string): Promise<bigint[]> {
  const ends = await bus.ends(topic);
  await vi.waitFor(async () => expect(await bus.committed(topic)).toEqual(ends), { timeout: 30_000 });
  return ends;
}

/** Another member of the same group that does what it likes. */
function rawMember() {
  return new Consumer<Buffer, Buffer, Buffer, Buffer>({
    clientId: 'other',
    bootstrapBrokers: [...bus.config.brokers],
    groupId: bus.config.groupId,
    sessionTimeout: 6_000,
    heartbeatInterval: 500,
    rebalanceTimeout: 12_000,
  });
}

describe('connection to the bus', () => {
  it('is up after a question and keeps the circuit closed', async () => {
    const client = bus.client();
    await client.check();
    expect(client.state()).toMatchObject({ circuit: 'closed', downSince: null, lastError: null });
    expect(client.state().lastOkAt).not.toBeNull();
  });

  it('says since when nobody answers, and holds further questions back', async () => {
    const client = bus.client({ brokers: ['127.0.0.1:1'] });
    for (let attempt = 0; attempt < 5; attempt += 1)
      await expect(client.check()).rejects.toMatchObject({ code: 'source.unreachable', maybeSent: false });
    await expect(client.check()).rejects.toMatchObject({ code: 'source.circuit_open' });
    expect(client.state()).toMatchObject({ circuit: 'open', lastError: { code: 'source.unreachable' } });
    expect(client.state().downSince).not.toBeNull();
  });

  it('puts records with their key, value and headers as they are, one place per key', async () => {
    const topic = await bus.make('sent', 4);
    const record = (value: string) => ({
      topic,
      key: Buffer.from('ЗК-1'),
      value: Buffer.from(value),
      headers: [
        ['ce_id', Buffer.from('1')],
        ['trace', Buffer.from('a')],
        ['trace', Buffer.from('b')],
      ] as const,
    });
    const client = bus.client();
    await client.send([record('first'), record('second')]);
    await client.send([record('third')]);
    const found = await bus.read(topic);
    expect(found.map(({ value }) => value)).toEqual(['first', 'second', 'third']);
    expect(new Set(found.map(({ partition }) => partition)).size).toBe(1);
    expect(found[0]).toMatchObject({
      key: 'ЗК-1',
      headers: [
        ['ce_id', '1'],
        ['trace', 'a'],
        ['trace', 'b'],
      ],
    });
  });

  it('says of each of several sendings at once why it was refused', async () => {
    const topic = await bus.make('refused');
    const client = bus.client();
    const record = { topic, key: null, value: Buffer.alloc(3 * 1024 * 1024), headers: [] };
    const outcomes = await Promise.allSettled([client.send([record]), client.send([record]), client.send([record])]);
    expect(outcomes.map((one) => (one.status === 'rejected' ? one.reason.code : 'sent'))).toEqual(
      outcomes.map(() => 'source.rejected'),
    );
    await client.send([{ ...record, value: Buffer.from('x') }]);
    expect((await bus.read(topic)).map(({ value }) => value)).toEqual(['x']);
  });

  it('says which topic is not there', async () => {
    const record = { topic: bus.topic('nowhere'), key: null, value: Buffer.from('x'), headers: [] };
    await expect(bus.client().send([record])).rejects.toMatchObject({ code: 'source.not_found', maybeSent: false });
  });
});

describe('reading', () => {
  it('commits what has had its effect and begins there the next time', async () => {
    const topic = await bus.make('offsets');
    await bus.write(topic, numbers(120));
    const first = reading([topic]);
    await vi.waitFor(() => expect(first.seen).toHaveLength(120), { timeout: 30_000 });
    await untilRead(topic);
    await first.reader.stop();
    await bus.write(topic, [{ value: 'later' }]);
    const second = reading([topic]);
    await vi.waitFor(() => expect(second.seen).toEqual(['later']), { timeout: 30_000 });
    await second.reader.stop();
  });

  it('says how many records the bus deleted before they were read, and reads on behind them', async () => {
    const topic = await bus.make('retention', 2);
    const gone = (partition: number, offset: bigint) =>
      bus.admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition, offset }] }] });
    const inPartition = (partition: number, count: number, word: string) =>
      Array.from({ length: count }, (_, index) => ({ value: `${word}${index}`, partition }));
    await bus.write(topic, [...inPartition(0, 10, 'a'), ...inPartition(1, 3, 'b')]);
    const first = reading([topic]);
    await vi.waitFor(() => expect(first.seen).toHaveLength(13), { timeout: 30_000 });
    const [from = 0n] = await untilRead(topic);
    await first.reader.stop();
    expect(first.reader.state().missed).toEqual([]);
    await bus.write(topic, [...inPartition(0, 8, 'c'), ...inPartition(1, 1, 'd')]);
    const ends = await bus.ends(topic);
    const to = (ends[0] ?? 0n) - 2n;
    await gone(0, to);
    const told: unknown[] = [];
    const second = reading([topic], undefined, (missed) => told.push(missed));
    await vi.waitFor(() => expect(second.seen.toSorted()).toEqual(['c6', 'c7', 'd0']), { timeout: 30_000 });
    const gap = { topic, partition: 0, from: `${from}`, to: `${to}`, records: Number(to - from) };
    expect(told).toMatchObject([gap]);
    expect(second.reader.state().missed).toMatchObject([gap]);
    await second.reader.stop();
    expect(await bus.committed(topic)).toEqual(ends);
  });

  it('commits nothing while the effect fails, holds two batches and no more, and goes on by itself', async () => {
    const topic = await bus.make('away');
    await bus.write(topic, numbers(1_000));
    let away = true;
    const { reader, seen } = reading([topic], async () => {
      if (away) throw new Error('the database is away');
    });
    await vi.waitFor(() => expect(reader.state().heldRecords).toBe(100), { timeout: 30_000 });
    expect(await bus.committed(topic)).toEqual([]);
    away = false;
    await vi.waitFor(() => expect(seen).toHaveLength(1_000), { timeout: 30_000 });
    // A batch that was away longer comes after a later one: their effects do not depend on it, the offsets do.
    expect(seen.toSorted((one, other) => Number(one) - Number(other))).toEqual(
      numbers(1_000).map(({ value }) => value),
    );
    await untilRead(topic);
    await reader.stop();
  });

  it('commits nothing behind a batch that has not had its effect when it is told to stop', async () => {
    const topic = await bus.make('stopped');
    await bus.write(topic, numbers(100));
    let tries = 0;
    let letSecondPass = (): void => undefined;
    const secondMayPass = new Promise<void>((resolve) => {
      letSecondPass = resolve;
    });
    const { reader } = reading([topic], async ([first]) => {
      if (first?.offset !== 0n) return secondMayPass;
      tries += 1;
      throw new Error('the fold has more to do than it can');
    });
    await vi.waitFor(
      () => {
        expect(reader.state().heldRecords).toBe(100);
        expect(tries).toBeGreaterThan(0);
      },
      { timeout: 30_000 },
    );
    const stopped = reader.stop();
    letSecondPass();
    await stopped;
    expect(await bus.committed(topic)).toEqual([]);
    const { reader: next, seen } = reading([topic]);
    await vi.waitFor(() => expect(new Set(seen).size).toBe(100), { timeout: 30_000 });
    await next.stop();
  });

  it('shares partitions with another member and loses nothing when one goes in the middle of a batch', async () => {
    const topic = await bus.make('shared', 4);
    const stuck: BusReader[] = [];
    const lost: string[] = [];
    const first = reading([topic], async (records) => {
      // What this one has in hand when it goes never has its effect.
      lost.push(...records.map(textOf));
      throw new Error('killed before the commit');
    });
    stuck.push(first.reader);
    const second = reading([topic]);
    await vi.waitFor(
      () => {
        expect(first.reader.state().assigned.flatMap(({ partitions }) => partitions)).toHaveLength(2);
        expect(second.reader.state().assigned.flatMap(({ partitions }) => partitions)).toHaveLength(2);
      },
      { timeout: 40_000 },
    );
    const wanted = numbers(400).map((one, index) => ({ ...one, partition: index % 4 }));
    await bus.write(topic, wanted);
    await vi.waitFor(() => expect(lost.length).toBeGreaterThan(0), { timeout: 30_000 });
    await first.reader.stop();
    await vi.waitFor(() => expect(new Set(second.seen).size).toBe(400), { timeout: 60_000 });
    // Not a hundred each: the writer repeats a batch whose acknowledgement was lost. And not at once: a commit that went
    // under in the rebalance is made good by the next look at the offsets.
    const ends = await bus.ends(topic);
    await vi.waitFor(async () => expect(await bus.committed(topic)).toEqual(ends), { timeout: 30_000 });
    await second.reader.stop();
  });

  it('puts offsets right that another member of the group turned back', async () => {
    const topic = await bus.make('turned-back', 2);
    const { reader } = reading([topic]);
    await bus.write(
      topic,
      numbers(100).map((one, index) => ({ ...one, partition: index % 2 })),
    );
    const ends = await bus.ends(topic);
    await vi.waitFor(async () => expect(await bus.committed(topic)).toEqual(ends), { timeout: 30_000 });
    const other = rawMember();
    await other.consume({ topics: [topic], mode: 'committed', autocommit: false });
    const mine = () => reader.state().assigned.flatMap(({ partitions }) => partitions);
    await vi.waitFor(() => expect(mine()).toHaveLength(1), { timeout: 40_000 });
    const [partition = 0] = mine();
    // As a member does that was held up for a while and tells late how far it once was.
    await other.commit({ offsets: [{ topic, partition, offset: 3n, leaderEpoch: -1 }] });
    await vi.waitFor(async () => expect(await bus.committed(topic)).toEqual(ends), { timeout: 30_000 });
    await other.close(true);
    await reader.stop();
  });

  it('comes to the end of a topic whose last entry is the mark of a transaction', async () => {
    const topic = await bus.make('transaction');
    const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({
      clientId: 'transaction',
      bootstrapBrokers: [...bus.config.brokers],
      idempotent: true,
      transactionalId: topic,
    });
    const transaction = await producer.beginTransaction();
    await transaction.send({ messages: [{ topic, value: Buffer.from('a') }] });
    await transaction.commit();
    await producer.close();
    const { reader, seen } = reading([topic]);
    await vi.waitFor(() => expect(seen).toEqual(['a']), { timeout: 30_000 });
    await vi.waitFor(async () => expect(await bus.committed(topic)).toEqual(await bus.ends(topic)), {
      timeout: 30_000,
    });
    await vi.waitFor(() => expect(reader.state().lag).toEqual([{ topic, partition: 0, records: 0 }]), {
      timeout: 30_000,
    });
    await reader.stop();
  });

  it('waits for topics that are not there yet and reads the others meanwhile', async () => {
    const there = await bus.make('there');
    const { reader, seen } = reading([there, bus.topic('not-yet')]);
    await bus.write(there, [{ value: 'a' }]);
    await vi.waitFor(() => expect(seen).toEqual(['a']), { timeout: 30_000 });
    expect(reader.state().missing).toEqual([bus.topic('not-yet')]);
    await bus.write(await bus.make('not-yet'), [{ value: 'b' }]);
    await vi.waitFor(() => expect(seen).toEqual(['a', 'b']), { timeout: 40_000 });
    expect(reader.state().missing).toEqual([]);
    await reader.stop();
  });

  it('comes back by itself after a broker that was killed, without missing a record', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'pult-kafka-killed-'));
    const first = await startKafka({ dir });
    const port = Number(first.brokers.split(':')[1]);
    const own = openTestBus(first.brokers);
    const topic = await own.make('facts');
    const client = own.client();
    const seen: string[] = [];
    const reader = client.reader({
      topics: [topic],
      effect: async (records) => {
        seen.push(...records.map(textOf));
      },
    });
    reader.start();
    await own.write(topic, numbers(10));
    await vi.waitFor(() => expect(new Set(seen).size).toBe(10), { timeout: 30_000 });
    await first.kill();
    await vi.waitFor(() => expect(client.state().downSince).not.toBeNull(), { timeout: 40_000 });
    const second = await startKafka({ dir, port });
    await own.write(topic, [{ value: 'after' }]);
    await vi.waitFor(() => expect(seen).toContain('after'), { timeout: 60_000 });
    await vi.waitFor(() => expect(client.state().downSince).toBeNull(), { timeout: 30_000 });
    await reader.stop();
    await own.close();
    await second.stop();
    await rm(dir, { recursive: true, force: true });
  }, 180_000);
});
