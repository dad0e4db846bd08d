import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ReadRecord } from '../../connectors/kafka/reader.ts';
import { migrate } from '../../platform/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { createEffect } from './bus-intake/bus-intake.ts';
import type { BusTopics } from './bus-intake/judge.ts';
import { createIntake } from './intake.ts';

const clock = { now: () => Date.parse('2026-11-24T09:00:00Z') };
const flows = new Map();

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(() => sql`truncate quarantine_event`.execute(database.db));

const intake = () => createIntake({ db: database.db, flows, clock, live: { announce: () => undefined } });
const event = (change: object) => ({
  specversion: '1.0',
  id: '1',
  source: 'svc-a',
  type: 'exchange.accepted',
  time: '2026-11-24T08:59:00Z',
  ...change,
});
async function kept(): Promise<unknown[]> {
  const { rows } = await sql<{ event: unknown }>`select event from quarantine_event order by id`.execute(database.db);
  return rows.map((row) => row.event);
}

describe('events over HTTP that cannot be accepted', () => {
  it('are kept of each source, though sources count alike, and once however often they come', async () => {
    const events = [event({}), event({ source: 'svc-b' })];
    for (let times = 0; times < 2; times += 1)
      for (const one of events)
        expect(await intake().accept(one, 'site')).toMatchObject([{ status: 'quarantined', reason: 'foreign_source' }]);
    expect(await kept()).toEqual(events);
  });

  it('are kept with everything that differs where they do not say who they are', async () => {
    const long = 'x'.repeat(300);
    const events = [
      event({ source: undefined, subject: 'a' }),
      event({ source: undefined, subject: 'b' }),
      event({ id: 7 }),
      event({ id: 8 }),
      // Two texts each: put together they would be alike.
      event({ source: 'svc-', id: 'a1' }),
      event({ id: '1' }),
      event({ id: `${long}1` }),
      event({ id: `${long}2` }),
    ];
    for (let times = 0; times < 2; times += 1) await intake().accept(events, 'site');
    expect((await kept()).length).toBe(events.length);
  });
});

describe('records of the bus that cannot be accepted', () => {
  const topics: BusTopics = { busId: 'kafka', flows, sources: new Map([['facts', ['ut']]]), deadLetters: new Map() };
  const record = (offset: number, value: object): ReadRecord => ({
    topic: 'facts',
    topicId: 'id-of-facts',
    partition: 0,
    offset: BigInt(offset),
    timestamp: clock.now(),
    key: null,
    value: Buffer.from(JSON.stringify(value)),
    headers: [],
  });

  it('are each a row of their place, whatever ids they carry, and read again the same row', async () => {
    const results: string[] = [];
    const effect = createEffect({
      topics,
      intake: intake(),
      clock,
      onRecord: (_topic, result) => results.push(result),
    });
    const records = [
      record(0, event({})),
      record(1, event({ source: 'svc-b' })),
      record(2, event({ source: 'svc-b', subject: 'of a source that counts anew' })),
      record(3, event({ source: 'ut', time: 'yesterday' })),
      record(4, event({ source: 'ut', time: 'tomorrow' })),
    ];
    await effect(records.slice(0, 2));
    await effect(records);
    expect(results).toEqual(Array(7).fill('quarantined'));
    const { rows } = await sql`select bus ->> 'offset' as offset from quarantine_event order by 1`.execute(database.db);
    expect(rows).toEqual(['0', '1', '2', '3', '4'].map((offset) => ({ offset })));
  });
});

const MIGRATIONS = path.join(import.meta.dirname, '../../../migrations');
const IDENTITY = '0075_quarantine_identity.sql';

it('what lay in quarantine before is known when it comes again', async () => {
  const old = await createTestDatabase({ empty: true });
  const folder = await mkdtemp(path.join(tmpdir(), 'pult-quarantine-'));
  try {
    const copy = (name: string): Promise<void> => copyFile(path.join(MIGRATIONS, name), path.join(folder, name));
    const upgrade = () => migrate(old.url, pathToFileURL(`${folder}${path.sep}`));
    for (const name of await readdir(MIGRATIONS)) if (name < IDENTITY) await copy(name);
    await upgrade();
    const known = event({ source: 'свой', id: 'событие-1' });
    await sql`
      insert into quarantine_event (id, received_at, system_id, reason, issues, event, event_id)
      values (gen_random_uuid(), now(), 'site', 'foreign_source', '[]', ${JSON.stringify(known)}::jsonb, 'событие-1'),
        (gen_random_uuid(), now(), 'site', 'invalid', '[]', '{"id": 7}', null),
        (gen_random_uuid(), now(), 'edi', 'file', '[]', '{"file": {"id": "f1"}}', 'order.xml 12345678')`.execute(
      old.db,
    );
    await copy(IDENTITY);
    await upgrade();
    await createIntake({ db: old.db, flows, clock, live: { announce: () => undefined } }).accept(known, 'site');
    const { rows } = await sql`
      select reason, identity is null as unknown from quarantine_event order by reason`.execute(old.db);
    expect(rows).toEqual([
      { reason: 'file', unknown: false },
      { reason: 'foreign_source', unknown: false },
      { reason: 'invalid', unknown: true },
    ]);
  } finally {
    await old.close();
    await rm(folder, { recursive: true, force: true });
  }
});
