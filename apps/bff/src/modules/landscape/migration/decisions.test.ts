import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../platform/db/test-database.ts';
import { carried, DAY, factEvent, HOUR, MigrationBench, migrationFile, NOW, PACKAGE } from './testing/bench.ts';

/** Stages, checks and reasons, as people decide them over HTTP. */

let database: TestDatabase;
let bench: MigrationBench;

beforeAll(async () => {
  database = await createTestDatabase();
  const file = migrationFile();
  // Fed again through a topic of its own.
  for (const flow of file.flows)
    if (flow.id === 'bus') Object.assign(flow, { consumers: [{ system: 'go', group: 'go', retryTopic: 'go.retry' }] });
  bench = new MigrationBench(database.db, file);
  await bench.listen();
});
afterAll(async () => {
  await bench.close();
  await database.close();
});
beforeEach(async () => {
  bench.now = NOW;
  bench.health = { prices: 'ok', bus: 'ok' };
  await sql`truncate delivery, exchange_event, message_payload, shadow_pair, shadow_hour, shadow_histogram, rollup_hour,
    rollup_minute, shadow_explanation, shadow_progress, flow_stage, flow_rollback_check, flow_healthy cascade`.execute(
    database.db,
  );
});

const UNIT = { ...PACKAGE, stocks: [{ code: 'mcb', unit: 'NMP', quantity: 12 }] };
/** Four days of both channels up to now, 23 to 26 November: the first day is cut, two full working days follow. */
async function shadowDays(odd: { unit?: readonly number[]; lost?: readonly number[] } = {}): Promise<void> {
  const hours = Array.from({ length: 78 }, (_, index) => 78 - index);
  const events = hours.flatMap((ago) => [
    ...carried('prices', `P${ago}`, ago * HOUR, { took: 2_400 }),
    ...(odd.lost?.includes(ago)
      ? []
      : carried('bus', `P${ago}`, ago * HOUR, { took: 900, payload: odd.unit?.includes(ago) ? UNIT : PACKAGE })),
  ]);
  await bench.report(events);
  await bench.migrations.compare();
  await bench.migrations.watchHealth();
}
const view = async () => (await bench.call('ops', 'GET', 'prices/migration')).body;
const missing = async (): Promise<string[]> =>
  (await view()).conditions.filter((one: { met: boolean }) => !one.met).map((one: { code: string }) => one.code);
const change = (to: string, version: number, role: 'ops' | 'admin' | 'analyst' = 'ops') =>
  bench.call(role, 'POST', 'prices/migration/stage', { to, version, reason: 'по плану внедрения' });
const check = () =>
  bench.call('ops', 'POST', 'prices/migration/rollback-check', { reason: 'вернули и снова включили, 4 мин' });
const audited = async (): Promise<{ action: string; reason: string | null; actor: string }[]> =>
  (
    await sql<{ action: string; reason: string | null; actor: string }>`
      select action, reason, actor_name as actor from audit_entry where object_id = 'prices' order by id`.execute(
      database.db,
    )
  ).rows;

