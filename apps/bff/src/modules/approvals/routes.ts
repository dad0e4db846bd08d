import {
  approvalsAsk,
  approvalsClock,
  approvalsDecide,
  approvalsDecideBatch,
  approvalsGet,
  approvalsList,
  approvalsUndo,
  elmaWebhook,
} from '@pult/shared/contracts/approvals';
import { pointsOf } from '@pult/shared/domain/approval/points';
import { AppError } from '@pult/shared/errors/app-error';
import type { Actor } from '../../platform/actor.ts';
import { type Route, route } from '../../platform/http/mount.ts';
import { cardOf } from './card.ts';
import type { ApprovalContext } from './context.ts';
import { decisionById } from './decision-store.ts';
import { listApprovals } from './inbox.ts';
import type { ApprovalService, By, DecisionInput } from './service.ts';
import { loadRequest } from './store.ts';

/** Decisions are made by people only. */
function by(input: { actor: Actor; request: { requestId: string } }): By {
  if (input.actor.kind !== 'person') throw new AppError('permission.denied', { permission: 'approvals.decide' });
  return { actor: input.actor, requestId: input.request.requestId };
}

export interface RouteDeps {
  readonly context: ApprovalContext;
  readonly service: ApprovalService;
  readonly pollSoon: () => void;
}

export function createApprovalRoutes({ context, service, pollSoon }: RouteDeps): Route[] {
  const card = (approvalId: string, actor: Actor) => cardOf(context, approvalId, actor, { seen: true });
  return [
    route(approvalsList, ({ query, actor }) => listApprovals(context, query, actor)),
    route(approvalsGet, ({ params, query, actor }) =>
      cardOf(context, params.approvalId, actor, { seen: query.seen === 'true' }),
    ),
    route(approvalsDecide, async (input) => {
      await service.decide(input.params.approvalId, input.body, by(input));
      return card(input.params.approvalId, input.actor);
    }),
    route(approvalsDecideBatch, async (input) => {
      const { items, ...decision } = input.body;
      const results = [];
      for (const { approvalId, version } of items)
        results.push(await decideOne(context, service, { approvalId, ...decision, version }, by(input)));
      return { results };
    }),
    route(approvalsUndo, async (input) => {
      await service.undo(input.params.approvalId, input.body.decisionId, by(input));
      return card(input.params.approvalId, input.actor);
    }),
    route(approvalsAsk, async (input) => {
      await service.ask(input.params.approvalId, input.body, by(input));
      return card(input.params.approvalId, input.actor);
    }),
    route(elmaWebhook, async ({ actor }) => {
      if (actor.kind !== 'system' || actor.systemId !== context.systems.elma?.system)
        throw new AppError('credential.invalid');
      pollSoon();
      return { accepted: true as const };
    }),
    route(approvalsClock, async ({ params, query }) => {
      const request = await loadRequest(context.db, params.approvalId);
      const at = query.at === undefined ? context.clock.now() : Date.parse(query.at);
      const view = await context.sla.view(context.db, request.clockId, at);
      if (view === null) throw new AppError('approval.not_found', { approval: request.id });
      return {
        ...view,
        serverNow: new Date(context.clock.now()).toISOString(),
        approval: {
          id: request.id,
          number: request.documentNumber,
          customer: request.customerName,
          kind: request.kind,
          deviationMax: pointsOf(request.deviationMax),
          initiator: request.initiatorName,
        },
      };
    }),
  ];
}

/** One of many: its refusal is a result and stops none of the others. */
async function decideOne(
  context: ApprovalContext,
  service: ApprovalService,
  one: DecisionInput & { readonly approvalId: string },
  who: By,
) {
  const { approvalId } = one;
  try {
    await service.decide(approvalId, one, who);
    const { decisionId } = await loadRequest(context.db, approvalId);
    const decision = decisionId === null ? null : await decisionById(context.db, decisionId);
    return { approvalId, decisionId, undoUntil: decision?.undoUntil?.toISOString() ?? null, refusal: null };
  } catch (error) {
    if (!(error instanceof AppError) || !error.code.startsWith('approval.')) throw error;
    return { approvalId, decisionId: null, undoUntil: null, refusal: { code: error.code, data: { ...error.data } } };
  }
}
