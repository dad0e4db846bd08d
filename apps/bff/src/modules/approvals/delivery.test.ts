import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { inTransaction } from '../../platform/db/database.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { verifyAudit } from '../audit/index.ts';
import { claimOutbox } from './decision-store.ts';
import { deliverDue } from './outbox.ts';
import { anna, type Bench, startBench } from './testing/bench.ts';
import { NOTHING } from './testing/fake-ut.ts';

let database: TestDatabase;
let bench: Bench;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await sql`truncate approval_request, approval_version, approval_decision, approval_question, approval_outbox,
    approval_attempt, approval_seen, approval_source, sla_clock, sla_clock_fact, sla_mark cascade`.execute(database.db);
  bench = await startBench(database.db);
});
afterEach(() => bench.close());

const decided = async () => {
  const made = bench.request();
  await bench.poll();
  const id = await bench.idOf(made.processRef);
  await bench.service.decide(id, { decision: 'approve', version: 1 }, anna);
  bench.pass(10_000);
  return { ...made, id };
};
const deliveries = async (id: string) => {
  const { decision } = await bench.card(id);
  return Object.fromEntries((decision?.deliveries ?? []).map((one) => [one.system, one]));
};
const LEASE_MS = 60_000;
const executions = (): number => bench.ut.seen.filter(({ url }) => url.includes('/ExecuteTask')).length;

