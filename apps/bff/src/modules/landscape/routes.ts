import { landscapeBus } from '@pult/shared/contracts/bus';
import { connectionCheckAll, connectionCheckStart, connectionChecks } from '@pult/shared/contracts/connection-checks';
import { counters as countersOf } from '@pult/shared/contracts/counters';
import { exchangeRegisters } from '@pult/shared/contracts/exchange-registers';
import { heartbeats } from '@pult/shared/contracts/heartbeats';
import { landscapeConnections, landscapeDay, landscapeFlow, landscapeOverview } from '@pult/shared/contracts/landscape';
import { quietChange, quietCreate, quietEnd, quietList } from '@pult/shared/contracts/quiet';
import { flowRhythm } from '@pult/shared/contracts/rhythm';
import { AppError } from '@pult/shared/errors/app-error';
import type { Actor, PersonActor } from '../../platform/actor.ts';
import { Reply, type Route, route, sharedRoute } from '../../platform/http/mount.ts';
import type { BusWatch } from './bus/watch.ts';
import type { Checks } from './checks/checks.ts';
import type { Counters } from './counters/counters.ts';
import type { Quiet } from './quiet/quiet.ts';
import type { Registers } from './registers/registers.ts';
import type { LandscapeService } from './service.ts';

const personOf = (actor: Actor): PersonActor => {
  if (actor.kind !== 'person') throw new AppError('permission.denied');
  return actor;
};

export interface LandscapeParts {
  readonly service: LandscapeService;
  readonly counters: Counters;
  readonly registers: Registers;
  readonly bus: Pick<BusWatch, 'view'>;
  readonly quiet: Quiet;
  readonly checks: Checks;
}

export const createLandscapeRoutes = ({
  service,
  counters,
  registers,
  bus,
  quiet,
  checks,
}: LandscapeParts): Route[] => [
  route(landscapeOverview, ({ actor }) => service.overview(actor)),
  route(landscapeFlow, ({ params }) => service.flow(params.flowId)),
  sharedRoute(landscapeDay, () => service.day()),
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
  sharedRoute(flowRhythm, ({ params }) => service.rhythm(params.flowId)),
  route(heartbeats, () => service.heartbeats()),
  route(quietList, () => quiet.list()),
  route(
    quietCreate,
    async ({ body, actor, request }) =>
      new Reply(201, await quiet.create(body, { actor: personOf(actor), requestId: request.requestId })),
  ),
  route(quietChange, ({ params, body, actor, request }) =>
    quiet.change(params.quietId, body, { actor: personOf(actor), requestId: request.requestId }),
  ),
  route(quietEnd, ({ params, body, actor, request }) =>
    quiet.end(params.quietId, body, { actor: personOf(actor), requestId: request.requestId }),
  ),
  route(landscapeBus, () => bus.view()),
  route(countersOf, ({ actor }) => counters(actor)),
];
