import type { ApprovalCard, ApprovalLine } from '@pult/shared/contracts/approvals';
import { deviationOf, marginOf, numbersOf } from '@pult/shared/domain/approval/lines';
import { pointsOf, roublesOf } from '@pult/shared/domain/approval/points';
import { AppError } from '@pult/shared/errors/app-error';
import type { Actor } from '../../platform/actor.ts';
import { markView } from '../sla/index.ts';
import { carriedOf } from './carried.ts';
import type { ApprovalContext } from './context.ts';
import { attemptsOf, decisionsOf, outboxOf, questionsOf } from './decision-store.ts';
import { type Background, costOf, type StoredLine } from './lines.ts';
import { decisionView, isOwn, partsFor, rowView, sourcesView } from './row-view.ts';
import { similarTo } from './similar-store.ts';
import { loadRequest, markSeen, type RequestRow, seenBy, versionsOf } from './store.ts';
import { timelineOf } from './timeline.ts';
import { changeBetween } from './version-change.ts';

/** Everything that a decision needs, read at one moment. With `seen` the version counts as opened by the person. */
export async function cardOf(
  context: ApprovalContext,
  approvalId: string,
  actor: Actor,
  options: { seen: boolean },
): Promise<ApprovalCard> {
  const { db, clock } = context;
  const now = clock.now();
  const request = await loadRequest(db, approvalId);
  if (options.seen && actor.kind === 'person') {
    const { userId, name: userName } = actor;
    await markSeen(db, { requestId: request.id, userId, userName, version: request.version, now });
  }
  const row = rowView(request, await partsFor(context, [request], actor, now));
  if (row === null) throw new AppError('server.unexpected', { approval: approvalId, problem: 'no clock' });
  const versions = await versionsOf(db, request.id);
  const present = versions.at(-1);
  const seen = await seenBy(db, request.id);
  const own = actor.kind === 'person' ? seen.find(({ userId }) => userId === actor.userId) : undefined;
  const earlier = versions.find(({ version }) => version === own?.previousVersion);
  const decisions = await decisionsOf(db, [request.id]);
  const outbox = await outboxOf(db, [request.id]);
  const questions = await questionsOf(db, request.id);
  const marks = await context.sla.marks(db, request.clockId);
  const lines = (present?.lines ?? []).map((line) => ({
    ...line,
    cost: costOf(line, request.background, request.amountWithoutVat),
  }));
  const decision = decisions.findLast(({ undoneAt }) => undoneAt === null);
  const asked = questions.at(-1);
  return {
    row,
    comment: request.reason,
    question:
      asked === undefined
        ? null
        : {
            text: asked.text,
            by: asked.byName === null ? null : { id: asked.byId, name: asked.byName, email: asked.byEmail },
            at: asked.at.toISOString(),
            answer: asked.answer,
            answeredAt: asked.answeredAt?.toISOString() ?? null,
          },
    refs: {
      processRef: request.processRef,
      documentRef: request.documentRef,
      elmaItemId: request.elmaItemId,
    },
    numbers: numbersView(request, lines),
    customer: customerView(request),
    lines: lines.map((line) => lineView(line, request.background)),
    versions: versions.map((one) => ({
      version: one.version,
      at: one.at.toISOString(),
      deviationMax: pointsOf(one.deviationMax),
      amount: one.amount,
    })),
    change: earlier === undefined || present === undefined ? null : changeBetween(earlier, present),
    changeSeenAt: earlier === undefined ? null : (own?.previousAt?.toISOString() ?? null),
    similar: await similarTo(db, request),
    timeline: timelineOf({
      request,
      versions,
      seen,
      questions,
      decisions,
      marks,
      attempts: await attemptsOf(db, request.id),
      dueAt: row.clock.dueAt,
      now,
    }),
    marks: marks.map(markView),
    decision: decision === undefined ? null : decisionView(decision, outbox),
    carried: decision === undefined ? [] : await carriedOf(context, request, decision),
    permissions: permissionsFor(context, request, actor),
    sources: await sourcesView(context, db),
    serverNow: new Date(now).toISOString(),
  };
}

