import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { readDeadLetter } from './dead-letters/read.ts';
import { foldEvents, inFoldTransaction } from './ledger.ts';
import { readStory } from './story.ts';

const NOW = Date.parse('2026-11-29T09:00:00Z');
const title = { ru: 'а', en: 'a' };
const { flows } = landscapeFile.parse({
  version: 1,
  systems: [
    {
      id: 'kafka',
      title,
      kind: 'bus',
      place: { column: 0, row: 0 },
      connector: { protocol: 'kafka', brokers: 'b:1' },
    },
    { id: 'ims3', title, kind: 'service', place: { column: 1, row: 0 } },
  ],
  flows: [
    {
      id: 'production',
      title,
      what: title,
      from: ['kafka'],
      to: ['ims3'],
      era: 'to-be',
      channel: 'kafka',
      consumers: [{ system: 'ims3', group: 'ims3', deadLetterTopic: 'erp.ims3.dlq' }],
    },
  ],
});

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

it('names the consumer as the one who failed in every attempt, though its dead letters are read from the bus', async () => {
  const [flow] = flows;
  const [consumer] = flow?.consumers ?? [];
  if (flow === undefined || consumer === undefined) throw new Error('no consumer');
  const events = [1, 2].map((attempt) => {
    const headers = { 'message-id': 'm1', 'dlq-error': 'map document: unknown', 'dlq-attempt': String(attempt) };
    const read = readDeadLetter(
      {
        topic: 'erp.ims3.dlq',
        topicId: 'id',
        partition: 0,
        offset: String(attempt),
        timestamp: NOW - 60_000 + attempt,
        key: null,
        value: null,
        headers: Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)] as const),
      },
      { flow, consumer },
      { busId: 'kafka', flows: new Map([[flow.id, flow]]), now: NOW },
    );
    if (read.kind !== 'dead-letter') throw new Error('unreadable');
    return read.event;
  });
  const { touched } = await inFoldTransaction(database.db, (tx) => foldEvents(tx, events, NOW));
  const story = await readStory(
    {
      db: database.db,
      flows: new Map(flows.map((one) => [one.id, one])),
      clock: { now: () => NOW },
      downSince: () => null,
      approvalOf: async () => null,
      operationsOf: async () => new Map(),
    },
    touched[0] ?? '',
  );
  expect(story.track).toMatchObject([
    { state: 'failed', attempt: 1, who: 'ims3' },
    { state: 'failed', attempt: 2, who: 'ims3' },
  ]);
});
