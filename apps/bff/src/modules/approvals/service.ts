import type { RejectReason } from '@pult/shared/contracts/approvals';
import { needsReason, obstacleToDecide, UNDO_WINDOW_MS } from '@pult/shared/domain/approval/admission';
import type { Identity } from '@pult/shared/domain/approval/four-eyes';
import type { FactActor } from '@pult/shared/domain/sla/clock-facts';
import { AppError, assertThat } from '@pult/shared/errors/app-error';
import type { PersonActor } from '../../platform/actor.ts';
import { type Db, inTransaction } from '../../platform/db/database.ts';
import { newId } from '../../platform/ids.ts';
import { recordAudit } from '../audit/index.ts';
import { type ApprovalContext, announce } from './context.ts';
import {
  closeOutbox,
  type DecisionRow,
  decisionById,
  insertDecision,
  insertOutbox,
  insertQuestion,
  outboxOf,
  questionsOf,
  reopenOutbox,
  takeDecisionBack,
} from './decision-store.ts';
import { standsBetween, type Verdict } from './rules.ts';
import { loadRequest, type RequestRow, updateRequest, versionsOf } from './store.ts';
import { changeBetween } from './version-change.ts';

export interface By {
  readonly actor: PersonActor;
  readonly requestId: string;
}

export interface DecisionInput {
  readonly decision: Verdict;
  readonly version: number;
  readonly reasonCode?: RejectReason | undefined;
  readonly comment?: string | undefined;
}

export interface ApprovalService {
  decide(approvalId: string, input: DecisionInput, by: By): Promise<void>;
  undo(approvalId: string, decisionId: string, by: By): Promise<void>;
  ask(approvalId: string, question: { text: string; version: number }, by: By): Promise<void>;
}

export const identityOf = (actor: PersonActor): Identity => ({
  ids: [actor.userId],
  name: actor.name,
  email: actor.email,
});

export const initiatorOf = (row: RequestRow): Identity => ({
  ids: [row.initiatorRef],
  name: row.initiatorName === '—' ? null : row.initiatorName,
  email: row.initiatorEmail,
});

const factActor = (actor: PersonActor): FactActor => ({ kind: 'person', id: actor.userId, name: actor.name });

export function createApprovalService(context: ApprovalContext): ApprovalService {
  const { db, clock, clocks } = context;

  const decide: ApprovalService['decide'] = async (approvalId, input, by) => {
    const { actor } = by;
    const comment = input.comment === undefined || input.comment === '' ? null : input.comment;
    const reasonCode = input.reasonCode ?? null;
    const verdict = input.decision;
    assertThat(!needsReason({ verdict, reasonCode, comment }), 'approval.reason_required', { reasonCode });
    await inTransaction(db, async (tx) => {
      const row = await loadRequest(tx, approvalId, { lock: true });
      if (await isRepetition(tx, row, input, actor)) return;
      await refuseObstacle(tx, row, actor);
      await refuseChanged(tx, row, verdict, input.version);
      const now = clock.now();
      const undoUntil = now + UNDO_WINDOW_MS;
      const id = newId();
      await insertDecision(tx, {
        id,
        requestId: row.id,
        verdict,
        decidedIn: 'pult',
        byId: actor.userId,
        byName: actor.name,
        byEmail: actor.email,
        at: new Date(now),
        recordedAt: new Date(now),
        reasonCode,
        comment,
        version: row.version,
        undoUntil: new Date(undoUntil),
      });
      // A question that nobody has seen yet is of no use any more.
      for (const question of await questionsOf(tx, row.id)) await closeOutbox(tx, question.id, now);
      const systems = (
        [context.systems.elma === null ? null : 'elma', context.systems.ut === null ? null : 'ut'] as const
      ).filter((system) => system !== null);
      await insertOutbox(tx, {
        requestId: row.id,
        subject: 'decision',
        subjectId: id,
        systems,
        nextAt: undoUntil,
        now,
      });
      await clocks.add(tx, row.clockId, { kind: 'stop', at: now, actor: factActor(actor), reason: comment });
      await updateRequest(tx, row, { state: 'decided', decisionId: id, decidedAt: new Date(now) }, now);
      await recordAudit(tx, {
        actor,
        action: `approval.${verdict}`,
        objectKind: 'approval',
        objectId: row.id,
        before: { state: row.state, version: row.version },
        after: { decisionId: id, verdict, version: row.version, reasonCode, document: row.documentNumber },
        reason: comment,
        requestId: by.requestId,
        at: new Date(now),
      });
    });
    announce(context, [approvalId]);
  };

  const undo: ApprovalService['undo'] = async (approvalId, decisionId, by) => {
    await inTransaction(db, async (tx) => {
      const row = await loadRequest(tx, approvalId, { lock: true });
      const decision = await decisionById(tx, decisionId);
      if (decision === null || decision.requestId !== row.id || decision.byId !== by.actor.userId)
        throw new AppError('approval.not_open', { approval: row.id, decision: decisionId });
      // Pressed twice: it is taken back already.
      if (decision.undoneAt !== null) return;
      const outbox = (await outboxOf(tx, [row.id], { lock: true })).filter(({ subjectId }) => subjectId === decisionId);
      const untouched = outbox.every(({ attempts }) => attempts === 0);
      const now = clock.now();
      if (!untouched || decision.undoUntil === null || now > decision.undoUntil.getTime())
        throw new AppError('approval.undo_expired', {
          decision: decisionId,
          undoUntil: decision.undoUntil?.toISOString() ?? null,
        });
      await closeOutbox(tx, decisionId, now);
      const person = { id: by.actor.userId, name: by.actor.name, email: by.actor.email };
      await takeDecisionBack(tx, { id: decisionId, now, by: person, cause: 'person' });
      await clocks.takeStopBack(tx, row.clockId, { at: now, actor: factActor(by.actor), reason: 'undo' });
      const asked = (await questionsOf(tx, row.id)).some(({ answeredAt }) => answeredAt === null);
      const state = asked ? 'clarification' : 'open';
      if (asked) await reviveQuestions(tx, row, now);
      await updateRequest(tx, row, { state, decisionId: null, decidedAt: null }, now);
      await recordAudit(tx, {
        actor: by.actor,
        action: 'approval.undo',
        objectKind: 'approval',
        objectId: row.id,
        before: { decisionId, verdict: decision.verdict },
        after: { state },
        requestId: by.requestId,
        at: new Date(now),
      });
    });
    announce(context, [approvalId]);
  };

  const ask: ApprovalService['ask'] = async (approvalId, question, by) => {
    await inTransaction(db, async (tx) => {
      const row = await loadRequest(tx, approvalId, { lock: true });
      await refuseObstacle(tx, row, by.actor);
      const askable = row.state === 'open' && context.systems.elma !== null;
      assertThat(askable, 'approval.not_open', { approval: row.id, state: row.state });
      await refuseChanged(tx, row, 'approve', question.version);
      const now = clock.now();
      const id = newId();
      await insertQuestion(tx, {
        id,
        requestId: row.id,
        text: question.text,
        byId: by.actor.userId,
        byName: by.actor.name,
        byEmail: by.actor.email,
        askedIn: 'pult',
        at: new Date(now),
      });
      await insertOutbox(tx, {
        requestId: row.id,
        subject: 'question',
        subjectId: id,
        systems: ['elma'],
        nextAt: now,
        now,
      });
      await clocks.add(tx, row.clockId, {
        kind: 'pause',
        cause: 'clarification',
        at: now,
        actor: factActor(by.actor),
        reason: question.text,
        waitingFor: { kind: 'person', id: row.initiatorRef ?? row.initiatorEmail ?? '', name: row.initiatorName },
      });
      await updateRequest(tx, row, { state: 'clarification' }, now);
      await recordAudit(tx, {
        actor: by.actor,
        action: 'approval.ask',
        objectKind: 'approval',
        objectId: row.id,
        after: { questionId: id, version: row.version },
        reason: question.text,
        requestId: by.requestId,
        at: new Date(now),
      });
    });
    announce(context, [approvalId]);
  };

  return { decide, undo, ask };
}

