import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { resendsOverBus, WHOEVER_ACCEPTED } from '@pult/shared/contracts/landscape-file/flow';
import { questionFor, questionsOf } from '@pult/shared/contracts/landscape-file/verify';
import {
  BUDGET_SPAN_MS,
  type Failed,
  type FailedDelivery,
  type HoldFacts,
} from '@pult/shared/domain/operation/automatic-retry';
import { decidingSystems } from '@pult/shared/domain/quiet/quiet';
import type { OperationContext } from '../context.ts';
import { isAway, senders } from '../holding.ts';
import { holdersOf } from '../store.ts';
import { type AutomaticSwitch, recordOf, switchOf, triesOf } from './store.ts';

/** Deliveries as the policy of their flow looks at them. */
export async function asJudged(
  { db, flows }: Pick<OperationContext, 'db' | 'flows'>,
  failed: readonly Failed[],
): Promise<(Failed & FailedDelivery)[]> {
  if (failed.length === 0) return [];
  const ids = failed.map(({ deliveryId }) => deliveryId);
  const [tries, holders] = await Promise.all([triesOf(db, ids), holdersOf(db, ids)]);
  return failed.map((one) => {
    const flow = flows.get(one.flow);
    const provable = flow !== undefined && (resendsOverBus(flow) || questionFor(flow, one.documentType) !== null);
    const { count, lastAt } = tries.get(one.deliveryId) ?? { count: 0, lastAt: null };
    return { ...one, tries: count, triedAt: lastAt, provable, claimed: holders.has(one.deliveryId) };
  });
}

/**
 * A system without which nothing of the flow comes through, and whose circuit is not closed; null when there is none. One of
 * several sources, targets or systems that are asked holds only its own messages: see `awayFor`.
 */
function awayOf({ flows, busId, connectors }: OperationContext, flow: FlowConfig): string | null {
  const sending = senders({ flows: [flow.id], verb: 'resend' }, { flows, busId });
  const asked = new Set(questionsOf(flow).map(({ system }) => system));
  const needed = [...sending, ...(asked.size === 1 ? asked : []), ...decidingSystems({ from: [], to: flow.to })];
  return needed.find((system) => isAway(connectors.state(system))) ?? null;
}

/** Whether a system that only some messages of the flow need is away for this one: its source, or who is asked about its type. */
export async function awayFor(
  { book, connectors }: OperationContext,
  flow: FlowConfig,
  { deliveryId, documentType }: Pick<Failed, 'deliveryId' | 'documentType'>,
): Promise<boolean> {
  const asked = questionFor(flow, documentType)?.system;
  if (asked !== undefined && isAway(connectors.state(asked))) return true;
  if (flow.retry.resend?.system !== WHOEVER_ACCEPTED) return false;
  const source = await book.sourceOf(deliveryId);
  return source !== null && isAway(connectors.state(source));
}

export interface FlowFacts extends HoldFacts {
  readonly switched: AutomaticSwitch;
  /** Number of the newest automatic operation of the flow; 0: there was none. */
  readonly newest: number;
}

export async function holdFactsOf(context: OperationContext, flow: FlowConfig): Promise<FlowFacts> {
  const now = context.clock.now();
  const [switched, record, maintenanceUntil] = await Promise.all([
    switchOf(context.db, flow.id),
    recordOf(context.db, flow.id, now - BUDGET_SPAN_MS),
    context.maintenanceUntil(flow.id),
  ]);
  const { stopped, begun, newest } = record;
  return {
    now,
    paused: switched.pausedAt !== null,
    maintenanceUntil,
    away: awayOf(context, flow),
    // Whoever lets it go on has seen what had stopped it.
    stoppedAt: stopped !== null && stopped.number > switched.passedNumber ? stopped.at : null,
    begun,
    switched,
    newest,
  };
}
