import type { Route } from '../../platform/http/mount.ts';
import type { Ticker } from '../../platform/jobs/ticker.ts';
import { createMarkedPictures, type MarkedPictureDeps } from './attention/marked-picture.ts';
import { type BusWatch, type BusWatchDeps, createBusWatch } from './bus/watch.ts';
import { type CheckableConnections, createChecks } from './checks/checks.ts';
import { type Counters, createCounters } from './counters/counters.ts';
import { createOwnWork } from './counters/own-work.ts';
import { createHeartbeats } from './heartbeats/heartbeats.ts';
import { createMigrations, type MigrationParts } from './migration/migration.ts';
import { createMigrationRoutes } from './migration/routes.ts';
import { createUsual } from './picture/usual.ts';
import type { Arrivals, ReportDoor, WorkCounters } from './ports.ts';
import { createQuiet, type Quiet } from './quiet/quiet.ts';
import { createRegisters, type Registers, type RegistersDeps } from './registers/registers.ts';
import { createLandscapeRoutes } from './routes.ts';
import { createLandscapeService, type LandscapeDeps } from './service.ts';
import { createSilenceWatch } from './silence/silence.ts';

export type { ConnectionState } from './ports.ts';

export interface LandscapeModule {
  readonly routes: Route[];
  /** What the buses say, for the judgements of other modules. */
  readonly bus: Pick<BusWatch, 'withoutConsumer' | 'downSince'>;
  /** Until when planned work on an end of a flow lasts, ms; null: there is none now. */
  readonly maintenanceUntil: Quiet['maintenanceUntil'];
  /** Rows of exchange registers that are failures of a delivery. */
  readonly registersOf: Registers['ofDelivery'];
  /** What the numbers feed tells one person. */
  readonly counters: Counters;
  /** Reads registers of the bases, buses and services, compares the channels of flows that move and looks after checks, until the ticker stops. */
  start(ticker: Ticker): void;
}

type OwnDeps = Omit<
  LandscapeDeps,
  'exchangeBases' | 'silence' | 'heartbeats' | 'quiet' | 'lastChecks' | 'pictures' | 'ownWork'
> &
  Pick<MarkedPictureDeps, 'activity' | 'connections'> &
  RegistersDeps &
  MigrationParts &
  BusWatchDeps & {
    readonly arrivals: Arrivals;
    readonly connections: CheckableConnections;
    readonly counters: WorkCounters;
    readonly reports: ReportDoor;
  };

/**
 * Systems and flows with their health; of its own it keeps what registers, buses and services say of themselves, and what
 * people muted.
 */
export function createLandscapeModule(deps: OwnDeps): LandscapeModule {
  const registers = createRegisters(deps);
  const heartbeats = createHeartbeats(deps);
  const quiet = createQuiet(deps);
  const bus = createBusWatch(deps);
  const migrations = createMigrations({ ...deps, health: () => service.statuses() });
  const checks = createChecks(deps);
  const silence = createSilenceWatch({ ...deps, works: quiet.works });
  const pictures = createMarkedPictures({
    ...deps,
    silence,
    heartbeats,
    quiet,
    bus,
    usual: createUsual(deps),
    migrations: () => migrations.overview(),
  });
  const ownWork = createOwnWork(deps.counters);
  const counters = createCounters(pictures, ownWork);
  const service = createLandscapeService({
    ...deps,
    exchangeBases: registers.bases,
    silence,
    heartbeats,
    quiet,
    pictures,
    ownWork,
    lastChecks: checks.last,
  });
  return {
    routes: [
      ...createLandscapeRoutes({ service, counters, registers, bus, quiet, checks }),
      ...createMigrationRoutes(migrations),
    ],
    bus,
    maintenanceUntil: quiet.maintenanceUntil,
    registersOf: registers.ofDelivery,
    counters,
    start: (ticker) => {
      registers.start(ticker);
      heartbeats.start(ticker);
      bus.start(ticker);
      checks.start(ticker);
      silence.start(ticker);
      migrations.start(ticker);
    },
  };
}
