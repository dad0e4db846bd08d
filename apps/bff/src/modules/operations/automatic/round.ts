import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import {
  type AutomaticPolicy,
  budgetLeft,
  chooseDue,
  type FailedDelivery,
  type FailedPlace,
  holdOf,
  retriedClasses,
  shortestPauseMs,
} from '@pult/shared/domain/operation/automatic-retry';
import { AppError } from '@pult/shared/errors/app-error';
import { PULT } from '../../../platform/actor.ts';
import { inTransaction } from '../../../platform/db/database.ts';
import type { OperationContext } from '../context.ts';
import type { OperationRow } from '../rows.ts';
import type { By, OperationService } from '../service.ts';
import { asJudged, awayFor, holdFactsOf } from './facts.ts';
import { lastMoved, lockSwitch, openAutomatic, openAutomatics } from './store.ts';

/** Failed deliveries of one look, and the looks of one round: the next round goes on behind them. */
const PAGE = 500;
const MOST_PAGES = 10;
/** Deliveries of one operation at most. */
const MOST_AT_ONCE = 500;
/** An operation in which nothing gets on for so long gives the rest back: each goes again by its own failure. */
export const IDLE_LIMIT_MS = 5 * 60_000;

const BY_PULT: By = { actor: PULT, requestId: null };

/** What a flow with a policy is looked at for. */
interface Looked {
  readonly flow: FlowConfig;
  readonly policy: AutomaticPolicy;
}

/**
 * Looks at every flow with a policy: what is due goes into an operation that Pult opens by itself, one per flow at a time.
 * Everything that matters is in the database: a round may die at any point, the next one takes up what it finds. In memory is only
 * how far it has looked through a long list. Ends early when this instance leads no more.
 */
export function createAutomaticRound(
  context: OperationContext,
  service: OperationService,
): (signal?: AbortSignal) => Promise<void> {
  const places = new Map<string, FailedPlace>();
  const guarded = (flow: string, work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => context.log.error({ err: error, flow }, 'automatic retry'));
  return async (signal) => {
    const looked = [...context.flows.values()].flatMap((flow) =>
      flow.watched && flow.retry.automatic !== undefined ? [{ flow, policy: flow.retry.automatic }] : [],
    );
    const open = await openAutomatics(context.db);
    for (const one of open) {
      if (signal?.aborted) return;
      const mine = looked.find(({ flow }) => flow.id === one.flows[0]);
      await guarded(one.flows[0] ?? '', takeUp(context, service, one, mine));
    }
    for (const one of looked) {
      if (signal?.aborted) return;
      const isOpen = open.some(({ flows }) => flows[0] === one.flow.id);
      if (!isOpen) await guarded(one.flow.id, lookAt(context, service, { ...one, places }));
    }
  };
}

/**
 * What is under way: it gives back what it has not sent when something holds its flow now, when it has stopped itself, gets
 * no further, is a plan that a killed leader left (its list is old), or its flow has lost its policy.
 */
async function takeUp(
  context: OperationContext,
  service: OperationService,
  open: OperationRow,
  looked: Looked | undefined,
): Promise<void> {
  if (open.cancelRequestedAt !== null) return;
  if (looked !== undefined && open.state !== 'stopped' && open.startedAt !== null) {
    // A person who has paused the operation itself decides about it.
    if (open.pauseCause === 'person') return;
    const hold = holdOf(looked.policy, await holdFactsOf(context, looked.flow));
    const isHeld = hold !== null && hold.kind !== 'budget' && hold.kind !== 'stopped';
    const since = Math.max(open.startedAt.getTime(), (await lastMoved(context.db, open.id)) ?? 0);
    if (!isHeld && Math.abs(context.clock.now() - since) < IDLE_LIMIT_MS) return;
  }
  await giveBack(service, open.id);
}

/** Cancels as Pult; one that has ended meanwhile needs nothing. */
export async function giveBack(service: OperationService, operationId: string): Promise<void> {
  await service.cancel(operationId, null, BY_PULT).catch((error: unknown) => {
    if (!(error instanceof AppError && error.code === 'operation.wrong_state')) throw error;
  });
}

async function lookAt(
  context: OperationContext,
  service: OperationService,
  { flow, policy, places }: Looked & { readonly places: Map<string, FailedPlace> },
): Promise<void> {
  const facts = await holdFactsOf(context, flow);
  if (holdOf(policy, facts) !== null) return;
  const left = Math.min(budgetLeft(policy, facts), MOST_AT_ONCE);
  const deliveryIds = await dueOf(context, { flow, policy, places }, left);
  if (deliveryIds.length === 0) return;
  // Under the lock of the switch: who pauses is before this, and is seen, or finds the operation; of two leaders one opens it.
  await inTransaction(context.db, async (tx) => {
    const { pausedAt } = await lockSwitch(tx, flow.id);
    if (pausedAt !== null || (await openAutomatic(tx, flow.id)) !== null) return;
    await open(service, { deliveryIds, ratePerSecond: policy.ratePerSecond });
  });
}

async function open(
  service: OperationService,
  { deliveryIds, ratePerSecond }: { readonly deliveryIds: readonly string[]; readonly ratePerSecond: number },
): Promise<void> {
  let planned: string | null = null;
  try {
    const selection = { deliveryIds: [...deliveryIds] };
    const { operation } = await service.plan({ verb: 'resend', selection, ratePerSecond }, BY_PULT);
    planned = operation.id;
    await service.start(operation.id, { reason: null, confirmCount: operation.plan.eligible }, BY_PULT);
  } catch (error) {
    // Somebody was faster with every one of them.
    if (!(error instanceof AppError && error.code === 'operation.nothing_eligible')) throw error;
    if (planned !== null) await giveBack(service, planned);
  }
}

async function dueOf(
  context: OperationContext,
  { flow, policy, places }: Looked & { readonly places: Map<string, FailedPlace> },
  left: number,
): Promise<string[]> {
  const now = context.clock.now();
  const query = {
    flow: flow.id,
    classes: retriedClasses(policy),
    failedUpTo: now - shortestPauseMs(policy),
    limit: PAGE,
  };
  const found: FailedDelivery[] = [];
  let after = places.get(flow.id) ?? null;
  for (let page = 0; page < MOST_PAGES && found.length < left; page += 1) {
    const failed = await context.book.failedOf({ ...query, after });
    const judged = await asJudged(context, failed);
    const due = new Set(chooseDue(policy, judged, { now, left }));
    for (const one of judged) if (due.has(one.deliveryId) && !(await awayFor(context, flow, one))) found.push(one);
    after = failed.length < PAGE ? null : (failed.at(-1) ?? null);
    if (after === null) break;
  }
  // At the end of the list, and behind what is tried now, it begins again.
  if (after === null || found.length > 0) places.delete(flow.id);
  else places.set(flow.id, after);
  return chooseDue(policy, found, { now, left });
}
