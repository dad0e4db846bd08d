import { STOPPED_PAUSE_MS } from '@pult/shared/domain/operation/automatic-retry';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../platform/db/test-database.ts';
import type { Runner } from '../runner.ts';
import { listOperations } from '../store.ts';
import { allItems, Bench, emptyOperations, person } from '../testing/bench.ts';
import { circuitOpen } from '../testing/world.ts';
import { type AutomaticService, createAutomaticService } from './service.ts';

const MINUTE = 60_000;
const FLOW = 'parcels';
/** With a policy and two sources. */
const MANY = 'crates';

let database: TestDatabase;
let bench: Bench;
let automatic: AutomaticService;
let runner: Runner;
let auditFrom = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyOperations(database.db);
  await sql`truncate automatic_retry_switch`.execute(database.db);
  bench = new Bench(database.db);
  automatic = createAutomaticService(bench.context, bench.service);
  runner = bench.runner();
  auditFrom = (await audit()).length;
});
const audit = async () => {
  const { rows } = await sql<{ kind: string; action: string; reason: string | null }>`
    select actor_kind as kind, action, reason from audit_entry order by id`.execute(database.db);
  return rows;
};
/** What this test has left in the audit: nothing is ever taken out of it. */
const audited = async () => (await audit()).slice(auditFrom);

const list = (only: boolean | null = true) =>
  listOperations(database.db, {
    before: null,
    limit: 100,
    states: null,
    open: null,
    verb: null,
    flow: null,
    createdBy: null,
    automatic: only,
    deliveryId: null,
  });
const parcels = (count: number, options: Parameters<Bench['world']['add']>[1] = {}) =>
  bench.world.add(count, { flow: FLOW, ...options });
/** So much time passes, in which Pult looks for what is due and carries it out. */
const pass = async (ms: number, step = 10_000): Promise<void> => {
  for (let left = ms; left > 0; left -= step) {
    bench.now += Math.min(step, left) - 500;
    await automatic.round();
    await bench.round(runner);
  }
};
const sendsOf = (deliveryId: string) => bench.world.sends.filter((one) => one.deliveryId === deliveryId).length;

