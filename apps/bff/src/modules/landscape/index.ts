import type { Route } from '../../platform/http/mount.ts';
import type { Ticker } from '../../platform/jobs/ticker.ts';
import { type BusWatch, type BusWatchDeps, createBusWatch } from './bus/watch.ts';
import { createRegisters, type RegistersDeps } from './registers/registers.ts';
import { createLandscapeRoutes } from './routes.ts';
import { createLandscapeService, type LandscapeDeps } from './service.ts';

export type { ConnectionState } from './ports.ts';

export interface LandscapeModule {
  readonly routes: Route[];
  /** What the buses say, for the judgements of other modules. */
  readonly bus: Pick<BusWatch, 'withoutConsumer' | 'downSince'>;
  /** Reads the exchange registers of the bases, the buses and the services until the ticker stops. */
  start(ticker: Ticker): void;
}

/** Systems and flows with their health; of its own it keeps only what registers, buses and services say of themselves. */
export function createLandscapeModule(
  deps: Omit<LandscapeDeps, 'exchangeBases' | 'bus'> & Omit<RegistersDeps, 'zone'> & BusWatchDeps,
): LandscapeModule {
  const registers = createRegisters({ ...deps, zone: 'Europe/Moscow' });
  const bus = createBusWatch(deps);
  const service = createLandscapeService({ ...deps, exchangeBases: registers.bases, bus });
  return {
    routes: createLandscapeRoutes(service, registers, bus),
    bus,
    start: (ticker) => {
      registers.start(ticker);
      bus.start(ticker);
    },
  };
}
