/** View models of the landscape: the file's systems and flows joined with what is known about them now. */
import type { ConnectionCheck } from '@pult/shared/contracts/connection-checks';
import type { counters, HealthStatus } from '@pult/shared/contracts/counters';
import type { EndpointReply } from '@pult/shared/contracts/endpoint';
import type { ExchangeBase } from '@pult/shared/contracts/exchange-registers';
import type { HeartbeatServiceView, heartbeats } from '@pult/shared/contracts/heartbeats';
import type {
  FlowHealth,
  landscapeConnections,
  landscapeDay,
  landscapeFlow,
  landscapeOverview,
  SystemHealth,
} from '@pult/shared/contracts/landscape';
import type { FlowConfig, LandscapeFile, SystemConfig } from '@pult/shared/contracts/landscape-file';
import { canResend } from '@pult/shared/contracts/landscape-file/flow';
import type { FlowMigration } from '@pult/shared/contracts/migration';
import type { CadenceHealth, flowRhythm } from '@pult/shared/contracts/rhythm';
import { personalSystems } from '@pult/shared/domain/delivery/personal';
import { AppError } from '@pult/shared/errors/app-error';
import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import { createSharing, type SharedAnswer } from '../../platform/shared-answers.ts';
import { apart, marked } from './alarms.ts';
import { type AttentionFacts, attentionOf, handlerAlarm } from './attention.ts';
import { withBus } from './bus/rules.ts';
import { serviceStatus } from './bus/service-rules.ts';
import type { BusWatch } from './bus/watch.ts';
import type { Heartbeats, SystemService } from './heartbeats/heartbeats.ts';
import { placesOf } from './places.ts';
import type { Connections, ExchangeActivity, FlowNumbers, WorkCounters, WorkingTime } from './ports.ts';
import type { Quiet, QuietLook } from './quiet/quiet.ts';
import { flowVerdict, isStale, isUndecided, type SystemFacts, systemVerdict, worst } from './rules.ts';
import type { SilenceWatch } from './silence/silence.ts';

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
  /** The last check of each system. */
  readonly lastChecks: () => Promise<ConnectionCheck[]>;
  /** What the bases say about their own exchanges. */
  readonly exchangeBases: () => Promise<ExchangeBase[]>;
  readonly silence: SilenceWatch;
  readonly heartbeats: Pick<Heartbeats, 'services'>;
  readonly quiet: Pick<Quiet, 'look'>;
  /** What the buses and the polled services say. */
  readonly bus: Pick<BusWatch, 'lag' | 'figures' | 'downSince' | 'flow'>;
  /** Where the flows stand that move to the bus, both sides. */
  readonly migrations: () => Promise<ReadonlyMap<string, FlowMigration>>;
}

export interface LandscapeService {
  /** The same for all who see the same numbers of approvals. */
  overview(actor: Actor): Promise<SharedAnswer<EndpointReply<typeof landscapeOverview>>>;
  flow(flowId: string): Promise<EndpointReply<typeof landscapeFlow>>;
  /** @throws AppError `flow.not_found` */
  rhythm(flowId: string): Promise<EndpointReply<typeof flowRhythm>>;
  heartbeats(): Promise<EndpointReply<typeof heartbeats>>;
  day(): Promise<EndpointReply<typeof landscapeDay>>;
  connections(): Promise<EndpointReply<typeof landscapeConnections>>;
  counters(actor: Actor): Promise<EndpointReply<typeof counters>>;
  /** Health of every flow now. */
  statuses(): Promise<ReadonlyMap<string, HealthStatus>>;
}