describe('delivery of a decision', () => {
  it('waits for ELMA and reaches it once when it is back', async () => {
    const { id, item } = await decided();
    bench.elma.faults.down = true;
    await bench.deliver();
    expect(await deliveries(id)).toMatchObject({
      ut: { state: 'delivered', attempts: 1 },
      elma: { state: 'failed', attempts: 1, error: { code: 'source.not_ready' } },
    });
    for (let round = 0; round < 5; round += 1) {
      bench.pass(60_000);
      await bench.deliver();
    }
    bench.elma.faults.down = false;
    bench.pass(60_000);
    await bench.deliver();
    bench.pass(60_000);
    expect(await bench.deliver()).toBe(0);
    expect(await deliveries(id)).toMatchObject({ elma: { state: 'delivered', attempts: 7, error: null } });
    expect(item.status).toBe('approved');
    expect(bench.elma.statusCalls).toEqual(['approved']);
  });

  it('brings to 1С what is due while ELMA keeps everybody waiting', async () => {
    const { id } = await decided();
    const hold = Promise.withResolvers<void>();
    bench.elma.answer(async () => {
      await hold.promise;
      return { status: 503, body: '' };
    });
    const slow = bench.deliverOnly('elma');
    expect(await bench.deliverOnly('ut')).toBe(1);
    expect(await deliveries(id)).toMatchObject({ ut: { state: 'delivered' }, elma: { state: 'delivering' } });
    hold.resolve();
    await slow;
    expect(await deliveries(id)).toMatchObject({ elma: { state: 'failed' } });
  });

  it('leaves what 1С waits for to others while its password is refused here, and goes on at the release', async () => {
    const { id } = await decided();
    bench.ut.faults.meets = async () => ({ status: 401, body: '' });
    await bench.pollUt().catch(() => undefined);
    expect(bench.context.connectors.state('ut')?.login).toMatchObject({ refusals: 1 });
    bench.pass(60_000);
    expect(await bench.deliverOnly('ut')).toBe(0);
    expect(await deliveries(id)).toMatchObject({ ut: { state: 'pending', attempts: 0 } });
    bench.ut.faults.meets = NOTHING;
    await bench.releaseLogin('ut');
    expect(await bench.deliverOnly('ut')).toBe(1);
    expect(await deliveries(id)).toMatchObject({ ut: { state: 'delivered' } });
  });

  it('does it once when the answer of 1С is lost behind the execution', async () => {
    const { id } = await decided();
    bench.ut.faults.executeDies = true;
    await bench.deliver();
    expect(await deliveries(id)).toMatchObject({ ut: { state: 'failed', error: { code: 'source.timeout' } } });
    bench.pass(60_000);
    await bench.deliver();
    expect(await deliveries(id)).toMatchObject({ ut: { state: 'delivered', attempts: 2 } });
    expect(executions()).toBe(1);
  });

  it('does it once when the answer of ELMA is lost behind the status', async () => {
    const { id } = await decided();
    bench.elma.faults.statusDies = true;
    await bench.deliver();
    bench.elma.faults.statusDies = false;
    bench.pass(60_000);
    await bench.deliver();
    expect(await deliveries(id)).toMatchObject({ elma: { state: 'delivered', attempts: 2 } });
    expect(bench.elma.statusCalls).toEqual(['approved']);
  });

  it('goes on after a process died holding the deliveries', async () => {
    const { id } = await decided();
    // Claimed, and then nothing more is heard: the process was killed before it sent anything.
    const claim = { now: bench.now(), leaseMs: LEASE_MS, limit: 8, except: [] };
    await inTransaction(database.db, (tx) => claimOutbox(tx, claim));
    expect(await bench.deliver()).toBe(0);
    bench.pass(LEASE_MS);
    expect(await bench.deliver()).toBe(2);
    expect(await deliveries(id)).toMatchObject({
      ut: { state: 'delivered', attempts: 2 },
      elma: { state: 'delivered', attempts: 2 },
    });
    const { rows } = await sql<{ outcome: string }>`select outcome from approval_attempt order by number`.execute(
      database.db,
    );
    expect(rows.map(({ outcome }) => outcome)).toEqual(['lost', 'lost', 'delivered', 'delivered']);
  });

  it('does not do it again after a process died between the deed and its record', async () => {
    const { id } = await decided();
    await bench.deliver();
    // The record of the outcome never reached the database.
    await sql`update approval_outbox set state = 'delivering', next_at = ${new Date(bench.now())},
      leased_until = ${new Date(bench.now() + LEASE_MS)}`.execute(database.db);
    bench.pass(LEASE_MS);
    await bench.deliver();
    expect(await deliveries(id)).toMatchObject({ ut: { state: 'delivered' }, elma: { state: 'delivered' } });
    expect(executions()).toBe(1);
    expect(bench.elma.statusCalls).toEqual(['approved']);
  });

  it('overwrites nobody: a decision that stands elsewhere is a conflict with who and when', async () => {
    const { id, item, task } = await decided();
    bench.elma.set(item, 'rejected', { decided_by: 'Зайцев Павел' });
    task.РезультатВыполнения = 'Не согласовано: нет';
    bench.ut.execute(task);
    await bench.deliver();
    expect(await deliveries(id)).toMatchObject({
      elma: { state: 'conflict', conflict: { decision: 'rejected', by: 'Зайцев Павел' }, nextAt: null },
      ut: { state: 'conflict', conflict: { decision: 'Не согласовано: нет', by: 'Белов Сергей' } },
    });
    expect(item.status).toBe('rejected');
    await bench.poll();
    expect((await bench.card(id)).decision).toMatchObject({ verdict: 'approve', decidedIn: 'pult' });
    bench.pass(600_000);
    expect(await bench.deliver()).toBe(0);
  });

  it('takes its own id in ELMA for nothing when somebody set another status beside it', async () => {
    const { id, item } = await decided();
    // Our fields were written, setting the status failed, and a manager rejected in ELMA.
    const own = (await bench.card(id)).decision?.id;
    bench.elma.set(item, 'rejected', { pult_decision_id: own, decided_by: 'Кравцова Анна', decision: 'approve' });
    await bench.deliver();
    expect(await deliveries(id)).toMatchObject({
      elma: { state: 'conflict', conflict: { decision: 'rejected', by: null } },
    });
    expect(bench.elma.statusCalls).toEqual([]);
  });

  it('takes its own mark in 1С for nothing when the task was executed with another result', async () => {
    const { id, task, process } = await decided();
    const own = (await bench.card(id)).decision?.id;
    task.РезультатВыполнения = `Согласовано: Кравцова Анна [pult:${own}]`;
    bench.ut.execute(task);
    // The user chose the other button; our text stayed where it was.
    process.РезультатСогласования = 'НеСогласовано';
    await bench.deliver();
    expect(await deliveries(id)).toMatchObject({
      ut: { state: 'conflict', conflict: { decision: 'Не согласовано', by: 'Белов Сергей' } },
    });
  });

  it('believes the step of its own in a process that went another way later', async () => {
    const { id, task, process } = await decided();
    const own = (await bench.card(id)).decision?.id;
    task.РезультатВыполнения = `Согласовано: Кравцова Анна [pult:${own}]`;
    bench.ut.execute(task);
    const steps = process.РезультатыСогласования as Record<string, unknown>[];
    process.РезультатыСогласования = steps.map((step) => ({ ...step, РезультатСогласования: 'Согласовано' }));
    process.РезультатСогласования = 'НеСогласовано';
    await bench.deliver();
    expect(await deliveries(id)).toMatchObject({ ut: { state: 'delivered' } });
  });

  it('writes its result anew where somebody changed the text beside the mark', async () => {
    const { id, task, process } = await decided();
    const own = (await bench.card(id)).decision?.id;
    task.РезультатВыполнения = `Не согласовано: подождём [pult:${own}]`;
    await bench.deliver();
    expect(await deliveries(id)).toMatchObject({ ut: { state: 'delivered' } });
    expect(process.РезультатСогласования).toBe('Согласовано');
  });

  it('waits for ELMA to learn of a request that it does not know yet', async () => {
    const made = bench.ut.request('ЭТ-1', [{ discount: 9 }]);
    await bench.poll();
    const id = await bench.idOf(made.processRef);
    await bench.service.decide(id, { decision: 'approve', version: 1 }, anna);
    bench.pass(10_000);
    await bench.deliver();
    expect(await deliveries(id)).toMatchObject({ elma: { state: 'failed', error: { code: 'source.not_found' } } });
    bench.elma.add({ ut_process_ref: made.processRef, kind: 'discount' });
    bench.pass(60_000);
    await bench.deliver();
    expect(await deliveries(id)).toMatchObject({ elma: { state: 'delivered' }, ut: { state: 'delivered' } });
  });

  it('leaves an unbroken audit of every step', async () => {
    await decided();
    await bench.deliver();
    const { rows } = await sql<{ action: string }>`select action from audit_entry order by id desc limit 3`.execute(
      database.db,
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'approval.decision_delivered',
      'approval.decision_delivered',
      'approval.approve',
    ]);
    expect((await verifyAudit(database.db)).intact).toBe(true);
  });

  it('lets two workers share the work without doubling it', async () => {
    const made = Array.from({ length: 6 }, () => bench.request());
    await bench.poll();
    for (const { processRef } of made)
      await bench.service.decide(await bench.idOf(processRef), { decision: 'approve', version: 1 }, anna);
    bench.pass(10_000);
    const [a, b] = await Promise.all([bench.deliver(), bench.deliver()]);
    expect(a + b).toBe(12);
    expect(bench.elma.statusCalls).toHaveLength(6);
    expect(executions()).toBe(6);
  });
});

