/** View models of the landscape: the file's systems and flows joined with what is known about them now. */
import type { counters } from '@pult/shared/contracts/counters';
import type { EndpointReply } from '@pult/shared/contracts/endpoint';
import type { ExchangeBase } from '@pult/shared/contracts/exchange-registers';
import type {
  FlowHealth,
  landscapeConnections,
  landscapeDay,
  landscapeFlow,
  landscapeOverview,
  SystemHealth,
} from '@pult/shared/contracts/landscape';
import type { FlowConfig, LandscapeFile, SystemConfig } from '@pult/shared/contracts/landscape-file';
import { AppError } from '@pult/shared/errors/app-error';
import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import { attentionOf } from './attention.ts';
import type { Connections, ExchangeActivity, FlowNumbers, WorkCounters, WorkingTime } from './ports.ts';
import { flowVerdict, isStale, isUndecided, silenceOf, systemVerdict, worst } from './rules.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** The house keeps Moscow time, UTC+3 without summer time since 2014. */
const MOSCOW_OFFSET_MS = 3 * HOUR_MS;
const DAY_BUCKET_MS = 10 * MINUTE_MS;
const FLOW_BUCKET_MS = 15 * MINUTE_MS;

const QUIET: FlowNumbers = {
  failed: 0,
  failedLastHour: 0,
  inDoubt: 0,
  stuck: 0,
  oldestFailedAt: null,
  oldestInDoubtAt: null,
  oldestStuckAt: null,
  failedAmount: '0',
  inDoubtAmount: '0',
  stuckAmount: '0',
  waiting: 0,
  waitingAmount: '0',
  acceptedLast5Min: 0,
  appliedLast5Min: 0,
  appliedLastHour: 0,
  appliedLastDay: 0,
  lastAcceptedAt: null,
  lastAppliedAt: null,
  lastEventAt: null,
  latencyP95Ms: null,
  usualLatencyP95Ms: null,
  spark: [],
};

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));
const round2 = (value: number): number => Math.round(value * 100) / 100;

export interface LandscapeDeps {
  readonly file: LandscapeFile;
  readonly fileHash: string;
  /** When this process read the file, ms since the epoch. */
  readonly fileAppliedAt: number;
  readonly clock: Clock;
  readonly activity: ExchangeActivity;
  readonly connections: Connections;
  readonly counters: WorkCounters;
  readonly working: WorkingTime;
  /** What the bases say about their own exchanges. */
  readonly exchangeBases: () => Promise<ExchangeBase[]>;
}

export interface LandscapeService {
  overview(actor: Actor): Promise<EndpointReply<typeof landscapeOverview>>;
  flow(flowId: string): Promise<EndpointReply<typeof landscapeFlow>>;
  day(): Promise<EndpointReply<typeof landscapeDay>>;
  connections(): Promise<EndpointReply<typeof landscapeConnections>>;
  counters(actor: Actor): Promise<EndpointReply<typeof counters>>;
}

