/** View models of the landscape: the file's systems and flows joined with what is known about them now. */
import type { ConnectionCheck } from '@pult/shared/contracts/connection-checks';
import type { counters, HealthStatus } from '@pult/shared/contracts/counters';
import type { EndpointReply } from '@pult/shared/contracts/endpoint';
import type { ExchangeBase } from '@pult/shared/contracts/exchange-registers';
import type { HeartbeatServiceView, heartbeats } from '@pult/shared/contracts/heartbeats';
import type {
  landscapeConnections,
  landscapeDay,
  landscapeFlow,
  landscapeOverview,
} from '@pult/shared/contracts/landscape';
import { canResend } from '@pult/shared/contracts/landscape-file/flow';
import { questionsOf } from '@pult/shared/contracts/landscape-file/verify';
import type { flowRhythm } from '@pult/shared/contracts/rhythm';
import { AppError } from '@pult/shared/errors/app-error';
import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import { createDerivation, createSharing, type SharedAnswer } from '../../platform/shared-answers.ts';
import { apart, marked } from './alarms.ts';
import { type AttentionFacts, attentionOf, handlerAlarm } from './attention.ts';
import type { SystemService } from './heartbeats/heartbeats.ts';
import { type AllNumbers, createPicture, type PictureDeps } from './picture.ts';
import type { ExchangeActivity, WorkCounters, WorkingTime } from './ports.ts';
import type { Quiet, QuietLook } from './quiet/quiet.ts';
import { isStale, worst } from './rules.ts';
import type { SilenceWatch } from './silence/silence.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** The house keeps Moscow time, UTC+3 without summer time since 2014. */
const MOSCOW_OFFSET_MS = 3 * HOUR_MS;
const DAY_BUCKET_MS = 10 * MINUTE_MS;
const FLOW_BUCKET_MS = 15 * MINUTE_MS;

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

export interface LandscapeDeps extends PictureDeps {
  readonly fileHash: string;
  /** When this process read the file, ms since the epoch. */
  readonly fileAppliedAt: number;
  readonly clock: Clock;
  readonly activity: ExchangeActivity;
  readonly counters: WorkCounters;
  readonly working: WorkingTime;
  /** The last check of each system. */
  readonly lastChecks: () => Promise<ConnectionCheck[]>;
  /** What the bases say about their own exchanges. */
  readonly exchangeBases: () => Promise<ExchangeBase[]>;
  readonly silence: SilenceWatch;
  readonly quiet: Pick<Quiet, 'look'>;
}

export interface LandscapeService {
  /** The same for all who see the same numbers of approvals. */
  overview(actor: Actor): Promise<SharedAnswer<EndpointReply<typeof landscapeOverview>>>;
  /** @throws AppError `flow.not_found` */
  flow(flowId: string): Promise<SharedAnswer<EndpointReply<typeof landscapeFlow>>>;
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

  const picture = createPicture(deps);

  /** The picture with what keeps its parts quiet, and the attention list apart from that. */
  const markedPicture = async (
    now: number,
    numbers: AllNumbers,
    rest: Omit<AttentionFacts, 'now' | 'systems' | 'flows' | 'services'>,
  ) => {
    const [{ services, ...bare }, look] = await Promise.all([picture(now, numbers), deps.quiet.look()]);
    const items = attentionOf({ now, ...bare, services, ...rest });
    return { ...marked(bare, items, look), ...apart(items, bare.flows, look) };
  };
  // Every screen of the landscape is made of the numbers of all flows; whoever got the same numbers gets the same screen.
  const numbersNow = () => activity.flowNumbers(clock.now());
  const NOTHING_ELSE = { causes: [], quarantined: 0, bases: [], approvals: null };
  const bareFrom = createDerivation<AllNumbers, Awaited<ReturnType<typeof markedPicture>>>();
  /** The picture without what concerns one person. */
  const barePicture = async (numbers: SharedAnswer<AllNumbers>) =>
    (await bareFrom(numbers, '', (all) => markedPicture(clock.now(), all, NOTHING_ELSE))).value;
  const shareOperations = createSharing<number>();
  const openOperations = async () => (await shareOperations('', () => deps.counters.openOperations())).value;
  const shareApprovals = createSharing<Awaited<ReturnType<WorkCounters['approvals']>>>();
  /** One person has several tabs open; what waits for others is another number. */
  const approvalsOf = async (actor: Actor) => {
    if (actor.kind !== 'person' || !actor.permissions.includes('approvals.read')) return null;
    const key = JSON.stringify([actor.userId, actor.roles]);
    return (await shareApprovals(key, () => deps.counters.approvals(actor))).value;
  };
  const overviewFrom = createDerivation<AllNumbers, EndpointReply<typeof landscapeOverview>>();
  const flowFrom = createDerivation<AllNumbers, EndpointReply<typeof landscapeFlow>>();

