/** Systems and flows of the file with their health now, before anything is muted. */
import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import type { FlowConfig, LandscapeFile, SystemConfig } from '@pult/shared/contracts/landscape-file';
import type { FlowMigration } from '@pult/shared/contracts/migration';
import type { CadenceHealth } from '@pult/shared/contracts/rhythm';
import { personalSystems } from '@pult/shared/domain/delivery/personal';
import { withBus } from '../bus/rules.ts';
import { serviceStatus } from '../bus/service-rules.ts';
import type { BusWatch } from '../bus/watch.ts';
import type { Heartbeats, SystemService } from '../heartbeats/heartbeats.ts';
import type { Connections, ExchangeActivity, FlowNumbers } from '../ports.ts';
import type { SilenceWatch } from '../silence/silence.ts';
import { placesOf } from './places.ts';
import { flowVerdict, isUndecided, type SystemFacts, systemVerdict, type Verdict } from './rules.ts';
import { seenMsOf, trafficOfSystems } from './traffic.ts';
import type { Usual } from './usual.ts';

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
  accepted: { fiveMinutes: 0, hour: 0 },
  applied: { fiveMinutes: 0, hour: 0 },
  seenSince: null,
  wholeUntil: 0,
  appliedLast5Min: 0,
  appliedLastHour: 0,
  lastAcceptedAt: null,
  lastAppliedAt: null,
  lastEventAt: null,
  latencyP95Ms: null,
  usualLatencyP95Ms: null,
  spark: [],
};

const NO_DEAD_LETTERS: ReadonlyMap<string, number> = new Map();

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));
const round2 = (value: number): number => Math.round(value * 100) / 100;

export interface PictureDeps {
  readonly file: LandscapeFile;
  readonly activity: Pick<ExchangeActivity, 'lastReports' | 'waitingFor' | 'openDeadLetters'>;
  readonly connections: Connections;
  readonly silence: Pick<SilenceWatch, 'cadences'>;
  readonly heartbeats: Pick<Heartbeats, 'services'>;
  /** What the buses and the polled services say. */
  readonly bus: Pick<BusWatch, 'lag' | 'figures' | 'downSince' | 'flow'>;
  /** How much is usual at this time of a day like this; see {@link createUsual}. */
  readonly usual: Usual;
  /** Where the flows stand that move to the bus, both sides. */
  readonly migrations: () => Promise<ReadonlyMap<string, FlowMigration>>;
}

export interface Picture {
  readonly flows: FlowHealth[];
  readonly systems: SystemHealth[];
  readonly services: SystemService[];
}

/** System that is down → what waits for it. */
type Waiting = Awaited<ReturnType<ExchangeActivity['waitingFor']>>;

/** Numbers of each flow. */
export type AllNumbers = ReadonlyMap<string, FlowNumbers>;

