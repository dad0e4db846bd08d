import {
  migrationGet,
  migrationRollbackCheck,
  migrationStage,
  shadowExplain,
  shadowPairs,
  shadowPairsExport,
  shadowReport,
  shadowUnexplain,
} from '@pult/shared/contracts/migration';
import type { Actor } from '../../../platform/actor.ts';
import { attachment } from '../../../platform/http/attachment.ts';
import { Reply, type Route, route } from '../../../platform/http/mount.ts';
import type { MigrationService } from './service.ts';
import type { By } from './who.ts';

const by = (input: { actor: Actor; request: { requestId: string } }): By => ({
  actor: input.actor,
  requestId: input.request.requestId,
});

export const createMigrationRoutes = (service: MigrationService): Route[] => [
  route(migrationGet, ({ params }) => service.view(params.flowId)),
  route(migrationStage, (input) => service.changeStage(input.params.flowId, input.body, by(input))),
  route(migrationRollbackCheck, (input) => service.rollbackChecked(input.params.flowId, input.body.reason, by(input))),
  route(shadowReport, ({ params, query, actor }) => service.report(params.flowId, query, actor)),
  route(shadowPairs, ({ params, query, actor }) => service.pairs(params.flowId, query, actor)),
  route(
    shadowPairsExport,
    async ({ params, query }) =>
      new Reply(200, await service.pairsCsv(params.flowId, query), {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': attachment(`shadow-${params.flowId}.csv`),
      }),
  ),
  route(shadowExplain, (input) => service.explain(input.params.flowId, input.body, by(input))),
  route(shadowUnexplain, (input) => service.unexplain({ ...input.params, reason: input.body.reason }, by(input))),
];
