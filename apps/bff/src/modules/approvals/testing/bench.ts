import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import { createConnectors } from '../../../connectors/registry.ts';
import type { PersonActor } from '../../../platform/actor.ts';
import type { Db } from '../../../platform/db/database.ts';
import { silentLogger } from '../../../platform/telemetry/logger.ts';
import { createSlaModule } from '../../sla/index.ts';
import { cardOf } from '../card.ts';
import type { ApprovalContext } from '../context.ts';
import { listApprovals } from '../inbox.ts';
import { approvalSystems } from '../index.ts';
import { deliverDue } from '../outbox.ts';
import { createPoller } from '../poller.ts';
import { type By, createApprovalService } from '../service.ts';
import { startFakeElma } from './fake-elma.ts';
import { startFakeUt } from './fake-ut.ts';

export const person = (name: string, userId = name): By & { actor: PersonActor } => ({
  actor: {
    kind: 'person',
    userId,
    name,
    email: null,
    roles: ['manager'],
    permissions: ['approvals.read', 'approvals.decide'],
    sessionId: 's',
  },
  requestId: 'r',
});

export const anna = person('Кравцова Анна');
export const oleg = person('Дёмин Олег');
/** Made every request of the fake base. */
export const ilyin = person('Ильин Пётр');

const title = { ru: 'а', en: 'a' };
const place = { column: 0, row: 0 };

/** Wednesday, 11:00 in Moscow. */
const START = Date.parse('2026-11-25T08:00:00Z');

/** The module over two fake systems on the wire, without its loops: tests turn the clock and the rounds. */
export async function startBench(db: Db) {
  const time = { now: START };
  const clock = { now: () => time.now };
  const ut = await startFakeUt(clock.now);
  const elma = await startFakeElma(clock.now);
  const landscape = landscapeFile.parse({
    version: 1,
    systems: [
      {
        id: 'ut',
        title,
        kind: 'onec',
        place,
        connector: {
          protocol: 'onec-odata',
          url: `${ut.url}/ut/odata/standard.odata`,
          userEnv: 'U',
          passwordEnv: 'P',
          polls: ['approvals'],
        },
      },
      {
        id: 'elma',
        title,
        kind: 'bpm',
        place,
        connector: {
          protocol: 'elma365',
          url: `${elma.url}/pub/v1`,
          tokenEnv: 'T',
          approvalsApp: 'sales/discount_approvals',
        },
      },
    ],
    flows: [{ id: 'f', title, what: title, from: ['ut'], to: ['elma'], channel: 'api' }],
  });
  // The circuit counts in real time; here every try shall reach the wire.
  const circuit = { failures: 100_000, halfOpenAfterMs: 1 };
  const connectors = createConnectors({ landscape, secrets: { U: 'u', P: 'p', T: 't' }, clock, circuit });
  const announced: string[] = [];
  const sla = createSlaModule({ db, clock });
  const contextOver = (over: Db): ApprovalContext => ({
    db: over,
    sla,
    clocks: sla.clocks,
    connectors,
    systems: approvalSystems(landscape),
    live: { announce: (topic) => announced.push(topic) },
    clock,
    log: silentLogger,
    random: () => 1,
  });
  const context = contextOver(db);
  const poller = createPoller(context);
  let number = 0;
  return {
    landscape,
    ut,
    elma,
    context,
    contextOver,
    sla,
    announced,
    service: createApprovalService(context),
    pass: (ms: number): void => {
      time.now += ms;
    },
    now: clock.now,
    releaseLogin: connectors.releaseLogin,
    pollUt: poller.pollUt,
    pollElma: poller.pollElma,
    poll: async (): Promise<void> => {
      await poller.pollUt();
      await poller.pollElma();
    },
    deliver: (leaseMs?: number) => deliverDue(context, leaseMs),
    deliverOnly: (system: 'ut' | 'elma') => deliverDue(context, undefined, system),
    /** A request in both systems, e.g. with lines of 12 % where 5 % are allowed. */
    request: (lines = [{ discount: 12 }]) => {
      number += 1;
      const made = ut.request(`ЭТ00-${String(number).padStart(6, '0')}`, lines);
      const item = elma.add({
        ut_process_ref: made.processRef,
        ut_order_ref: made.orderRef,
        ut_order_number: String(made.order.Number),
        kind: 'discount',
        customer: 'ООО «Энергомонтаж-Урал»',
        customer_inn: '6679048211',
        amount: { cents: 88_000, currency: 'RUB' },
        deviation_max: 7,
        initiator: { name: 'Ильин Пётр', email: 'ilyin@ekf.example' },
        reason: 'Цена конкурента. Школа № 14',
      });
      return { ...made, item };
    },
    idOf: async (processRef: string): Promise<string> => {
      const rows = await listApprovals(context, { tab: 'all', limit: 200, decidedBy: 'anyone' }, anna.actor);
      const decided = await listApprovals(context, { tab: 'decided', limit: 200, decidedBy: 'anyone' }, anna.actor);
      for (const row of [...rows.rows, ...decided.rows]) {
        const card = await cardOf(context, row.id, anna.actor, { seen: false });
        if (card.refs.processRef === processRef) return row.id;
      }
      throw new Error(`no request of process ${processRef}`);
    },
    card: (id: string, by: By = anna, seen = false) => cardOf(context, id, by.actor, { seen }),
    close: async (): Promise<void> => {
      await ut.close();
      await elma.close();
    },
  };
}
export type Bench = Awaited<ReturnType<typeof startBench>>;
