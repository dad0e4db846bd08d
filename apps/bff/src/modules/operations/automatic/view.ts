import type {
  AutomaticHoldView,
  AutomaticRetry,
  MessageAutomaticRetry,
} from '@pult/shared/contracts/automatic-retries';
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { shownText } from '@pult/shared/domain/delivery/open-words';
import {
  type AutomaticHold,
  type AutomaticPolicy,
  type FailedPlace,
  holdOf,
  judgeFailed,
} from '@pult/shared/domain/operation/automatic-retry';
import { AppError } from '@pult/shared/errors/app-error';
import type { OperationContext } from '../context.ts';
import type { OperationRow } from '../rows.ts';
import { asJudged, holdFactsOf } from './facts.ts';
import { openAutomatic } from './store.ts';

const PAGE = 500;
/** Failed deliveries that the numbers of a flow are counted from, at most. */
const MOST_COUNTED = 2_000;

const iso = (at: number): string => new Date(at).toISOString();

const holdView = (hold: AutomaticHold | null): AutomaticHoldView | null =>
  hold && {
    kind: hold.kind,
    system: hold.kind === 'circuit' ? hold.system : null,
    until: 'until' in hold ? iso(hold.until) : null,
  };

const operationView = (open: OperationRow | null): AutomaticRetry['operation'] =>
  open && { id: open.id, number: open.number, state: open.state };

const policyView = ({ pausesMs, perHour, ratePerSecond }: AutomaticPolicy): AutomaticRetry['policy'] => ({
  classes: Object.entries(pausesMs).map(([errorClass, pauses]) => ({
    errorClass: errorClass as keyof AutomaticPolicy['pausesMs'],
    pausesMs: [...(pauses ?? [])],
  })),
  perHour,
  ratePerSecond,
});

interface Numbers {
  readonly waiting: number;
  readonly behind: number;
  readonly nextAt: number | null;
  readonly left: AutomaticRetry['left'];
  readonly more: boolean;
}

async function numbersOf(context: OperationContext, flow: FlowConfig, policy: AutomaticPolicy): Promise<Numbers> {
  const left = new Map<AutomaticRetry['left'][number]['reason'], number>();
  let [waiting, behind, nextAt]: [number, number, number | null] = [0, 0, null];
  let after: FailedPlace | null = null;
  const query = { flow: flow.id, classes: null, failedUpTo: context.clock.now(), limit: PAGE };
  for (let counted = 0; counted < MOST_COUNTED; counted += PAGE) {
    const failed = await context.book.failedOf({ ...query, after });
    for (const one of await asJudged(context, failed)) {
      const verdict = judgeFailed(policy, one);
      if (verdict.kind === 'left') left.set(verdict.reason, (left.get(verdict.reason) ?? 0) + 1);
      else if (verdict.kind === 'behind') behind += 1;
      else if (verdict.kind === 'due') {
        waiting += 1;
        nextAt = Math.min(nextAt ?? verdict.at, verdict.at);
      }
    }
    after = failed.length < PAGE ? null : (failed.at(-1) ?? null);
    if (after === null) break;
  }
  const byReason = [...left].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
  // Where not all were looked at, an earlier one may stand behind.
  return { waiting, behind, nextAt: after === null ? nextAt : null, left: byReason, more: after !== null };
}

/** Automatic retry of a flow as its page shows it. @throws AppError `flow.not_found` */
export async function automaticView(context: OperationContext, flowId: string): Promise<AutomaticRetry> {
  const flow = context.flows.get(flowId);
  if (flow === undefined) throw new AppError('flow.not_found', { flowId });
  const policy = flow.retry.automatic;
  const facts = await holdFactsOf(context, flow);
  const { pausedAt, pausedBy, reason } = facts.switched;
  const shared = {
    now: iso(facts.now),
    flow: flow.id,
    pause:
      policy === undefined || pausedAt === null
        ? null
        : {
            at: pausedAt.toISOString(),
            by: pausedBy?.name ?? '',
            reason: shownText(reason ?? '', { personalData: flow.personalData }),
          },
    usedInHour: facts.begun.length,
  };
  if (policy === undefined)
    return {
      ...shared,
      policy: null,
      hold: null,
      operation: null,
      waiting: 0,
      behind: 0,
      nextAt: null,
      left: [],
      more: false,
    };
  const [open, numbers] = await Promise.all([openAutomatic(context.db, flow.id), numbersOf(context, flow, policy)]);
  return {
    ...shared,
    policy: policyView(policy),
    hold: holdView(holdOf(policy, facts)),
    operation: operationView(open),
    waiting: numbers.waiting,
    behind: numbers.behind,
    nextAt: numbers.nextAt === null ? null : iso(numbers.nextAt),
    left: numbers.left,
    more: numbers.more,
  };
}

/** What the policy says about one message. @throws AppError `delivery.not_found` */
export async function messageView(context: OperationContext, deliveryId: string): Promise<MessageAutomaticRetry> {
  const now = context.clock.now();
  const nothing = { now: iso(now), at: null, nth: null, of: null, tries: 0, reason: null, hold: null, operation: null };
  const failed = await context.book.failedOne(deliveryId);
  if (failed === null) {
    const [known] = await context.book.news([deliveryId]);
    if (known === undefined) throw new AppError('delivery.not_found', { delivery: deliveryId });
    return { ...nothing, verdict: 'not_failed' };
  }
  const flow = context.flows.get(failed.flow);
  const policy = flow?.retry.automatic;
  if (flow === undefined || policy === undefined) return { ...nothing, verdict: 'none' };
  const [judged] = await asJudged(context, [failed]);
  if (judged === undefined) return { ...nothing, verdict: 'none' };
  const verdict = judgeFailed(policy, judged);
  const known = { ...nothing, tries: judged.tries, verdict: verdict.kind };
  switch (verdict.kind) {
    case 'left':
      return { ...known, reason: verdict.reason };
    case 'behind':
    case 'claimed':
      return known;
    case 'due': {
      const hold = holdView(holdOf(policy, await holdFactsOf(context, flow)));
      const operation = operationView(await openAutomatic(context.db, flow.id));
      return { ...known, at: iso(verdict.at), nth: verdict.nth, of: verdict.of, hold, operation };
    }
  }
}
