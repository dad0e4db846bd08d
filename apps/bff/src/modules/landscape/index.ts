import type { Route } from '../../platform/http/mount.ts';
import type { Ticker } from '../../platform/jobs/ticker.ts';
import { type BusWatch, type BusWatchDeps, createBusWatch } from './bus/watch.ts';
import { createMigrations, type MigrationParts } from './migration/migration.ts';
import { createMigrationRoutes } from './migration/routes.ts';
import { createRegisters, type RegistersDeps } from './registers/registers.ts';
import { createLandscapeRoutes } from './routes.ts';
import { createLandscapeService, type LandscapeDeps } from './service.ts';

export type { ConnectionState } from './ports.ts';

export interface LandscapeModule {
  readonly routes: Route[];
  /** What the buses say, for the judgements of other modules. */
  readonly bus: Pick<BusWatch, 'withoutConsumer' | 'downSince'>;
  /** Reads registers of the bases, buses and services and compares the channels of flows that move, until the ticker stops. */
  start(ticker: Ticker): void;
}

/** Systems and flows with their health; of its own it keeps only what registers, buses and services say of themselves. */
export function createLandscapeModule(
  deps: Omit<LandscapeDeps, 'exchangeBases' | 'bus' | 'migrations'> &
    Omit<RegistersDeps, 'zone'> &
    MigrationParts &
    BusWatchDeps,
): LandscapeModule {
  const registers = createRegisters({ ...deps, zone: 'Europe/Moscow' });
  const bus = createBusWatch(deps);
  const migrations = createMigrations({ ...deps, health: () => service.statuses() });
  const service = createLandscapeService({
    ...deps,
    exchangeBases: registers.bases,
    bus,
    migrations: () => migrations.overview(),
  });
  return {
    routes: [...createLandscapeRoutes(service, registers, bus), ...createMigrationRoutes(migrations)],
    bus,
    start: (ticker) => {
      registers.start(ticker);
      bus.start(ticker);
      migrations.start(ticker);
    },
  };
}
