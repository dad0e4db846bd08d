import type { Route } from '../../platform/http/mount.ts';
import { createLandscapeRoutes } from './routes.ts';
import { createLandscapeService, type LandscapeDeps } from './service.ts';

export type { ConnectionState } from './ports.ts';

/** Systems and flows with their health: reads only, keeps nothing of its own. */
export const createLandscapeModule = (deps: LandscapeDeps): { routes: Route[] } => ({
  routes: createLandscapeRoutes(createLandscapeService(deps)),
});
