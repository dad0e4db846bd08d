import type { AutomaticRetry, MessageAutomaticRetry } from '@pult/shared/contracts/automatic-retries';
import { holdOf } from '@pult/shared/domain/operation/automatic-retry';
import { AppError } from '@pult/shared/errors/app-error';
import { inTransaction } from '../../../platform/db/database.ts';
import { createSharing } from '../../../platform/shared-answers.ts';
import { recordAudit } from '../../audit/index.ts';
import type { OperationContext } from '../context.ts';
import { at, whoOf } from '../rows.ts';
import type { By, OperationService } from '../service.ts';
import { holdFactsOf } from './facts.ts';
import { createAutomaticRound, giveBack } from './round.ts';
import { type AutomaticSwitch, lockSwitch, openAutomatic, storeSwitch } from './store.ts';
import { automaticView, messageView } from './view.ts';

/** Automatic retry: what it does, and the switch that people have for each flow. */
export interface AutomaticService {
  /** @throws AppError `flow.not_found` */
  get(flow: string): Promise<AutomaticRetry>;
  /** @throws AppError `delivery.not_found` */
  ofMessage(deliveryId: string): Promise<MessageAutomaticRetry>;
  /** What has been sent waits for its outcome, the rest returns to «failed» at once. @throws AppError `flow.not_found`, `automatic_retry.none`, `automatic_retry.paused` */
  pause(flow: string, reason: string, by: By): Promise<AutomaticRetry>;
  /** Ends a pause, or the wait after an operation that stopped. @throws AppError `flow.not_found`, `automatic_retry.none`, `automatic_retry.not_paused` */
  resume(flow: string, reason: string | null, by: By): Promise<AutomaticRetry>;
  /** One look at every flow with a policy; ends early at the signal. */
  round(signal?: AbortSignal): Promise<void>;
}

export function createAutomaticService(context: OperationContext, operations: OperationService): AutomaticService {
  const { db, clock, flows, live } = context;
  // Every open console of a flow asks after each hint.
  const share = createSharing<AutomaticRetry>();

  const policyOf = (flowId: string) => {
    const flow = flows.get(flowId);
    if (flow === undefined) throw new AppError('flow.not_found', { flowId });
    const policy = flow.retry.automatic;
    if (policy === undefined) throw new AppError('automatic_retry.none', { flowId });
    return { flow, policy };
  };

  const change = async (
    flowId: string,
    by: By,
    command: {
      readonly action: 'automatic_retry.pause' | 'automatic_retry.resume';
      readonly reason: string | null;
      readonly decide: (present: AutomaticSwitch) => AutomaticSwitch;
    },
  ): Promise<void> => {
    await inTransaction(db, async (tx) => {
      const present = await lockSwitch(tx, flowId);
      const next = command.decide(present);
      await storeSwitch(tx, flowId, next);
      await recordAudit(tx, {
        actor: by.actor,
        action: command.action,
        objectKind: 'flow',
        objectId: flowId,
        before: { paused: present.pausedAt !== null },
        after: { paused: next.pausedAt !== null },
        reason: command.reason,
        requestId: by.requestId,
        at: at(clock.now()),
      });
    });
    live.announce('operations');
  };

  return {
    get: async (flowId) => (await share(flowId, () => automaticView(context, flowId))).value,
    ofMessage: (deliveryId) => messageView(context, deliveryId),
    pause: async (flowId, reason, by) => {
      policyOf(flowId);
      await change(flowId, by, {
        action: 'automatic_retry.pause',
        reason,
        decide: (present) => {
          if (present.pausedAt !== null)
            throw new AppError('automatic_retry.paused', { flowId, by: present.pausedBy?.name ?? null });
          return { ...present, pausedAt: at(clock.now()), pausedBy: whoOf(by.actor), reason };
        },
      });
      const open = await openAutomatic(db, flowId);
      if (open !== null && open.cancelRequestedAt === null) await giveBack(operations, open.id);
      return automaticView(context, flowId);
    },
    resume: async (flowId, reason, by) => {
      const { flow, policy } = policyOf(flowId);
      const facts = await holdFactsOf(context, flow);
      const isStopped =
        holdOf(policy, { ...facts, paused: false, maintenanceUntil: null, away: null })?.kind === 'stopped';
      await change(flowId, by, {
        action: 'automatic_retry.resume',
        reason,
        decide: (present) => {
          if (present.pausedAt === null && !isStopped) throw new AppError('automatic_retry.not_paused', { flowId });
          return { pausedAt: null, pausedBy: null, reason: null, passedNumber: facts.newest };
        },
      });
      return automaticView(context, flowId);
    },
    round: createAutomaticRound(context, operations),
  };
}