/** Builds the service; every method is a pure read. */
export function createLandscapeService(deps: LandscapeDeps): LandscapeService {
  const { file, clock, activity } = deps;

  const personal = personalSystems(file.flows);
  const places = placesOf(file);
  /** The words of a system whose every flow carries people may name one. */
  const wordsOf = (systemId: string, text: string): string => (personal.has(systemId) ? '' : text);

  const downSince = (id: string): number | null => deps.connections.state(id)?.downSince ?? deps.bus.downSince(id);

  const downSystems = (): Map<string, number> => {
    const down = new Map<string, number>();
    for (const { id } of file.systems) {
      const since = downSince(id);
      if (since !== null) down.set(id, since);
    }
    return down;
  };

  const flowHealth = (
    flow: FlowConfig,
    numbers: FlowNumbers,
    {
      now,
      down,
      cadence,
      migration,
    }: {
      now: number;
      down: ReadonlyMap<string, number>;
      cadence: CadenceHealth | null;
      migration: FlowMigration | null;
    },
  ): FlowHealth => {
    const silence = cadence?.silentSince ? { since: Date.parse(cadence.silentSince), missed: cadence.missed } : null;
    const own = flowVerdict(flow, { ...numbers, silence }, now, down);
    const onBus = deps.bus.flow(flow);
    const { status, rule } = onBus === null ? own : withBus(flow, own, onBus);
    return {
      id: flow.id,
      title: flow.title,
      what: flow.what,
      from: flow.from,
      to: flow.to,
      era: flow.era,
      channel: flow.channel,
      stage: migration?.stage ?? flow.stage,
      migration,
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
      cadence,
      quiet: null,
      spark: [...numbers.spark],
    };
  };

  const connectionOf = (system: SystemConfig): SystemHealth['connection'] => {
    const { connector } = system;
    if (!connector) return null;
    const state = deps.connections.state(system.id);
    return {
      protocol: connector.protocol,
      url: addressOf(connector),
      user: 'userEnv' in connector && connector.userEnv ? (process.env[connector.userEnv] ?? null) : null,
      secretEnv:
        ('passwordEnv' in connector ? connector.passwordEnv : 'tokenEnv' in connector ? connector.tokenEnv : null) ??
        null,
      status: state?.downSince != null ? 'bad' : state?.lastOkAt != null ? 'ok' : 'idle',
      lastOkAt: isoOrNull(state?.lastOkAt ?? null),
      lastErrorAt: isoOrNull(state?.lastErrorAt ?? null),
      lastError: state?.lastError ? { ...state.lastError, text: wordsOf(system.id, state.lastError.text) } : null,
      downSince: isoOrNull(state?.downSince ?? null),
      circuit: state?.circuit ?? 'closed',
      nextProbeAt: isoOrNull(state?.nextProbeAt ?? null),
      inFlight: state?.inFlight ?? 0,
      concurrency: connector.limits.concurrency,
      timeoutMs: connector.limits.timeoutMs,
      requestsPerMinute: state?.requestsPerMinute ?? 0,
      busyShare: state?.busyShare ?? 0,
      latencyP95Ms: state?.latencyP95Ms ?? null,
    };
  };

  const systemHealths = async (
    now: number,
    flows: readonly FlowHealth[],
    numbers: ReadonlyMap<string, FlowNumbers>,
    services: readonly SystemService[],
  ) => {
    const reports = await activity.lastReports();
    // One walk over the flows: for each system anew it would be the product of both.
    const [inFlow, outFlow] = [new Map<string, number>(), new Map<string, number>()];
    for (const flow of flows) {
      if (!flow.watched) continue;
      const { appliedLast5Min, acceptedLast5Min } = numbers.get(flow.id) ?? QUIET;
      for (const id of new Set(flow.to)) inFlow.set(id, (inFlow.get(id) ?? 0) + appliedLast5Min);
      for (const id of new Set(flow.from)) outFlow.set(id, (outFlow.get(id) ?? 0) + acceptedLast5Min);
    }
    return file.systems.map((system): SystemHealth => {
      const state = deps.connections.state(system.id);
      // What others report in its name says nothing about how old our own reading of it is while it does not answer.
      const reported = state?.downSince == null ? (reports.get(system.id) ?? 0) : 0;
      const freshAt = Math.max(state?.lastOkAt ?? 0, reported) || null;
      const own = systemVerdict(
        {
          hasConnector: system.connector !== undefined,
          reports: system.intakeTokenEnv !== undefined,
          downSince: downSince(system.id),
          freshAt,
          errorText: state?.lastError ? wordsOf(system.id, state.lastError.text) : null,
          handler: worstHandler(services.filter(({ systemId }) => systemId === system.id)),
        },
        now,
      );
      const figures = deps.bus.figures(system.id);
      const partly =
        own.rule.code === 'healthy' && figures !== null && figures.freshAt !== null && serviceStatus(figures) === 'warn'
          ? { code: 'partly_up' as const, data: { up: figures.up, expected: figures.expected } }
          : null;
      return {
        id: system.id,
        title: system.title,
        kind: system.kind,
        group: system.group ?? null,
        place: places.get(system.id) ?? { column: 0, row: 0 },
        owner: system.owner ?? null,
        connected: system.connector !== undefined || system.intakeTokenEnv !== undefined,
        reports: system.intakeTokenEnv !== undefined,
        ...(partly ? { status: 'warn' as const, rule: partly } : { status: own.status, rule: own.rule }),
        connection: connectionOf(system),
        bus: deps.bus.lag(system.id),
        service: figures,
        freshAt: isoOrNull(freshAt),
        inPerMinute: round2((inFlow.get(system.id) ?? 0) / 5),
        outPerMinute: round2((outFlow.get(system.id) ?? 0) / 5),
        quiet: null,
      };
    });
  };

  const picture = async (now: number) => {
    const [numbers, migrations] = await Promise.all([activity.flowNumbers(now), deps.migrations()]);
    const down = downSystems();
    const [cadences, services] = await Promise.all([
      deps.silence.cadences((flowId) => numbers.get(flowId)?.lastAcceptedAt ?? null),
      deps.heartbeats.services(),
    ]);
    const flows = file.flows.map((flow) =>
      flowHealth(flow, numbers.get(flow.id) ?? QUIET, {
        now,
        down,
        cadence: cadences.get(flow.id) ?? null,
        migration: migrations.get(flow.id) ?? null,
      }),
    );
    return { flows, systems: await systemHealths(now, flows, numbers, services), services };
  };

  /** The picture with what keeps its parts quiet, and the attention list apart from that. */
  const markedPicture = async (now: number, rest: Omit<AttentionFacts, 'now' | 'systems' | 'flows' | 'services'>) => {
    const [{ services, ...bare }, look] = await Promise.all([picture(now), deps.quiet.look()]);
    const items = attentionOf({ now, ...bare, services, ...rest });
    return { ...marked(bare, items, look), ...apart(items, bare.flows, look) };
  };
  const NOTHING_ELSE = { causes: [], quarantined: 0, bases: [], approvals: null };
  const shareBare = createSharing<Awaited<ReturnType<typeof markedPicture>>>();
  /** The picture without what concerns one person; whoever asks at once gets one. */
  const barePicture = async () => (await shareBare('', () => markedPicture(clock.now(), NOTHING_ELSE))).value;
  const shareOverview = createSharing<EndpointReply<typeof landscapeOverview>>();

  const overviewOf = async (
    approvals: AttentionFacts['approvals'],
  ): Promise<EndpointReply<typeof landscapeOverview>> => {
    const now = clock.now();
    const [causes, quarantined, bases] = await Promise.all([
      activity.newCauses(now, 5),
      activity.quarantined(),
      deps.exchangeBases(),
    ]);
    const { flows, systems, attention, muted } = await markedPicture(now, { causes, quarantined, bases, approvals });
    const count = (wanted: readonly string[]) => flows.filter(({ status }) => wanted.includes(status)).length;
    const warned = flows.filter(({ status, quiet }) => ['warn', 'doubt', 'bad'].includes(status) && quiet === null);
    return {
      now: iso(now),
      systems,
      flows,
      attention,
      muted,
      freshness: systems
        .filter(({ connected }) => connected)
        .map(({ id, freshAt, connection }) => ({
          sourceId: id,
          at: freshAt,
          stale: connection?.downSince != null || isStale(freshAt === null ? null : Date.parse(freshAt), now),
        })),
      counts: {
        incidents: systems.filter(({ rule, quiet }) => rule.code === 'system_down' && quiet === null).length,
        warned: warned.length,
        ok: count(['ok']),
        idle: count(['idle']),
      },
    };
  };

  return {
    async overview(actor) {
      const mayApprove = actor.kind === 'person' && actor.permissions.includes('approvals.read');
      const approvals = mayApprove ? await deps.counters.approvals(actor) : null;
      return shareOverview(JSON.stringify(approvals), () => overviewOf(approvals));
    },

    async flow(flowId) {
      const now = clock.now();
      const config = file.flows.find(({ id }) => id === flowId);
      if (!config) throw new AppError('flow.not_found', { flowId });
      const [{ flows }, hours, oldest] = await Promise.all([
        barePicture(),
        activity.volume({ from: floorTo(now - DAY_MS, FLOW_BUCKET_MS), to: now, bucketMs: FLOW_BUCKET_MS, flowId }),
        activity.oldestOpen(flowId, 8),
      ]);
      const flow = flows.find(({ id }) => id === flowId);
      if (!flow) throw new AppError('flow.not_found', { flowId });
      return {
        now: iso(now),
        flow,
        budgets: {
          acceptedMs: config.budget.accepted,
          sentMs: config.budget.sent,
          deliveredMs: config.budget.delivered,
          ackTimeoutMs: config.ackTimeoutMs,
        },
        retry: {
          resend: canResend(config),
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

    async rhythm(flowId) {
      const numbers = await activity.flowNumbers(clock.now());
      return deps.silence.rhythm(flowId, (id) => numbers.get(id)?.lastAcceptedAt ?? null);
    },

    async heartbeats() {
      const [services, look] = await Promise.all([deps.heartbeats.services(), deps.quiet.look()]);
      return { now: iso(clock.now()), services: services.map((life) => serviceView(life, look)) };
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
      const [{ systems }, checks] = await Promise.all([barePicture(), deps.lastChecks()]);
      return {
        now: iso(now),
        checks,
        file: { version: file.version, appliedAt: iso(deps.fileAppliedAt), hash: deps.fileHash },
        systems,
      };
    },

    async statuses() {
      const { flows } = await picture(clock.now());
      return new Map(flows.map(({ id, status }) => [id, status]));
    },

    async counters(actor) {
      const may = (permission: string): boolean =>
        actor.kind === 'person' && actor.permissions.some((granted) => granted === permission);
      const { flows, systems } = await barePicture();
      const ringing = flows.filter(({ quiet }) => quiet === null);
      const [operations, approvals] = await Promise.all([
        may('operations.read') ? deps.counters.openOperations() : null,
        may('approvals.read') ? deps.counters.approvals(actor) : null,
      ]);
      return {
        status: worst([...ringing, ...systems.filter(({ quiet }) => quiet === null)].map(({ status }) => status)),
        messages: may('messages.read') ? ringing.reduce((total, flow) => total + flow.failed + flow.inDoubt, 0) : null,
        operations,
        approvals: approvals?.waiting ?? null,
        approvalsBreaching: approvals === null ? null : approvals.breaching + approvals.breached,
      };
    },
  };
}

/** The service of a system that is worst off: silent before short of instances, then the older. */
function worstHandler(services: readonly SystemService[]): SystemFacts['handler'] {
  const ill = services.filter(({ state }) => state === 'silent' || state === 'missing');
  const [worstOne] = ill.sort((one, other) => one.alive - other.alive || (one.since ?? 0) - (other.since ?? 0));
  if (!worstOne || worstOne.since === null) return null;
  const { service, since, alive, expected } = worstOne;
  return { service, since, alive, expected: expected ?? 0 };
}

const serviceView = (life: SystemService, look: QuietLook): HeartbeatServiceView => ({
  ...life,
  since: isoOrNull(life.since),
  lastAt: isoOrNull(life.lastAt),
  instances: life.instances.map((one) => ({ ...one, lastAt: iso(one.lastAt) })),
  quiet: look({ alarmId: handlerAlarm(life), flowId: null, systemIds: [life.systemId] }),
});

const floorTo = (at: number, stepMs: number): number => Math.floor(at / stepMs) * stepMs;

/** What a connector reaches, as a person knows it. */
function addressOf(connector: NonNullable<SystemConfig['connector']>): string {
  if (connector.protocol === 'kafka') return connector.brokers.join(', ');
  return connector.protocol === 'files' ? connector.folders.inbox : connector.url;
}