/** @returns what reads the picture at a moment, ms, around numbers just read */
export function createPicture(deps: PictureDeps): (now: number, numbers: AllNumbers) => Promise<Picture> {
  const { file, activity } = deps;

  const personal = personalSystems(file.flows);
  const places = placesOf(file);
  // Of one consumer every failure is its own: nothing has to be counted apart.
  const hasSeveral = file.flows.some(({ consumers }) => consumers.length > 1);
  /** The words of a system whose every flow carries people may name one. */
  const wordsOf = (systemId: string, text: string): string => (personal.has(systemId) ? '' : text);

  const downSince = (id: string): number | null => {
    const state = deps.connections.state(id);
    // An instance that says it is not well may still answer other questions: the connection then comes and goes.
    const since = [state?.downSince, deps.bus.downSince(id)].filter((at) => at != null);
    return since.length > 0 ? Math.min(...since) : (state?.login?.since ?? null);
  };

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
      waiting,
      cadence,
      migration,
      usualHour,
      deadLetters,
    }: {
      now: number;
      down: ReadonlyMap<string, number>;
      waiting: Waiting;
      cadence: CadenceHealth | null;
      migration: FlowMigration | null;
      usualHour: number | null;
      deadLetters: ReadonlyMap<string, number>;
    },
  ): FlowHealth => {
    const silence = cadence?.silentSince ? { since: Date.parse(cadence.silentSince), missed: cadence.missed } : null;
    const own = withWaiting(flow.id, flowVerdict(flow, { ...numbers, silence }, now, down), waiting);
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
      topics: flow.topics,
      consumers: flow.consumers.map(({ system, deadLetterTopic: topic }) => ({
        system,
        deadLetters: flow.consumers.length > 1 && topic !== undefined ? (deadLetters.get(topic) ?? 0) : null,
      })),
      migration,
      watched: flow.watched,
      owner: flow.owner ?? null,
      status,
      rule,
      perMinute: round2(numbers.appliedLast5Min / 5),
      traffic: { ...numbers.applied, seenMs: seenMsOf(numbers), usualHour },
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
    const down = downSince(system.id);
    return {
      protocol: connector.protocol,
      url: addressOf(connector),
      user: 'userEnv' in connector && connector.userEnv ? (process.env[connector.userEnv] ?? null) : null,
      secretEnv:
        ('passwordEnv' in connector ? connector.passwordEnv : 'tokenEnv' in connector ? connector.tokenEnv : null) ??
        null,
      status: down !== null ? 'bad' : state?.lastOkAt != null ? 'ok' : 'idle',
      lastOkAt: isoOrNull(state?.lastOkAt ?? null),
      lastErrorAt: isoOrNull(state?.lastErrorAt ?? null),
      lastError: state?.lastError ? { ...state.lastError, text: wordsOf(system.id, state.lastError.text) } : null,
      downSince: isoOrNull(state?.login == null ? down : state.downSince),
      circuit: state?.circuit ?? 'closed',
      nextProbeAt: isoOrNull(state?.nextProbeAt ?? null),
      login: state?.login
        ? {
            refusedSince: iso(state.login.since),
            until: iso(state.login.until),
            refusals: state.login.refusals,
          }
        : null,
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
    {
      numbers,
      services,
      waiting,
    }: {
      numbers: AllNumbers;
      services: readonly SystemService[];
      waiting: Waiting;
    },
  ) => {
    const reports = await activity.lastReports();
    // One walk over the flows: for each system anew it would be the product of both.
    const trafficOf = trafficOfSystems(flows, numbers);
    return file.systems.map((system): SystemHealth => {
      const state = deps.connections.state(system.id);
      // What others report in its name says nothing about how old our own reading of it is while it does not answer.
      const down = downSince(system.id);
      const reported = state?.downSince == null && down === null ? (reports.get(system.id) ?? 0) : 0;
      // Nor do answers beside the one that counts.
      const freshAt = Math.min(Math.max(state?.lastOkAt ?? 0, reported), down ?? Number.POSITIVE_INFINITY) || null;
      const own = systemVerdict(
        {
          hasConnector: system.connector !== undefined,
          reports: system.intakeTokenEnv !== undefined,
          downSince: down,
          login: state?.login ?? null,
          freshAt,
          waiting: waiting.get(system.id) ?? null,
          errorText: state?.lastError ? wordsOf(system.id, state.lastError.text) : null,
          handler: worstHandler(services.filter(({ systemId }) => systemId === system.id)),
        },
        now,
      );
      const figures = deps.bus.figures(system.id);
      const partly =
        own.rule.code === 'healthy' && figures !== null && figures.freshAt !== null && serviceStatus(figures) !== 'ok'
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
        ...trafficOf(system.id),
        quiet: null,
      };
    });
  };

  return async (now, numbers) => {
    const down = downSystems();
    const [usualHours, migrations, cadences, services, waiting, deadLetters] = await Promise.all([
      deps.usual(now, numbers),
      deps.migrations(),
      deps.silence.cadences((flowId) => numbers.get(flowId)?.lastAcceptedAt ?? null),
      deps.heartbeats.services(),
      activity.waitingFor([...down].map(([systemId, since]) => ({ systemId, since }))),
      hasSeveral ? activity.openDeadLetters() : NO_DEAD_LETTERS,
    ]);
    const flows = file.flows.map((flow) =>
      flowHealth(flow, numbers.get(flow.id) ?? QUIET, {
        now,
        down,
        waiting,
        cadence: cadences.get(flow.id) ?? null,
        migration: migrations.get(flow.id) ?? null,
        usualHour: usualHours.get(flow.id) ?? null,
        deadLetters,
      }),
    );
    return { flows, systems: await systemHealths(now, flows, { numbers, services, waiting }), services };
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

/** Of a flow that a system holds up, how much of what waits for that system is its own. */
function withWaiting(flowId: string, verdict: Verdict, waiting: Waiting): Verdict {
  const { code, data } = verdict.rule;
  if (code !== 'target_down') return verdict;
  const count = waiting.get(String(data.systemId))?.flows.get(flowId) ?? 0;
  return { ...verdict, rule: { code, data: { ...data, waiting: count } } };
}

/** What a connector reaches, as a person knows it. */
function addressOf(connector: NonNullable<SystemConfig['connector']>): string {
  if (connector.protocol === 'kafka') return connector.brokers.join(', ');
  return connector.protocol === 'files' ? connector.folders.inbox : connector.url;
}
