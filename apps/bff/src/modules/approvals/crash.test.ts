import { type KyselyPlugin, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Db, openDatabase } from '../../platform/db/database.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { verifyAudit } from '../audit/index.ts';
import type { ApprovalContext } from './context.ts';
import { deliverDue } from './outbox.ts';
import { createPoller } from './poller.ts';
import { createApprovalService } from './service.ts';
import { anna, type Bench, startBench } from './testing/bench.ts';

/** A process is killed in front of each statement and request in turn; the next one has only the database. */

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

class Killed extends Error {}

/** What a process that dies after so many statements and requests works with. */
function mortal(
  bench: Bench,
  steps: number,
): { context: ApprovalContext; died: () => boolean; close: () => Promise<void> } {
  let left = steps;
  const step = (): void => {
    if (left <= 0) throw new Killed('killed');
    left -= 1;
  };
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      step();
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const opened = openDatabase(database.url, { max: 4 });
  const db: Db = opened.db.withPlugin(plugin);
  const counted = <T extends object>(client: T): T =>
    new Proxy(client, {
      get: (target, name, receiver) => {
        const member: unknown = Reflect.get(target, name, receiver);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          step();
          return member.apply(target, args);
        };
      },
    });
  const { connectors } = bench.context;
  const context: ApprovalContext = {
    ...bench.contextOver(db),
    connectors: {
      onec: (system) => counted(connectors.onec(system)),
      elma: (system) => counted(connectors.elma(system)),
      state: connectors.state,
    },
  };
  return { context, died: () => left <= 0, close: opened.close };
}

async function fresh(): Promise<Bench> {
  await sql`truncate approval_request, approval_version, approval_decision, approval_question, approval_outbox,
    approval_attempt, approval_seen, approval_source, sla_clock, sla_clock_fact, sla_mark cascade`.execute(database.db);
  return startBench(database.db);
}

const LEASE_MS = 60_000;
const MOST_STEPS = 200;

describe('a process that is killed', () => {
  it('at any step of a delivery leaves the decision delivered once', { timeout: 120_000 }, async () => {
    let kills = 0;
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      const bench = await fresh();
      const { processRef, item, task } = bench.request();
      await bench.poll();
      const id = await bench.idOf(processRef);
      await bench.service.decide(id, { decision: 'approve', version: 1 }, anna);
      bench.pass(10_000);
      const process = mortal(bench, steps);
      await deliverDue(process.context, LEASE_MS).catch(() => undefined);
      await process.close();
      for (let round = 0; round < 3; round += 1) {
        bench.pass(LEASE_MS);
        await bench.deliver(LEASE_MS);
      }
      const { decision } = await bench.card(id);
      expect(decision?.deliveries.map(({ state }) => state)).toEqual(['delivered', 'delivered']);
      expect(bench.elma.statusCalls).toEqual(['approved']);
      expect(item.context.pult_decision_id).toBe(decision?.id);
      expect(bench.ut.seen.filter(({ url }) => url.includes('/ExecuteTask'))).toHaveLength(1);
      expect(task.Executed).toBe(true);
      await bench.close();
      if (!process.died()) break;
      kills += 1;
    }
    expect(kills).toBeGreaterThan(15);
    expect(kills).toBeLessThan(MOST_STEPS);
  });

  it('at any step of a decision has decided nothing or everything', { timeout: 120_000 }, async () => {
    let kills = 0;
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      const bench = await fresh();
      const { processRef } = bench.request();
      await bench.poll();
      const id = await bench.idOf(processRef);
      const process = mortal(bench, steps);
      const service = createApprovalService(process.context);
      const done = await service.decide(id, { decision: 'approve', version: 1 }, anna).then(
        () => true,
        () => false,
      );
      await process.close();
      const { rows } = await sql<{ decisions: number; outbox: number; stops: number; state: string }>`
        select (select count(*) from approval_decision) as decisions, (select count(*) from approval_outbox) as outbox,
          (select count(*) from sla_clock_fact where kind = 'stop') as stops, r.state
        from approval_request r`.execute(database.db);
      expect(rows).toEqual([
        done
          ? { decisions: 1, outbox: 2, stops: 1, state: 'decided' }
          : { decisions: 0, outbox: 0, stops: 0, state: 'open' },
      ]);
      await bench.close();
      if (done) break;
      kills += 1;
    }
    expect(kills).toBeGreaterThan(10);
    expect((await verifyAudit(database.db)).intact).toBe(true);
  });

  it('at any step of a reading leaves one request that the next reading completes', { timeout: 120_000 }, async () => {
    let kills = 0;
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      const bench = await fresh();
      const { processRef } = bench.request();
      const process = mortal(bench, steps);
      const poller = createPoller(process.context);
      await poller.pollElma().catch(() => undefined);
      await poller.pollUt().catch(() => undefined);
      await process.close();
      // The lease of the dead reader runs out.
      bench.pass(11 * 60_000);
      await bench.poll();
      const card = await bench.card(await bench.idOf(processRef));
      expect(card.row).toMatchObject({ state: 'open', version: 1, systems: ['ut', 'elma'], amount: '880.00' });
      expect(card.lines).toHaveLength(1);
      const { rows } = await sql<{ n: number }>`select count(*) as n from approval_request`.execute(database.db);
      expect(rows).toEqual([{ n: 1 }]);
      await bench.close();
      if (!process.died()) break;
      kills += 1;
    }
    expect(kills).toBeGreaterThan(20);
    expect(kills).toBeLessThan(MOST_STEPS);
  });
});
