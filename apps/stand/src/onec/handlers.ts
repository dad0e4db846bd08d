/** What the configuration does beside storing: posting, executing tasks, completing processes. */
import { localNow } from './local-time.ts';
import { errors } from './odata-error.ts';
import type { BaseStore, MutableRow } from './store.ts';

export interface PostingFault {
  /** Whether the posting handler fails this time, and with which text. */
  next(document: MutableRow): string | null;
}

export function postDocument(store: BaseStore, set: string, key: string, posted: boolean, faults: PostingFault): void {
  const row = store.find(set, key);
  if (!row) throw errors.noInstance();
  if (posted && row.DeletionMark === true)
    throw errors.handler('Помеченный на удаление документ не может быть проведен!');
  const failure = posted ? faults.next(row) : null;
  if (failure) throw errors.handler(failure);
  store.update(set, key, { Posted: posted });
}

/** A posted document may not be marked for deletion. */
export function checkDeletionMark(row: MutableRow, changes: MutableRow): void {
  if (row.Posted === true && changes.DeletionMark === true && changes.Posted !== false)
    throw errors.handler('Проведенный документ не может быть помечен на удаление!');
}

export function startProcess(store: BaseStore, set: string, key: string): void {
  const process = store.find(set, key);
  if (!process) throw errors.noInstance();
  if (process.Started === true) throw errors.handler('Бизнес-процесс уже стартован!');
  store.update(set, key, { Started: true, ДатаНачала: localNow() });
}

/** Completes the process behind a task: result from the text of the executor, the order approved or not. */
export function executeTask(store: BaseStore, key: string): void {
  const task = store.find('Task_ЗадачаИсполнителя', key);
  if (!task) throw errors.noInstance();
  if (task.Executed === true) throw errors.handler('Задача уже выполнена!');
  const now = localNow();
  const text = String(task.РезультатВыполнения ?? '');
  const approved = !/^не\s*согласован/i.test(text);
  const result = approved ? 'Согласовано' : 'НеСогласовано';
  store.update('Task_ЗадачаИсполнителя', key, { Executed: true, ДатаИсполнения: now, ПринятаКИсполнению: true });
  const processSet = String(task.BusinessProcess_Type).replace('StandardODATA.', '');
  const process = store.entities.has(processSet) ? store.find(processSet, String(task.BusinessProcess)) : undefined;
  if (!process) return;
  const results = [
    ...(process.РезультатыСогласования as MutableRow[]),
    {
      ТочкаМаршрута: 'Согласование',
      Рецензент_Key: task.Исполнитель_Key,
      РезультатСогласования: result,
      Комментарий: text,
      ДатаСогласования: now,
      НомерВерсии: '1',
    },
  ].map((line, index) => ({ ...line, LineNumber: String(index + 1) }));
  store.update(processSet, String(process.Ref_Key), {
    Completed: true,
    ДатаЗавершения: now,
    ДатаСогласования: now,
    РезультатСогласования: result,
    РезультатыСогласования: results,
  });
  const subjectSet = String(process.Предмет_Type).replace('StandardODATA.', '');
  const subject = store.entities.has(subjectSet) ? store.find(subjectSet, String(process.Предмет)) : undefined;
  if (!subject) return;
  const changes: MutableRow =
    subjectSet === 'Document_ЗаказКлиента'
      ? { Согласован: approved, ДатаСогласования: now, Статус: approved ? 'КОбеспечению' : 'НеСогласован' }
      : { Статус: approved ? 'КВозврату' : 'Отклонена' };
  store.update(subjectSet, String(subject.Ref_Key), changes);
}
