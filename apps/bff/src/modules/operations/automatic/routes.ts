import {
  automaticRetryGet,
  automaticRetryPause,
  automaticRetryResume,
  messageAutomaticRetryGet,
} from '@pult/shared/contracts/automatic-retries';
import { type Route, route } from '../../../platform/http/mount.ts';
import type { AutomaticService } from './service.ts';

export const createAutomaticRoutes = (automatic: AutomaticService): Route[] => [
  route(automaticRetryGet, ({ params }) => automatic.get(params.flowId)),
  route(automaticRetryPause, ({ params, body, actor, request }) =>
    automatic.pause(params.flowId, body.reason, { actor, requestId: request.requestId }),
  ),
  route(automaticRetryResume, ({ params, body, actor, request }) =>
    automatic.resume(params.flowId, body.reason ?? null, { actor, requestId: request.requestId }),
  ),
  route(messageAutomaticRetryGet, ({ params }) => automatic.ofMessage(params.deliveryId)),
];