describe('a decision and the lines it was made on', () => {
  const WORSE = [{ discount: 20 }];
  const AS_BEFORE = [{ discount: 12 }];
  const isDocument = (url: string): boolean => url.includes("/Document_ЗаказКлиента(guid'");

  it('is taken back when the reading of worse lines meets an attempt under way', async () => {
    const { id, change, task, item } = await decided();
    const hold = Promise.withResolvers<void>();
    const met = Promise.withResolvers<void>();
    // 1С is slow with one of the two, and the reading comes in between.
    let isFirst = true;
    bench.ut.faults.meets = async ({ url }) => {
      if (!isDocument(url) || !isFirst) return undefined;
      isFirst = false;
      met.resolve();
      await hold.promise;
      return undefined;
    };
    change(WORSE);
    const round = bench.deliver();
    await met.promise;
    await bench.pollUt();
    expect((await bench.card(id)).row).toMatchObject({ state: 'decided', version: 2 });
    hold.resolve();
    await round;
    expect((await bench.card(id)).row).toMatchObject({ state: 'open', version: 2 });
    bench.pass(120_000);
    expect(await bench.deliver()).toBe(0);
    expect(task.Executed).toBe(false);
    expect(item.status).toBe('in_progress');
  });

  it('is taken back by a later reading, though that one brings no new version', async () => {
    const { id, change } = await decided();
    const claim = { now: bench.now(), leaseMs: LEASE_MS, limit: 8, except: [] };
    await inTransaction(database.db, (tx) => claimOutbox(tx, claim));
    change(WORSE);
    await bench.pollUt();
    expect((await bench.card(id)).row).toMatchObject({ state: 'decided', version: 2 });
    // The attempts ended without a look at the lines, e.g. those of an earlier release.
    await sql`update approval_outbox set state = 'failed', leased_until = null`.execute(database.db);
    await bench.pollUt();
    expect((await bench.card(id)).row).toMatchObject({ state: 'open', version: 2 });
  });

  it('does not reach 1С on worse lines though ELMA has it, and goes on when they are as before', async () => {
    const { id, change, task } = await decided();
    await bench.deliverOnly('elma');
    change(WORSE);
    await bench.deliverOnly('ut');
    expect(await deliveries(id)).toMatchObject({
      elma: { state: 'delivered' },
      ut: { state: 'failed', error: { code: 'approval.version_changed' } },
    });
    await bench.pollUt();
    bench.pass(60_000);
    await bench.deliverOnly('ut');
    expect(await deliveries(id)).toMatchObject({ ut: { state: 'failed', attempts: 2 } });
    expect((await bench.card(id)).row.state).toBe('decided');
    expect(task.Executed).toBe(false);
    change(AS_BEFORE);
    await bench.pollUt();
    bench.pass(60_000);
    await bench.deliverOnly('ut');
    expect(await deliveries(id)).toMatchObject({ ut: { state: 'delivered' } });
  });

  it('reaches ELMA whatever becomes of the document once 1С has it', async () => {
    const { id, change } = await decided();
    await bench.deliverOnly('ut');
    change(WORSE);
    await bench.deliverOnly('elma');
    expect(await deliveries(id)).toMatchObject({ ut: { state: 'delivered' }, elma: { state: 'delivered' } });
  });

  it('does not leave for ELMA while 1С does not answer: people may be changing its lines', async () => {
    const { id, change, item } = await decided();
    // The interface is out of licences, people with the thick client go on.
    bench.ut.faults.down = true;
    change(WORSE);
    await bench.deliverOnly('elma');
    expect(item.status).toBe('in_progress');
    expect(await deliveries(id)).toMatchObject({
      elma: { state: 'failed', error: { code: 'source.not_ready', text: '1С:УТ: down' } },
    });
    bench.ut.faults.down = false;
    await bench.pollUt();
    expect((await bench.card(id)).row).toMatchObject({ state: 'open', version: 2 });
  });

  it('goes to both when 1С is back with the same lines', async () => {
    const { id } = await decided();
    bench.ut.faults.down = true;
    await bench.deliver();
    bench.ut.faults.down = false;
    bench.pass(60_000);
    await bench.deliver();
    expect(await deliveries(id)).toMatchObject({ ut: { state: 'delivered' }, elma: { state: 'delivered' } });
  });

  it('is not taken back when ELMA may have it: the answer was lost', async () => {
    const { id, change, task } = await decided();
    bench.elma.faults.statusDies = true;
    await bench.deliverOnly('elma');
    change(WORSE);
    await bench.pollUt();
    expect((await bench.card(id)).row).toMatchObject({ state: 'decided', version: 2 });
    bench.elma.faults.statusDies = false;
    bench.pass(60_000);
    await bench.deliver();
    expect(await deliveries(id)).toMatchObject({
      elma: { state: 'delivered', attempts: 2 },
      ut: { state: 'failed', error: { code: 'approval.version_changed' } },
    });
    await bench.poll();
    expect((await bench.card(id)).decision).toMatchObject({ version: 1, verdict: 'approve' });
    expect(task.Executed).toBe(false);
  });

  it('is taken back once ELMA says that what may have been sent never arrived', async () => {
    const { id, change, item } = await decided();
    bench.elma.faults.meets = async ({ url }) => (url.endsWith('/set-status') ? { status: 504, body: '' } : undefined);
    await bench.deliverOnly('elma');
    change(WORSE);
    await bench.pollUt();
    bench.pass(60_000);
    await bench.deliverOnly('elma');
    // Asked too early: the request may still be on its way.
    expect((await bench.card(id)).row.state).toBe('decided');
    bench.pass(61_000);
    await bench.deliverOnly('elma');
    expect((await bench.card(id)).row).toMatchObject({ state: 'open', version: 2 });
    expect(item.status).toBe('in_progress');
  });

  it('holds with its own lines when it turns up in ELMA behind being taken back, and 1С waits for it', async () => {
    const { id, change, item, task } = await decided();
    const first = (await bench.card(id)).decision;
    change(WORSE);
    await bench.pollUt();
    expect((await bench.card(id)).row.state).toBe('open');
    bench.elma.set(item, 'approved', { pult_decision_id: first?.id, decided_by: 'Кравцова Анна' });
    await bench.pollElma();
    const found = (await bench.card(id)).decision;
    expect(found).toMatchObject({ verdict: 'approve', decidedIn: 'pult', version: 1, by: first?.by });
    bench.pass(1_000);
    await bench.deliver();
    await bench.pollUt();
    expect(await deliveries(id)).toMatchObject({
      elma: { state: 'delivered' },
      ut: { state: 'failed', error: { code: 'approval.version_changed' } },
    });
    change(AS_BEFORE);
    await bench.pollUt();
    bench.pass(60_000);
    await bench.deliver();
    expect(await deliveries(id)).toMatchObject({ ut: { state: 'delivered' } });
    expect(task.Executed).toBe(true);
    expect((await verifyAudit(database.db)).intact).toBe(true);
  });

  it('is not what somebody else decided beside its id', async () => {
    const { id, change, item } = await decided();
    const first = (await bench.card(id)).decision;
    change(WORSE);
    await bench.pollUt();
    bench.elma.set(item, 'rejected', { pult_decision_id: first?.id, decided_by: 'Кравцова Анна' });
    await bench.pollElma();
    expect((await bench.card(id)).decision).toMatchObject({
      verdict: 'reject',
      decidedIn: 'elma',
      version: 2,
      by: null,
      deliveries: [],
    });
  });
});

