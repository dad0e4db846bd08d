import type { Route } from '../../platform/http/mount.ts';
import type { Ticker } from '../../platform/jobs/ticker.ts';
import { createMigrations, type MigrationParts } from './migration/migration.ts';
import { createMigrationRoutes } from './migration/routes.ts';
import { createRegisters, type RegistersDeps } from './registers/registers.ts';
import { createLandscapeRoutes } from './routes.ts';
import { createLandscapeService, type LandscapeDeps } from './service.ts';

export type { ConnectionState } from './ports.ts';

export interface LandscapeModule {
  readonly routes: Route[];
  /** Reads the exchange registers of the bases and compares the channels of flows that move, until the ticker stops. */
  start(ticker: Ticker): void;
}

/** Systems and flows with their health; of its own it keeps only what the registers of the bases say. */
export function createLandscapeModule(
  deps: Omit<LandscapeDeps, 'exchangeBases' | 'migrations'> & Omit<RegistersDeps, 'zone'> & MigrationParts,
): LandscapeModule {
  const registers = createRegisters({ ...deps, zone: 'Europe/Moscow' });
  const migrations = createMigrations({ ...deps, health: () => service.statuses() });
  const service = createLandscapeService({
    ...deps,
    exchangeBases: registers.bases,
    migrations: () => migrations.overview(),
  });
  return {
    routes: [...createLandscapeRoutes(service, registers), ...createMigrationRoutes(migrations)],
    start: (ticker) => {
      registers.start(ticker);
      migrations.start(ticker);
    },
  };
}
