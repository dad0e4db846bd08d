import { SourceError } from '@pult/shared/errors/app-error';
import { castLiteral } from '../../connectors/onec-odata/literals.ts';
import { dateOf, flagOf, type OnecEntity, refOf, textOf } from '../../connectors/onec-odata/values.ts';
import type { DecisionRow } from './decision-store.ts';
import type { DeliveryOutcome } from './deliver-elma.ts';
import type { UtClient } from './ports.ts';
import { decisionIn, taskResult, withoutMark } from './rules.ts';
import type { RequestRow } from './store.ts';

const TASK_SET = 'Task_ЗадачаИсполнителя';

/** The task of the process: the one that is known, else any that is not done, else the last one. */
async function taskOf(ut: UtClient, request: RequestRow): Promise<OnecEntity | null> {
  const known = request.taskRef === null ? null : await ut.get(TASK_SET, request.taskRef);
  if (known !== null) return known;
  if (request.processSet === null) return null;
  const filter = `BusinessProcess eq ${castLiteral(request.processRef, request.processSet)}`;
  const tasks = await ut.list(TASK_SET, { filter, top: 20 });
  return tasks.find((task) => !flagOf(task, 'Executed')) ?? tasks.at(-1) ?? null;
}

/** What stands in a finished task: our own decision, or somebody else's. */
async function standing(ut: UtClient, zone: string, task: OnecEntity, decision: DecisionRow): Promise<DeliveryOutcome> {
  const said = textOf(task, 'РезультатВыполнения');
  if (decisionIn(said) === decision.id) return { kind: 'delivered' };
  const executor = refOf(task, 'Исполнитель_Key') ?? refOf(task, 'Исполнитель');
  const user =
    executor === null ? null : await ut.get('Catalog_Пользователи', executor, { select: ['Ref_Key', 'Description'] });
  const at = dateOf(task, 'ДатаИсполнения');
  return {
    kind: 'conflict',
    conflict: {
      decision: withoutMark(said) === '' ? null : withoutMark(said),
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
 * from the start after a failure anywhere: a done task with our mark is delivered, with another text a conflict. The
 * process moves on by the rules of 1С; the order itself is never written.
 */
export async function deliverDecisionToUt(
  target: { readonly ut: UtClient; readonly zone: string },
  request: RequestRow,
  decision: DecisionRow,
): Promise<DeliveryOutcome> {
  const { ut, zone } = target;
  const task = await taskOf(ut, request);
  const ref = task === null ? null : refOf(task, 'Ref_Key');
  if (task === null || ref === null) return { kind: 'absent' };
  if (flagOf(task, 'Executed')) return standing(ut, zone, task, decision);
  const result = taskResult({
    id: decision.id,
    verdict: decision.verdict,
    by: decision.byName,
    comment: decision.comment,
  });
  if (decisionIn(textOf(task, 'РезультатВыполнения')) !== decision.id)
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
    const present = await ut.get(TASK_SET, ref);
    if (present === null || !flagOf(present, 'Executed')) throw error;
    return standing(ut, zone, present, decision);
  }
  const after = await ut.get(TASK_SET, ref);
  return after !== null && flagOf(after, 'Executed') ? standing(ut, zone, after, decision) : { kind: 'absent' };
}
