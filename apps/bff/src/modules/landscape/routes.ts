import { landscapeBus } from '@pult/shared/contracts/bus';
import { counters } from '@pult/shared/contracts/counters';
import { exchangeRegisters } from '@pult/shared/contracts/exchange-registers';
import { landscapeConnections, landscapeDay, landscapeFlow, landscapeOverview } from '@pult/shared/contracts/landscape';
import { type Route, route } from '../../platform/http/mount.ts';
import type { BusWatch } from './bus/watch.ts';
import type { Registers } from './registers/registers.ts';
import type { LandscapeService } from './service.ts';

export const createLandscapeRoutes = (
  service: LandscapeService,
  registers: Registers,
  bus: Pick<BusWatch, 'view'>,
): Route[] => [
  route(landscapeOverview, ({ actor }) => service.overview(actor)),
  route(landscapeFlow, ({ params }) => service.flow(params.flowId)),
  route(landscapeDay, () => service.day()),
  route(landscapeConnections, () => service.connections()),
  route(exchangeRegisters, ({ query }) => registers.view(query)),
  route(landscapeBus, () => bus.view()),
  route(counters, ({ actor }) => service.counters(actor)),
];
