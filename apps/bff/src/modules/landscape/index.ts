import type { Route } from '../../platform/http/mount.ts';
import type { Ticker } from '../../platform/jobs/ticker.ts';
import { type CheckableConnections, createChecks } from './checks/checks.ts';
import { createRegisters, type RegistersDeps } from './registers/registers.ts';
import { createLandscapeRoutes } from './routes.ts';
import { createLandscapeService, type LandscapeDeps } from './service.ts';

export type { ConnectionState } from './ports.ts';

export interface LandscapeModule {
  readonly routes: Route[];
  /** Reads the exchange registers of the bases and looks after checks until the ticker stops. */
  start(ticker: Ticker): void;
}

/** Systems and flows with their health; of its own it keeps only what the registers of the bases say. */
export function createLandscapeModule(
  deps: Omit<LandscapeDeps, 'exchangeBases' | 'lastChecks'> &
    Omit<RegistersDeps, 'zone'> & { connections: CheckableConnections },
): LandscapeModule {
  const registers = createRegisters({ ...deps, zone: 'Europe/Moscow' });
  const checks = createChecks(deps);
  const service = createLandscapeService({ ...deps, exchangeBases: registers.bases, lastChecks: checks.last });
  return {
    routes: createLandscapeRoutes(service, registers, checks),
    start: (ticker) => {
      registers.start(ticker);
      checks.start(ticker);
    },
  };
}
