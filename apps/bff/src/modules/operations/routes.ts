import {
  deliveryVerify,
  operationsCancel,
  operationsCreate,
  operationsExport,
  operationsGet,
  operationsItems,
  operationsList,
  operationsPause,
  operationsRate,
  operationsResume,
  operationsSeries,
  operationsStart,
} from '@pult/shared/contracts/operations';
import { AppError } from '@pult/shared/errors/app-error';
import type { Actor } from '../../platform/actor.ts';
import { attachment } from '../../platform/http/attachment.ts';
import { Reply, type Route, route } from '../../platform/http/mount.ts';
import type { OperationContext } from './context.ts';
import { itemsCsv, itemsPage, seriesOf } from './item-queries.ts';
import type { By, OperationService } from './service.ts';
import { listOperations, loadOperation, logOf } from './store.ts';
import { verifyDelivery } from './verify-delivery.ts';
import { summaryView } from './view.ts';

const by = (input: { actor: Actor; request: { requestId: string } }): By => ({
  actor: input.actor,
  requestId: input.request.requestId,
});

export function createOperationRoutes(context: OperationContext, service: OperationService): Route[] {
  const { db, clock } = context;
  return [
    route(operationsCreate, (input) => service.plan(input.body, by(input))),
    route(operationsList, async ({ query }) => {
      const rows = await listOperations(db, {
        before: query.cursor === undefined ? null : (numbersOf(query.cursor, 1)[0] ?? null),
        limit: query.limit + 1,
        states: query.state ?? null,
        open: query.open === undefined ? null : query.open === 'true',
        verb: query.verb ?? null,
        flow: query.flow ?? null,
        createdBy: query.createdBy ?? null,
        automatic: query.automatic === undefined ? null : query.automatic === 'true',
        deliveryId: query.deliveryId ?? null,
      });
      const page = rows.slice(0, query.limit);
      const last = page.at(-1);
      return {
        rows: page.map((row) => summaryView(context, row)),
        nextCursor: rows.length > query.limit && last !== undefined ? String(last.number) : null,
      };
    }),
    route(operationsGet, ({ params }) => service.get(params.operationId)),
    route(operationsItems, async ({ params, query }) => {
      await loadOperation(db, params.operationId);
      const [rank = 0, position = 0] = query.cursor === undefined ? [] : numbersOf(query.cursor, 2);
      const page = await itemsPage(db, {
        operationId: params.operationId,
        outcomes: query.outcome ?? null,
        search: query.search ?? null,
        sort: query.sort,
        after: query.cursor === undefined ? null : { rank, position },
        limit: query.limit,
      });
      return { rows: page.rows, nextCursor: page.next === null ? null : `${page.next.rank}.${page.next.position}` };
    }),
    route(operationsSeries, async ({ params }) => {
      const row = await loadOperation(db, params.operationId);
      const from = (row.startedAt ?? row.createdAt).getTime();
      const series = await seriesOf(db, { id: row.id, from, to: row.finishedAt?.getTime() ?? clock.now() });
      const log = await logOf(db, row.id, 1_000);
      const changes = log
        .filter((line) => ['rate_changed', 'rate_lowered', 'rate_restored'].includes(line.code))
        .map((line) => ({ at: line.at, from: Number(line.data.from), perSecond: Number(line.data.to) }))
        .reverse();
      const first = { at: new Date(from).toISOString(), perSecond: changes[0]?.from ?? row.rate };
      return { ...series, rates: [first, ...changes.map(({ at, perSecond }) => ({ at, perSecond }))] };
    }),
    route(operationsExport, async ({ params }) => {
      const row = await loadOperation(db, params.operationId);
      return new Reply(200, await itemsCsv(db, row.id), {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': attachment(`operation-${row.number}.csv`),
      });
    }),
    route(operationsStart, (input) => service.start(input.params.operationId, input.body, by(input))),
    route(operationsPause, (input) => service.pause(input.params.operationId, input.body.reason ?? null, by(input))),
    route(operationsResume, (input) => service.resume(input.params.operationId, input.body.reason ?? null, by(input))),
    route(operationsCancel, (input) => service.cancel(input.params.operationId, input.body.reason ?? null, by(input))),
    route(operationsRate, (input) => service.setRate(input.params.operationId, input.body.ratePerSecond, by(input))),
    route(deliveryVerify, (input) => verifyDelivery(context, input.params.deliveryId, by(input))),
  ];
}

/** Cursors of this module are numbers with dots between. @throws AppError `request.invalid` */
function numbersOf(cursor: string, count: number): number[] {
  const numbers = cursor.split('.').map(Number);
  // Places in a list are int4 in the database.
  if (numbers.length !== count || !numbers.every((one) => Number.isInteger(one) && Math.abs(one) <= 2_147_483_647))
    throw new AppError('request.invalid', { issues: [{ path: 'query.cursor', code: 'custom', message: 'cursor' }] });
  return numbers;
}
