import type { Route } from '../../platform/http/mount.ts';
import type { Ticker } from '../../platform/jobs/ticker.ts';
import { createRegisters, type RegistersDeps } from './registers/registers.ts';
import { createLandscapeRoutes } from './routes.ts';
import { createLandscapeService, type LandscapeDeps } from './service.ts';

export type { ConnectionState } from './ports.ts';

export interface LandscapeModule {
  readonly routes: Route[];
  /** Reads the exchange registers of the bases until the ticker stops. */
  start(ticker: Ticker): void;
}

/** Systems and flows with their health; of its own it keeps only what the registers of the bases say. */
export function createLandscapeModule(
  deps: Omit<LandscapeDeps, 'exchangeBases'> & Omit<RegistersDeps, 'zone'>,
): LandscapeModule {
  const registers = createRegisters({ ...deps, zone: 'Europe/Moscow' });
  const service = createLandscapeService({ ...deps, exchangeBases: registers.bases });
  return { routes: createLandscapeRoutes(service, registers), start: registers.start };
}
