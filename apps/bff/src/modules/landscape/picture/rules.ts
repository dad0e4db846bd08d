/**
 * Health of systems and flows: the first rule that fires, worst first; no news is its own state, never green
 * (product.md, Обзор; domain.md §1 Stuck and Silence). Pure: the clock comes in as an argument.
 */
import type { HealthStatus } from '@pult/shared/contracts/counters';
import type { FlowHealth } from '@pult/shared/contracts/landscape';
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';

export interface Verdict {
  readonly status: HealthStatus;
  readonly rule: FlowHealth['rule'];
}

/** What Pult knows about a flow now; times in ms since the epoch. */
export interface FlowActivity {
  readonly failed: number;
  readonly failedLastHour: number;
  readonly inDoubt: number;
  readonly stuck: number;
  readonly oldestFailedAt: number | null;
  readonly oldestStuckAt: number | null;
  readonly appliedLastHour: number;
  readonly lastAcceptedAt: number | null;
  readonly lastEventAt: number | null;
  readonly latencyP95Ms: number | null;
  readonly usualLatencyP95Ms: number | null;
  /** First due message of those missed in a row, of the source that misses longest; null while none is missed. */
  readonly silence: { readonly since: number; readonly missed: number } | null;
}

const verdict = (
  status: HealthStatus,
  code: FlowHealth['rule']['code'],
  data: Record<string, unknown> = {},
): Verdict => ({
  status,
  rule: { code, data },
});

/** Failures of one hour in a hundred deliveries from which a flow counts as failing, and as degraded. */
const FAILING_SHARE = 0.2;
const DEGRADED_SHARE = 0.02;
/** Fewer failures than this are single cases, not a state of the flow. */
const LEAST_FAILURES = 3;
/** A 95th percentile this many times the usual one is a delay, if it is also longer than {@link LEAST_DELAY_MS}. */
const DELAY_FACTOR = 4;
const LEAST_DELAY_MS = 5_000;

/**
 * How long a failed delivery may wait for a decision, ms: as long as a message may take through the whole flow. After that its
 * document is late whatever was decided (domain.md §1, Stuck), and a flow that moves everything else is still not healthy.
 */
export const decisionBudgetMs = (budget: FlowConfig['budget']): number =>
  budget.accepted + budget.sent + budget.delivered;

/** Failures that nobody has decided about in time, whatever else is the matter with the flow. */
export const isUndecided = (
  flow: Pick<FlowConfig, 'budget' | 'watched'>,
  { failed, oldestFailedAt }: Pick<FlowActivity, 'failed' | 'oldestFailedAt'>,
  now: number,
): boolean =>
  flow.watched && failed > 0 && oldestFailedAt !== null && now - oldestFailedAt > decisionBudgetMs(flow.budget);