describe('stage of a flow', () => {
  it('begins with what the file says and names whose word counts', async () => {
    await shadowDays();
    expect(await view()).toMatchObject({
      stage: 'shadow',
      version: 0,
      truth: 'old',
      next: 'cut-over',
      back: ['point-to-point'],
      since: new Date(NOW - 78 * HOUR).toISOString(),
      history: [],
      stale: false,
    });
  });

  it('goes on only when every condition holds, and says which does not', async () => {
    await shadowDays();
    expect(await missing()).toEqual(['rollback']);
    expect(await change('cut-over', 0)).toMatchObject({
      status: 409,
      body: { code: 'migration.not_ready', data: { missing: ['rollback'] } },
    });
    expect((await check()).body).toMatchObject({ ready: true });
    expect(await change('cut-over', 0)).toMatchObject({
      status: 200,
      body: { stage: 'cut-over', version: 1, truth: 'bus', ready: false, history: [{ from: 'shadow', by: 'ops' }] },
    });
    expect((await audited()).map(({ action }) => action).slice(-2)).toEqual([
      'migration.rollback_checked',
      'migration.forward',
    ]);
    expect(bench.hints.at(-1)).toBe('landscape prices,bus');
  });

  it('goes back at any time for a reason, to any earlier stage, and the comparison begins anew afterwards', async () => {
    await shadowDays();
    expect(
      await bench.call('ops', 'POST', 'prices/migration/stage', { to: 'point-to-point', version: 0, reason: ' ' }),
    ).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(await change('point-to-point', 0, 'admin')).toMatchObject({
      status: 200,
      body: { stage: 'point-to-point' },
    });
    expect(await missing()).toEqual([]);
    bench.now = NOW + HOUR;
    expect(await change('shadow', 1)).toMatchObject({
      status: 200,
      body: { stage: 'shadow', since: new Date(NOW + HOUR).toISOString() },
    });
    expect(await missing()).toContain('days');
    expect((await bench.call('ops', 'GET', 'prices/shadow?period=all')).body.pairs).toBe(0);
  });

  it('skips no stage', async () => {
    await shadowDays();
    expect(await change('bus', 0)).toMatchObject({ status: 409, body: { code: 'migration.wrong_stage' } });
    expect(await change('shadow', 0)).toMatchObject({ status: 409, body: { code: 'migration.wrong_stage' } });
  });

  it('of two people at once one decides, the other learns that it has changed', async () => {
    await shadowDays();
    const answers = await Promise.all([change('point-to-point', 0), change('point-to-point', 0, 'admin')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'migration.changed',
      data: { stage: 'point-to-point', version: 1 },
    });
    expect((await view()).history).toHaveLength(1);
  });

  it('is no business of who may only look', async () => {
    expect(await change('point-to-point', 0, 'analyst')).toMatchObject({
      status: 403,
      body: { code: 'permission.denied' },
    });
  });

  it('a flow that moves nowhere, and one that is none, say so', async () => {
    expect(await bench.call('ops', 'GET', 'other/migration')).toMatchObject({
      status: 404,
      body: { code: 'migration.not_found' },
    });
    expect(await bench.call('ops', 'GET', 'nothing/shadow')).toMatchObject({
      status: 404,
      body: { code: 'flow.not_found' },
    });
  });

  it('is told to the overview on both sides, with the share of the last week', async () => {
    await shadowDays({ lost: [3] });
    const all = await bench.migrations.overview();
    expect(all.get('prices')).toMatchObject({
      role: 'old',
      partner: 'bus',
      stage: 'shadow',
      pairs: 78,
      share: 77 / 78,
      next: { stage: 'cut-over', met: 6, of: 8, unmet: ['losses', 'rollback'] },
    });
    expect(all.get('bus')).toMatchObject({ role: 'bus', partner: 'prices', stage: 'shadow' });
    // Half a minute old at most; at once for a stage that was changed.
    await check();
    const next = async () => (await bench.migrations.overview()).get('prices')?.next;
    expect(await next()).toMatchObject({ met: 6 });
    bench.now = NOW + 30_000;
    expect(await next()).toMatchObject({ met: 7, unmet: ['losses'] });
    await change('point-to-point', 0);
    expect(await next()).toMatchObject({ stage: 'shadow', unmet: [] });
  });
});

describe('facts of the conditions', () => {
  it('a loss of the bus counts its clean days anew', async () => {
    await shadowDays({ lost: [20] });
    expect((await view()).conditions.find((one: { code: string }) => one.code === 'losses')).toMatchObject({
      met: false,
      data: { lost: 1, lostOn: '2026-11-25', clean: 0 },
    });
  });

  it('health is remembered from the moment both flows are well, and forgotten when one is not', async () => {
    await shadowDays();
    const healthy = async () =>
      (await view()).conditions.find((one: { code: string }) => one.code === 'healthy') as {
        met: boolean;
        data: { forMs: number | null };
      };
    expect(await healthy()).toMatchObject({ met: true });
    bench.health = { prices: 'warn', bus: 'ok' };
    await bench.migrations.watchHealth();
    expect(await healthy()).toMatchObject({ met: false, data: { forMs: null } });
    bench.health = { prices: 'ok', bus: 'ok' };
    await bench.migrations.watchHealth();
    bench.now = NOW + DAY - 1;
    await bench.migrations.watchHealth();
    await bench.migrations.compare();
    expect(await healthy()).toMatchObject({ met: false, data: { forMs: DAY - 1 } });
    bench.now = NOW + DAY;
    expect(await healthy()).toMatchObject({ met: true, data: { forMs: DAY } });
  });

  it('a comparison that has not run for minutes says so, and nothing is switched on what it found before', async () => {
    await shadowDays();
    await check();
    expect(await view()).toMatchObject({ stale: false, ready: true });
    bench.now = NOW + 6 * 60_000;
    expect(await view()).toMatchObject({ stale: true, ready: false });
    expect(await change('cut-over', 0)).toMatchObject({ status: 409, body: { data: { missing: ['healthy'] } } });
    await bench.migrations.compare();
    expect(await view()).toMatchObject({ stale: false, ready: true });
  });

  it('what failed while nobody looked ends the healthy time all the same', async () => {
    await shadowDays();
    bench.now = NOW + 3 * HOUR;
    await bench.report([
      factEvent({ flow: 'bus', number: 'F1', kind: 'accepted', ago: -HOUR, payload: PACKAGE }),
      factEvent({ flow: 'bus', number: 'F1', kind: 'failed', ago: -HOUR - 1_000 }),
    ]);
    await bench.migrations.compare();
    await bench.migrations.watchHealth();
    const healthy = (await view()).conditions.find((one: { code: string }) => one.code === 'healthy');
    // The hour of the failure ended at 16:00 in Moscow, it is 17:32.
    expect(healthy).toMatchObject({ met: false, data: { forMs: 92 * 60_000 } });
  });

  it('a day is over when none of its messages is waited for any more', async () => {
    await shadowDays();
    const full = async (at: number) => {
      bench.now = at;
      await bench.migrations.compare();
      return (await view()).conditions.find((one: { code: string }) => one.code === 'days').data.full;
    };
    const midnight = Date.parse('2026-11-26T21:00:00Z');
    const wait = 10 * 60_000;
    expect([await full(midnight), await full(midnight + wait - 1), await full(midnight + wait)]).toEqual([2, 2, 3]);
  });
});