  const overviewOf = async (
    numbers: AllNumbers,
    approvals: AttentionFacts['approvals'],
  ): Promise<EndpointReply<typeof landscapeOverview>> => {
    const now = clock.now();
    const [causes, quarantined, bases] = await Promise.all([
      activity.newCauses(now, 5),
      activity.quarantined(),
      deps.exchangeBases(),
    ]);
    const { flows, systems, attention, muted } = await markedPicture(now, numbers, {
      causes,
      quarantined,
      bases,
      approvals,
    });
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

  const flowOf = async (
    flowId: string,
    numbers: SharedAnswer<AllNumbers>,
  ): Promise<EndpointReply<typeof landscapeFlow>> => {
    const now = clock.now();
    const config = file.flows.find(({ id }) => id === flowId);
    if (!config) throw new AppError('flow.not_found', { flowId });
    const [{ flows }, hours, oldest] = await Promise.all([
      barePicture(numbers),
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
        verify: questionsOf(config).map(({ system, types = [] }) => ({ system, types })),
        ratePerSecond: config.retry.ratePerSecond,
        maxRatePerSecond: config.retry.maxRatePerSecond,
      },
      runbook: config.runbook,
      hours: hours.map((bucket) => ({ ...bucket, at: iso(bucket.at) })),
      oldest: oldest.map((one) => ({ ...one, since: iso(one.since) })),
    };
  };

  return {
    async overview(actor) {
      const [approvals, numbers] = await Promise.all([approvalsOf(actor), numbersNow()]);
      return overviewFrom(numbers, JSON.stringify(approvals), (all) => overviewOf(all, approvals));
    },

    async flow(flowId) {
      const numbers = await numbersNow();
      return flowFrom(numbers, flowId, () => flowOf(flowId, numbers));
    },

    async rhythm(flowId) {
      const { value: numbers } = await numbersNow();
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
      const [{ systems }, checks] = await Promise.all([numbersNow().then(barePicture), deps.lastChecks()]);
      return {
        now: iso(now),
        checks,
        file: { version: file.version, appliedAt: iso(deps.fileAppliedAt), hash: deps.fileHash },
        systems,
      };
    },

    async statuses() {
      const { value: numbers } = await numbersNow();
      const { flows } = await picture(clock.now(), numbers);
      return new Map(flows.map(({ id, status }) => [id, status]));
    },

    async counters(actor) {
      const may = (permission: string): boolean =>
        actor.kind === 'person' && actor.permissions.some((granted) => granted === permission);
      const [{ flows, systems }, operations, approvals] = await Promise.all([
        numbersNow().then(barePicture),
        may('operations.read') ? openOperations() : null,
        approvalsOf(actor),
      ]);
      const ringing = flows.filter(({ quiet }) => quiet === null);
      return {
        status: worst([...ringing, ...systems.filter(({ quiet }) => quiet === null)].map(({ status }) => status)),
        // A mute silences an alarm; its messages stay where they are.
        messages: may('messages.read') ? flows.reduce((total, flow) => total + flow.failed + flow.inDoubt, 0) : null,
        operations,
        approvals: approvals?.waiting ?? null,
        approvalsBreaching: approvals === null ? null : approvals.breaching + approvals.breached,
      };
    },
  };
}

const serviceView = (life: SystemService, look: QuietLook): HeartbeatServiceView => ({
  ...life,
  since: isoOrNull(life.since),
  lastAt: isoOrNull(life.lastAt),
  instances: life.instances.map((one) => ({ ...one, lastAt: iso(one.lastAt) })),
  quiet: look({ alarmId: handlerAlarm(life), flowId: null, systemIds: [life.systemId] }),
});

const floorTo = (at: number, stepMs: number): number => Math.floor(at / stepMs) * stepMs;