describe('automatic retry', () => {
  it('sends a failed message again after its pause, by an operation of Pult itself, and says so', async () => {
    const [id = ''] = parcels(1);
    await pass(50_000);
    expect(bench.world.sends).toEqual([]);
    expect(await automatic.ofMessage(id)).toMatchObject({ verdict: 'due', nth: 1, of: 2, tries: 0, hold: null });
    await pass(40_000);
    expect(bench.world.get(id).state).toBe('applied');
    const [operation, ...more] = await list();
    expect(more).toEqual([]);
    expect(operation).toMatchObject({ verb: 'resend', flows: [FLOW], state: 'completed', reason: null });
    expect(operation?.createdBy).toEqual({ kind: 'pult', id: null, name: null });
    expect(await audited()).toEqual([
      { kind: 'pult', action: 'operation.plan', reason: null },
      { kind: 'pult', action: 'operation.start', reason: null },
      { kind: 'pult', action: 'operation.finish', reason: null },
    ]);
    expect(await list(false)).toEqual([]);
  });

  it('tries as often as there are pauses, each after its own, and leaves the rest to people', async () => {
    bench.world.onArrival = () => 'failed';
    const [id = ''] = parcels(1);
    await pass(80_000);
    expect(sendsOf(id)).toBe(1);
    expect(await automatic.ofMessage(id)).toMatchObject({ verdict: 'due', nth: 2, tries: 1 });
    await pass(4 * MINUTE);
    expect(sendsOf(id)).toBe(1);
    await pass(2 * MINUTE);
    expect(sendsOf(id)).toBe(2);
    await pass(60 * MINUTE, 5 * MINUTE);
    expect(sendsOf(id)).toBe(2);
    expect(await automatic.ofMessage(id)).toMatchObject({ verdict: 'left', reason: 'tries_spent', tries: 2 });
    expect(await automatic.get(FLOW)).toMatchObject({ waiting: 0, left: [{ reason: 'tries_spent', count: 1 }] });
  });

  it('begins its tries anew when a person has sent the message', async () => {
    bench.world.onArrival = () => 'failed';
    const [id = ''] = parcels(1);
    await pass(20 * MINUTE, MINUTE);
    expect(await automatic.ofMessage(id)).toMatchObject({ verdict: 'left', reason: 'tries_spent' });
    await bench.startOne(id);
    await pass(30_000);
    expect(await automatic.ofMessage(id)).toMatchObject({ verdict: 'due', nth: 1, tries: 0 });
    bench.world.onArrival = () => 'applied';
    await pass(2 * MINUTE);
    expect(bench.world.get(id).state).toBe('applied');
  });

  it('leaves to people what the policy does not name, what cannot be proven and what a newer message has overtaken', async () => {
    const [mapping = '', overtaken = '', behind = ''] = parcels(3);
    bench.world.get(mapping).errorClass = 'mapping';
    bench.world.get(overtaken).overtaken = true;
    bench.world.get(behind).behind = true;
    const [gone = ''] = parcels(1, { prefix: 'g', obstacle: 'no_message' });
    const [elsewhere = ''] = bench.world.add(1, { prefix: 'e', flow: 'orders' });
    await pass(30 * MINUTE, MINUTE);
    expect(bench.world.asks).toEqual([]);
    expect(await list(null)).toEqual([]);
    expect(await automatic.ofMessage(mapping)).toMatchObject({ verdict: 'left', reason: 'class' });
    expect(await automatic.ofMessage(overtaken)).toMatchObject({ verdict: 'left', reason: 'overtaken' });
    expect(await automatic.ofMessage(behind)).toMatchObject({ verdict: 'behind' });
    expect(await automatic.ofMessage(gone)).toMatchObject({ verdict: 'left', reason: 'obstacle' });
    expect(await automatic.ofMessage(elsewhere)).toMatchObject({ verdict: 'none' });
    expect(await automatic.get('orders')).toMatchObject({ policy: null, waiting: 0, hold: null });
  });

  it('keeps to its budget of an hour and says when there is room again', async () => {
    const ids = parcels(50);
    await pass(20 * MINUTE, MINUTE);
    expect(bench.world.sends).toHaveLength(20);
    const view = await automatic.get(FLOW);
    expect(view).toMatchObject({ usedInHour: 20, waiting: 30, hold: { kind: 'budget' } });
    bench.now = Date.parse(view.hold?.until ?? '') - 1_000;
    await automatic.round();
    expect(await list()).toHaveLength(1);
    await pass(2 * 60 * MINUTE, MINUTE);
    expect(ids.every((id) => bench.world.get(id).state === 'applied')).toBe(true);
  });

  it('begins nothing while a circuit is open and drains afterwards', async () => {
    const ids = parcels(12);
    bench.world.away.add('ut');
    await pass(10 * MINUTE, MINUTE);
    expect(await list()).toEqual([]);
    expect(await automatic.get(FLOW)).toMatchObject({ hold: { kind: 'circuit', system: 'ut' }, waiting: 12 });
    bench.world.away.clear();
    await pass(MINUTE);
    expect(ids.every((id) => bench.world.get(id).state === 'applied')).toBe(true);
    expect((await list()).map(({ rate }) => rate)).toEqual([10]);
  });

  it('gives back what it has begun when the circuit opens meanwhile, and begins anew when it is closed', async () => {
    const ids = parcels(12);
    bench.now += 2 * MINUTE;
    await automatic.round();
    expect((await list()).map(({ state }) => state)).toEqual(['running']);
    bench.world.away.add('ut');
    await pass(30 * MINUTE, MINUTE);
    expect((await list()).map(({ state }) => state)).toEqual(['cancelled']);
    expect(ids.map((id) => bench.world.get(id).state)).toEqual(Array(12).fill('failed'));
    expect((await automatic.get(FLOW)).hold).toEqual({ kind: 'circuit', system: 'ut', until: null });
    // Meanwhile the source has sent a newer one of the first document itself.
    bench.world.get(ids[0] ?? '').overtaken = true;
    bench.world.away.clear();
    await pass(2 * MINUTE);
    expect(ids.map((id) => sendsOf(id))).toEqual([0, ...Array(11).fill(1)]);
  });

  it('never puts an older message behind a newer one that went while an operation had it', async () => {
    const ids = parcels(3);
    bench.now += 2 * MINUTE;
    await automatic.round();
    bench.world.get(ids[0] ?? '').overtaken = true;
    bench.world.get(ids[2] ?? '').overtaken = true;
    await pass(MINUTE);
    const [operation] = await list();
    const items = await allItems(database.db, operation?.id ?? '');
    expect(items.map(({ state, reason }) => [state, reason])).toEqual([
      ['skipped', 'overtaken'],
      ['applied', null],
      ['skipped', 'overtaken'],
    ]);
    expect(bench.world.get(ids[0] ?? '').state).toBe('failed');
    // A person may want just that.
    await bench.startOne(ids[0] ?? '');
    await pass(MINUTE);
    expect(sendsOf(ids[0] ?? '')).toBe(1);
  });

  it('begins nothing during planned work', async () => {
    parcels(1);
    bench.maintenanceUntil = bench.now + 30 * MINUTE;
    await pass(10 * MINUTE, MINUTE);
    expect(await list()).toEqual([]);
    expect((await automatic.get(FLOW)).hold).toMatchObject({ kind: 'maintenance' });
  });

  it('gives back what it has begun when planned work begins meanwhile', async () => {
    const ids = parcels(15);
    bench.now += 2 * MINUTE;
    await automatic.round();
    bench.maintenanceUntil = bench.now + 60 * MINUTE;
    await pass(10 * MINUTE, MINUTE);
    expect(bench.world.sends).toEqual([]);
    expect(ids.map((id) => bench.world.get(id).state)).toEqual(Array(15).fill('failed'));
  });

  it('lets one of several sources that is away hold nothing but its own', async () => {
    const [mine = ''] = parcels(1, { flow: MANY, prefix: 'b' });
    const others = parcels(5, { flow: MANY, prefix: 'o' });
    bench.world.sources.set(mine, 'branch');
    bench.world.away.add('branch');
    await pass(10 * MINUTE, MINUTE);
    expect(others.map((id) => bench.world.get(id).state)).toEqual(Array(5).fill('applied'));
    expect(sendsOf(mine)).toBe(0);
    bench.world.away.clear();
    await pass(2 * MINUTE);
    expect(bench.world.get(mine).state).toBe('applied');
  });

  it('gives back the rest when its first one gets no further: its source went away meanwhile', async () => {
    const [mine = ''] = parcels(1, { flow: MANY, prefix: 'b' });
    const others = parcels(5, { flow: MANY, prefix: 'o' });
    bench.world.sources.set(mine, 'branch');
    bench.world.onAsk = (id) => (id === mine && bench.world.away.has('branch') ? circuitOpen('branch') : null);
    bench.now += 2 * MINUTE;
    await automatic.round();
    bench.world.away.add('branch');
    await pass(12 * MINUTE, 10_000);
    expect(others.map((id) => bench.world.get(id).state)).toEqual(Array(5).fill('applied'));
    expect(bench.world.get(mine).state).toBe('failed');
    expect((await automatic.get(MANY)).hold).toBeNull();
    // Nor was its target asked about it all the time.
    expect(bench.world.verifications.filter((id) => id === mine).length).toBeLessThan(20);
  });

  it('leaves to its operation what a person holds, though the source has tried it itself, and fills no list with empty plans', async () => {
    const [id = ''] = parcels(1);
    const held = await bench.startOne(id);
    await bench.service.pause(held.operation.id, null, person('ops'));
    bench.world.fail(id, 2);
    await pass(10 * MINUTE);
    expect(await list()).toEqual([]);
    expect((await audited()).filter(({ kind }) => kind === 'pult')).toEqual([]);
    expect(await automatic.ofMessage(id)).toMatchObject({ verdict: 'claimed' });
    expect(await automatic.get(FLOW)).toMatchObject({ waiting: 0, left: [] });
  });

  it('counts a pause from the end of its own try where the clock of the target is behind', async () => {
    bench.world.now = () => bench.now - 60 * MINUTE;
    bench.world.onArrival = () => 'failed';
    const [id = ''] = parcels(1);
    await pass(MINUTE);
    expect(sendsOf(id)).toBe(1);
    await pass(4 * MINUTE);
    expect(sendsOf(id)).toBe(1);
    await pass(2 * MINUTE);
    expect(sendsOf(id)).toBe(2);
  });

  it('is not stopped for hours by a few that never come right', async () => {
    const bad = new Set(parcels(3, { prefix: 'a' }));
    const good = parcels(10, { prefix: 'b' });
    bench.world.onArrival = (id) => (bad.has(id) ? 'failed' : 'applied');
    await pass(3 * STOPPED_PAUSE_MS + 5 * MINUTE, 20_000);
    expect(good.map((id) => bench.world.get(id).state)).toEqual(Array(10).fill('applied'));
  });

  it('says which operation the others wait for, paused by a person or not', async () => {
    const ids = parcels(12);
    bench.now += 2 * MINUTE;
    await automatic.round();
    const [operation] = await list();
    await bench.service.pause(operation?.id ?? '', null, person('ops'));
    const [late = ''] = parcels(1, { prefix: 'z' });
    await pass(30 * MINUTE, MINUTE);
    const seen = { id: operation?.id, number: operation?.number, state: 'paused' };
    expect(await automatic.get(FLOW)).toMatchObject({ operation: seen, hold: null, waiting: 1 });
    expect(await automatic.ofMessage(late)).toMatchObject({ verdict: 'due', operation: seen });
    await bench.service.resume(operation?.id ?? '', null, person('ops'));
    await pass(2 * MINUTE);
    expect([...ids, late].every((id) => bench.world.get(id).state === 'applied')).toBe(true);
  });

  it('gives back what is left when its first one fails, and waits for a person to look', async () => {
    const ids = parcels(5);
    bench.world.onArrival = () => 'failed';
    await pass(3 * MINUTE);
    expect(bench.world.sends).toHaveLength(1);
    const [stopped] = await list();
    expect(stopped).toMatchObject({ state: 'cancelled', cancelledBy: { kind: 'pult' } });
    expect((await allItems(database.db, stopped?.id ?? '')).map(({ state }) => state)).toEqual([
      'failed',
      'returned',
      'returned',
      'returned',
      'returned',
    ]);
    expect(ids.map((id) => bench.world.get(id).state)).toEqual(Array(5).fill('failed'));
    expect((await automatic.get(FLOW)).hold).toMatchObject({ kind: 'stopped' });
    bench.world.onArrival = () => 'applied';
    bench.now = (stopped?.finishedAt?.getTime() ?? 0) + STOPPED_PAUSE_MS - 2_000;
    await automatic.round();
    expect(await list()).toHaveLength(1);
    await pass(MINUTE);
    // Those given back were not tried: they have both of their tries.
    expect(ids.map((id) => bench.world.get(id).state)).toEqual(Array(5).fill('applied'));
  });

  it('is not held by a stop that a clock set back has put into the future', async () => {
    parcels(5);
    bench.world.onArrival = () => 'failed';
    await pass(2 * MINUTE);
    expect((await automatic.get(FLOW)).hold).toMatchObject({ kind: 'stopped' });
    bench.now -= 3 * 60 * MINUTE;
    expect((await automatic.get(FLOW)).hold).toBeNull();
  });

  it('goes on at once when a person has looked', async () => {
    parcels(5);
    bench.world.onArrival = () => 'failed';
    await pass(3 * MINUTE);
    bench.world.onArrival = () => 'applied';
    expect(await automatic.resume(FLOW, 'получатель исправлен', person('ops'))).toMatchObject({ hold: null });
    await pass(30_000);
    expect(bench.world.sends).toHaveLength(5);
    await expect(automatic.resume(FLOW, null, person('ops'))).rejects.toMatchObject({
      code: 'automatic_retry.not_paused',
    });
  });

  it('is paused by a person for one flow: nothing begins, what was begun is given back, everyone sees who and why', async () => {
    const ids = parcels(12);
    bench.now += 2 * MINUTE;
    await automatic.round();
    expect((await list()).map(({ state }) => state)).toEqual(['running']);
    const paused = await automatic.pause(FLOW, 'переносим базу', person('Нечаева Ольга'));
    // At once, and not only with the next round: the runner begins none of them any more.
    await bench.round(runner);
    await bench.round(runner);
    expect(bench.world.sends).toEqual([]);
    expect(paused).toMatchObject({
      hold: { kind: 'paused' },
      pause: { by: 'Нечаева Ольга', reason: 'переносим базу' },
    });
    await pass(10 * MINUTE, MINUTE);
    expect(bench.world.sends).toEqual([]);
    expect(ids.map((id) => bench.world.get(id).state)).toEqual(Array(12).fill('failed'));
    await expect(automatic.pause(FLOW, 'и я', person('Другой'))).rejects.toMatchObject({
      code: 'automatic_retry.paused',
      data: { by: 'Нечаева Ольга' },
    });
    expect(await automatic.resume(FLOW, null, person('ops'))).toMatchObject({ hold: null, pause: null });
    await pass(MINUTE);
    expect(ids.every((id) => bench.world.get(id).state === 'applied')).toBe(true);
    expect((await audited()).filter(({ action }) => action.startsWith('automatic'))).toEqual([
      { kind: 'person', action: 'automatic_retry.pause', reason: 'переносим базу' },
      { kind: 'person', action: 'automatic_retry.resume', reason: null },
    ]);
  });

  it('does not take what a pause gave back for a stop, even when the pause is over before the operation', async () => {
    parcels(12);
    bench.now += 2 * MINUTE;
    await automatic.round();
    await automatic.pause(FLOW, 'не сейчас', person('ops'));
    await automatic.round();
    await automatic.resume(FLOW, null, person('ops'));
    await bench.round(runner);
    expect((await list()).map(({ state }) => state)).toEqual(['cancelled']);
    expect((await automatic.get(FLOW)).hold).toBeNull();
  });

  it('waits for a person to look when one has cancelled its operation', async () => {
    parcels(12);
    bench.now += 2 * MINUTE;
    await automatic.round();
    const [operation] = await list();
    await bench.service.cancel(operation?.id ?? '', null, person('ops'));
    await pass(MINUTE);
    expect(await list()).toHaveLength(1);
    expect((await automatic.get(FLOW)).hold).toMatchObject({ kind: 'stopped' });
  });

  it('lets one of two people who pause at once do it', async () => {
    const both = await Promise.allSettled([
      automatic.pause(FLOW, 'первая', person('a')),
      automatic.pause(FLOW, 'вторая', person('b')),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('never sends what a person is sending: two leaders and a person make one attempt', async () => {
    const [id = ''] = parcels(1);
    bench.now += 2 * MINUTE;
    const other = createAutomaticService(bench.context, bench.service);
    await Promise.all([automatic.round(), other.round(), bench.startOne(id)]);
    await pass(2 * MINUTE);
    expect(sendsOf(id)).toBe(1);
    expect((await list(null)).every(({ finishedAt }) => finishedAt !== null)).toBe(true);
  });

  it('chooses anew where a killed leader left a plan: its list is old', async () => {
    const ids = parcels(3);
    bench.now += 2 * MINUTE;
    await bench.service.plan(
      { verb: 'resend', selection: { deliveryIds: ids } },
      { actor: { kind: 'pult' }, requestId: null },
    );
    bench.world.get(ids[1] ?? '').overtaken = true;
    await pass(MINUTE);
    expect((await list()).map(({ state, plan }) => [state, plan.eligible])).toEqual([
      ['completed', 2],
      ['cancelled', 3],
    ]);
    expect(ids.map((id) => sendsOf(id))).toEqual([1, 0, 1]);
  });

  it('opens one operation where two leaders look at once, within one budget', async () => {
    parcels(50);
    bench.now += 2 * MINUTE;
    const other = createAutomaticService(bench.context, bench.service);
    await Promise.all([automatic.round(), other.round()]);
    expect((await list()).map(({ plan }) => plan.eligible)).toEqual([20]);
  });

  it('looks at nothing more when it leads no more', async () => {
    parcels(1);
    bench.now += 2 * MINUTE;
    await automatic.round(AbortSignal.abort());
    expect(await list()).toEqual([]);
  });

  it('ends what is under way when the flow has lost its policy', async () => {
    const ids = parcels(12);
    bench.now += 2 * MINUTE;
    await automatic.round();
    const flow = bench.context.flows.get(FLOW);
    if (flow === undefined) throw new Error('no flow');
    const { automatic: _none, ...retry } = flow.retry;
    const flows = new Map([...bench.context.flows, [FLOW, { ...flow, retry }]]);
    const without = createAutomaticService({ ...bench.context, flows }, bench.service);
    await without.round();
    await bench.round(runner);
    expect((await list()).map(({ state }) => state)).toEqual(['cancelled']);
    expect(ids.map((id) => bench.world.get(id).state)).toEqual(Array(12).fill('failed'));
    await expect(without.pause(FLOW, 'причина', person('ops'))).rejects.toMatchObject({ code: 'automatic_retry.none' });
  });

  it('looks behind a heap that it may not send, round by round', async () => {
    for (const id of parcels(12_000, { prefix: 's' })) bench.world.get(id).overtaken = true;
    bench.now += 1_000;
    const [id = ''] = parcels(1, { prefix: 'z' });
    await pass(2 * MINUTE, 30_000);
    expect(bench.world.get(id).state).toBe('applied');
    expect(await automatic.get(FLOW)).toMatchObject({
      waiting: 0,
      nextAt: null,
      left: [{ reason: 'overtaken', count: 2_000 }],
      more: true,
    });
  });

  it('answers for a message that has not failed and refuses one that is none', async () => {
    const [id = ''] = parcels(1, { state: 'applied' });
    expect(await automatic.ofMessage(id)).toMatchObject({ verdict: 'not_failed' });
    await expect(automatic.ofMessage('nobody')).rejects.toMatchObject({ code: 'delivery.not_found' });
    await expect(automatic.get('no-flow')).rejects.toMatchObject({ code: 'flow.not_found' });
  });
});