describe('explanations', () => {
  const explain = (scope: unknown, role: 'ops' | 'analyst' = 'ops') =>
    bench.call(role, 'POST', 'prices/shadow/explanations', { scope, reason: 'единица по-новому в site-feed 1.8' });
  const report = async () => (await bench.call('ops', 'GET', 'prices/shadow?period=all')).body;

  it('a rule on a field explains what differs in it, now and later, until it is withdrawn', async () => {
    await shadowDays({ unit: [30, 40, 50] });
    expect(await missing()).toContain('unexplained');
    const { status, body } = await explain({ kind: 'field', field: 'stocks[].unit' });
    expect({ status, pairs: body.pairs }).toEqual({ status: 200, pairs: 3 });
    expect(await missing()).toEqual(['rollback']);
    expect((await report()).outcomes[1]).toMatchObject({
      outcome: 'differs',
      count: 3,
      unexplained: 0,
      why: 'единица по-новому в site-feed 1.8',
    });
    await bench.report([...carried('prices', 'N1', 1_000), ...carried('bus', 'N1', 1_000, { payload: UNIT })]);
    bench.now = NOW + 2_000;
    await bench.migrations.compare();
    expect((await report()).explanations).toMatchObject([
      { kind: 'field', field: 'stocks[].unit', by: 'ops', pairs: 4 },
    ]);
    const withdrawn = await bench.call('ops', 'POST', `prices/shadow/explanations/${body.id}/withdraw`, {
      reason: 'ошиблись полем',
    });
    expect(withdrawn).toMatchObject({ status: 200, body: { pairs: 4 } });
    expect(await report()).toMatchObject({ explanations: [], outcomes: [{}, { unexplained: 4 }, {}, {}] });
    expect(
      await bench.call('ops', 'POST', `prices/shadow/explanations/${body.id}/withdraw`, { reason: 'ещё раз' }),
    ).toMatchObject({ status: 404, body: { code: 'explanation.not_found' } });
    expect((await audited()).map(({ action }) => action).slice(-2)).toEqual([
      'migration.explain',
      'migration.unexplain',
    ]);
  });

  it('one pair is explained alone, the others stay', async () => {
    await shadowDays({ unit: [30, 40] });
    const { example } = await report();
    expect((await explain({ kind: 'pair', pairId: example.id })).body).toMatchObject({ pairs: 1 });
    expect((await report()).outcomes[1]).toMatchObject({ count: 2, unexplained: 1 });
    expect(await explain({ kind: 'pair', pairId: '00000000-0000-8000-8000-000000000000' })).toMatchObject({
      status: 404,
      body: { code: 'pair.not_found' },
    });
  });

  it('a reason given to one pair ends when the pair differs in something else', async () => {
    await bench.report([...carried('prices', 'P1', HOUR), ...carried('bus', 'P1', HOUR, { payload: UNIT })]);
    await bench.migrations.compare();
    await explain({ kind: 'pair', pairId: (await report()).example.id });
    expect((await report()).outcomes[1]).toMatchObject({ count: 1, unexplained: 0 });
    const body = JSON.stringify({ ...PACKAGE, stocks: [{ code: 'mcb', unit: 'NMP', quantity: 0 }] });
    await sql`update message_payload set body = ${body}::jsonb
      where delivery_id in (select id from delivery where message_id = 'bus-P1')`.execute(database.db);
    await sql`update delivery set version = version + 1 where message_id = 'bus-P1'`.execute(database.db);
    await bench.migrations.compare();
    await bench.migrations.compare();
    const now = await report();
    expect(now.outcomes[1]).toMatchObject({ count: 1, unexplained: 1 });
    expect(now.explanations).toEqual([]);
  });

  it('losses of a day are explained together and stay losses', async () => {
    await shadowDays({ lost: [30, 31, 50] });
    expect((await explain({ kind: 'day', date: '2026-11-25', outcome: 'only_old' })).body).toMatchObject({ pairs: 2 });
    expect((await report()).outcomes[2]).toMatchObject({ outcome: 'only_old', count: 3, unexplained: 1 });
    expect(await missing()).toContain('losses');
  });

  it('need the permission', async () => {
    expect(await explain({ kind: 'field', field: 'date' }, 'analyst')).toMatchObject({ status: 403 });
  });
});
