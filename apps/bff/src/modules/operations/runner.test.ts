import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sqlStateOf } from '../../platform/db/database-errors.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { createOperationsModule } from './index.ts';
import { createRunner } from './runner.ts';
import { Bench, emptyOperations } from './testing/bench.ts';
import { testLandscape } from './testing/world.ts';

/** What the rounds of the runner owe to every item and every operation. */

let database: TestDatabase;
let bench: Bench;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyOperations(database.db);
  bench = new Bench(database.db);
});

describe('late news', () => {
  it('reach every unsettled item within some rounds, however many there are', async () => {
    const count = 2_500;
    const ids = bench.world.add(count);
    const { id } = await bench.startMany(ids);
    // All of them failed, a second after each other; the bulk way of saying what 2,500 rejections would have done.
    await sql`update operation_item set state = 'failed', attempt = 2, doubt_settled = true,
      finished_at = ${new Date(bench.now)}::timestamptz - (${count} - position) * interval '1 second'`.execute(
      database.db,
    );
    await sql`update operation_claim set released_at = now()`.execute(database.db);
    const runner = bench.runner();
    await bench.round(runner);
    expect(await bench.service.get(id)).toMatchObject({ state: 'completed_with_failures', counts: { failed: count } });
    for (const deliveryId of [ids[0], ids[1_249], ids[2_499]]) bench.world.apply(deliveryId ?? '');
    for (let n = 0; n < 4; n += 1) await bench.round(runner, 5_000);
    expect((await bench.service.get(id)).counts).toMatchObject({ applied: 3, failed: count - 3 });
  });
});

describe('a clock that is set back by an hour', () => {
  it('holds up neither the rate nor what pauses', async () => {
    const ids = bench.world.add(12);
    const { id } = await bench.startMany(ids);
    const runner = bench.runner();
    for (let n = 0; n < 4; n += 1) await bench.round(runner);
    await sql`update operation_item set not_before = ${new Date(bench.now + 2_000)}
      where state in ('pending', 'verifying', 'sending')`.execute(database.db);
    bench.now -= 3_600_000;
    await bench.runUntil(runner, id, ['completed'], 40);
    expect((await bench.service.get(id)).counts).toMatchObject({ applied: 12 });
  });
});

describe('locks', () => {
  it('are taken in one order: the item, then its delivery', async () => {
    bench.world.add(1, { flow: 'stock' });
    const tries: (string | null)[] = [];
    const book = {
      ...bench.world.book,
      attemptStarted: async (...given: Parameters<typeof bench.world.book.attemptStarted>) => {
        // Another connection finds the item taken before the delivery is.
        await sql`select position from operation_item for update nowait`.execute(database.db).then(
          () => tries.push('free'),
          (error: unknown) => tries.push(sqlStateOf(error)),
        );
        return bench.world.book.attemptStarted(...given);
      },
    };
    const { id } = await bench.startMany([...bench.world.deliveries.keys()]);
    await bench.runUntil(createRunner({ ...bench.context, book }), id, ['completed'], 5);
    expect(tries).toEqual(['55P03']);
  });

  it('an attempt is not opened for an item that ended meanwhile', async () => {
    const [deliveryId = ''] = bench.world.add(1);
    let opened = 0;
    const book = {
      ...bench.world.book,
      attemptStarted: async (...given: Parameters<typeof bench.world.book.attemptStarted>) => {
        opened += 1;
        return bench.world.book.attemptStarted(...given);
      },
    };
    const { id } = await bench.startMany([deliveryId]);
    let ask = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      ask = resolve;
    });
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const verify: typeof bench.world.connectors.verify = async (...question) => {
      ask();
      await answered;
      return { ...(await bench.world.connectors.verify(...question)), outcome: 'absent' };
    };
    const runner = createRunner({ ...bench.context, book, connectors: { ...bench.world.connectors, verify } });
    await runner.tick();
    await asked;
    bench.world.apply(deliveryId);
    await runner.tick();
    answer();
    await runner.idle();
    expect(opened).toBe(0);
    await bench.runUntil(runner, id, ['completed'], 5);
    expect(bench.world.asks).toEqual([]);
  });
});

describe('an operation that cannot be advanced', () => {
  it('does not keep the others from going on', async () => {
    const [ill = ''] = bench.world.add(1, { prefix: 'a' });
    const [well = ''] = bench.world.add(1, { prefix: 'b' });
    bench.world.onArrival = (id) => (id === ill ? 'silent' : 'applied');
    const first = await bench.startMany([ill]);
    const runner = createRunner({
      ...bench.context,
      book: {
        ...bench.world.book,
        news: async (ids) => {
          if (ids.includes(ill)) throw new Error('deadlock detected');
          return bench.world.book.news(ids);
        },
      },
    });
    const second = await bench.startMany([well]);
    await bench.runUntil(runner, second.id, ['completed'], 10);
    expect((await bench.service.get(first.id)).state).toBe('running');
  });
});

describe('the end of leadership', () => {
  it('waits for the requests under way, so that the next runner does not make them beside it', async () => {
    const [deliveryId = ''] = bench.world.add(1, { flow: 'stock' });
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { ask } = bench.world.connectors;
    const operations = createOperationsModule({
      ...bench.context,
      landscape: testLandscape,
      connectors: {
        ...bench.world.connectors,
        ask: async (...request) => {
          await answered;
          return ask(...request);
        },
      },
      settings: { tickMs: 10 },
    });
    await bench.startMany([deliveryId]);
    const sending = async (): Promise<number> =>
      (await sql`select from operation_item where state = 'sending'`.execute(database.db)).rows.length;
    let over = false;
    const leaders: Promise<void>[] = [];
    const signal = new AbortController().signal;
    operations.start({
      every: () => undefined,
      alone: (_ms, name, work) => {
        if (name === 'operations.run') leaders.push(work(signal).finally(() => (over = true)));
      },
      stop: async () => undefined,
    });
    await expect.poll(sending).toBe(1);
    // The next round fails altogether.
    await sql`alter table operation rename to operation_away`.execute(database.db);
    await delay(300);
    await sql`alter table operation_away rename to operation`.execute(database.db);
    expect(over).toBe(false);
    answer();
    await Promise.allSettled(leaders);
    expect(bench.world.asks).toHaveLength(1);
  });
});
