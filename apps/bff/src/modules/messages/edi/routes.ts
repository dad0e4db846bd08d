import { ediAnswer, ediOrder, ediPreview } from '@pult/shared/contracts/edi';
import { AppError } from '@pult/shared/errors/app-error';
import type { Actor, PersonActor } from '../../../platform/actor.ts';
import { Reply, type Route, route } from '../../../platform/http/mount.ts';
import { type AnswerDeps, answerOrder, previewAnswer, readOrder } from './answer.ts';

const personOf = (actor: Actor): PersonActor => {
  if (actor.kind !== 'person') throw new AppError('permission.denied');
  return actor;
};

export const createEdiRoutes = (deps: AnswerDeps): Route[] => [
  route(ediOrder, ({ params }) => readOrder(deps, params.deliveryId)),
  route(ediPreview, ({ params, body }) => previewAnswer(deps, params.deliveryId, body)),
  route(
    ediAnswer,
    async ({ params, body, actor, request }) =>
      new Reply(
        201,
        await answerOrder(deps, {
          ...body,
          deliveryId: params.deliveryId,
          actor: personOf(actor),
          requestId: request.requestId,
        }),
      ),
  ),
];
