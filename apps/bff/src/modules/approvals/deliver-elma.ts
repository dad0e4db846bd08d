import type { RequestItem } from '../../connectors/port/request-app.ts';
import type { DecisionRow, QuestionRow } from './decision-store.ts';
import type { DeliveryOutcome, HoldBack } from './hold-back.ts';
import type { ElmaApp } from './ports.ts';
import { elmaStage } from './rules.ts';
import type { RequestRow } from './store.ts';

interface ElmaTarget {
  readonly elma: ElmaApp;
  readonly app: string;
}

/** The item of a request, by the id that is known or by its process. */
async function itemOf({ elma, app }: ElmaTarget, request: RequestRow): Promise<RequestItem | null> {
  if (request.elmaItemId !== null) return elma.get(app, request.elmaItemId);
  const { items } = await elma.list(app, { filter: { tf: { ut_process_ref: request.processRef } }, size: 2 });
  const fitting = items.find(
    ({ context }) => String(context.ut_process_ref ?? '').toLowerCase() === request.processRef,
  );
  return fitting ?? null;
}

const nameOf = (value: unknown): string | null => {
  if (typeof value === 'string') return value === '' ? null : value;
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return typeof one === 'object' && one !== null && 'name' in one && typeof one.name === 'string' ? one.name : null;
};

const stageOf = (decision: DecisionRow): 'approved' | 'rejected' =>
  decision.verdict === 'approve' ? 'approved' : 'rejected';

/**
 * What stands in a final item: our own decision, or somebody else's. Null while it is open. Our id alone proves nothing:
 * it is written before the status, and somebody may have set another one in between. Then the name beside it is ours, too,
 * and does not tell who that was.
 */
function standing(item: RequestItem, decision: DecisionRow): DeliveryOutcome | null {
  const stage = elmaStage(item.statusCode);
  if (stage !== 'approved' && stage !== 'rejected') return null;
  const marked = String(item.context.pult_decision_id ?? '').toLowerCase() === decision.id;
  if (marked && stage === stageOf(decision)) return { kind: 'delivered' };
  const name = nameOf(item.context.decided_by);
  const by = marked && name === decision.byName ? null : name;
  return { kind: 'conflict', conflict: { decision: stage, by, at: new Date(item.updatedAt).toISOString() } };
}

/**
 * Brings a decision to ELMA: reads, writes the fields, sets the status, reads again. Safe to repeat from the start
 * after a failure anywhere: an item that is final with our id and our status is done, final otherwise is a conflict.
 */
export async function deliverDecisionToElma(
  target: ElmaTarget,
  request: RequestRow,
  decision: DecisionRow,
  holdBack: HoldBack,
): Promise<DeliveryOutcome> {
  const { elma, app } = target;
  const item = await itemOf(target, request);
  if (item === null) return { kind: 'absent' };
  const before = standing(item, decision);
  if (before !== null) return before;
  const held = await holdBack();
  if (held !== null) return held;
  await elma.update(app, item.id, {
    decision: decision.verdict,
    decision_comment: decision.comment ?? '',
    decided_by: decision.byName ?? '',
    pult_decision_id: decision.id,
  });
  await elma.setStatus(app, item.id, stageOf(decision));
  const after = await elma.get(app, item.id);
  const settled = after === null ? null : standing(after, decision);
  // Accepted, yet not final on the second look: nothing is claimed that was not seen.
  return settled ?? { kind: 'absent' };
}

/**
 * Brings a question to ELMA: once asked with the same text it is not asked again, a final item is left alone. On a
 * repetition an item with our text and an answer was asked by the try whose end was lost.
 */
export async function deliverQuestionToElma(
  target: ElmaTarget,
  request: RequestRow,
  question: QuestionRow,
  isRepetition: boolean,
): Promise<DeliveryOutcome> {
  const { elma, app } = target;
  const item = await itemOf(target, request);
  if (item === null) return { kind: 'absent' };
  const stage = elmaStage(item.statusCode);
  if (stage === 'approved' || stage === 'rejected') {
    const by = nameOf(item.context.decided_by);
    return { kind: 'conflict', conflict: { decision: stage, by, at: new Date(item.updatedAt).toISOString() } };
  }
  if (stage === 'clarification' && item.context.question === question.text)
    return { kind: 'delivered', itemVersion: item.version };
  const answered = typeof item.context.clarification_answer === 'string' && item.context.clarification_answer !== '';
  // Version 0 is that of no item: the answer that stands there is a later one.
  if (isRepetition && answered && item.context.question === question.text) return { kind: 'delivered', itemVersion: 0 };
  await elma.update(app, item.id, { question: question.text, clarification_answer: '' });
  await elma.setStatus(app, item.id, 'clarification');
  const after = await elma.get(app, item.id);
  return { kind: 'delivered', itemVersion: after?.version ?? item.version };
}
