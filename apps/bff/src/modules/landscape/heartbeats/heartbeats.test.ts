import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../platform/db/test-database.ts';
import { systemPart } from '../testing/house.ts';
import { createHeartbeats, type HeartbeatsDeps } from './heartbeats.ts';

const NOW = Date.parse('2026-11-26T14:00:00+03:00');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await sql`truncate heartbeat`.execute(database.db);
});

const heartbeats = () =>
  createHeartbeats({
    db: database.db,
    file: {
      systems: [systemPart('ut', { heartbeats: [{ service: 'worker', everyMs: 15_000, instances: 2 }] })],
    } as unknown as HeartbeatsDeps['file'],
    clock: { now: () => NOW },
  });
/** `count` instances that each spoke once, a minute apart, the youngest `from` ago. */
const spoke = (service: string, count: number, from: number, system = 'ut') =>
  sql`insert into heartbeat (system_id, service, instance, last_at)
    select ${system}, ${service}, 'pod-' || n || '-' || ${from}::text, ${new Date(NOW - from)}::timestamptz - n * interval '1 minute'
    from generate_series(0, ${count - 1}::int) as n`.execute(database.db);
const left = async (): Promise<Record<string, number>> => {
  const { rows } = await sql<{ service: string; count: number }>`
    select service, count(*)::int as count from heartbeat group by 1`.execute(database.db);
  return Object.fromEntries(rows.map(({ service, count }) => [service, count]));
};

describe('instances under ever new names', () => {
  it('are forgotten by age, however many younger ones there are', async () => {
    await spoke('renamed', 1_000, 0);
    await spoke('worker', 2, 0);
    await spoke('worker', 500, HOUR);
    // One a minute: 361 of them spoke within six hours, of the workers 2 and the 301 that began an hour earlier.
    expect(await heartbeats().forget()).toBe(1_000 - 361 + 502 - 303);
    expect(await left()).toEqual({ renamed: 361, worker: 303 });
    expect(await heartbeats().forget()).toBe(0);
  });

  it('leave a service that is short of instances its last words, as many as are shown', async () => {
    await spoke('worker', 500, 7 * HOUR);
    expect(await heartbeats().forget()).toBe(400);
    expect(await heartbeats().services()).toMatchObject([{ state: 'silent', lastAt: NOW - 7 * HOUR }]);
  });

  it('of a system that the landscape no longer has go as well', async () => {
    await spoke('worker', 3, 7 * HOUR, 'gone');
    expect(await heartbeats().forget()).toBe(3);
  });
});