/** Who, when, what: the facts of the refusal «already decided». */
const decidedFacts = (decision: DecisionRow | null) => ({
  decisionId: decision?.id ?? null,
  by: decision?.byName ?? null,
  at: decision?.at.toISOString() ?? null,
  verdict: decision?.verdict ?? null,
  decidedIn: decision?.decidedIn ?? null,
  comment: decision?.comment ?? null,
});

/** The same person says the same thing about the same version again: the answer to the first try was lost. */
async function isRepetition(tx: Db, row: RequestRow, input: DecisionInput, actor: PersonActor): Promise<boolean> {
  if (row.decisionId === null) return false;
  const decision = await decisionById(tx, row.decisionId);
  return decision?.byId === actor.userId && decision.verdict === input.decision && decision.version >= input.version;
}

async function refuseObstacle(tx: Db, row: RequestRow, actor: PersonActor): Promise<void> {
  const obstacle = obstacleToDecide({ state: row.state, initiator: initiatorOf(row) }, identityOf(actor));
  if (obstacle === null) return;
  const decision = row.decisionId === null ? null : await decisionById(tx, row.decisionId);
  throw new AppError(
    obstacle,
    obstacle === 'approval.already_decided' ? decidedFacts(decision) : { initiator: row.initiatorName },
  );
}

/** What the person had on screen must still say what they mean. */
async function refuseChanged(tx: Db, row: RequestRow, verdict: Verdict, seen: number): Promise<void> {
  if (seen === row.version) return;
  const versions = await versionsOf(tx, row.id);
  const was = versions.find(({ version }) => version === seen);
  const now = versions.at(-1);
  if (was === undefined || now === undefined)
    throw new AppError('approval.version_changed', { version: row.version, change: null });
  if (!standsBetween(verdict, was, now))
    throw new AppError('approval.version_changed', { version: row.version, change: changeBetween(was, now) });
}

/** A question that the decision had stopped on its way goes on. */
async function reviveQuestions(tx: Db, row: RequestRow, now: number): Promise<void> {
  const open = (await questionsOf(tx, row.id)).filter(
    ({ answeredAt, askedIn }) => answeredAt === null && askedIn === 'pult',
  );
  const outbox = await outboxOf(tx, [row.id]);
  for (const question of open) {
    const stopped = outbox.some(({ subjectId, state }) => subjectId === question.id && state === 'undone');
    if (stopped) await reopenOutbox(tx, question.id, now);
  }
}
