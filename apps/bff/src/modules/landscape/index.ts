import type { Route } from '../../platform/http/mount.ts';
import type { Ticker } from '../../platform/jobs/ticker.ts';
import { createHeartbeats } from './heartbeats/heartbeats.ts';
import type { Arrivals } from './ports.ts';
import { createQuiet } from './quiet/quiet.ts';
import { createRegisters, type RegistersDeps } from './registers/registers.ts';
import { createLandscapeRoutes } from './routes.ts';
import { createLandscapeService, type LandscapeDeps } from './service.ts';
import { createSilenceWatch } from './silence/silence.ts';

export type { ConnectionState } from './ports.ts';

export interface LandscapeModule {
  readonly routes: Route[];
  /** Reads the exchange registers of the bases until the ticker stops. */
  start(ticker: Ticker): void;
}

type OwnDeps = Omit<LandscapeDeps, 'exchangeBases' | 'silence' | 'heartbeats' | 'quiet'> & Omit<RegistersDeps, 'zone'>;

/** Systems and flows with their health; of its own it keeps what the registers of the bases say, and what people muted. */
export function createLandscapeModule(deps: OwnDeps & { readonly arrivals: Arrivals }): LandscapeModule {
  const registers = createRegisters({ ...deps, zone: 'Europe/Moscow' });
  const heartbeats = createHeartbeats(deps);
  const quiet = createQuiet(deps);
  const silence = createSilenceWatch(deps);
  const service = createLandscapeService({ ...deps, exchangeBases: registers.bases, silence, heartbeats, quiet });
  return {
    routes: createLandscapeRoutes(service, registers, quiet),
    start: (ticker) => {
      registers.start(ticker);
      heartbeats.start(ticker);
    },
  };
}
