import { landscapeBus } from '@pult/shared/contracts/bus';
import { connectionCheckAll, connectionCheckStart, connectionChecks } from '@pult/shared/contracts/connection-checks';
import { counters } from '@pult/shared/contracts/counters';
import { exchangeRegisters } from '@pult/shared/contracts/exchange-registers';
import { landscapeConnections, landscapeDay, landscapeFlow, landscapeOverview } from '@pult/shared/contracts/landscape';
import { Reply, type Route, route } from '../../platform/http/mount.ts';
import type { BusWatch } from './bus/watch.ts';
import type { Checks } from './checks/checks.ts';
import type { Registers } from './registers/registers.ts';
import type { LandscapeService } from './service.ts';

interface RouteParts {
  readonly registers: Registers;
  readonly bus: Pick<BusWatch, 'view'>;
  readonly checks: Checks;
}

export const createLandscapeRoutes = (service: LandscapeService, { registers, bus, checks }: RouteParts): Route[] => [
  route(landscapeOverview, ({ actor }) => service.overview(actor)),
  route(landscapeFlow, ({ params }) => service.flow(params.flowId)),
  route(landscapeDay, () => service.day()),
  route(landscapeConnections, () => service.connections()),
  route(connectionChecks, ({ params }) => checks.view(params.systemId)),
  route(connectionCheckStart, async ({ params, body, actor, request }) => {
    const by = { actor, requestId: request.requestId };
    return new Reply(202, await checks.begin(params.systemId, body.from ?? null, by));
  }),
  route(
    connectionCheckAll,
    async ({ actor, request }) => new Reply(202, await checks.beginAll({ actor, requestId: request.requestId })),
  ),
  route(exchangeRegisters, ({ query }) => registers.view(query)),
  route(landscapeBus, () => bus.view()),
  route(counters, ({ actor }) => service.counters(actor)),
];
