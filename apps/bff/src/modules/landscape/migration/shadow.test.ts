import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../platform/db/test-database.ts';
import { carried, factEvent, HOUR, MINUTE, MigrationBench, migrationFile, NOW, PACKAGE } from './testing/bench.ts';

/** The comparison on the real database, fed through the real intake. */

let database: TestDatabase;
let bench: MigrationBench;

beforeAll(async () => {
  database = await createTestDatabase();
  bench = new MigrationBench(database.db);
  await bench.listen();
});
afterAll(async () => {
  await bench.close();
  await database.close();
});
beforeEach(async () => {
  bench.now = NOW;
  await sql`truncate delivery, exchange_event, message_payload, shadow_pair, shadow_hour, shadow_histogram,
    shadow_explanation, shadow_progress, flow_stage cascade`.execute(database.db);
});

const report = async (period = 'all') => (await bench.call('ops', 'GET', `prices/shadow?period=${period}`)).body;
const counts = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await report()).outcomes.map(({ outcome, count }: { outcome: string; count: number }) => [outcome, count]),
  );
/** The rollups, and the same sums counted from the pairs. */
async function rollups() {
  const kept = await sql`
    select outcome, explained, hour, sum(count)::int as count from shadow_hour group by 1, 2, 3 having sum(count) <> 0
    order by 3, 1, 2`.execute(database.db);
  const counted = await sql`
    select outcome, explanation_id is not null as explained, date_trunc('hour', at, 'UTC') as hour, count(*)::int as count
    from shadow_pair where outcome <> 'waiting' group by 1, 2, 3 order by 3, 1, 2`.execute(database.db);
  const lags = await sql<{ pairs: number; kept: number }>`
    select (select count(*)::int from shadow_pair where old_applied_at is not null and bus_applied_at is not null) as pairs,
      (select coalesce(sum(count), 0)::int from shadow_histogram where measure = 'lag') as kept`.execute(database.db);
  return { kept: kept.rows, counted: counted.rows, lags: lags.rows[0] };
}

const UNIT = { ...PACKAGE, stocks: [{ code: 'mcb', unit: 'NMP', quantity: 12 }] };

