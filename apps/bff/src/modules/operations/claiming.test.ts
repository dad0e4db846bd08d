import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { createOperationService, type OperationService } from './service.ts';
import { Bench, emptyOperations, person } from './testing/bench.ts';

/** A large plan is claimed in parts; what becomes of them when the start does not come to its end. */

let database: TestDatabase;
let bench: Bench;
/** Sizes of the parts, in the order in which they were claimed. */
let parts: number[];
/** Part in which the process dies; 0 = never. */
let diesAt: number;
let service: OperationService;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyOperations(database.db);
  bench = new Bench(database.db, { claimChunk: 10 });
  parts = [];
  diesAt = 0;
  const { book } = bench.world;
  const claimed: typeof book.claimed = async (tx, facts) => {
    if (parts.length + 1 === diesAt) throw new Error('killed');
    parts.push(facts.deliveryIds.length);
    await book.claimed(tx, facts);
  };
  service = createOperationService({ ...bench.context, book: { ...book, claimed } }, () => undefined);
});

const planned = async (deliveryIds: string[]): Promise<string> => {
  const { operation } = await service.plan({ verb: 'resend', selection: { deliveryIds } }, person('ops'));
  return operation.id;
};
const start = (id: string) => service.start(id, { reason: 'база вернулась' }, person('ops'));
const activeClaims = async (): Promise<number> =>
  (await sql`select from operation_claim where released_at is null`.execute(database.db)).rows.length;
const states = (ids: readonly string[]) => [...new Set(ids.map((id) => bench.world.get(id).state))];

describe('a start', () => {
  it('claims in parts and skips in each what changed since', async () => {
    const ids = bench.world.add(25);
    const id = await planned(ids);
    bench.world.apply(ids[3] ?? '');
    bench.world.apply(ids[24] ?? '');
    const operation = await start(id);
    expect(parts).toEqual([9, 10, 4]);
    expect(operation).toMatchObject({ state: 'running', counts: { pending: 23, skipped: 2 } });
    expect(operation.log[0]).toMatchObject({ code: 'started', data: { claimed: 23, skipped: 2 } });
    expect(await activeClaims()).toBe(23);
  });

  it('that died in the middle is taken over by the next one', async () => {
    const ids = bench.world.add(25);
    const id = await planned(ids);
    diesAt = 2;
    await expect(start(id)).rejects.toThrow('killed');
    expect((await service.get(id)).state).toBe('planned');
    expect(await activeClaims()).toBe(10);
    diesAt = 0;
    expect(await start(id)).toMatchObject({ state: 'running', counts: { pending: 25, skipped: 0 } });
    expect(parts).toEqual([10, 10, 5]);
    await bench.runUntil(bench.runner(), id, ['completed']);
    expect(bench.world.sends).toHaveLength(25);
    expect(await activeClaims()).toBe(0);
  });

  it.each([
    ['expires', 'expired'],
    ['is cancelled', 'cancelled'],
  ])('that died in the middle gives everything back when its plan %s', async (_how, state) => {
    const ids = bench.world.add(45);
    const id = await planned(ids);
    diesAt = 4;
    await expect(start(id)).rejects.toThrow('killed');
    expect(await activeClaims()).toBe(30);
    expect(states(ids)).toEqual(['retrying', 'failed']);
    if (state === 'cancelled') await service.cancel(id, 'передумали', person('ops'));
    else await bench.round(bench.runner(), bench.context.settings.planLifeMs);
    expect((await service.get(id)).state).toBe(state);
    expect(await activeClaims()).toBe(0);
    expect(states(ids)).toEqual(['failed']);
    await expect(start(id)).rejects.toMatchObject({ code: 'operation.wrong_state' });
  });
});
