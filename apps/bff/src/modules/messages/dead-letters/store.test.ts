import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../platform/db/test-database.ts';
import { behindByKey, type DeadLetter, firstPlaces, keepDeadLetters, openDeadLetters } from './store.ts';

let database: TestDatabase;
const NOW = Date.parse('2026-11-29T09:00:00Z');

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(() => sql`truncate dead_letter, delivery cascade`.execute(database.db));

let offset = 0;
const letter = (deliveryId: string, change: Partial<DeadLetter> = {}): DeadLetter => {
  offset += 1;
  return {
    topic: 'shop.dlq',
    topicId: 'dlq',
    partition: 0,
    offset: String(offset),
    deliveryId,
    writtenAt: NOW + offset,
    attempt: 1,
    error: 'Нет цены',
    originalTopic: 'prices',
    originalPartition: 2,
    originalOffset: '9007199254740993',
    key: Buffer.from('дилер-7'),
    value: Buffer.from('{}'),
    headers: [],
    sizeBytes: 2,
    kept: true,
    ...change,
  };
};
const placesOf = async (letters: readonly DeadLetter[]) => {
  await keepDeadLetters(database.db, letters, NOW);
  const ids = [...new Set(letters.map(({ deliveryId }) => deliveryId))];
  const places = await firstPlaces(database.db, ids);
  return ids.map((id) => places.get(id));
};

describe('where a record stood before it was given up', () => {
  it('is where the consumer read it the first time, not the retry topic from which it came back', async () => {
    const id = randomUUID();
    const [place] = await placesOf([
      letter(id),
      letter(id, { attempt: 2, originalTopic: 'shop.retry', originalPartition: 0, originalOffset: '3' }),
    ]);
    expect(place).toMatchObject({ partition: 'prices/2', offset: '9007199254740993' });
  });

  it('is its place among the dead letters where nobody says more', async () => {
    const one = letter(randomUUID(), { originalOffset: null });
    const [place] = await placesOf([one]);
    expect(place).toMatchObject({ partition: 'dead dlq/0', offset: one.offset });
  });

  it('has one key for the same bytes on the same topic, and none where the record has none', async () => {
    const [first, second, elsewhere, other, keyless, empty] = (
      await placesOf([
        letter(randomUUID()),
        letter(randomUUID(), { originalPartition: 1 }),
        letter(randomUUID(), { originalTopic: 'stock' }),
        letter(randomUUID(), { key: Buffer.from([0xff, 0x00]) }),
        letter(randomUUID(), { key: null }),
        letter(randomUUID(), { key: Buffer.alloc(0) }),
      ])
    ).map((place) => place?.key);
    expect(second).toBe(first);
    expect(new Set([first, elsewhere, other, empty]).size).toBe(4);
    expect(keyless).toBeNull();
    // Whatever its length on the bus, it fits the index that keeps two of one key from being under way.
    expect(first).toMatch(/^[0-9a-f]{64}$/);
  });
});

it('a topic counts deliveries that are open still, each once, however many of its records lie there', async () => {
  const [open, applied, discarded] = [randomUUID(), randomUUID(), randomUUID()];
  for (const [id, state] of [
    [open, 'retrying'],
    [applied, 'applied'],
    [discarded, 'discarded'],
  ])
    await sql`
      insert into delivery (id, flow_id, consumer, message_id, state, state_at, started_at, attempt, revision, key_type,
        key_number, search, summary)
      values (${id}, 'orders', 'shop', ${id}, ${state}, now(), now(), 1, 0, 'Заказ', '1', '', '{}')`.execute(
      database.db,
    );
  await keepDeadLetters(database.db, [letter(open), letter(open), letter(applied), letter(discarded)], NOW);
  expect(await openDeadLetters(database.db)).toEqual(new Map([['shop.dlq', 1]]));
});

describe('records behind an older one of their key', () => {
  const delivery = async (state: string, flow = 'orders'): Promise<string> => {
    const id = randomUUID();
    await sql`
      insert into delivery (id, flow_id, consumer, message_id, state, state_at, started_at, attempt, revision, key_type,
        key_number, search, summary)
      values (${id}, ${flow}, 'go', ${id}, ${state}, now(), now(), 1, 1, 'ПакетЦен', ${id}, '', '{}'::jsonb)`.execute(
      database.db,
    );
    return id;
  };
  const at = (originalOffset: string, change: Partial<DeadLetter> = {}) => ({ originalOffset, ...change });

  it('are those whose older one has no end, by the place where each was read first', async () => {
    const [first, second, third, done] = [
      await delivery('failed'),
      await delivery('failed'),
      await delivery('failed'),
      await delivery('applied'),
    ];
    await keepDeadLetters(
      database.db,
      [
        letter(done, at('1')),
        // Given up first, although it stood behind the other one.
        letter(second, at('6')),
        letter(first, at('5')),
        letter(third, at('4', { key: Buffer.from('дилер-8') })),
        // The first one was put again and given up once more: behind the second, which says nothing.
        letter(first, { originalTopic: 'go.retry', originalPartition: 0, originalOffset: '9' }),
        letter(second, { originalTopic: 'go.retry', originalPartition: 0, originalOffset: '8' }),
      ],
      NOW,
    );
    expect(await behindByKey(database.db, [first, second, third, done])).toEqual(new Set([second]));
  });

  it('are none where the older one is of another flow, another topic, or has no key', async () => {
    const [mine, other, elsewhere, keyless] = [
      await delivery('failed'),
      await delivery('failed', 'prices'),
      await delivery('failed'),
      await delivery('failed'),
    ];
    await keepDeadLetters(
      database.db,
      [
        letter(other, at('1')),
        letter(elsewhere, at('2', { originalTopic: 'stock' })),
        letter(keyless, at('3', { key: null })),
        letter(mine, at('4')),
      ],
      NOW,
    );
    expect(await behindByKey(database.db, [mine, keyless])).toEqual(new Set());
    expect(await behindByKey(database.db, [])).toEqual(new Set());
  });
});