describe('the lease of a delivery', () => {
  it('is kept as long as its worker lives, however long a system takes', async () => {
    const { id } = await decided();
    const short = 300;
    const hold = Promise.withResolvers<void>();
    bench.elma.faults.meets = async () => {
      await hold.promise;
      return undefined;
    };
    const slow = deliverDue(bench.context, short, 'elma');
    await vi.waitFor(async () => expect(await deliveries(id)).toMatchObject({ elma: { state: 'delivering' } }));
    for (let round = 0; round < 3; round += 1) {
      bench.pass(short - 100);
      const now = bench.now();
      await vi.waitFor(async () => {
        const { rows } = await sql<{ until: Date }>`
          select leased_until as until from approval_outbox where system = 'elma'`.execute(database.db);
        expect(rows[0]?.until.getTime()).toBe(now + short);
      });
      expect(await deliverDue(bench.context, short, 'elma')).toBe(0);
    }
    hold.resolve();
    await slow;
    expect(await deliveries(id)).toMatchObject({ elma: { state: 'delivered', attempts: 1 } });
  });

  it('lets no decision leave that another worker took over', async () => {
    const { id, item } = await decided();
    const hold = Promise.withResolvers<void>();
    const met = Promise.withResolvers<void>();
    bench.elma.faults.meets = async () => {
      met.resolve();
      await hold.promise;
      return undefined;
    };
    const stalled = bench.deliverOnly('elma');
    await met.promise;
    await sql`update approval_outbox set attempts = attempts + 1 where system = 'elma'`.execute(database.db);
    hold.resolve();
    await stalled;
    expect(item.context.pult_decision_id).toBeUndefined();
    expect(await deliveries(id)).toMatchObject({ elma: { state: 'delivering', attempts: 2 } });
  });
});
