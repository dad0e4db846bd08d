import { analyticsApprovals, analyticsFailures, analyticsFlows } from '@pult/shared/contracts/analytics';
import { type Route, route } from '../../platform/http/mount.ts';
import type { createAnalyticsService } from './service.ts';

export const createAnalyticsRoutes = (service: ReturnType<typeof createAnalyticsService>): Route[] => [
  route(analyticsFlows, ({ query }) => service.flows(query)),
  route(analyticsFailures, ({ query }) => service.failures(query)),
  route(analyticsApprovals, ({ query }) => service.approvals(query)),
];
