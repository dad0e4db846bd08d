import type { EndpointContract } from '@pult/shared/contracts/endpoint';
import { AppError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../platform/actor.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { silentLogger } from '../../platform/telemetry/logger.ts';
import { createApprovalsModule } from './index.ts';
import { anna, type Bench, ilyin, oleg, startBench } from './testing/bench.ts';

let database: TestDatabase;
let bench: Bench;
let module: ReturnType<typeof createApprovalsModule>;
let id: string;
let processRef: string;
beforeAll(async () => {
  database = await createTestDatabase();
  bench = await startBench(database.db);
  const { db, clock, connectors, live } = bench.context;
  const { landscape, sla } = bench;
  module = createApprovalsModule({ db, sla, connectors, landscape, live, clock, log: silentLogger });
  ({ processRef } = bench.request());
  await bench.poll();
  id = await bench.idOf(processRef);
});
afterAll(async () => {
  await bench.close();
  await database.close();
});

/** Calls a route as the guard does: parses what goes in and what comes out. */
async function call(endpointId: string, parts: { params?: object; query?: object; body?: object; actor?: Actor } = {}) {
  const found = [...module.routes, ...bench.sla.routes].find(({ endpoint }) => endpoint.id === endpointId);
  if (found === undefined) throw new Error(`no route ${endpointId}`);
  const endpoint: EndpointContract = found.endpoint;
  const result = await found.handle({
    params: endpoint.params?.parse(parts.params ?? {}),
    query: endpoint.query?.parse(parts.query ?? {}),
    body: endpoint.body?.parse(parts.body ?? {}),
    actor: parts.actor ?? anna.actor,
    request: { requestId: 'r', traceId: 't', log: silentLogger },
  });
  const [schema] = Object.values(endpoint.responses);
  return schema?.parse(result) as Record<string, unknown>;
}
const params = () => ({ approvalId: id });

describe('answers keep their contract', () => {
  it('of the inbox in every tab and filter', async () => {
    for (const tab of ['mine', 'all', 'waiting', 'decided'])
      await call('approvals.list', {
        query: { tab, kind: 'discount', minDeviation: '1', q: 'энергомонтаж', segment: 'x' },
      });
    const found = await call('approvals.list', { query: { q: '6679048211' } });
    expect(found).toMatchObject({
      rows: [{ id }],
      total: { count: 1, amount: '880.00' },
      groups: [{ group: 'later', count: 1, lastDueAt: expect.any(String) }],
      segments: ['Монтажники B'],
    });
    expect(await call('approvals.list', { query: { minDeviation: '7.01' } })).toMatchObject({ rows: [] });
  });

  it('of the card, the question, the decision, the undo and the clock', async () => {
    await call('approvals.get', { params: params() });
    await call('approvals.ask', { params: params(), body: { text: 'Почему так?', version: 1 } });
    const paused = await call('approvals.clock', { params: params() });
    expect(paused).toMatchObject({ summary: { state: 'paused' }, tape: { addsUp: true }, calendar: { id: 'russia' } });
    const decided = await call('approvals.decide', { params: params(), body: { decision: 'approve', version: 1 } });
    const decision = decided.decision as { id: string };
    const undone = await call('approvals.undo', { params: params(), body: { decisionId: decision.id } });
    expect(undone).toMatchObject({ decision: null, row: { state: 'clarification', clock: { state: 'paused' } } });
    const clock = await call('approvals.clock', { params: params() });
    expect(clock.facts).toMatchObject([
      { kind: 'start', voided: false },
      { kind: 'pause', cause: 'clarification' },
      { kind: 'stop', voided: true },
      { kind: 'void', voids: 3 },
    ]);
  });

  it('of a batch, where one refusal stops nothing', async () => {
    const fresh = bench.request();
    await bench.poll();
    const approvalId = await bench.idOf(fresh.processRef);
    const missing = '0190f1c2-0000-7000-8000-000000000001';
    const items = [missing, approvalId].map((one) => ({ approvalId: one, version: 1 }));
    const { results } = await call('approvals.decide_batch', { body: { decision: 'approve', items } });
    expect(results).toMatchObject([
      { approvalId: missing, decisionId: null, refusal: { code: 'approval.not_found' } },
      { approvalId, refusal: null },
    ]);
    const [, done] = results as { decisionId: string }[];
    await call('approvals.undo', { params: { approvalId }, body: { decisionId: done?.decisionId } });
    const rejected = await call('approvals.decide_batch', {
      body: { decision: 'reject', items: [{ approvalId, version: 1 }], reasonCode: 'debt' },
      actor: ilyin.actor,
    });
    expect(rejected).toMatchObject({ results: [{ refusal: { code: 'approval.own_request' } }] });
    await bench.service.decide(approvalId, { decision: 'reject', version: 1, reasonCode: 'debt' }, oleg);
  });

  it('of calendars and policies', async () => {
    expect(await call('sla.calendars')).toMatchObject({ calendars: [{ id: 'russia', zone: 'Europe/Moscow' }] });
    const year = await call('sla.calendar', { params: { calendarId: 'russia' }, query: { year: '2026' } });
    expect(year).toMatchObject({ year: 2026, totals: { workingDays: 247, workingMs: 1972 * 3_600_000 } });
    expect(year.days).toHaveLength(365);
    expect((await call('sla.policies')).policies).toHaveLength(4);
    await expect(call('sla.calendar', { params: { calendarId: 'луна' } })).rejects.toMatchObject({
      code: 'calendar.not_found',
    });
  });

  it('of the webhook, for ELMA only', async () => {
    const body = { app: 'sales/discount_approvals', itemId: 'x', status: 'approved' };
    const elma: Actor = { kind: 'system', systemId: 'elma' };
    expect(await call('approvals.elma_webhook', { body, actor: elma })).toEqual({ accepted: true });
    const stranger: Actor = { kind: 'system', systemId: 'ut' };
    await expect(call('approvals.elma_webhook', { body, actor: stranger })).rejects.toBeInstanceOf(AppError);
  });

  it('refuses what is not there', async () => {
    await expect(
      call('approvals.get', { params: { approvalId: '0190f1c2-0000-7000-8000-000000000001' } }),
    ).rejects.toMatchObject({ code: 'approval.not_found' });
    await expect(call('approvals.list', { query: { cursor: 'x', tab: 'decided' } })).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });
});

describe('for other modules', () => {
  it('counts what waits for a person', async () => {
    const other = bench.request();
    await bench.poll();
    await bench.idOf(other.processRef);
    expect(await module.counters(anna.actor)).toMatchObject({ waiting: 1, breaching: 0, breached: 0 });
    expect(await module.counters(ilyin.actor)).toMatchObject({ waiting: 0, nextDueAt: null });
    expect(await module.counters({ ...anna.actor, permissions: [] })).toMatchObject({ waiting: 0 });
  });

  it('finds the requests of a document and of a process', async () => {
    const { rows } = await sql<{ number: string }>`select document_number as number from approval_request
      where id = ${id}`.execute(database.db);
    for (const document of [{ number: rows[0]?.number ?? '' }, { ref: processRef.toUpperCase() }])
      expect((await module.findByDocument(document, anna.actor)).map((row) => row.id)).toEqual([id]);
    expect(await module.findByDocument({ number: 'нет такого' }, anna.actor)).toEqual([]);
    expect(await module.approvalOf({ ref: processRef, number: '' })).toMatchObject({
      id,
      verdict: null,
      deviationMax: 7,
    });
    expect(await module.approvalOf({ ref: null, number: 'нет такого' })).toBeNull();
  });

  it('gives closed cycles to analytics and pages through decided requests', async () => {
    const made = [bench.request(), bench.request(), bench.request()];
    await bench.poll();
    const from = bench.now() + 1;
    bench.pass(3_600_000);
    for (const one of made)
      await bench.service.decide(await bench.idOf(one.processRef), { decision: 'approve', version: 1 }, oleg);
    expect(await module.openBreached()).toBe(0);
    expect(await module.closedApprovals(from, bench.now() + 1)).toMatchObject(
      made.map(() => ({
        kind: 'discount',
        elapsedMs: 3_600_000,
        inTime: true,
        decidedBy: 'Дёмин Олег',
        decidedIn: 'pult',
      })),
    );
    expect(await module.closedApprovals(from, bench.now())).toEqual([]);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await call('approvals.list', {
        query: { tab: 'decided', limit: '1', ...(cursor ? { cursor } : {}) },
      });
      seen.push(...(page.rows as { id: string }[]).map((row) => row.id));
      cursor = (page.nextCursor as string | null) ?? undefined;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(4);
    expect(seen).toHaveLength(4);
    expect(await call('approvals.list', { query: { tab: 'decided', decidedBy: 'me' } })).toMatchObject({ rows: [] });
  });
});
