import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import type { Route } from '../../platform/http/mount.ts';
import type { AnalyticsSources } from './ports.ts';
import { createAnalyticsRoutes } from './routes.ts';
import { createAnalyticsService } from './service.ts';

/** Dashboards over rollups and closed clocks: reads only, keeps nothing of its own. */
export const createAnalyticsModule = (deps: {
  landscape: LandscapeFile;
  sources: AnalyticsSources;
}): { routes: Route[] } => ({
  routes: createAnalyticsRoutes(createAnalyticsService(deps)),
});
