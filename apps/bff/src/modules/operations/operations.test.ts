import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { verifyAudit } from '../audit/index.ts';
import { itemsCsv, seriesOf } from './item-queries.ts';
import { allItems, Bench, emptyOperations, person } from './testing/bench.ts';
import { ASKED_OF, refused, unreachable } from './testing/world.ts';
import { verifyDelivery } from './verify-delivery.ts';

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

const FINAL = ['completed', 'completed_with_failures', 'cancelled'];
const itemsOf = (id: string) => allItems(database.db, id);
const activeClaims = async (): Promise<number> => {
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from operation_claim where released_at is null`.execute(database.db);
  return rows[0]?.n ?? -1;
};

describe('plan', () => {
  it('freezes the list and says what does not fit and why', async () => {
    const failed = bench.world.add(3);
    const [applied = ''] = bench.world.add(1, { prefix: 'a', state: 'applied' });
    const [sent = ''] = bench.world.add(1, { prefix: 's', state: 'sent' });
    const running = await bench.startMany([failed[0] ?? '']);
    const { operation } = await bench.service.plan(
      { verb: 'resend', selection: { deliveryIds: [...failed, applied, sent, 'nobody'] } },
      person('ops'),
    );
    expect(operation).toMatchObject({ state: 'planned', verb: 'resend' });
    expect(operation.plan).toMatchObject({
      total: 6,
      eligible: 2,
      amount: '200.20',
      needsTypedCount: false,
      verifiable: 2,
    });
    expect(operation.plan.ineligible).toEqual(
      expect.arrayContaining([
        { reason: 'in_operation', count: 1, operation: { id: running.id, number: running.number } },
        { reason: 'already_applied', count: 1, operation: null },
        { reason: 'state_not_retriable', count: 1, operation: null },
        { reason: 'not_found', count: 1, operation: null },
      ]),
    );
    bench.world.add(5, { prefix: 'later' });
    expect((await bench.service.get(operation.id)).counts.total).toBe(2);
  });

  it('refuses an empty filter', async () => {
    bench.world.add(2);
    for (const filter of [{}, { flow: [] }, { timeField: 'failed' as const }])
      await expect(bench.service.plan({ verb: 'resend', selection: { filter } }, person('ops'))).rejects.toMatchObject({
        code: 'operation.filter_empty',
      });
    const { operation } = await bench.service.plan(
      { verb: 'resend', selection: { filter: { flow: ['orders'] } } },
      person('ops'),
    );
    expect(operation.plan.eligible).toBe(2);
  });

  it('asks for the typed count above a hundred', async () => {
    const ids = bench.world.add(101);
    const { operation } = await bench.service.plan({ verb: 'resend', selection: { deliveryIds: ids } }, person('ops'));
    expect(operation.plan.needsTypedCount).toBe(true);
    for (const confirmCount of [undefined, 100])
      await expect(
        bench.service.start(operation.id, { reason: 'надо', confirmCount }, person('ops')),
      ).rejects.toMatchObject({ code: 'operation.count_mismatch' });
    expect((await bench.service.start(operation.id, { reason: 'надо', confirmCount: 101 }, person('ops'))).state).toBe(
      'running',
    );
  });

  it('skips at the start what changed since', async () => {
    const ids = bench.world.add(2);
    const { operation } = await bench.service.plan({ verb: 'resend', selection: { deliveryIds: ids } }, person('ops'));
    bench.world.apply(ids[0] ?? '');
    await bench.service.start(operation.id, { reason: 'надо' }, person('ops'));
    await bench.runUntil(bench.runner(), operation.id, FINAL);
    expect((await itemsOf(operation.id)).map(({ state, reason }) => [state, reason])).toEqual([
      ['skipped', 'already_applied'],
      ['applied', null],
    ]);
    expect(bench.world.sends).toHaveLength(1);
  });

  it('expires when nobody starts it', async () => {
    const ids = bench.world.add(1);
    const { operation } = await bench.service.plan({ verb: 'resend', selection: { deliveryIds: ids } }, person('ops'));
    await bench.round(bench.runner(), bench.context.settings.planLifeMs);
    expect((await bench.service.get(operation.id)).state).toBe('expired');
    await expect(bench.service.start(operation.id, { reason: 'надо' }, person('ops'))).rejects.toMatchObject({
      code: 'operation.wrong_state',
    });
  });
});

describe('one delivery', () => {
  it('is sent once when two people press the button at the same moment', async () => {
    const [id = ''] = bench.world.add(1);
    const answers = await Promise.all([
      bench.startOne(id, person('ops')),
      bench.startOne(id, person('ops2')),
      bench.startOne(id, person('ops3')),
    ]);
    expect(answers.filter(({ joined }) => !joined)).toHaveLength(1);
    expect(new Set(answers.map(({ operation }) => operation.id)).size).toBe(1);
    const { operation } = await bench.startOne(id, person('late'));
    await bench.runUntil(bench.runner(), operation.id, FINAL);
    expect(bench.world.sends).toHaveLength(1);
    expect(await bench.service.get(operation.id)).toMatchObject({ state: 'completed', counts: { applied: 1 } });
    expect(await activeClaims()).toBe(0);
  });

  it('goes out with attempt number and key, and is done only when the target says so', async () => {
    const [id = ''] = bench.world.add(1);
    bench.world.onArrival = () => 'silent';
    const { operation } = await bench.startOne(id);
    const runner = bench.runner();
    await bench.round(runner);
    await bench.round(runner);
    expect(bench.world.asks).toEqual([
      { deliveryId: id, key: `${operation.id}:${id}`, attempt: 2, path: '/resend', system: 'site' },
    ]);
    expect((await bench.service.get(operation.id)).state).toBe('running');
    bench.world.apply(id);
    await bench.round(runner);
    expect((await bench.service.get(operation.id)).state).toBe('completed');
    expect((await itemsOf(operation.id))[0]).toMatchObject({ state: 'applied', confirmedBy: 'event', attempt: 2 });
  });

  it('is not sent when the target has it already', async () => {
    const [id = ''] = bench.world.add(1);
    bench.world.atTarget.set(id, 1);
    const { operation } = await bench.startOne(id);
    await bench.runUntil(bench.runner(), operation.id, FINAL);
    expect(bench.world.asks).toEqual([]);
    expect(await bench.service.get(operation.id)).toMatchObject({ state: 'completed', counts: { alreadyApplied: 1 } });
    expect(bench.world.get(id).state).toBe('applied');
  });

  it('is in doubt after the time-out and proved by the target afterwards', async () => {
    const [id = ''] = bench.world.add(1);
    bench.world.onArrival = () => 'silent';
    const { operation } = await bench.startOne(id);
    const runner = bench.runner();
    await bench.round(runner);
    await bench.round(runner, 61_000);
    expect((await bench.service.get(operation.id)).counts.inDoubt).toBe(1);
    expect(bench.world.get(id).state).toBe('in_doubt');
    // The acknowledgement was lost, the document is there.
    bench.world.atTarget.set(id, 1);
    await bench.runUntil(runner, operation.id, FINAL);
    expect((await itemsOf(operation.id))[0]).toMatchObject({ state: 'applied', confirmedBy: 'verification' });
    const { log } = await bench.service.get(operation.id);
    // The end of the stage is noted by the round that sees it first, before or behind.
    expect(
      log
        .map(({ code }) => code)
        .filter((code) => code !== 'stage_passed')
        .slice(0, 3),
    ).toEqual(['completed', 'item_verified', 'item_in_doubt']);
    expect(bench.world.sends).toHaveLength(1);
  });

  it('ends as delivered, not as absent, when the target has it but never posts it', async () => {
    const [id = ''] = bench.world.add(1);
    bench.world.onArrival = () => 'silent';
    const { operation } = await bench.startOne(id);
    const runner = bench.runner();
    await bench.round(runner);
    bench.world.unposted.add(id);
    await bench.round(runner, 61_000);
    await bench.round(runner, bench.context.settings.doubtWindowMs);
    await bench.runUntil(runner, operation.id, FINAL);
    expect((await itemsOf(operation.id))[0]).toMatchObject({
      state: 'failed',
      confirmedBy: 'verification',
      error: { code: 'target.not_posted' },
    });
    expect(bench.world.get(id).state).toBe('delivered');
  });

  it('fails when the target does not have it by the end of the search, and late news still win', async () => {
    const [id = ''] = bench.world.add(1);
    bench.world.onArrival = () => 'silent';
    const { operation } = await bench.startOne(id);
    const runner = bench.runner();
    await bench.round(runner);
    await bench.round(runner, 61_000);
    await bench.round(runner, bench.context.settings.doubtWindowMs);
    await bench.round(runner);
    expect(await bench.service.get(operation.id)).toMatchObject({
      state: 'completed_with_failures',
      counts: { failed: 1 },
    });
    expect(await activeClaims()).toBe(0);
    bench.world.apply(id);
    await bench.round(runner, 10_000);
    await bench.round(runner);
    expect(await bench.service.get(operation.id)).toMatchObject({
      state: 'completed',
      counts: { applied: 1, failed: 0 },
    });
  });

  it('stays unknown where nobody can be asked', async () => {
    const [id = ''] = bench.world.add(1, { flow: 'stock' });
    bench.world.onArrival = () => 'silent';
    const { operation } = await bench.startOne(id);
    const runner = bench.runner();
    await bench.round(runner);
    await bench.round(runner, 61_000);
    await bench.round(runner);
    expect(await bench.service.get(operation.id)).toMatchObject({
      state: 'completed_with_failures',
      counts: { inDoubt: 1 },
    });
    expect(await activeClaims()).toBe(0);
  });

  it('is asked for again with the same key when the request was lost on the way', async () => {
    const [id = ''] = bench.world.add(1);
    bench.world.onAsk = (_id, nth) => (nth < 3 ? unreachable(true) : null);
    const { operation } = await bench.startOne(id);
    await bench.runUntil(bench.runner(), operation.id, FINAL);
    expect(new Set(bench.world.asks.map(({ key, attempt }) => `${key} ${attempt}`)).size).toBe(1);
    expect(bench.world.sends).toHaveLength(1);
    expect((await bench.service.get(operation.id)).state).toBe('completed');
  });

  it('fails at once when the source refuses it', async () => {
    const [id = ''] = bench.world.add(1);
    bench.world.onAsk = () => refused();
    const { operation } = await bench.startOne(id);
    await bench.runUntil(bench.runner(), operation.id, FINAL);
    expect((await itemsOf(operation.id))[0]).toMatchObject({ state: 'failed', error: { code: 'source.not_found' } });
    expect(bench.world.get(id).state).toBe('failed');
  });

  it('can be verified by hand', async () => {
    const [id = ''] = bench.world.add(1, { state: 'in_doubt' });
    expect(await verifyDelivery(bench.context, id, person('ops'))).toMatchObject({ outcome: 'absent', system: 'ut' });
    bench.world.atTarget.set(id, 1);
    expect(await verifyDelivery(bench.context, id, person('ops'))).toMatchObject({ outcome: 'applied' });
    expect(bench.world.get(id).state).toBe('applied');
    await expect(verifyDelivery(bench.context, 'nobody', person('ops'))).rejects.toMatchObject({
      code: 'delivery.not_found',
    });
  });
});

describe('many deliveries', () => {
  it('go one, ten, the rest, and end as completed', async () => {
    const ids = bench.world.add(40);
    const { id } = await bench.startMany(ids);
    const runner = bench.runner();
    const seen: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      await bench.round(runner, 1_000);
      seen.push(bench.world.sends.length);
    }
    expect(seen[0]).toBe(1);
    expect(Math.max(...seen.filter((count) => count > 1).slice(0, 1))).toBeLessThanOrEqual(11);
    await bench.runUntil(runner, id, FINAL);
    const done = await bench.service.get(id);
    expect(done).toMatchObject({ state: 'completed', counts: { total: 40, applied: 40 }, etaMs: 0 });
    expect(done.stages.map(({ state, size, finished }) => [state, size, finished])).toEqual([
      ['passed', 1, 1],
      ['passed', 10, 10],
      ['passed', 29, 29],
    ]);
    // Requests of one round are on their way together; the stages follow each other.
    const sent = bench.world.sends.map(({ deliveryId }) => deliveryId);
    expect(sent[0]).toBe(ids[0]);
    expect(sent.slice(1, 11).sort()).toEqual(ids.slice(1, 11));
    expect([...sent].sort()).toEqual(ids);
    expect(done.log.map(({ code }) => code)).toEqual([
      'completed',
      'stage_passed',
      'stage_passed',
      'started',
      'planned',
    ]);
    expect(await activeClaims()).toBe(0);
    expect((await verifyAudit(database.db)).intact).toBe(true);
    const series = await seriesOf(database.db, { id, from: bench.now - 60_000, to: bench.now });
    expect(series.buckets.reduce((sum, bucket) => sum + bucket.applied, 0)).toBe(40);
    expect((await itemsCsv(database.db, id)).trimEnd().split('\r\n')).toHaveLength(41);
  });

  it('keep the chosen rate behind the canary', async () => {
    const ids = bench.world.add(150);
    const { id } = await bench.startMany(ids);
    await bench.service.setRate(id, 10, person('ops'));
    const runner = bench.runner();
    while (bench.world.sends.length <= 15) await bench.round(runner, 250);
    const before = bench.world.sends.length;
    for (let n = 0; n < 40; n += 1) await bench.round(runner, 250);
    expect(bench.world.sends.length - before).toBe(100);
  });

  it('slow down while the source answers slowly, and say so', async () => {
    const ids = bench.world.add(150, { flow: 'stock' });
    const { id } = await bench.startMany(ids);
    const runner = bench.runner();
    let answerMs = 2_500;
    bench.world.onAsk = () => {
      bench.now += answerMs;
      return null;
    };
    while ((await bench.service.get(id)).rate.effectivePerSecond === 20) await bench.round(runner);
    const slowed = await bench.service.get(id);
    expect(slowed.rate).toMatchObject({ perSecond: 20, effectivePerSecond: 15 });
    expect(slowed.log[0]).toMatchObject({ code: 'rate_lowered', data: { from: 20, to: 15 } });
    answerMs = 0;
    await bench.runUntil(runner, id, FINAL);
    expect((await bench.service.get(id)).counts.applied).toBe(150);
  });

  it('are sent once even when two runners work at the same time', async () => {
    const ids = bench.world.add(40);
    const { id } = await bench.startMany(ids);
    const runners = [bench.runner(), bench.runner(), bench.runner()];
    for (let n = 0; n < 100 && !FINAL.includes((await bench.service.get(id)).state); n += 1) {
      bench.now += 500;
      await Promise.all(runners.map((runner) => runner.tick()));
      await Promise.all(runners.map((runner) => runner.idle()));
      bench.world.settle();
    }
    expect(await bench.service.get(id)).toMatchObject({ state: 'completed', counts: { total: 40 } });
    expect(bench.world.sends).toHaveLength(40);
    expect(new Set(bench.world.asks.map(({ key }) => key)).size).toBe(40);
  });

  it('stop at the canary when it fails, go on when a person says so', async () => {
    const ids = bench.world.add(30);
    bench.world.onArrival = (deliveryId) => (deliveryId === ids[0] ? 'failed' : 'applied');
    const { id } = await bench.startMany(ids);
    const runner = bench.runner();
    await bench.runUntil(runner, id, ['stopped']);
    expect(bench.world.sends).toHaveLength(1);
    expect(await bench.service.get(id)).toMatchObject({
      stopRule: { failures: 1, broken: true },
      counts: { pending: 29 },
    });
    await bench.service.resume(id, 'знаем об этом', person('ops'));
    await bench.runUntil(runner, id, FINAL);
    expect(await bench.service.get(id)).toMatchObject({
      state: 'completed_with_failures',
      counts: { applied: 29, failed: 1 },
    });
  });

  it('stop in the middle when the share passes five per cent', async () => {
    const ids = bench.world.add(200);
    bench.world.onArrival = (deliveryId) => (ids.indexOf(deliveryId) >= 60 ? 'failed' : 'applied');
    const { id } = await bench.startMany(ids);
    await bench.runUntil(bench.runner(), id, ['stopped']);
    const stopped = await bench.service.get(id);
    expect(stopped.counts.failed).toBeGreaterThan(0);
    expect(stopped.counts.pending).toBeGreaterThan(100);
  });

  it('keep the order of one document and never have two of it on the way', async () => {
    bench.world.add(6, { prefix: 'k', businessKey: 'ЗК-1' });
    const ids = [...bench.world.deliveries.keys()];
    const { id } = await bench.startMany(ids);
    const runner = bench.runner();
    for (let n = 0; n < 60 && !FINAL.includes((await bench.service.get(id)).state); n += 1) {
      bench.now += 500;
      await runner.tick();
      await runner.idle();
      expect((await bench.service.get(id)).counts.inProgress).toBeLessThanOrEqual(1);
      bench.world.settle();
    }
    expect(bench.world.sends.map(({ deliveryId }) => deliveryId)).toEqual(ids);
    expect((await bench.service.get(id)).state).toBe('completed');
  });

  it('do not overtake a failed message of the same document', async () => {
    bench.world.add(3, { prefix: 'k', businessKey: 'ЗК-1' });
    bench.world.add(30, { prefix: 'x', occurredAt: 5_000 });
    bench.world.onArrival = (deliveryId) => (deliveryId === 'k0002' ? 'failed' : 'applied');
    const { id } = await bench.startMany([...bench.world.deliveries.keys()]);
    const runner = bench.runner();
    for (let n = 0; n < 100; n += 1) {
      await bench.round(runner);
      const { state } = await bench.service.get(id);
      if (state === 'stopped') await bench.service.resume(id, null, person('ops'));
      if (FINAL.includes(state)) break;
    }
    const byId = new Map((await itemsOf(id)).map((item) => [item.deliveryId, item]));
    expect(byId.get('k0001')?.state).toBe('applied');
    expect(byId.get('k0002')?.state).toBe('failed');
    expect(byId.get('k0003')).toMatchObject({
      state: 'skipped',
      reason: 'previous_failed',
      waitsFor: { deliveryId: 'k0002' },
    });
    expect(bench.world.get('k0003').state).toBe('failed');
  });

  it('do not wait for one that arrived by itself before the start', async () => {
    const ids = bench.world.add(2, { prefix: 'k', businessKey: 'ЗК-1' });
    const { operation } = await bench.service.plan({ verb: 'resend', selection: { deliveryIds: ids } }, person('ops'));
    bench.world.apply(ids[0] ?? '');
    await bench.service.start(operation.id, { reason: 'надо' }, person('ops'));
    await bench.runUntil(bench.runner(), operation.id, FINAL);
    expect((await itemsOf(operation.id)).map(({ state }) => state)).toEqual(['skipped', 'applied']);
  });

  it('send no two records of one document at the same time, under whatever keys they went', async () => {
    bench.world.add(1, { prefix: 'a', businessKey: 'ЗК-1', record: { key: 'a', partition: 'p/0', offset: '1' } });
    bench.world.add(1, { prefix: 'b', businessKey: 'ЗК-1', record: { key: 'b', partition: 'p/1', offset: '1' } });
    bench.world.onArrival = () => 'silent';
    const ids = [...bench.world.deliveries.keys()];
    const { id } = await bench.startMany(ids);
    const runner = bench.runner();
    for (let n = 0; n < 5; n += 1) await bench.round(runner, 1_000);
    // The first of them is the canary: it gets through, and then the other is sent.
    expect(bench.world.sends).toHaveLength(1);
    bench.world.apply('a0001');
    bench.world.onArrival = () => 'applied';
    await bench.runUntil(runner, id, FINAL);
    expect(bench.world.sends.map(({ deliveryId }) => deliveryId)).toEqual(ids);
  });

  it.each([
    { shared: 'document', verb: 'reExport' as const, second: { businessKey: 'ЗК-1' } },
    { shared: 'document', verb: 'resend' as const, second: { businessKey: 'ЗК-1' } },
    { shared: 'record key', verb: 'resend' as const, second: { businessKey: 'ЗК-2', key: 'dealer' } },
  ])('and a $verb of another message of the $shared waits until a record is through', async ({ verb, second }) => {
    const { businessKey, key = 'shop' } = second;
    const place = { partition: 'p/0', offset: '1' };
    bench.world.add(1, { prefix: 'a', businessKey: 'ЗК-1', record: { key: 'dealer', ...place } });
    bench.world.add(1, { prefix: 'b', businessKey, record: { key, ...place } });
    bench.world.onArrival = () => 'silent';
    const first = await bench.startMany(['a0001']);
    const runner = bench.runner();
    await bench.round(runner, 1_000);
    const { operation } = await bench.service.plan(
      { verb, selection: { deliveryIds: ['b0001'] }, start: { reason: 'повторяем' } },
      person('ops'),
    );
    for (let n = 0; n < 5; n += 1) await bench.round(runner, 1_000);
    expect(bench.world.sends.map(({ deliveryId }) => deliveryId)).toEqual(['a0001']);
    bench.world.apply('a0001');
    bench.world.onArrival = () => 'applied';
    await bench.runUntil(runner, operation.id, FINAL);
    await bench.runUntil(runner, first.id, FINAL);
    expect(bench.world.sends.map(({ deliveryId }) => deliveryId)).toEqual(['a0001', 'b0001']);
  });

  it('of two operations never send one document at the same time', async () => {
    bench.world.add(2, { prefix: 'k', businessKey: 'ЗК-1' });
    bench.world.onArrival = () => 'silent';
    const first = await bench.startMany(['k0001']);
    const second = await bench.startMany(['k0002']);
    const runner = bench.runner();
    for (let n = 0; n < 5; n += 1) await bench.round(runner, 1_000);
    expect(bench.world.sends).toHaveLength(1);
    // Either operation may have been the quicker one.
    const [sent] = bench.world.sends.map(({ deliveryId }) => deliveryId);
    bench.world.apply(sent ?? '');
    bench.world.onArrival = () => 'applied';
    await bench.runUntil(runner, first.id, FINAL);
    await bench.runUntil(runner, second.id, FINAL);
    expect((await bench.service.get(first.id)).state).toBe('completed');
    expect((await bench.service.get(second.id)).state).toBe('completed');
    expect(bench.world.sends).toHaveLength(2);
  });

  it.each([
    { type: ASKED_OF.ut, held: null },
    { type: ASKED_OF.crm, held: 'crm' },
    { type: 'Письмо', held: null },
  ])('about «$type» hold for $held while the target of another document type is away', async ({ type, held }) => {
    bench.world.away.add('crm');
    const { id } = await bench.startMany(bench.world.add(2, { flow: 'approvals', documentType: type }));
    const runner = bench.runner();
    for (let n = 0; n < 8; n += 1) await bench.round(runner);
    expect(await bench.service.get(id)).toMatchObject(
      held === null ? { state: 'completed', holdingFor: null } : { state: 'holding', holdingFor: { system: held } },
    );
    bench.world.away.clear();
    await bench.runUntil(runner, id, FINAL);
    expect(bench.world.sends).toHaveLength(2);
  });

  it('of several document types hold only while something is left that the target which is away is asked about', async () => {
    const [asked = ''] = bench.world.add(1, { prefix: 'a', flow: 'approvals', documentType: ASKED_OF.crm });
    const others = bench.world.add(3, { prefix: 'b', flow: 'approvals', documentType: ASKED_OF.ut, occurredAt: 5_000 });
    const { id } = await bench.startMany([asked, ...others]);
    const runner = bench.runner();
    for (let n = 0; n < 10 && bench.world.get(asked).state !== 'applied'; n += 1) await bench.round(runner);
    bench.world.away.add('crm');
    await bench.runUntil(runner, id, FINAL);
    expect(await bench.service.get(id)).toMatchObject({ state: 'completed', counts: { applied: 4 } });
  });

  it('hold while the circuit is open and drain afterwards', async () => {
    const ids = bench.world.add(5);
    bench.world.circuit = 'open';
    const { id } = await bench.startMany(ids);
    const runner = bench.runner();
    for (let n = 0; n < 5; n += 1) await bench.round(runner);
    expect(await bench.service.get(id)).toMatchObject({ state: 'holding', holdingFor: { system: 'site' } });
    expect(bench.world.asks).toEqual([]);
    bench.world.circuit = 'closed';
    await bench.runUntil(runner, id, FINAL);
    const done = await bench.service.get(id);
    expect(done).toMatchObject({ state: 'completed', counts: { applied: 5 }, holdingFor: null });
    expect(done.log.map(({ code }) => code)).toEqual(expect.arrayContaining(['circuit_opened', 'circuit_closed']));
  });

  it('pause and resume; cancel lets what is under way end and returns the rest', async () => {
    const ids = bench.world.add(30);
    bench.world.onArrival = () => 'silent';
    const { id } = await bench.startMany(ids);
    const runner = bench.runner();
    await bench.round(runner);
    expect((await bench.service.pause(id, 'обед', person('ops'))).state).toBe('paused');
    bench.world.apply(ids[0] ?? '');
    for (let n = 0; n < 5; n += 1) await bench.round(runner);
    expect(bench.world.sends).toHaveLength(1);
    await bench.service.resume(id, null, person('ops'));
    for (let n = 0; n < 5; n += 1) await bench.round(runner, 1_000);
    expect(bench.world.sends).toHaveLength(11);
    expect((await bench.service.cancel(id, 'хватит', person('ops2'))).state).toBe('cancelling');
    await bench.round(runner);
    expect(await bench.service.get(id)).toMatchObject({
      state: 'cancelling',
      counts: { returned: 19, inProgress: 10 },
    });
    for (const deliveryId of ids.slice(1, 11)) bench.world.apply(deliveryId);
    await bench.round(runner);
    expect(await bench.service.get(id)).toMatchObject({ state: 'cancelled', counts: { applied: 11, returned: 19 } });
    expect(bench.world.get(ids[20] ?? '').state).toBe('failed');
    expect(await activeClaims()).toBe(0);
    await expect(bench.service.pause(id, null, person('ops'))).rejects.toMatchObject({ code: 'operation.wrong_state' });
    const again = await bench.service.plan(
      { verb: 'resend', selection: { operationId: id, outcomes: ['returned'] } },
      person('ops'),
    );
    expect(again.operation.plan.eligible).toBe(19);
  });

  it('are not given back by a cancel when their request may have arrived', async () => {
    const ids = bench.world.add(2);
    bench.world.onAsk = () => unreachable(true);
    bench.world.onArrival = () => 'silent';
    const { id } = await bench.startMany(ids);
    const runner = bench.runner();
    await bench.round(runner);
    await bench.service.cancel(id, null, person('ops'));
    await bench.round(runner);
    expect(await bench.service.get(id)).toMatchObject({ state: 'cancelling', counts: { inProgress: 1, returned: 1 } });
    for (let n = 0; n < 10; n += 1) await bench.round(runner, 20_000);
    expect(await bench.service.get(id)).toMatchObject({ state: 'cancelled', counts: { inDoubt: 1, returned: 1 } });
    expect(await activeClaims()).toBe(0);
  });

  it('are discarded and restored without anything being sent', async () => {
    const ids = bench.world.add(3);
    const discard = await bench.startMany(ids, 'discard');
    const runner = bench.runner();
    await bench.runUntil(runner, discard.id, FINAL);
    expect(await bench.service.get(discard.id)).toMatchObject({ state: 'completed', counts: { done: 3 } });
    expect(ids.map((id) => bench.world.get(id).state)).toEqual(['discarded', 'discarded', 'discarded']);
    const restore = await bench.startMany(ids, 'restore');
    await bench.runUntil(runner, restore.id, FINAL);
    expect(ids.map((id) => bench.world.get(id).state)).toEqual(['failed', 'failed', 'failed']);
    expect(bench.world.asks).toEqual([]);
  });
});

describe('what no system has sent a message of', () => {
  it('is left out of a resend with the reason, and goes into another export planned of it', async () => {
    const sent = bench.world.add(2, { prefix: 'sent' });
    const unsent = bench.world.add(3, { prefix: 'unsent', obstacle: 'no_message' });
    const gone = bench.world.add(1, { prefix: 'gone', state: 'applied' });
    const { operation } = await bench.service.plan(
      { verb: 'resend', selection: { deliveryIds: [...sent, ...unsent, ...gone] } },
      person('ops'),
    );
    expect(operation.plan).toMatchObject({
      eligible: 2,
      ineligible: [
        { reason: 'no_message', count: 3 },
        { reason: 'already_applied', count: 1 },
      ],
    });
    const { operation: instead } = await bench.service.plan(
      {
        verb: 'reExport',
        selection: { operationId: operation.id, outcomes: ['ineligible'], reasons: ['no_message'] },
      },
      person('ops'),
    );
    expect(instead.plan).toMatchObject({ total: 3, eligible: 3, ineligible: [] });
  });

  it('is offered another export only where its flow has one', async () => {
    const unsent = bench.world.add(3, { prefix: 'unsent', obstacle: 'no_message' });
    const elsewhere = bench.world.add(2, { prefix: 'elsewhere', flow: 'stock', obstacle: 'no_message' });
    const planned = async (deliveryIds: string[]) =>
      (await bench.service.plan({ verb: 'resend', selection: { deliveryIds } }, person('ops'))).operation;
    expect(await planned([...unsent, ...elsewhere])).toMatchObject({
      plan: { ineligible: [{ reason: 'no_message', count: 5 }] },
      exportable: 3,
    });
    expect(await planned(elsewhere)).toMatchObject({ exportable: 0 });
  });
});

describe('the reason of an operation over messages that carry people', () => {
  it('is shown without names, in the list, on its page and in its log', async () => {
    const [id = ''] = bench.world.add(1, { flow: 'staff', prefix: 'staff' });
    const { operation } = await bench.service.plan(
      { verb: 'resend', selection: { deliveryIds: [id] }, start: { reason: 'карточка Лаптевой исправлена' } },
      person('ops'),
    );
    const shown = await bench.service.get(operation.id);
    expect(shown.reason).toBe('карточка ‹…› исправлена');
    expect(shown.log.map(({ data }) => data.reason)).toContain('карточка ‹…› исправлена');
    expect(JSON.stringify(shown)).not.toContain('Лаптев');
    const { rows } = await sql<{ reason: string }>`
      select reason from audit_entry where action = 'operation.start' and object_id = ${operation.id}`.execute(
      bench.context.db,
    );
    expect(rows).toEqual([{ reason: 'карточка Лаптевой исправлена' }]);
  });
});
