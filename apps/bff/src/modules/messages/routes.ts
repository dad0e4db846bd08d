import {
  causeGet,
  causesList,
  causeTriage,
  intakeEvents,
  messageGet,
  messagePayload,
  messageReveal,
  messagesExport,
  messagesList,
  messagesSummary,
  messagesVolume,
  quarantineDiscard,
  quarantineList,
  quarantineReplay,
  searchAll,
} from '@pult/shared/contracts/messages';
import { AppError } from '@pult/shared/errors/app-error';
import type { Actor, PersonActor } from '../../platform/actor.ts';
import { attachment } from '../../platform/http/attachment.ts';
import { Reply, type Route, route, sharedRoute } from '../../platform/http/mount.ts';
import { messagesCsv } from './export.ts';
import type { Intake } from './intake.ts';
import { listCauses, listMessages, messagesByTime, searchMessages, summariseMessages } from './lists.ts';
import { readPayload, revealPayload } from './payload.ts';
import { closeQuarantined, listQuarantine, type QuarantineDeps } from './quarantine.ts';
import { readStory, type StoryDeps } from './story.ts';
import { readCause, triageCause } from './triage.ts';

const personOf = (actor: Actor): PersonActor => {
  if (actor.kind !== 'person') throw new AppError('permission.denied');
  return actor;
};

export const createMessagesRoutes = (deps: StoryDeps & QuarantineDeps, intake: Intake): Route[] => [
  route(intakeEvents, async ({ body, actor }) => {
    if (actor.kind !== 'system') throw new AppError('credential.invalid');
    return { results: await intake.accept(body, actor.systemId) };
  }),
  sharedRoute(messagesList, ({ query }) => listMessages(deps, query)),
  route(
    messagesExport,
    async ({ query }) =>
      new Reply(200, await messagesCsv(deps, query), {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': attachment('messages.csv'),
      }),
  ),
  sharedRoute(messagesSummary, ({ query }) => summariseMessages(deps, query)),
  sharedRoute(messagesVolume, ({ query }) => messagesByTime(deps, query)),
  sharedRoute(causesList, ({ query }) => listCauses(deps, query)),
  route(causeGet, ({ params }) => readCause(deps, params.causeId)),
  route(causeTriage, ({ params, body, actor, request }) =>
    triageCause(deps, { causeId: params.causeId, triage: body, actor: personOf(actor), requestId: request.requestId }),
  ),
  route(searchAll, ({ query }) => searchMessages(deps, query.q)),
  route(messageGet, ({ params }) => readStory(deps, params.deliveryId)),
  route(messagePayload, ({ params, query }) => readPayload(deps, params.deliveryId, query.revision)),
  route(messageReveal, ({ params, body, actor, request }) =>
    revealPayload(deps, {
      deliveryId: params.deliveryId,
      revision: body.revision,
      reason: body.reason,
      actor: personOf(actor),
      requestId: request.requestId,
    }),
  ),
  route(quarantineList, ({ query, actor }) =>
    listQuarantine(deps, { ...query, withContent: personOf(actor).permissions.includes('messages.payload') }),
  ),
  route(quarantineReplay, async ({ params, body, actor, request }) => ({
    outcome: await closeQuarantined(deps, {
      eventId: params.eventId,
      verb: 'replay',
      reason: body.reason,
      actor: personOf(actor),
      requestId: request.requestId,
    }),
  })),
  route(quarantineDiscard, async ({ params, body, actor, request }) => ({
    outcome: await closeQuarantined(deps, {
      eventId: params.eventId,
      verb: 'discard',
      reason: body.reason,
      actor: personOf(actor),
      requestId: request.requestId,
    }),
  })),
];
