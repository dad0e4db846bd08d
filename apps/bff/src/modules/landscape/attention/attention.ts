/** Turns health into the list of what needs a person now: one line per root cause. */
import type { ExchangeBase } from '@pult/shared/contracts/exchange-registers';
import type { AttentionItem, FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import type { SystemService } from '../heartbeats/heartbeats.ts';
import type { NewCause, WaitingApprovals } from '../ports.ts';
import { nodeFails, runFailed } from '../registers/rules.ts';
import { handlerAlarm } from './alarms.ts';
import { sortAttention } from './rules.ts';

export interface AttentionFacts {
  readonly now: number;
  readonly systems: readonly SystemHealth[];
  readonly flows: readonly FlowHealth[];
  readonly causes: readonly NewCause[];
  readonly quarantined: number;
  readonly bases: readonly ExchangeBase[];
  /** Exchange workers and services by their heartbeats. */
  readonly services: readonly SystemService[];
  readonly approvals: Omit<WaitingApprovals, 'waiting'> | null;
}

const iso = (at: number): string => new Date(at).toISOString();

/** A system that is down explains its flows: they are named inside its item and get none of their own. */
export function attentionOf(facts: AttentionFacts): AttentionItem[] {
  const items: AttentionItem[] = [];
  const explained = new Set<string>();
  for (const system of facts.systems) {
    if (system.rule.code !== 'system_down') continue;
    const flows = facts.flows.filter((flow) => flow.watched && [...flow.from, ...flow.to].includes(system.id));
    for (const flow of flows) explained.add(flow.id);
    // What a source has not handed over, nobody has heard of.
    const towards = flows.filter(({ to }) => to.includes(system.id));
    items.push({
      id: `system:${system.id}`,
      kind: 'system_down',
      status: 'bad',
      since: String(system.rule.data.since),
      data: {
        systemId: system.id,
        title: system.title,
        flows: flows.length,
        waiting: system.rule.data.waiting,
        amount: system.rule.data.amount,
        ...(system.rule.data.text === undefined ? {} : { reason: system.rule.data.text }),
        ...(system.rule.data.loginUntil === undefined ? {} : { loginUntil: system.rule.data.loginUntil }),
      },
      link:
        system.rule.data.loginUntil !== undefined
          ? '/settings/connections'
          : system.kind === 'bus'
            ? '/bus'
            : towards.length === 0
              ? '/settings/connections'
              : `/messages?tab=all&state=accepted,sent,delivered,failed,retrying,in_doubt&flow=${towards.map((flow) => flow.id).join(',')}`,
    });
  }
  const withFreshCause = new Set(facts.causes.map(({ flowId }) => flowId));
  for (const flow of facts.flows) {
    if (explained.has(flow.id)) continue;
    const base = { flowId: flow.id, title: flow.title };
    items.push(...silenceItems(flow));
    if (flow.rule.code === 'no_consumer')
      items.push({
        id: `no_consumer:${flow.id}`,
        kind: 'no_consumer',
        status: flow.status,
        since: String(flow.rule.data.since),
        data: { ...base, group: flow.rule.data.group, count: flow.rule.data.count },
        link: `/bus?group=${encodeURIComponent(String(flow.rule.data.group))}`,
      });
    if (flow.inDoubt > 0)
      items.push({
        id: `doubt:${flow.id}`,
        kind: 'in_doubt',
        status: 'doubt',
        since: flow.oldestInDoubtAt ?? iso(facts.now),
        data: { ...base, count: flow.inDoubt, amount: flow.inDoubtAmount },
        link: `/messages?tab=in_doubt&flow=${flow.id}`,
      });
    // Nobody reads: what is stuck has its line already.
    if (flow.stuck > 0 && flow.oldestStuckAt && flow.rule.code !== 'no_consumer')
      items.push({
        id: `stuck:${flow.id}`,
        kind: 'stuck',
        status: 'warn',
        since: flow.oldestStuckAt,
        data: { ...base, count: flow.stuck, amount: flow.stuckAmount },
        link: `/messages?tab=stuck&flow=${flow.id}`,
      });
    // A flow whose fresh causes stand in the list needs no second line about the same failures.
    // A worse rule of the flow (stuck, in doubt) has a line of its own and must not hide them.
    if (flow.undecided && flow.oldestFailedAt && !withFreshCause.has(flow.id))
      items.push({
        id: `undecided:${flow.id}`,
        kind: 'undecided',
        status: 'warn',
        since: flow.oldestFailedAt,
        data: { ...base, count: flow.failed, amount: flow.failedAmount },
        link: `/messages?tab=causes&flow=${flow.id}`,
      });
  }
  for (const cause of facts.causes) {
    if (explained.has(cause.flowId)) continue;
    items.push({
      id: `cause:${cause.id}`,
      kind: cause.kind === 'new' ? 'cause_new' : 'cause_growing',
      status: 'bad',
      since: iso(cause.firstSeenAt),
      data: {
        causeId: cause.id,
        flowId: cause.flowId,
        flowTitle: facts.flows.find(({ id }) => id === cause.flowId)?.title,
        title: cause.title,
        count: cause.count,
        amount: cause.amount,
      },
      link: `/messages?tab=causes&cause=${cause.id}`,
    });
  }
  if (facts.approvals && facts.approvals.breached + facts.approvals.breaching > 0)
    items.push({
      id: 'sla',
      kind: 'sla',
      status: facts.approvals.breached > 0 ? 'bad' : 'warn',
      since: iso(facts.approvals.nextDueAt ?? facts.now),
      data: { breaching: facts.approvals.breaching, breached: facts.approvals.breached },
      link: '/approvals?tab=all',
    });
  if (facts.quarantined > 0)
    items.push({
      id: 'quarantine',
      kind: 'quarantine',
      status: 'warn',
      since: iso(facts.now),
      data: { count: facts.quarantined },
      link: '/messages?tab=quarantine',
    });
  for (const system of facts.systems)
    if (system.rule.code === 'stale')
      items.push({
        id: `stale:${system.id}`,
        kind: 'stale',
        status: 'warn',
        since: String(system.rule.data.since),
        data: { systemId: system.id, title: system.title },
        link: '/settings/connections',
      });
  items.push(...facts.services.flatMap((service) => handlerItems(service, facts)));
  items.push(...facts.bases.flatMap((base) => registerItems(base, facts)));
  return sortAttention(items);
}

/** Each silent source is an alarm of its own: one may be muted while another goes on ringing. */
function silenceItems(flow: FlowHealth): AttentionItem[] {
  const sources = flow.cadence?.sources ?? [];
  return sources.flatMap(({ systemId, lastAt, silentSince, missed }) =>
    silentSince === null
      ? []
      : [
          {
            id: sources.length === 1 ? `silence:${flow.id}` : `silence:${flow.id}:${systemId}`,
            kind: 'silence' as const,
            status: 'warn' as const,
            since: lastAt ?? silentSince,
            data: {
              flowId: flow.id,
              title: flow.title,
              missed,
              expectedAt: silentSince,
              ...(sources.length === 1 ? {} : { source: systemId }),
            },
            link: `/flows/${flow.id}`,
          },
        ],
  );
}

/** A service without a living instance, or with fewer than it needs. */
function handlerItems(life: SystemService, facts: AttentionFacts): AttentionItem[] {
  if ((life.state !== 'silent' && life.state !== 'missing') || life.since === null) return [];
  const silent = life.state === 'silent';
  return [
    {
      id: handlerAlarm(life),
      kind: silent ? 'handler_silent' : 'handler_missing',
      status: silent ? 'bad' : 'warn',
      since: iso(life.since),
      data: {
        systemId: life.systemId,
        title: facts.systems.find(({ id }) => id === life.systemId)?.title,
        service: life.service,
        alive: life.alive,
        expected: life.expected,
      },
      link: '/settings/connections',
    },
  ];
}

type WatchedPlan = NonNullable<ExchangeBase['nodes'][number]['plan']>;

/** First change of the present unbroken run of lags that reach the limit. */
function lateSince({ history, lagWarn }: WatchedPlan): string | null {
  const fine = history.findLastIndex(({ lag }) => lag < lagWarn);
  return history[fine + 1]?.at ?? null;
}

/** Exchanges that the base itself calls failed, and its list of problem objects: one line each. */
function registerItems(base: ExchangeBase, facts: AttentionFacts): AttentionItem[] {
  const title = facts.systems.find(({ id }) => id === base.systemId)?.title;
  const data = { systemId: base.systemId, title };
  const link = `/exchange-registers?system=${base.systemId}`;
  const failing = base.nodes.filter(nodeFails);
  const runs = failing.flatMap((node) => [node.export, node.import]).filter((run) => run !== null);
  const since = runs.filter(({ result }) => runFailed(result)).map(({ endedAt, startedAt }) => endedAt ?? startedAt);
  const items: AttentionItem[] = [];
  if (failing.length > 0)
    items.push({
      id: `exchange:${base.systemId}`,
      kind: 'exchange_failing',
      status: 'warn',
      since: since.filter((at) => at !== null).sort()[0] ?? iso(facts.now),
      data: { ...data, nodes: failing.map(({ name, code }) => name || code) },
      link,
    });
  for (const node of base.nodes)
    if (node.plan !== null && !node.plan.confirms)
      items.push({
        id: `lag:${base.systemId}:${node.ref}`,
        kind: 'exchange_lag',
        status: 'warn',
        // Since the lag last rose to the limit: the earliest change of the present run of too large lags.
        since: lateSince(node.plan) ?? node.plan.exchangedAt ?? iso(facts.now),
        data: { ...data, node: node.name || node.code, lag: node.plan.lag, flowId: node.plan.flowId },
        link: `/flows/${node.plan.flowId}`,
      });
  // Problems that are failures of messages stand among the causes.
  const listed = base.problems - base.failures;
  if (listed > 0)
    items.push({
      id: `problems:${base.systemId}`,
      kind: 'exchange_problems',
      status: 'warn',
      since: base.newestProblemAt ?? iso(facts.now),
      data: { ...data, count: listed },
      link,
    });
  return items;
}
