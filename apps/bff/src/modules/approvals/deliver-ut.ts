import { SourceError } from '@pult/shared/errors/app-error';
import { castLiteral } from '../../connectors/onec-odata/literals.ts';
import { APPROVAL_SETS } from '../../connectors/onec-odata/sets.ts';
import { dateOf, flagOf, type OnecEntity, refOf, rowsOf, textOf } from '../../connectors/onec-odata/values.ts';
import type { DecisionRow } from './decision-store.ts';
import type { DeliveryOutcome, HoldBack } from './hold-back.ts';
import type { UtClient } from './ports.ts';
import { decisionIn, taskResult, verdictOf, withoutMark, wordsOf } from './rules.ts';
import type { RequestRow } from './store.ts';

const TASK_SET = APPROVAL_SETS.task;
const PROCESS_FIELDS = ['Ref_Key', 'Completed', 'РезультатСогласования', 'РезультатыСогласования'] as const;

interface UtTarget {
  readonly ut: UtClient;
  readonly zone: string;
}

/** The task of the process: the one that is known, else any that is not done, else the last one. */
async function taskOf(ut: UtClient, request: RequestRow): Promise<OnecEntity | null> {
  const known = request.taskRef === null ? null : await ut.get(TASK_SET, request.taskRef);
  if (known !== null) return known;
  if (request.processSet === null) return null;
  const filter = `BusinessProcess eq ${castLiteral(request.processRef, request.processSet)}`;
  const tasks = await ut.list(TASK_SET, { filter, top: 20 });
  return tasks.find((task) => !flagOf(task, 'Executed')) ?? tasks.at(-1) ?? null;
}

/**
 * How a finished task with our mark ended. The mark alone proves nothing: it is written before the task is executed, and
 * somebody may execute it with another result. The step of the process with our mark tells, else the whole process;
 * while that is under way there is only the text.
 */
async function verdictIn(ut: UtClient, request: RequestRow, decision: DecisionRow, said: string) {
  const process =
    request.processSet === null
      ? null
      : await ut.get(request.processSet, request.processRef, { select: [...PROCESS_FIELDS] });
  const step = process === null ? undefined : rowsOf(process, 'РезультатыСогласования').findLast(carries(decision));
  const ofStep = step === undefined ? null : verdictOf(textOf(step, 'РезультатСогласования'));
  const ofProcess =
    process === null || !flagOf(process, 'Completed') ? null : verdictOf(textOf(process, 'РезультатСогласования'));
  return ofStep ?? ofProcess ?? verdictOf(said);
}

const carries =
  (decision: DecisionRow) =>
  (step: OnecEntity): boolean =>
    decisionIn(textOf(step, 'Комментарий')) === decision.id;

/** What stands in a finished task: our own decision, or somebody else's. */
async function standing(
  { ut, zone }: UtTarget,
  request: RequestRow,
  task: OnecEntity,
  decision: DecisionRow,
): Promise<DeliveryOutcome> {
  const said = textOf(task, 'РезультатВыполнения');
  const marked = decisionIn(said) === decision.id;
  const verdict = marked ? await verdictIn(ut, request, decision, said) : null;
  if (verdict === decision.verdict) return { kind: 'delivered' };
  const words = verdict === null ? withoutMark(said) : wordsOf(verdict);
  const executor = refOf(task, 'Исполнитель_Key') ?? refOf(task, 'Исполнитель');
  const user =
    executor === null ? null : await ut.get(APPROVAL_SETS.user, executor, { select: ['Ref_Key', 'Description'] });
  const at = dateOf(task, 'ДатаИсполнения');
  return {
    kind: 'conflict',
    conflict: {
      decision: words === '' ? null : words,
      by: user === null ? null : textOf(user, 'Description'),
      at:
        at === null
          ? null
          : new Date(Temporal.PlainDateTime.from(at).toZonedDateTime(zone).epochMilliseconds).toISOString(),
    },
  };
}

/**
 * Brings a decision to 1С: reads the task, writes its result with our mark, executes it, reads again. Safe to repeat
 * from the start after a failure anywhere: a done task with our mark and our result is delivered, any other a conflict. The
 * process moves on by the rules of 1С; the order itself is never written.
 */
export async function deliverDecisionToUt(
  target: UtTarget,
  request: RequestRow,
  decision: DecisionRow,
  holdBack: HoldBack,
): Promise<DeliveryOutcome> {
  const { ut } = target;
  const task = await taskOf(ut, request);
  const ref = task === null ? null : refOf(task, 'Ref_Key');
  if (task === null || ref === null) return { kind: 'absent' };
  if (flagOf(task, 'Executed')) return standing(target, request, task, decision);
  const held = await holdBack();
  if (held !== null) return held;
  const result = taskResult({
    id: decision.id,
    verdict: decision.verdict,
    by: decision.byName,
    comment: decision.comment,
  });
  // A text that somebody changed beside our mark would have 1С decide what it says.
  const present = textOf(task, 'РезультатВыполнения');
  if (decisionIn(present) !== decision.id || verdictOf(present) !== decision.verdict)
    await ut.patch(
      TASK_SET,
      ref,
      { РезультатВыполнения: result },
      { expect: (present) => !flagOf(present, 'Executed') },
    );
  try {
    await ut.executeTask(TASK_SET, ref);
  } catch (error) {
    // Refused because somebody executed it a moment ago: the second look tells whose result stands.
    if (!(error instanceof SourceError) || error.code !== 'source.rejected') throw error;
    const done = await ut.get(TASK_SET, ref);
    if (done === null || !flagOf(done, 'Executed')) throw error;
    return standing(target, request, done, decision);
  }
  const after = await ut.get(TASK_SET, ref);
  return after !== null && flagOf(after, 'Executed') ? standing(target, request, after, decision) : { kind: 'absent' };
}