/** Builds the service; every method is a pure read. */
export function createLandscapeService(deps: LandscapeDeps): LandscapeService {
  const { file, clock, activity } = deps;

  const downSystems = (): Map<string, number> => {
    const down = new Map<string, number>();
    for (const { id } of file.systems) {
      const since = deps.connections.state(id)?.downSince;
      if (since !== null && since !== undefined) down.set(id, since);
    }
    return down;
  };

  const flowHealth = (
    flow: FlowConfig,
    numbers: FlowNumbers,
    now: number,
    down: ReadonlyMap<string, number>,
  ): FlowHealth => {
    const { status, rule } = flowVerdict(flow, numbers, now, down);
    const silence = silenceOf(flow.watched ? flow.cadence : undefined, numbers.lastAcceptedAt, now);
    return {
      id: flow.id,
      title: flow.title,
      what: flow.what,
      from: flow.from,
      to: flow.to,
      era: flow.era,
      channel: flow.channel,
      stage: flow.stage,
      watched: flow.watched,
      owner: flow.owner ?? null,
      status,
      rule,
      perMinute: round2(numbers.appliedLast5Min / 5),
      usualPerMinute: numbers.lastEventAt === null ? null : round2(numbers.appliedLastDay / (DAY_MS / MINUTE_MS)),
      lastAppliedAt: isoOrNull(numbers.lastAppliedAt),
      lastEventAt: isoOrNull(numbers.lastEventAt),
      failed: numbers.failed,
      inDoubt: numbers.inDoubt,
      stuck: numbers.stuck,
      waiting: numbers.waiting,
      waitingAmount: numbers.waitingAmount,
      failedAmount: numbers.failedAmount,
      inDoubtAmount: numbers.inDoubtAmount,
      stuckAmount: numbers.stuckAmount,
      oldestFailedAt: isoOrNull(numbers.oldestFailedAt),
      undecided: isUndecided(flow, numbers, now),
      oldestInDoubtAt: isoOrNull(numbers.oldestInDoubtAt),
      oldestStuckAt: isoOrNull(numbers.oldestStuckAt),
      latencyP95Ms: numbers.latencyP95Ms,
      cadence: flow.cadence
        ? {
            everyMs: flow.cadence.everyMs,
            expectedAt: isoOrNull(silence.expectedAt),
            silentSince: isoOrNull(silence.silentSince),
            missed: silence.missed,
          }
        : null,
      spark: [...numbers.spark],
    };
  };

  const connectionOf = (system: SystemConfig): SystemHealth['connection'] => {
    const { connector } = system;
    if (!connector) return null;
    const state = deps.connections.state(system.id);
    return {
      protocol: connector.protocol,
      url: connector.protocol === 'kafka' ? connector.brokers.join(', ') : connector.url,
      user: 'userEnv' in connector && connector.userEnv ? (process.env[connector.userEnv] ?? null) : null,
      secretEnv: 'tokenEnv' in connector ? connector.tokenEnv : (connector.passwordEnv ?? null),
      status: state?.downSince != null ? 'bad' : state?.lastOkAt != null ? 'ok' : 'idle',
      lastOkAt: isoOrNull(state?.lastOkAt ?? null),
      lastErrorAt: isoOrNull(state?.lastErrorAt ?? null),
      lastError: state?.lastError ?? null,
      downSince: isoOrNull(state?.downSince ?? null),
      circuit: state?.circuit ?? 'closed',
      nextProbeAt: isoOrNull(state?.nextProbeAt ?? null),
      inFlight: state?.inFlight ?? 0,
      concurrency: connector.limits.concurrency,
      timeoutMs: connector.limits.timeoutMs,
      requestsPerMinute: state?.requestsPerMinute ?? 0,
      latencyP95Ms: state?.latencyP95Ms ?? null,
    };
  };

  const systemHealths = async (
    now: number,
    flows: readonly FlowHealth[],
    numbers: ReadonlyMap<string, FlowNumbers>,
  ) => {
    const reports = await activity.lastReports();
    return file.systems.map((system): SystemHealth => {
      const state = deps.connections.state(system.id);
      // What others report in its name says nothing about how old our own reading of it is while it does not answer.
      const reported = state?.downSince == null ? (reports.get(system.id) ?? 0) : 0;
      const freshAt = Math.max(state?.lastOkAt ?? 0, reported) || null;
      const own = systemVerdict(
        {
          hasConnector: system.connector !== undefined,
          reports: system.intakeTokenEnv !== undefined,
          downSince: state?.downSince ?? null,
          freshAt,
          errorText: state?.lastError?.text ?? null,
        },
        now,
      );
      const rate = (side: 'from' | 'to', pick: (one: FlowNumbers) => number): number =>
        round2(
          flows
            .filter((flow) => flow.watched && flow[side].includes(system.id))
            .reduce((total, flow) => total + pick(numbers.get(flow.id) ?? QUIET), 0) / 5,
        );
      return {
        id: system.id,
        title: system.title,
        kind: system.kind,
        group: system.group ?? null,
        place: system.place,
        owner: system.owner ?? null,
        connected: system.connector !== undefined || system.intakeTokenEnv !== undefined,
        reports: system.intakeTokenEnv !== undefined,
        status: own.status,
        rule: own.rule,
        connection: connectionOf(system),
        freshAt: isoOrNull(freshAt),
        inPerMinute: rate('to', (one) => one.appliedLast5Min),
        outPerMinute: rate('from', (one) => one.acceptedLast5Min),
      };
    });
  };

  const picture = async (now: number) => {
    const numbers = await activity.flowNumbers(now);
    const down = downSystems();
    const flows = file.flows.map((flow) => flowHealth(flow, numbers.get(flow.id) ?? QUIET, now, down));
    return { flows, systems: await systemHealths(now, flows, numbers) };
  };

  return {
    async overview(actor) {
      const now = clock.now();
      const { flows, systems } = await picture(now);
      const mayApprove = actor.kind === 'person' && actor.permissions.includes('approvals.read');
      const [causes, quarantined, bases, approvals] = await Promise.all([
        activity.newCauses(now, 5),
        activity.quarantined(),
        deps.exchangeBases(),
        mayApprove ? deps.counters.approvals(actor) : null,
      ]);
      const count = (wanted: readonly string[]) => flows.filter(({ status }) => wanted.includes(status)).length;
      return {
        now: iso(now),
        systems,
        flows,
        attention: attentionOf({ now, systems, flows, causes, quarantined, approvals, bases }),
        freshness: systems
          .filter(({ connected }) => connected)
          .map(({ id, freshAt, connection }) => ({
            sourceId: id,
            at: freshAt,
            stale: connection?.downSince != null || isStale(freshAt === null ? null : Date.parse(freshAt), now),
          })),
        counts: {
          incidents: systems.filter(({ rule }) => rule.code === 'system_down').length,
          warned: count(['warn', 'doubt', 'bad']),
          ok: count(['ok']),
          idle: count(['idle']),
        },
      };
    },

    async flow(flowId) {
      const now = clock.now();
      const config = file.flows.find(({ id }) => id === flowId);
      if (!config) throw new AppError('flow.not_found', { flowId });
      const [numbers, hours, oldest] = await Promise.all([
        activity.flowNumbers(now),
        activity.volume({ from: floorTo(now - DAY_MS, FLOW_BUCKET_MS), to: now, bucketMs: FLOW_BUCKET_MS, flowId }),
        activity.oldestOpen(flowId, 8),
      ]);
      return {
        now: iso(now),
        flow: flowHealth(config, numbers.get(flowId) ?? QUIET, now, downSystems()),
        budgets: {
          acceptedMs: config.budget.accepted,
          sentMs: config.budget.sent,
          deliveredMs: config.budget.delivered,
          ackTimeoutMs: config.ackTimeoutMs,
        },
        retry: {
          resend: config.retry.resend !== undefined,
          reExport: config.retry.reExport !== undefined,
          verify: config.retry.verify?.system ?? null,
          ratePerSecond: config.retry.ratePerSecond,
          maxRatePerSecond: config.retry.maxRatePerSecond,
        },
        runbook: config.runbook,
        hours: hours.map((bucket) => ({ ...bucket, at: iso(bucket.at) })),
        oldest: oldest.map((one) => ({ ...one, since: iso(one.since) })),
      };
    },

    async day() {
      const now = clock.now();
      const from = floorTo(now + MOSCOW_OFFSET_MS, DAY_MS) - MOSCOW_OFFSET_MS;
      const to = from + DAY_MS;
      const buckets = await activity.volume({ from, to, bucketMs: DAY_BUCKET_MS });
      return {
        now: iso(now),
        from: iso(from),
        to: iso(to),
        bucketMs: DAY_BUCKET_MS,
        applied: buckets.reduce((total, bucket) => total + bucket.applied, 0),
        failed: buckets.reduce((total, bucket) => total + bucket.failed, 0),
        buckets: buckets.map((bucket) => ({ ...bucket, at: iso(bucket.at) })),
        working: deps.working.intervals(from, to).map((span) => ({ from: iso(span.from), to: iso(span.to) })),
      };
    },

    async connections() {
      const now = clock.now();
      const { systems } = await picture(now);
      return {
        now: iso(now),
        file: { version: file.version, appliedAt: iso(deps.fileAppliedAt), hash: deps.fileHash },
        systems,
      };
    },

    async counters(actor) {
      const may = (permission: string): boolean =>
        actor.kind === 'person' && actor.permissions.some((granted) => granted === permission);
      const { flows, systems } = await picture(clock.now());
      const [operations, approvals] = await Promise.all([
        may('operations.read') ? deps.counters.openOperations() : null,
        may('approvals.read') ? deps.counters.approvals(actor) : null,
      ]);
      return {
        status: worst([...flows, ...systems].map(({ status }) => status)),
        messages: may('messages.read') ? flows.reduce((total, flow) => total + flow.failed + flow.inDoubt, 0) : null,
        operations,
        approvals: approvals?.waiting ?? null,
        approvalsBreaching: approvals === null ? null : approvals.breaching + approvals.breached,
      };
    },
  };
}

const floorTo = (at: number, stepMs: number): number => Math.floor(at / stepMs) * stepMs;
