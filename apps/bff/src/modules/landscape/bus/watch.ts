/** Watches the buses and the polled services: one instance reads, each keeps what was read at hand for its judgements. */
import type { LagSummary, landscapeBus, ServiceFigures } from '@pult/shared/contracts/bus';
import type { EndpointReply } from '@pult/shared/contracts/endpoint';
import type { ConnectorConfig, FlowConfig, LandscapeFile } from '@pult/shared/contracts/landscape-file';
import { AppError, SourceError } from '@pult/shared/errors/app-error';
import type { ServiceClient } from '../../../connectors/service/client.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Db } from '../../../platform/db/database.ts';
import { isDatabaseUnavailable } from '../../../platform/db/database-errors.ts';
import { cutText } from '../../../platform/http/clean-text.ts';
import type { Ticker } from '../../../platform/jobs/ticker.ts';
import type { Live } from '../../../platform/live/live.ts';
import type { Logger } from '../../../platform/telemetry/logger.ts';
import type { ExchangeActivity } from '../ports.ts';
import { type BusPlan, busPlans } from './plan.ts';
import type { BusAdmin, MissedOnBus } from './ports.ts';
import { type FlowOnBus, jointForecast } from './rules.ts';
import { readService } from './service-reader.ts';
import { figuresOf, serviceDownSince } from './service-rules.ts';
import {
  claimSource,
  lagByMinutes,
  noteFailedBusReading,
  noteMissed,
  type StoredBus,
  saveBusReading,
  saveServiceSample,
  storedBuses,
  storedServices,
} from './store.ts';
import {
  busStateOf,
  emptyGroups,
  type GroupNow,
  groupsNow,
  STALE_AFTER_MS,
  sampleOf,
  TREND_WINDOW_MS,
} from './view.ts';

/** A forecast in minutes needs no reading more often than this. */
const BUS_EVERY_MS = 5_000;
const SERVICE_EVERY_MS = 10_000;
const LEASE_MS = 60_000;
const LOOK_MS = 2_500;
const CHART_MS = 30 * 60_000;
/** One reading may fail; the second in a row is an incident. */
const DOWN_AFTER_MS = 2 * BUS_EVERY_MS - 1_000;
const ERROR_LENGTH = 500;

type ServiceConnector = Extract<ConnectorConfig, { protocol: 'service' }>;

export interface BusWatchDeps {
  readonly db: Db;
  readonly file: LandscapeFile;
  readonly clock: Clock;
  readonly live: Pick<Live, 'announce'>;
  readonly log: Pick<Logger, 'error'>;
  /** Administration client of a system of the kind bus; null without brokers. */
  readonly busAdmin: (systemId: string) => BusAdmin | null;
  /** What the reader of this instance found missing on a bus since its start. */
  readonly busMissed?: (systemId: string) => readonly MissedOnBus[];
  readonly service: (systemId: string) => ServiceClient;
  readonly activity: Pick<ExchangeActivity, 'openDeadLetters'>;
}

export interface BusWatch {
  /** Reads one bus now, unless another instance does or has just done. */
  readBus(systemId: string): Promise<void>;
  readService(systemId: string): Promise<void>;
  /** Takes from the database what whichever instance has read. */
  refresh(): Promise<void>;
  view(): Promise<EndpointReply<typeof landscapeBus>>;
  /** Of a bus all its groups, of a consumer its own; null for a system without either. */
  lag(systemId: string): LagSummary | null;
  figures(systemId: string): ServiceFigures | null;
  /** Since when the brokers do not answer, or no instance of a polled service calls itself well, ms; null otherwise. */
  downSince(systemId: string): number | null;
  /** Null for a flow that passes no bus. */
  flow(flow: FlowConfig): FlowOnBus | null;
  /** Since when nobody reads for this consumer of the flow, ms; null while somebody does. */
  withoutConsumer(flowId: string, consumer: string): number | null;
  start(ticker: Ticker): void;
}

