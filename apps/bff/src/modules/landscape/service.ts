/** View models of the landscape: the file's systems and flows joined with what is known about them now. */
import type { ConnectionCheck } from '@pult/shared/contracts/connection-checks';
import type { HealthStatus } from '@pult/shared/contracts/counters';
import type { EndpointReply } from '@pult/shared/contracts/endpoint';
import type { ExchangeBase } from '@pult/shared/contracts/exchange-registers';
import type { heartbeats } from '@pult/shared/contracts/heartbeats';
import type {
  landscapeConnections,
  landscapeDay,
  landscapeFlow,
  landscapeOverview,
} from '@pult/shared/contracts/landscape';
import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import { canResend } from '@pult/shared/contracts/landscape-file/flow';
import { questionsOf } from '@pult/shared/contracts/landscape-file/verify';
import type { flowRhythm } from '@pult/shared/contracts/rhythm';
import { AppError } from '@pult/shared/errors/app-error';
import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import { createDerivation, type SharedAnswer } from '../../platform/shared-answers.ts';
import type { BesideHealth, MarkedPictures } from './attention/marked-picture.ts';
import type { OwnWork } from './counters/own-work.ts';
import type { Heartbeats } from './heartbeats/heartbeats.ts';
import { serviceView } from './heartbeats/view.ts';
import type { AllNumbers } from './picture/picture.ts';
import { isStale } from './picture/rules.ts';
import type { ExchangeActivity, WorkingTime } from './ports.ts';
import type { Quiet } from './quiet/quiet.ts';
import type { SilenceWatch } from './silence/silence.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** The house keeps Moscow time, UTC+3 without summer time since 2014. */
const MOSCOW_OFFSET_MS = 3 * HOUR_MS;
const DAY_BUCKET_MS = 10 * MINUTE_MS;
const FLOW_BUCKET_MS = 15 * MINUTE_MS;

const iso = (at: number): string => new Date(at).toISOString();

export interface LandscapeDeps {
  readonly file: LandscapeFile;
  readonly fileHash: string;
  /** When this process read the file, ms since the epoch. */
  readonly fileAppliedAt: number;
  readonly clock: Clock;
  readonly activity: Omit<ExchangeActivity, 'flowNumbers'>;
  readonly working: WorkingTime;
  /** The last check of each system. */
  readonly lastChecks: () => Promise<ConnectionCheck[]>;
  /** What the bases say about their own exchanges. */
  readonly exchangeBases: () => Promise<ExchangeBase[]>;
  readonly silence: Pick<SilenceWatch, 'rhythm'>;
  readonly heartbeats: Pick<Heartbeats, 'services'>;
  readonly quiet: Pick<Quiet, 'look'>;
  readonly pictures: MarkedPictures;
  readonly ownWork: Pick<OwnWork, 'approvalsOf'>;
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
  /** Health of every flow now. */
  statuses(): Promise<ReadonlyMap<string, HealthStatus>>;
}

/** Builds the service; every method is a pure read. */
export function createLandscapeService(deps: LandscapeDeps): LandscapeService {
  const { file, clock, activity, pictures, ownWork } = deps;

  const overviewFrom = createDerivation<AllNumbers, EndpointReply<typeof landscapeOverview>>();
  const flowFrom = createDerivation<AllNumbers, EndpointReply<typeof landscapeFlow>>();

  const overviewOf = async (
    numbers: AllNumbers,
    approvals: BesideHealth['approvals'],
  ): Promise<EndpointReply<typeof landscapeOverview>> => {
    const now = clock.now();
    const [causes, quarantined, bases] = await Promise.all([
      activity.newCauses(now, 5),
      activity.quarantined(),
      deps.exchangeBases(),
    ]);
    const { flows, systems, attention, muted } = await pictures.whole(now, numbers, {
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
      pictures.common(numbers),
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
      const [approvals, numbers] = await Promise.all([ownWork.approvalsOf(actor), pictures.numbers()]);
      return overviewFrom(numbers, JSON.stringify(approvals), (all) => overviewOf(all, approvals));
    },

    async flow(flowId) {
      const numbers = await pictures.numbers();
      return flowFrom(numbers, flowId, () => flowOf(flowId, numbers));
    },

    async rhythm(flowId) {
      const { value: numbers } = await pictures.numbers();
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
      const [{ systems }, checks] = await Promise.all([pictures.numbers().then(pictures.common), deps.lastChecks()]);
      return {
        now: iso(now),
        checks,
        file: { version: file.version, appliedAt: iso(deps.fileAppliedAt), hash: deps.fileHash },
        systems,
      };
    },

    async statuses() {
      const { value: numbers } = await pictures.numbers();
      const flows = await pictures.unmuted(numbers);
      return new Map(flows.map(({ id, status }) => [id, status]));
    },
  };
}

const floorTo = (at: number, stepMs: number): number => Math.floor(at / stepMs) * stepMs;
