/** ELMA → УТ: what was decided in ELMA itself completes the task of УТ. Decisions of Pult reach УТ from Pult. */
import type { Row } from '../onec-base.ts';
import { type MessageRecord, newRecord } from '../records.ts';
import type { Systems } from '../systems.ts';
import type { Transferred } from '../transfer-documents.ts';
import { TransferError } from '../transfer-error.ts';
import { text } from './values.ts';

export const DECISION = 'РешениеСогласования';
/** Processes of УТ whose requests go to ELMA. */
export const PROCESSES = [
  'BusinessProcess_СогласованиеПродажи',
  'BusinessProcess_СогласованиеЗаявкиНаВозвратТоваровОтКлиента',
] as const;
export type ProcessSet = (typeof PROCESSES)[number];
const TASKS = 'Task_ЗадачаИсполнителя';

export const isDecision = ({ flow, type }: Pick<MessageRecord, 'flow' | 'type'>): boolean =>
  flow === 'ut-elma-approvals' && type === DECISION;

/** Mark of a decision of ELMA in the task of УТ that it completed. */
export const decisionMark = (messageId: string): string => `[elma:${messageId}]`;

/** The decision that stands in an item; null while there is none, and where Pult made it and brings it to УТ itself. */
export function decisionMessage(item: Row): MessageRecord | null {
  const status = (item.__status as Row | undefined)?.status;
  const decision = { 4: 'approved', 5: 'rejected' }[Number(status)];
  const process = text(item.ut_process_ref);
  if (decision === undefined || process === '' || text(item.pult_decision_id) !== '') return null;
  const inn = text(item.customer_inn);
  const cents = (item.amount as Row | undefined)?.cents;
  return newRecord({
    flow: 'ut-elma-approvals',
    messageId: text(item.__id),
    source: 'elma',
    consumer: 'ut',
    type: DECISION,
    number: text(item.ut_order_number),
    ref: text(item.ut_order_ref) || null,
    counterparty: inn === '' ? null : { name: text(item.customer), inn },
    amount: cents === undefined ? null : (Number(cents) / 100).toFixed(2),
    occurredAt: text(item.__updatedAt),
    payload: {
      Решение: decision === 'approved' ? 'Согласовано' : 'НеСогласовано',
      БизнесПроцесс: process,
      Номер: text(item.ut_order_number),
      Комментарий: text(item.decision_comment),
      КтоРешил: text(item.decided_by),
    },
  });
}

/** The process of either kind, open or finished. */
export async function processOf(systems: Systems, ref: string): Promise<{ set: ProcessSet; row: Row } | null> {
  for (const set of PROCESSES) {
    const [row] = await systems.ut.list(set, { filter: `Ref_Key eq guid'${ref}'`, top: 1 });
    if (row) return { set, row };
  }
  return null;
}

/**
 * Writes the result into the task and executes it; cut off anywhere and begun again it is done once.
 * @param locked people of УТ have the tasks open @throws TransferError
 */
export async function decisionToUt(record: MessageRecord, systems: Systems, locked: boolean): Promise<Transferred> {
  const { ut } = systems;
  const { payload, number } = record;
  const process = await processOf(systems, text(payload.БизнесПроцесс));
  if (!process) throw new TransferError(`Бизнес-процесс согласования документа ${number} не найден в 1С:УТ`);
  const tasks = await ut.list(TASKS, {
    filter: `BusinessProcess eq cast(guid'${text(payload.БизнесПроцесс)}','${process.set}')`,
    top: 20,
  });
  const mark = decisionMark(record.messageId);
  const isApproved = payload.Решение === 'Согласовано';
  if (tasks.some((task) => task.Executed === true && text(task.РезультатВыполнения).includes(mark)))
    return { ref: null };
  const open = tasks.find((task) => task.Executed !== true);
  if (!open || process.row.Completed === true) {
    const said = text(tasks.at(-1)?.РезультатВыполнения);
    // The same decision by somebody else needs nothing more; another one stays as it is.
    if (tasks.length > 0 && said !== '' && isApproved !== /^не\s*согласован|^отклонен/i.test(said))
      return { ref: null };
    throw new TransferError(`Задача по документу ${number} уже исполнена с другим результатом`, { refused: true });
  }
  if (locked)
    throw new TransferError(
      `Не удалось записать «Задача исполнителя ${number}»: конфликт блокировок, объект заблокирован пользователем`,
      { code: '-1' },
    );
  const ref = text(open.Ref_Key);
  if (!text(open.РезультатВыполнения).includes(mark)) {
    const words = isApproved ? 'Согласовано в ELMA' : 'Не согласовано в ELMA';
    const comment = text(payload.Комментарий);
    await ut.patch(TASKS, ref, { РезультатВыполнения: `${comment === '' ? words : `${words}: ${comment}`} ${mark}` });
  }
  await ut.run(TASKS, ref, 'ExecuteTask');
  return { ref: null };
}

/** Decisions that stand in ELMA, the latest first. @throws TransferError */
export async function decidedInElma(systems: Pick<Systems, 'elma'>): Promise<MessageRecord[]> {
  const answer = await systems.elma('list', {
    statusCode: ['approved', 'rejected'],
    sortExpressions: [{ field: '__updatedAt', ascending: false }],
    from: 0,
    size: 1_000,
  });
  const { result } = answer.result as { result: readonly Row[] };
  return result.flatMap((item) => decisionMessage(item) ?? []);
}

/** The decision as it stands in ELMA now. @throws TransferError */
export async function decisionAnew(systems: Pick<Systems, 'elma'>, itemId: string): Promise<MessageRecord | null> {
  const { item } = await systems.elma(`${itemId}/get`, {});
  return decisionMessage(item as Row);
}