export function createBusWatch(deps: BusWatchDeps): BusWatch {
  const { db, clock, file, live, log } = deps;
  const plans = busPlans(file);
  const connected = (plan: BusPlan): boolean => deps.busAdmin(plan.system.id) !== null;
  const services = file.systems.flatMap(({ id, title, connector }) =>
    connector?.protocol === 'service' ? [{ id, title, connector }] : [],
  );
  let buses: ReadonlyMap<string, StoredBus> = new Map();
  let polled: Awaited<ReturnType<typeof storedServices>> = new Map();
  let told = '';
  const noted = new Set<MissedOnBus>();
  /** Each instance reads partitions of its own: what it misses is told by all. */
  const noteAllMissed = async (systemId: string): Promise<void> => {
    for (const one of deps.busMissed?.(systemId) ?? [])
      if (!noted.has(one) && (await noteMissed(db, systemId, one))) noted.add(one);
  };

  const groupsOf = (plan: BusPlan): readonly GroupNow[] => {
    const stored = buses.get(plan.system.id);
    return stored ? groupsNow(plan, stored, clock.now()) : [];
  };
  const planOf = (systemId: string): BusPlan | undefined => plans.find(({ system }) => system.id === systemId);
  const figuresOfService = ({ id, connector }: { id: string; connector: ServiceConnector }): ServiceFigures => {
    const known = polled.get(id);
    const figures = figuresOf(known?.samples ?? [], connector.instances ?? connector.more.length + 1, clock.now());
    return { ...figures, freshAt: known?.freshAt == null ? null : new Date(known.freshAt).toISOString() };
  };

  const watch: BusWatch = {
    readBus: async (systemId) => {
      const plan = planOf(systemId);
      const admin = deps.busAdmin(systemId);
      if (plan === undefined || admin === null) return;
      if (
        !(await claimSource(db, 'bus_source', systemId, {
          now: clock.now(),
          ms: LEASE_MS,
          everyMs: BUS_EVERY_MS - 500,
        }))
      )
        return;
      try {
        const reading = await admin.read({
          topics: plan.topics.map(({ topic }) => topic),
          groups: plan.groups.map(({ group }) => group),
        });
        await saveBusReading(db, systemId, {
          reading,
          sample: sampleOf(plan, reading),
          empty: emptyGroups(plan, reading),
          now: clock.now(),
        });
      } catch (error) {
        if (isDatabaseUnavailable(error)) throw error;
        const code = error instanceof AppError ? error.code : 'server.unexpected';
        const text = error instanceof SourceError && typeof error.data.text === 'string' ? error.data.text : null;
        await noteFailedBusReading(db, systemId, {
          code,
          text: text === null ? null : cutText(text, ERROR_LENGTH),
          now: clock.now(),
        });
        if (!(error instanceof SourceError)) log.error({ err: error, system: systemId }, 'the bus was not read');
      }
    },

    readService: async (systemId) => {
      const service = services.find(({ id }) => id === systemId);
      if (!service) return;
      const lease = { now: clock.now(), ms: LEASE_MS, everyMs: SERVICE_EVERY_MS - 500 };
      if (!(await claimSource(db, 'service_source', systemId, lease))) return;
      const instances = await readService(deps.service(systemId), service.connector.metrics);
      await saveServiceSample(db, systemId, { at: clock.now(), instances });
    },

    refresh: async () => {
      const ids = plans.filter(connected).map(({ system }) => system.id);
      for (const id of ids) await noteAllMissed(id);
      [buses, polled] = await Promise.all([
        storedBuses(db, ids, clock.now() - TREND_WINDOW_MS),
        storedServices(
          db,
          services.map(({ id }) => id),
        ),
      ]);
      // Screens are told when a judgement changes; figures they ask for on their own rhythm.
      const now = JSON.stringify([
        plans.map((plan) => [
          groupsOf(plan).map(({ group, reason }) => [group, reason]),
          watch.downSince(plan.system.id),
          buses.get(plan.system.id)?.missed.length ?? 0,
        ]),
        services.map((service) => [figuresOfService(service).up, watch.downSince(service.id)]),
      ]);
      if (now !== told) live.announce('landscape');
      told = now;
    },

    view: async () => {
      const now = clock.now();
      const open = await deps.activity.openDeadLetters();
      const states = await Promise.all(
        plans.map(async (plan) => {
          const stored = connected(plan) ? buses.get(plan.system.id) : undefined;
          const trend = stored ? await lagByMinutes(db, plan.system.id, now - CHART_MS) : new Map();
          return busStateOf(plan, { stored, connected: connected(plan), trend, open, now });
        }),
      );
      return {
        now: new Date(now).toISOString(),
        buses: states,
        services: services.map((service) => ({
          systemId: service.id,
          title: service.title,
          figures: figuresOfService(service),
        })),
      };
    },

    lag: (systemId) => {
      const isBus = planOf(systemId) !== undefined;
      const mine = plans
        .filter(({ system }) => !isBus || system.id === systemId)
        .filter(connected)
        .flatMap((plan) => {
          const planned = new Set(plan.groups.map(({ group }) => group));
          return groupsOf(plan).filter((one) => (isBus ? planned.has(one.group) : one.systemId === systemId));
        });
      if (mine.length === 0) return null;
      const active = mine.filter(({ reason }) => reason !== 'absent');
      return {
        lag: active.reduce((sum, { lag }) => sum + lag, 0),
        forecast: jointForecast(active.map(({ forecast }) => forecast)),
        members: mine.reduce((sum, { members }) => sum + members.length, 0),
        withoutConsumer: mine.filter(({ reason }) => reason === 'no_consumer').map(({ group }) => group),
      };
    },

    figures: (systemId) => {
      const service = services.find(({ id }) => id === systemId);
      return service ? figuresOfService(service) : null;
    },

    downSince: (systemId) => {
      const service = polled.get(systemId);
      if (service) return serviceDownSince(service.samples);
      const error = buses.get(systemId)?.error;
      return error && clock.now() - error.since >= DOWN_AFTER_MS ? error.since : null;
    },

    flow: (flow) => {
      if (flow.channel !== 'kafka') return null;
      const over = plans.filter(({ system }) => [...flow.from, ...flow.to].includes(system.id));
      if (!over.some(connected)) return { connected: false, withoutConsumer: [] };
      const withoutConsumer = over
        .flatMap((plan) => {
          // Brokers that do not answer say nothing about who reads.
          const stale = clock.now() - (buses.get(plan.system.id)?.freshAt ?? 0) > STALE_AFTER_MS;
          return stale ? [] : groupsOf(plan);
        })
        .filter((one) => one.reason === 'no_consumer' && one.flows.includes(flow.id))
        .map(({ group, systemId, since, lag }) => ({ group, systemId, since: since ?? clock.now(), lag }))
        .sort((a, b) => b.lag - a.lag);
      return { connected: true, withoutConsumer };
    },

    withoutConsumer: (flowId, consumer) => {
      const flow = file.flows.find(({ id }) => id === flowId);
      return (flow && watch.flow(flow)?.withoutConsumer.find(({ systemId }) => systemId === consumer)?.since) ?? null;
    },

    start: (ticker) => {
      for (const plan of plans.filter(connected))
        ticker.every(LOOK_MS, `landscape.bus.${plan.system.id}`, () => watch.readBus(plan.system.id));
      for (const { id } of services) ticker.every(LOOK_MS, `landscape.service.${id}`, () => watch.readService(id));
      ticker.every(LOOK_MS, 'landscape.bus.refresh', watch.refresh);
    },
  };
  return watch;
}