describe('pairs', () => {
  it('say what became of each message in both channels', async () => {
    await bench.report([
      ...carried('prices', 'P1', 60 * MINUTE, { took: 2_400 }),
      ...carried('bus', 'P1', 60 * MINUTE, { took: 700 }),
      ...carried('prices', 'P2', 45 * MINUTE),
      ...carried('bus', 'P2', 45 * MINUTE, { payload: UNIT }),
      ...carried('prices', 'P3', 30 * MINUTE),
      ...carried('bus', 'P4', 20 * MINUTE),
      ...carried('prices', 'P5', 5 * MINUTE),
    ]);
    await bench.migrations.compare();
    expect(await counts()).toEqual({ same: 1, differs: 1, only_old: 1, only_bus: 1 });
    const view = await report();
    expect(view).toMatchObject({ pairs: 4, waiting: 1, neither: 0, lag: { pairs: 2, medianMs: expect.any(Number) } });
    expect(view.example).toMatchObject({
      number: 'P2',
      equal: 3,
      differences: [{ path: 'stocks[mcb].unit', field: 'stocks[].unit', old: 'PCE', bus: 'NMP', explained: false }],
    });
    expect(view.recent.map((one: { number: string }) => one.number)).toEqual(['P5', 'P4', 'P3', 'P2', 'P1']);
    expect(view.recent[4]).toMatchObject({ lagMs: -1_700, old: { latencyMs: 2_400 }, bus: { latencyMs: 700 } });
    expect(bench.hints).toContain('landscape prices,bus');
  });

  it('what the old channel carried before the bus began was never promised', async () => {
    await bench.report([
      ...carried('prices', 'P0', 5 * HOUR),
      ...carried('prices', 'P1', 2 * HOUR),
      ...carried('bus', 'P1', 2 * HOUR),
    ]);
    await bench.migrations.compare();
    expect(await counts()).toEqual({ same: 1, differs: 0, only_old: 0, only_bus: 0 });
  });

  it('other document types and flows take no part', async () => {
    const event = factEvent({ flow: 'bus', number: 'Z1', kind: 'applied', ago: HOUR, type: 'Заказ' });
    await bench.report([...carried('bus', 'P1', HOUR), ...carried('prices', 'P1', HOUR), event]);
    await bench.migrations.compare();
    expect((await report()).pairs).toBe(1);
  });

  it('a second round, and every event a second time, change nothing', async () => {
    const events = [...carried('prices', 'P1', HOUR), ...carried('bus', 'P1', HOUR, { payload: UNIT })];
    await bench.report(events);
    expect(await bench.migrations.compare()).toBe(1);
    const before = await report();
    await bench.report(events);
    expect(await bench.migrations.compare()).toBe(0);
    expect(await report()).toEqual(before);
  });

  it('a wait that ends without news becomes a loss, and late news make a pair of it', async () => {
    await bench.report([
      ...carried('bus', 'P0', HOUR),
      ...carried('prices', 'P0', HOUR),
      ...carried('prices', 'P1', MINUTE),
    ]);
    await bench.migrations.compare();
    expect(await report()).toMatchObject({ waiting: 1, pairs: 1 });
    bench.now = NOW + 9 * MINUTE;
    expect(await bench.migrations.compare()).toBe(1);
    expect(await counts()).toMatchObject({ same: 1, only_old: 1 });
    await bench.report(carried('bus', 'P1', MINUTE - 500));
    await bench.migrations.compare();
    expect(await counts()).toMatchObject({ same: 2, only_old: 0 });
    expect((await rollups()).kept).toEqual((await rollups()).counted);
  });

  it('a record that ended as a failure of the bus was lost until it is fed again', async () => {
    await bench.report([
      ...carried('prices', 'P1', HOUR),
      factEvent({ flow: 'bus', number: 'P1', kind: 'accepted', ago: HOUR, payload: PACKAGE }),
      factEvent({ flow: 'bus', number: 'P1', kind: 'failed', ago: HOUR - 2_000 }),
    ]);
    await bench.migrations.compare();
    expect(await counts()).toMatchObject({ only_old: 1 });
    expect((await report()).recent[0]).toMatchObject({
      outcome: 'only_old',
      bus: { state: 'failed', appliedAt: null },
    });
    await bench.report([factEvent({ flow: 'bus', number: 'P1', kind: 'applied', ago: 0 })]);
    await bench.migrations.compare();
    expect(await counts()).toMatchObject({ same: 1, only_old: 0 });
  });

  it('facts of a past that is told late are found by the walk', async () => {
    await bench.report([...carried('prices', 'P9', 2 * MINUTE), ...carried('bus', 'P9', 2 * MINUTE)]);
    await bench.migrations.compare();
    await bench.report([...carried('bus', 'P1', 30 * HOUR), ...carried('prices', 'P1', 30 * HOUR)]);
    await bench.migrations.compare();
    expect(await counts()).toMatchObject({ same: 2 });
  });

  it('content that a channel does not send is a difference that can be explained', async () => {
    await bench.report([
      ...carried('prices', 'P1', HOUR),
      factEvent({ flow: 'bus', number: 'P1', kind: 'accepted', ago: HOUR }),
      factEvent({ flow: 'bus', number: 'P1', kind: 'applied', ago: HOUR - 900 }),
    ]);
    await bench.migrations.compare();
    // The fact with the content may be the last to come.
    expect(await report()).toMatchObject({ waiting: 1, pairs: 0 });
    bench.now = NOW + 10 * MINUTE;
    await bench.migrations.compare();
    expect((await report()).example.differences).toMatchObject([{ field: '$content', old: true, bus: false }]);
  });

  it('personal data that differ are a difference, and nobody reads them out of it', async () => {
    const to = (phone: string, name = 'Крылова М. А.') => ({
      ...PACKAGE,
      stocks: [{ code: 'mcb', Телефон: phone, ФИО: name }],
    });
    await bench.report([
      ...carried('prices', 'P1', HOUR, { payload: to('+79161234567') }),
      ...carried('bus', 'P1', HOUR, { payload: to('+79160000000') }),
      ...carried('prices', 'P2', HOUR, { payload: to('+79161234567') }),
      ...carried('bus', 'P2', HOUR, { payload: to('+79161234567') }),
    ]);
    await bench.migrations.compare();
    expect(await counts()).toMatchObject({ same: 1, differs: 1 });
    expect((await report()).example).toMatchObject({
      number: 'P1',
      differences: [{ path: 'stocks[mcb].Телефон', old: '•••', bus: '•••' }],
    });
    const { rows } = await sql<{ text: string }>`select differences::text as text from shadow_pair`.execute(
      database.db,
    );
    expect(rows.map(({ text }) => text).join()).not.toMatch(/7916|Крылова/);
  });

  it('a delivery that turns out to be of another document leaves its pair, and the comparison goes on', async () => {
    await bench.report([
      ...carried('prices', 'P1', HOUR),
      ...carried('bus', 'P1', HOUR),
      ...carried('bus', 'P3', HOUR),
    ]);
    await bench.migrations.compare();
    expect(await counts()).toMatchObject({ same: 1, only_bus: 1 });
    await sql`update delivery set key_number = 'P2', version = version + 1 where message_id = 'prices-P1'`.execute(
      database.db,
    );
    await bench.report([...carried('prices', 'P3', HOUR)]);
    await bench.migrations.compare();
    await bench.migrations.compare();
    expect(await counts()).toEqual({ same: 1, differs: 0, only_old: 1, only_bus: 1 });
    expect((await rollups()).kept).toEqual((await rollups()).counted);
  });

  it('a message from before a new begin pairs once, though half of it stood alone in the comparison before', async () => {
    await bench.report([...carried('bus', 'P1', 3 * MINUTE), ...carried('bus', 'P2', 3 * MINUTE)]);
    await bench.migrations.compare();
    const stage = (to: string, version: number) =>
      bench.call('ops', 'POST', 'prices/migration/stage', { to, version, reason: 'по плану' });
    expect((await stage('point-to-point', 0)).status).toBe(200);
    bench.now = NOW + MINUTE;
    await sql`insert into flow_stage (flow_id, version, stage, from_stage, at, actor_name, reason)
      values ('prices', 2, 'shadow', 'point-to-point', ${new Date(bench.now)}, 'ops', 'по плану')`.execute(database.db);
    await bench.report([
      ...carried('prices', 'P1', 2 * MINUTE),
      ...carried('prices', 'N1', 0),
      ...carried('bus', 'N1', 0),
    ]);
    bench.now = NOW + 2 * MINUTE;
    await bench.report([...carried('prices', 'N2', -MINUTE), ...carried('bus', 'N2', -MINUTE)]);
    await bench.migrations.compare();
    expect((await rollups()).kept).toEqual((await rollups()).counted);
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from shadow_pair where key_number in ('P1', 'N2') and outcome = 'same'`.execute(
      database.db,
    );
    expect(rows[0]?.count).toBe(2);
  });

  describe('that still wait when the comparison ends', () => {
    /** More than one round takes up, five minutes old: the bus brought none of them. */
    const leftWaiting = async (): Promise<void> => {
      await bench.report([...carried('bus', 'P0', HOUR), ...carried('prices', 'P0', HOUR)]);
      const numbers = Array.from({ length: 600 }, (_, index) => `W${index}`);
      for (let at = 0; at < numbers.length; at += 200)
        await bench.report(numbers.slice(at, at + 200).flatMap((number) => carried('prices', number, 5 * MINUTE)));
      await bench.migrations.compare();
      expect((await report()).waiting).toBe(600);
      const back = { to: 'point-to-point', version: 0, reason: 'шина стоит' };
      expect((await bench.call('ops', 'POST', 'prices/migration/stage', back)).status).toBe(200);
    };

    it('are waited for no more, and count as nothing', async () => {
      await leftWaiting();
      await bench.migrations.compare();
      expect(await report()).toMatchObject({ waiting: 0 });
      expect((await rollups()).kept).toEqual((await rollups()).counted);
    });

    it('hide no loss of the next comparison, also when that begins before anything else happens', async () => {
      await leftWaiting();
      bench.now = NOW + HOUR;
      await sql`insert into flow_stage (flow_id, version, stage, from_stage, at, actor_name, reason)
        values ('prices', 2, 'shadow', 'point-to-point', ${new Date(bench.now)}, 'ops', 'по плану')`.execute(
        database.db,
      );
      await bench.report([
        ...carried('prices', 'L1', -62 * MINUTE),
        ...carried('prices', 'L2', -63 * MINUTE),
        ...carried('prices', 'S1', -63 * MINUTE),
        ...carried('bus', 'S1', -63 * MINUTE),
      ]);
      bench.now = NOW + 66 * MINUTE;
      await bench.migrations.compare();
      expect((await report()).waiting).toBe(2);
      bench.now = NOW + 2 * HOUR;
      await bench.migrations.compare();
      expect(await counts()).toMatchObject({ same: 1, only_old: 2 });
      expect((await report()).waiting).toBe(0);
    });

    it('are judged in rounds while it goes on, and no flow is ready before the last of them', async () => {
      await leftWaiting();
      await sql`delete from flow_stage`.execute(database.db);
      const losses = async () =>
        (await bench.call('ops', 'GET', 'prices/migration')).body.conditions.find(
          ({ code }: { code: string }) => code === 'losses',
        ).data;
      bench.now = NOW + 6 * MINUTE;
      await bench.migrations.compare();
      expect(await losses()).toMatchObject({ unjudged: 100, lost: 500 });
      await bench.migrations.compare();
      expect(await losses()).toMatchObject({ unjudged: 0, lost: 600 });
    });
  });

  it('other rules in the file compare everything again', async () => {
    await bench.report([...carried('prices', 'P1', HOUR), ...carried('bus', 'P1', HOUR, { payload: UNIT })]);
    await bench.migrations.compare();
    expect(await counts()).toMatchObject({ differs: 1 });
    const wiser = new MigrationBench(database.db, migrationFile({ same: { 'stocks[].unit': [['PCE', 'NMP']] } }));
    await wiser.migrations.compare();
    expect(await counts()).toMatchObject({ same: 1, differs: 0 });
  });

  it('two instances compare once', async () => {
    await bench.report([...carried('prices', 'P1', HOUR), ...carried('bus', 'P1', HOUR)]);
    const [first, second] = await Promise.all([bench.migrations.compare(), bench.instance().compare()]);
    expect(first + second).toBe(1);
    expect((await rollups()).lags).toEqual({ pairs: 1, kept: 1 });
  });

  it('a round that breaks off half-way leaves nothing, the next one does it all', async () => {
    await bench.report([...carried('prices', 'P1', HOUR), ...carried('bus', 'P1', HOUR)]);
    const broken = bench.instance({
      ...bench.sides,
      contents: () => Promise.reject(new Error('the connection was lost')),
    });
    await broken.compare();
    expect((await rollups()).counted).toEqual([]);
    await bench.migrations.compare();
    expect(await counts()).toMatchObject({ same: 1 });
  });

  it('whatever the order of facts and rounds, pairs and rollups come out the same', async () => {
    const facts = [
      ...carried('prices', 'P1', 50 * MINUTE),
      ...carried('bus', 'P1', 50 * MINUTE, { payload: UNIT }),
      ...carried('prices', 'P2', 40 * MINUTE),
      ...carried('bus', 'P3', 30 * MINUTE),
      ...carried('prices', 'P4', 20 * MINUTE, { took: 90_000 }),
      ...carried('bus', 'P4', 20 * MINUTE),
      ...carried('bus', 'P5', 51 * MINUTE),
      ...carried('prices', 'P5', 51 * MINUTE),
    ];
    let expected: unknown;
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(facts, { minLength: facts.length }),
        fc.array(fc.integer({ min: 1, max: facts.length - 1 }), { maxLength: 3 }),
        async (order, cuts) => {
          await sql`truncate delivery, exchange_event, message_payload, shadow_pair, shadow_hour, shadow_histogram,
            shadow_progress cascade`.execute(database.db);
          const ends = [...new Set([0, ...cuts, facts.length])].sort((a, b) => a - b);
          for (const [index, end] of ends.entries()) {
            if (index === 0) continue;
            await bench.report(order.slice(ends[index - 1], end));
            await bench.migrations.compare();
          }
          await bench.migrations.compare();
          const { kept, counted, lags } = await rollups();
          expect(kept).toEqual(counted);
          expect(lags?.kept).toBe(lags?.pairs);
          expected ??= kept;
          expect(kept).toEqual(expected);
        },
      ),
      { numRuns: 12 },
    );
  });
});

describe('list of pairs', () => {
  beforeEach(async () => {
    await bench.report(
      ['P1', 'P2', 'P3', 'P4', 'P5'].flatMap((number, index) => [
        ...carried('prices', number, 60 * MINUTE - index),
        ...carried('bus', number, 60 * MINUTE - index, index < 3 ? { payload: UNIT } : {}),
      ]),
    );
    await bench.migrations.compare();
  });

  it('pages by cursor through what the filter lets through', async () => {
    const first = await bench.call('ops', 'GET', 'prices/shadow/pairs?outcome=differs&limit=2');
    expect(first.body.rows.map((one: { number: string }) => one.number)).toEqual(['P3', 'P2']);
    const rest = await bench.call(
      'ops',
      'GET',
      `prices/shadow/pairs?outcome=differs&limit=2&cursor=${first.body.nextCursor}`,
    );
    expect(rest.body).toMatchObject({ rows: [{ number: 'P1' }], nextCursor: null });
    expect((await bench.call('ops', 'GET', 'prices/shadow/pairs?field=stocks[].unit')).body.rows).toHaveLength(3);
    expect((await bench.call('ops', 'GET', 'prices/shadow/pairs?q=P4')).body.rows).toHaveLength(1);
    expect(await bench.call('ops', 'GET', 'prices/shadow/pairs?cursor=x')).toMatchObject({
      status: 400,
      body: { code: 'request.invalid' },
    });
  });

  it('values are shown to those who may see content; a file carries none', async () => {
    const seen = await bench.call('ops', 'GET', 'prices/shadow/pairs?outcome=differs&limit=1');
    expect(seen.body.rows[0].differences[0]).toMatchObject({ old: 'PCE', bus: 'NMP' });
    const hidden = await bench.call('analyst', 'GET', 'prices/shadow/pairs?outcome=differs&limit=1');
    expect(hidden.body.rows[0].differences[0]).toMatchObject({ field: 'stocks[].unit', old: null, bus: null });
    const file = await bench.call('analyst', 'GET', 'prices/shadow/pairs.csv?outcome=differs');
    expect(file.body.split('\r\n')).toHaveLength(5);
    expect(file.body).not.toContain('NMP');
  });
});