/** First matching rule, worst first. `downSystems` maps a system that does not answer to the moment it stopped. */
export function flowVerdict(
  flow: FlowConfig,
  activity: FlowActivity,
  now: number,
  downSystems: ReadonlyMap<string, number>,
): Verdict {
  if (!flow.watched) return verdict('idle', 'not_connected');
  // A flow that promised messages and never had one is silent, not unknown.
  if (activity.lastEventAt === null && activity.silence === null) return verdict('idle', 'no_data');
  for (const systemId of [...flow.to, ...flow.from]) {
    const since = downSystems.get(systemId);
    if (since !== undefined) return verdict('bad', 'target_down', { systemId, since: new Date(since).toISOString() });
  }
  const tried = activity.appliedLastHour + activity.failedLastHour;
  const share = tried === 0 ? 0 : activity.failedLastHour / tried;
  if (activity.failedLastHour >= LEAST_FAILURES && share >= FAILING_SHARE)
    return verdict('bad', 'failures', { count: activity.failedLastHour, share });
  const { silence } = activity;
  if (silence)
    return verdict('warn', 'silence', { since: new Date(silence.since).toISOString(), missed: silence.missed });
  if (activity.stuck > 0)
    return verdict('warn', 'stuck', {
      count: activity.stuck,
      ...(activity.oldestStuckAt === null ? {} : { since: new Date(activity.oldestStuckAt).toISOString() }),
    });
  if (activity.inDoubt > 0) return verdict('doubt', 'in_doubt', { count: activity.inDoubt });
  if (activity.failedLastHour >= LEAST_FAILURES && share >= DEGRADED_SHARE)
    return verdict('warn', 'failures', { count: activity.failedLastHour, share });
  if (isUndecided(flow, activity, now))
    return verdict('warn', 'undecided', {
      count: activity.failed,
      ...(activity.oldestFailedAt === null ? {} : { since: new Date(activity.oldestFailedAt).toISOString() }),
    });
  if (
    activity.latencyP95Ms !== null &&
    activity.usualLatencyP95Ms !== null &&
    activity.latencyP95Ms > LEAST_DELAY_MS &&
    activity.latencyP95Ms > DELAY_FACTOR * activity.usualLatencyP95Ms
  )
    return verdict('warn', 'slow', { p95Ms: activity.latencyP95Ms, usualMs: activity.usualLatencyP95Ms });
  return verdict('ok', 'healthy');
}

export interface SystemFacts {
  readonly hasConnector: boolean;
  readonly reports: boolean;
  readonly downSince: number | null;
  /** The login was refused, first at `since`, and is not sent again before `until`; null: it was not. */
  readonly login: { readonly since: number; readonly until: number } | null;
  readonly freshAt: number | null;
  /** What waits because it is down; amount in roubles. */
  readonly waiting?: { readonly count: number; readonly amount: string } | null;
  readonly errorText: string | null;
  /** The service that is worst off, when not all of its instances live. */
  readonly handler: {
    readonly service: string;
    readonly since: number;
    readonly alive: number;
    readonly expected: number;
  } | null;
}

/** A source whose newest news is older than this counts as stale. */
const STALE_AFTER_MS = 5 * 60_000;

/** Health of a system itself, apart from its flows. */
export function systemVerdict(facts: SystemFacts, now: number): Verdict {
  if (!facts.hasConnector && !facts.reports) return verdict('idle', 'not_connected');
  // A system that refuses the login with a status that says «not down» is closed to Pult all the same.
  const downSince = facts.downSince ?? facts.login?.since ?? null;
  if (downSince !== null)
    return verdict('bad', 'system_down', {
      since: new Date(downSince).toISOString(),
      waiting: facts.waiting?.count ?? 0,
      amount: facts.waiting?.amount ?? '0',
      ...(facts.errorText === null ? {} : { text: facts.errorText }),
      ...(facts.login === null ? {} : { loginUntil: new Date(facts.login.until).toISOString() }),
    });
  if (facts.handler) {
    const { since, ...handler } = facts.handler;
    const data = { ...handler, since: new Date(since).toISOString() };
    return handler.alive === 0 ? verdict('bad', 'handler_silent', data) : verdict('warn', 'handler_missing', data);
  }
  if (facts.freshAt === null) return verdict('idle', 'no_data');
  if (isStale(facts.freshAt, now)) return verdict('warn', 'stale', { since: new Date(facts.freshAt).toISOString() });
  return verdict('ok', 'healthy');
}

/** Whether the newest news of a source is too old to be called fresh. */
export const isStale = (freshAt: number | null, now: number): boolean =>
  freshAt === null || now - freshAt > STALE_AFTER_MS;

/** Worst first. */
export const SEVERITY: readonly HealthStatus[] = ['bad', 'warn', 'doubt', 'ok', 'idle'];

/** The worst of several healths; `idle` only when nothing else is there. */
export function worst(statuses: readonly HealthStatus[]): HealthStatus {
  return SEVERITY.find((status) => statuses.includes(status)) ?? 'idle';
}
