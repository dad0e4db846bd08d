import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { readDeadLetter } from './dead-letters/read.ts';
import { foldEvents, inFoldTransaction } from './ledger.ts';
import { readStory } from './story.ts';
import { deadLetterOwner, deadLetterRecord, flowsOfOwner } from './testing/dead-letter.ts';

const NOW = Date.parse('2026-11-29T09:00:00Z');
const owner = deadLetterOwner();
const flows = flowsOfOwner(owner);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

it('names the consumer as the one who failed in every attempt, though its dead letters are read from the bus', async () => {
  const events = [1, 2].map((attempt) => {
    const headers = { 'message-id': 'm1', 'dlq-error': 'map document: unknown', 'dlq-attempt': String(attempt) };
    const place = { offset: String(attempt), timestamp: NOW - 60_000 + attempt };
    const read = readDeadLetter(deadLetterRecord({ headers }, place), owner, { busId: 'kafka', flows, now: NOW });
    if (read.kind !== 'dead-letter') throw new Error('unreadable');
    return read.event;
  });
  const { touched } = await inFoldTransaction(database.db, (tx) => foldEvents(tx, events, NOW));
  const story = await readStory(
    {
      db: database.db,
      flows,
      clock: { now: () => NOW },
      downSince: () => null,
      approvalOf: async () => null,
      operationsOf: async () => new Map(),
    },
    touched[0] ?? '',
  );
  expect(story.track).toMatchObject([
    { state: 'failed', attempt: 1, who: 'go' },
    { state: 'failed', attempt: 2, who: 'go' },
  ]);
});
