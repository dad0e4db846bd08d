import type { ApprovalRow } from '@pult/shared/contracts/approvals';
import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import { pointsOf } from '@pult/shared/domain/approval/points';
import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Route } from '../../platform/http/mount.ts';
import type { Ticker } from '../../platform/jobs/ticker.ts';
import type { Live } from '../../platform/live/live.ts';
import type { Logger } from '../../platform/telemetry/logger.ts';
import type { SlaModule } from '../sla/index.ts';
import { type ClosedApproval, closedApprovals } from './closed-approvals.ts';
import { type ApprovalContext, announce } from './context.ts';
import { decisionById } from './decision-store.ts';
import { isMine, openRows } from './inbox.ts';
import { deliverDue } from './outbox.ts';
import { createPoller } from './poller.ts';
import type { ApprovalConnectors, ApprovalSystems, CarriedDecisions } from './ports.ts';
import { createApprovalRoutes } from './routes.ts';
import { partsFor, rowView } from './row-view.ts';
import { type ApprovalService, createApprovalService } from './service.ts';
import { triedAt } from './source-store.ts';
import { requestsAbout } from './store.ts';

export type { ClosedApproval } from './closed-approvals.ts';
export type { ApprovalConnectors, ApprovalSystems } from './ports.ts';
export { type Undelivered, undelivered } from './undelivered.ts';

export interface ApprovalCounters {
  /** Wait for this person. */
  readonly waiting: number;
  /** Due today and close to it. */
  readonly breaching: number;
  readonly breached: number;
  readonly nextDueAt: number | null;
}

export interface ApprovalMention {
  readonly id: string;
  readonly number: string;
  readonly kind: ApprovalRow['kind'];
  readonly state: ApprovalRow['state'];
  readonly verdict: 'approve' | 'reject' | null;
  /** п.п. */
  readonly deviationMax: number;
}

export interface ApprovalsModule {
  readonly routes: Route[];
  readonly service: ApprovalService;
  counters(actor: Actor): Promise<ApprovalCounters>;
  /** Requests about a document, by its reference or its number, newest first. */
  findByDocument(document: { ref?: string | null; number?: string | null }, actor: Actor): Promise<ApprovalRow[]>;
  /** The newest request about a document, as the page of a message shows it. */
  approvalOf(document: { ref: string | null; number: string }): Promise<ApprovalMention | null>;
  /** Closed cycles within `from` … `to`, ms: for compliance and decision times. */
  closedApprovals(from: number, to: number): Promise<ClosedApproval[]>;
  /** Open requests past their due now. */
  openBreached(): Promise<number>;
  /** A hint of ELMA that something changed there: the next reading starts at once. */
  pollSoon(): void;
  /** Reads the systems and delivers decisions until the ticker stops. */
  start(ticker: Ticker): void;
}

export interface ApprovalsDeps {
  readonly db: Db;
  readonly sla: SlaModule;
  readonly connectors: ApprovalConnectors;
  readonly landscape: LandscapeFile;
  readonly live: Pick<Live, 'announce'>;
  readonly carried?: CarriedDecisions;
  readonly clock: Clock;
  readonly log: Logger;
}

const DELIVERY_ROUND_MS = 500;
const LOOK_MS = 250;
const HISTORY_PAGE_MS = 2_000;

/** Systems of the landscape that hold requests: the base that polls approvals, the app of ELMA. */
export function approvalSystems(landscape: LandscapeFile): ApprovalSystems {
  const systems: { -readonly [K in keyof ApprovalSystems]: ApprovalSystems[K] } = { ut: null, elma: null };
  for (const { id, zone, connector } of landscape.systems) {
    if (connector?.protocol === 'onec-odata' && connector.polls.includes('approvals'))
      systems.ut ??= {
        system: id,
        zone,
        pollMs: connector.limits.pollMs,
        costPriceKind: connector.costPriceKind,
      };
    if (connector?.protocol === 'elma365' && connector.approvalsApp !== undefined)
      systems.elma ??= { system: id, app: connector.approvalsApp, pollMs: connector.limits.pollMs };
    if (connector?.protocol === 'elma3' && connector.requestsType !== undefined)
      systems.elma ??= { system: id, app: connector.requestsType, pollMs: connector.limits.pollMs };
  }
  return systems;
}