function permissionsFor(context: ApprovalContext, request: RequestRow, actor: Actor): ApprovalCard['permissions'] {
  const why = (): ApprovalCard['permissions']['reasonWhyNot'] => {
    if (actor.kind !== 'person' || !actor.permissions.includes('approvals.decide')) return 'no_permission';
    if (request.state === 'decided') return 'already_decided';
    return isOwn(request, actor) ? 'own_request' : null;
  };
  const reasonWhyNot = why();
  const canDecide = reasonWhyNot === null;
  return { canDecide, canAsk: canDecide && request.state === 'open' && context.systems.elma !== null, reasonWhyNot };
}

function numbersView(request: RequestRow, lines: readonly StoredLine[]): ApprovalCard['numbers'] {
  const numbers = numbersOf(lines);
  const worst = numbers.worstLine === null ? undefined : lines[numbers.worstLine];
  const stocked = lines.map((line) => stockOf(line, request.background)).filter(({ stock }) => stock !== null);
  return {
    deviationMax: pointsOf(request.deviationMax),
    deviationMean: pointsOf(request.deviationMean),
    requestedPercent: worst === undefined ? null : pointsOf(worst.requested),
    allowedPercent: worst === undefined ? null : pointsOf(worst.allowed),
    amount: request.amount,
    amountWithoutVat: request.amountWithoutVat,
    margin:
      numbers.margin === null
        ? null
        : {
            agreement: figureView(numbers.margin.agreement),
            request: figureView(numbers.margin.request),
            lost: roublesOf(numbers.margin.lost),
          },
    cost: costView(request, lines),
    stock: stocked.length === 0 ? null : { ok: stocked.filter(({ ok }) => ok).length, of: lines.length },
  };
}

/** Where the cost comes from and how many lines have none. */
const costView = ({ background }: RequestRow, lines: readonly StoredLine[]): ApprovalCard['numbers']['cost'] =>
  background.cost === undefined
    ? null
    : {
        priceKind: background.cost.priceKind,
        published: background.cost.found,
        missing: lines.filter(({ cost }) => cost === null).length,
      };

const figureView = (figure: { amount: bigint; percent: number }) => ({
  amount: roublesOf(figure.amount),
  percent: pointsOf(figure.percent),
});

function stockOf(line: StoredLine, background: Background): { stock: number | null; ok: boolean } {
  const stock = line.itemRef === null ? null : (background.items?.[line.itemRef]?.stock ?? null);
  return { stock, ok: stock !== null && stock * 1_000 >= line.quantity };
}

function lineView(line: StoredLine, background: Background): ApprovalLine {
  const { stock, ok } = stockOf(line, background);
  const margin = line.cost === null ? null : marginOf(line.amount, line.cost);
  return {
    position: line.position,
    name: line.name,
    article: line.article,
    quantity: line.quantity / 1_000,
    stock,
    stockOk: stock === null ? null : ok,
    allowedPercent: pointsOf(line.allowed),
    requestedPercent: pointsOf(line.requested),
    deviation: pointsOf(deviationOf(line)),
    price: roublesOf(line.price),
    amount: roublesOf(line.amount),
    cost: line.cost === null ? null : roublesOf(line.cost),
    margin: margin === null ? null : roublesOf(margin.amount),
    marginPercent: margin === null ? null : pointsOf(margin.percent),
  };
}

function customerView(request: RequestRow): ApprovalCard['customer'] {
  const figures = request.background.customer;
  return {
    name: request.customerName,
    inn: request.customerInn,
    segment: request.segment,
    debt: figures?.debt ?? null,
    debtLimit: figures?.debtLimit ?? null,
    turnover12m: figures?.turnover12m ?? null,
    orders12m: figures?.orders12m ?? null,
    returnsPercent: figures?.returnsPercent ?? null,
    agreement: request.agreement,
  };
}
