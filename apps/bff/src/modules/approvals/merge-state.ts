import type { ApprovalSystem } from '@pult/shared/contracts/approvals';
import { PULT } from '../../platform/actor.ts';
import type { Db } from '../../platform/db/database.ts';
import { newId } from '../../platform/ids.ts';
import { recordAudit } from '../audit/index.ts';
import type { ApprovalContext } from './context.ts';
import {
  answerQuestion,
  closeOutbox,
  type DecisionRow,
  decisionsOf,
  insertDecision,
  insertDelivered,
  insertOutbox,
  insertQuestion,
  type QuestionRow,
  questionsOf,
} from './decision-store.ts';
import type { ElmaSnapshot, UtSnapshot } from './snapshot.ts';
import { type RequestRow, updateRequest } from './store.ts';

/**
 * Somebody decided in ELMA or in 1С. Recorded once, with who and when; a decision of Pult is never replaced by it —
 * its delivery meets the other one and records the conflict. @returns whether the request changed
 */
export async function followOutcome(
  context: ApprovalContext,
  tx: Db,
  row: RequestRow,
  snapshot: UtSnapshot | ElmaSnapshot,
): Promise<boolean> {
  const { outcome } = snapshot;
  if (outcome === null || row.state === 'decided') return false;
  const marked = (await decisionsOf(tx, [row.id])).find(({ id }) => id === outcome.pultDecisionId);
  // Our id beside an outcome that is not ours was written by a delivery that somebody overtook.
  const own = marked?.verdict === outcome.verdict ? marked : undefined;
  const now = context.clock.now();
  const at = Math.min(now, outcome.at);
  const id = newId();
  const by = marked !== undefined && outcome.by?.name === marked.byName ? null : outcome.by;
  const elsewhere = {
    decidedIn: snapshot.system,
    byId: by?.ref ?? null,
    byName: by?.name ?? null,
    byEmail: by?.email ?? null,
    reasonCode: null,
    comment: outcome.comment,
    version: row.version,
  } as const;
  await insertDecision(tx, {
    id,
    requestId: row.id,
    verdict: outcome.verdict,
    at: new Date(at),
    recordedAt: new Date(now),
    undoUntil: null,
    ...(own === undefined ? elsewhere : saidBefore(own)),
  });
  for (const question of await questionsOf(tx, row.id)) await closeOutbox(tx, question.id, now);
  await context.clocks.add(tx, row.clockId, {
    kind: 'stop',
    at,
    actor: { kind: 'system', id: snapshot.system, name: outcome.by?.name ?? snapshot.system },
    reason: null,
    quiet: snapshot.history,
  });
  await updateRequest(tx, row, { state: 'decided', decisionId: id, decidedAt: new Date(at) }, now);
  if (own !== undefined) await bringToOther(context, tx, { row, id, original: own, found: snapshot.system });
  return true;
}

/** A decision again, of the same person on the same lines: nobody has judged others since. */
const saidBefore = ({ byId, byName, byEmail, reasonCode, comment, version }: DecisionRow) =>
  ({ decidedIn: 'pult', byId, byName, byEmail, reasonCode, comment, version }) as const;

/**
 * A decision that was taken back reached a system all the same, late. It holds there, so it is in force again, and the
 * other system must get it, too: its delivery compares the lines and waits, visibly, while they are worse.
 */
async function bringToOther(
  context: ApprovalContext,
  tx: Db,
  found: { row: RequestRow; id: string; original: DecisionRow; found: ApprovalSystem },
): Promise<void> {
  const now = context.clock.now();
  const { row, id, original } = found;
  const other = found.found === 'elma' ? 'ut' : 'elma';
  const leg = { requestId: row.id, subject: 'decision', subjectId: id, now } as const;
  await insertDelivered(tx, { ...leg, system: found.found });
  if (context.systems[other] !== null) await insertOutbox(tx, { ...leg, systems: [other], nextAt: now });
  await recordAudit(tx, {
    actor: PULT,
    action: 'approval.decision_found',
    objectKind: 'approval',
    objectId: row.id,
    before: { decisionId: original.id, undoneCause: original.undoneCause },
    after: { decisionId: id, system: found.found, verdict: original.verdict, version: original.version },
    at: new Date(now),
  });
}

/** Clarification in ELMA: asked there, or answered there. @returns whether the request changed */
export async function followElma(
  context: ApprovalContext,
  tx: Db,
  row: RequestRow,
  snapshot: ElmaSnapshot,
): Promise<boolean> {
  if (row.state === 'decided') return false;
  const open = (await questionsOf(tx, row.id)).findLast(({ answeredAt }) => answeredAt === null);
  if (snapshot.stage === 'clarification') return row.state === 'open' ? askedThere(context, tx, row, snapshot) : false;
  if (row.state !== 'clarification' || open === undefined || !isAnswered(open, snapshot)) return false;
  const now = context.clock.now();
  await answerQuestion(tx, open.id, snapshot.answer, Math.min(now, snapshot.updatedAt));
  await context.clocks.add(tx, row.clockId, {
    kind: 'resume',
    cause: 'clarification',
    at: snapshot.updatedAt,
    actor: { kind: 'person', id: row.initiatorRef ?? row.initiatorEmail ?? '', name: row.initiatorName },
    reason: snapshot.answer,
  });
  await updateRequest(tx, row, { state: 'open' }, now);
  return true;
}

/**
 * A question of Pult counts as answered only by a state of the item behind its delivery: before that the item is
 * still open for the simple reason that nobody there has been asked. A reading may have listed the item before the
 * question arrived and come here after it.
 */
function isAnswered(question: QuestionRow, snapshot: ElmaSnapshot): boolean {
  if (question.askedIn === 'elma') return true;
  return question.elmaVersion !== null && snapshot.itemVersion > question.elmaVersion;
}

async function askedThere(context: ApprovalContext, tx: Db, row: RequestRow, snapshot: ElmaSnapshot): Promise<boolean> {
  const now = context.clock.now();
  const at = Math.min(now, snapshot.updatedAt);
  await insertQuestion(tx, {
    id: newId(),
    requestId: row.id,
    text: snapshot.question ?? '',
    byId: null,
    byName: null,
    byEmail: null,
    askedIn: 'elma',
    at: new Date(at),
  });
  await context.clocks.add(tx, row.clockId, {
    kind: 'pause',
    cause: 'clarification',
    at,
    actor: { kind: 'system', id: 'elma', name: 'ELMA' },
    reason: snapshot.question,
    waitingFor: { kind: 'person', id: row.initiatorRef ?? row.initiatorEmail ?? '', name: row.initiatorName },
  });
  await updateRequest(tx, row, { state: 'clarification' }, now);
  return true;
}