export function createApprovalsModule(deps: ApprovalsDeps): ApprovalsModule {
  const { db, sla, clock } = deps;
  const context: ApprovalContext = {
    db,
    sla,
    clocks: sla.clocks,
    connectors: deps.connectors,
    systems: approvalSystems(deps.landscape),
    live: deps.live,
    ...(deps.carried ? { carried: deps.carried } : {}),
    clock,
    log: deps.log,
    random: Math.random,
  };
  const service = createApprovalService(context);
  const poller = createPoller(context);
  const due = { ut: 0, elma: 0 };
  const hurried = new Set<'ut' | 'elma'>();
  const poll = async (name: 'ut' | 'elma', read: () => Promise<boolean>): Promise<void> => {
    const pollMs = context.systems[name]?.pollMs;
    if (pollMs === undefined || clock.now() < due[name]) return;
    // Another instance may have read meanwhile: together they ask the system as often as one alone.
    const readAt = hurried.delete(name) ? null : await triedAt(db, name);
    if (readAt !== null && clock.now() < readAt + pollMs) {
      due[name] = Math.min(readAt, clock.now()) + pollMs;
      return;
    }
    due[name] = clock.now() + pollMs;
    // History of a new installation comes page by page, a few seconds apart.
    if (await read()) {
      due[name] = Math.min(due[name], clock.now() + HISTORY_PAGE_MS);
      hurried.add(name);
    }
  };
  const pollSoon = (): void => {
    due.elma = 0;
    hurried.add('elma');
  };
  return {
    routes: createApprovalRoutes({ context, service, pollSoon }),
    service,
    counters: async (actor) => {
      const mine = (await openRows(context, actor)).filter((row) => isMine(row, actor));
      const dues = mine.map(({ clock: one }) => one.dueAt).filter((at) => at !== null);
      return {
        waiting: mine.filter(({ state }) => state === 'open').length,
        breaching: mine.filter(({ group }) => group === 'breaching_today').length,
        breached: mine.filter(({ group }) => group === 'breached').length,
        nextDueAt: dues.length === 0 ? null : Math.min(...dues.map((at) => Date.parse(at))),
      };
    },
    findByDocument: async (document, actor) => {
      const rows = await requestsAbout(db, document);
      const parts = await partsFor(context, rows, actor, clock.now());
      return rows.map((row) => rowView(row, parts)).filter((row) => row !== null);
    },
    approvalOf: async (document) => {
      const [request] = await requestsAbout(db, document);
      if (request === undefined) return null;
      const decision = request.decisionId === null ? null : await decisionById(db, request.decisionId);
      return {
        id: request.id,
        number: request.documentNumber,
        kind: request.kind,
        state: request.state,
        verdict: decision?.verdict ?? null,
        deviationMax: pointsOf(request.deviationMax),
      };
    },
    closedApprovals: (from, to) => closedApprovals(context, from, to),
    openBreached: () => sla.openBreached(),
    pollSoon,
    start: (ticker) => {
      ticker.every(LOOK_MS, 'approvals.poll_ut', () => poll('ut', poller.pollUt));
      ticker.every(LOOK_MS, 'approvals.poll_elma', () => poll('elma', poller.pollElma));
      for (const system of ['ut', 'elma'] as const)
        ticker.every(DELIVERY_ROUND_MS, `approvals.deliver_${system}`, async () => {
          await deliverDue(context, undefined, system);
        });
      sla.start(ticker, (subjects) => announce(context, subjects));
    },
  };
}
