import { APPROVAL_SETS, RETURN_PROCESS } from '../../connectors/onec-odata/sets.ts';
import { dateOf, flagOf, type OnecEntity, refOf, rowsOf, textOf } from '../../connectors/onec-odata/values.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Background } from './lines.ts';
import type { UtClient } from './ports.ts';
import { decisionIn, verdictOf, withoutMark } from './rules.ts';
import type { DocumentFacts, OutcomeFacts, PersonFacts, UtSnapshot } from './snapshot.ts';
import { createUtCatalogs } from './ut-catalogs.ts';
import { createUtDocuments, RETURN_SET, utInstant } from './ut-documents.ts';
import { byRefs, optional } from './ut-requests.ts';

/** A request that Pult waits for: its process may have ended since the last look. */
export interface TrackedRequest {
  readonly processRef: string;
  readonly processSet: string | null;
  readonly documentRef: string | null;
  readonly dataVersion: string | null;
  /** Items and partner of the last reading, so that stock and cost stay fresh without reading the document. */
  readonly items: readonly string[];
  readonly customerRef: string | null;
  /** Decided already: how the process ended is no news. */
  readonly decided: boolean;
}

export interface UtReader {
  /** Open processes and those tracked ones that are open no more. */
  readOpen(tracked: readonly TrackedRequest[]): Promise<UtSnapshot[]>;
  /** One page of processes finished at or after `from` (local time of the base), oldest first. */
  readFinished(
    from: string,
    known: (refs: readonly string[]) => Promise<ReadonlySet<string>>,
  ): Promise<{ snapshots: UtSnapshot[]; next: string; more: boolean }>;
  /** Finished processes by reference, whenever they ended. */
  readAgain(refs: readonly string[]): Promise<UtSnapshot[]>;
}

const PROCESS_SETS = [APPROVAL_SETS.process, RETURN_PROCESS] as const;
const PROCESS_FIELDS = [
  'Ref_Key',
  'Предмет',
  'Предмет_Type',
  'Автор_Key',
  'ДатаНачала',
  'ДатаЗавершения',
  'Completed',
  'РезультатСогласования',
  'РезультатыСогласования',
];
const { task: TASK_SET, order: ORDER_SET } = APPROVAL_SETS;
const TASK_FIELDS = ['Ref_Key', 'BusinessProcess', 'BusinessProcess_Type', 'Описание'];
const OPEN_AT_MOST = 2_000;
const FINISHED_PAGE = 100;
const TYPE_PREFIX = 'StandardODATA.';

interface Process {
  readonly entity: OnecEntity;
  readonly set: string;
  readonly ref: string;
  readonly documentSet: string;
  readonly documentRef: string;
  readonly done: boolean;
}

export function createUtReader(ut: UtClient, options: { clock: Clock; zone: string; costPriceKind: string }): UtReader {
  const { zone } = options;
  const catalogs = createUtCatalogs(ut, options);
  const documentsOf = createUtDocuments(ut, { catalogs, zone });
  const instant = (local: string | null): number | null => utInstant(local, zone);

  const processOf = (set: string, entity: OnecEntity): Process | null => {
    const ref = refOf(entity, 'Ref_Key');
    const documentRef = refOf(entity, 'Предмет') ?? refOf(entity, 'Предмет_Key');
    if (ref === null || documentRef === null) return null;
    const type = textOf(entity, 'Предмет_Type').replace(TYPE_PREFIX, '');
    const documentSet = type === '' ? (set === PROCESS_SETS[0] ? ORDER_SET : RETURN_SET) : type;
    // Agreements and offers go through the same process; they are no requests of the console.
    if (documentSet !== ORDER_SET && documentSet !== RETURN_SET) return null;
    return { entity, set, ref, documentSet, documentRef, done: flagOf(entity, 'Completed') };
  };
  const processesOf = (set: string, entities: readonly OnecEntity[]): Process[] =>
    entities.map((entity) => processOf(set, entity)).filter((one) => one !== null);

  const person = (ref: string | null): PersonFacts => {
    const user = catalogs.get('user', ref);
    return { ref, name: user?.name || '—', email: user?.email ?? null };
  };

  /** Reviewer of the last step: the table of the process, else the executor of the last task. */
  const outcomeOf = async (process: Process, history: boolean): Promise<OutcomeFacts> => {
    const step = rowsOf(process.entity, 'РезультатыСогласования').at(-1);
    const at = instant(dateOf(process.entity, 'ДатаЗавершения')) ?? options.clock.now();
    let reviewer = step === undefined ? null : (refOf(step, 'Рецензент_Key') ?? refOf(step, 'Рецензент'));
    let said = step === undefined ? '' : textOf(step, 'Комментарий');
    if (reviewer === null || (!history && decisionIn(said) === null)) {
      const filter = `BusinessProcess eq cast(guid'${process.ref}','${process.set}')`;
      const [task] = (await optional(() => ut.list(TASK_SET, { filter, top: 1 }))) ?? [];
      if (task !== undefined) {
        reviewer ??= refOf(task, 'Исполнитель_Key') ?? refOf(task, 'Исполнитель');
        said = said === '' || decisionIn(said) === null ? textOf(task, 'РезультатВыполнения') || said : said;
      }
    }
    await catalogs.load('user', [reviewer]);
    const verdict = verdictOf(textOf(process.entity, 'РезультатСогласования')) ?? verdictOf(said) ?? 'reject';
    return {
      verdict,
      by: reviewer === null ? null : person(reviewer),
      at,
      comment: withoutMark(said) === '' ? null : withoutMark(said),
      pultDecisionId: decisionIn(said),
    };
  };

  const snapshotOf = async (
    process: Process,
    parts: {
      document: DocumentFacts | null;
      task: OnecEntity | undefined;
      background: Background | null;
      history: boolean;
      decided: boolean;
    },
  ): Promise<UtSnapshot> => {
    const authorRef = refOf(process.entity, 'Автор_Key') ?? refOf(process.entity, 'Автор');
    const described = parts.task === undefined ? '' : textOf(parts.task, 'Описание');
    return {
      system: 'ut',
      processRef: process.ref,
      processSet: process.set,
      isReturn: process.documentSet === RETURN_SET,
      startedAt: instant(dateOf(process.entity, 'ДатаНачала')) ?? options.clock.now(),
      taskRef: parts.task === undefined ? null : refOf(parts.task, 'Ref_Key'),
      documentSet: process.documentSet,
      documentRef: process.documentRef,
      document: parts.document,
      initiator: person(authorRef),
      reason: described === '' ? (parts.document?.comment ?? null) : described,
      background: parts.background,
      outcome: process.done && !parts.decided ? await outcomeOf(process, parts.history) : null,
      history: parts.history,
    };
  };

  const openTasks = async (): Promise<Map<string, OnecEntity>> => {
    const tasks = await ut.list(TASK_SET, { filter: 'Executed eq false', select: TASK_FIELDS, top: OPEN_AT_MOST });
    return new Map(tasks.map((task) => [refOf(task, 'BusinessProcess') ?? '', task]));
  };

  const openProcesses = async (): Promise<Process[]> => {
    const query = { filter: 'Completed eq false', select: PROCESS_FIELDS, top: OPEN_AT_MOST };
    const [main, returns] = PROCESS_SETS;
    const found = processesOf(main, await ut.list(main, query));
    return [...found, ...processesOf(returns, (await optional(() => ut.list(returns, query))) ?? [])];
  };

  /** References whose document is new or has another DataVersion than the last reading. */
  const changedDocuments = async (processes: readonly Process[], tracked: ReadonlyMap<string, TrackedRequest>) => {
    const fresh = processes.filter(({ ref }) => (tracked.get(ref)?.dataVersion ?? null) === null);
    const known = processes.filter(({ ref }) => (tracked.get(ref)?.dataVersion ?? null) !== null);
    const changed: Process[] = [];
    for (const set of new Set(known.map(({ documentSet }) => documentSet))) {
      const same = known.filter((one) => one.documentSet === set);
      const entities = await byRefs(
        ut,
        set,
        same.map(({ documentRef }) => documentRef),
        ['Ref_Key', 'DataVersion'],
      );
      const versions = new Map(entities.map((entity) => [refOf(entity, 'Ref_Key'), textOf(entity, 'DataVersion')]));
      changed.push(...same.filter((one) => versions.get(one.documentRef) !== tracked.get(one.ref)?.dataVersion));
    }
    return [...fresh, ...changed];
  };

  /** Snapshots of finished processes; one whose document is gone says too little. */
  const historyOf = async (processes: readonly Process[]): Promise<UtSnapshot[]> => {
    await catalogs.load(
      'user',
      processes.map(({ entity }) => refOf(entity, 'Автор_Key') ?? refOf(entity, 'Автор')),
    );
    const documents = await documentsOf(processes);
    const snapshots: UtSnapshot[] = [];
    for (const process of processes) {
      const document = documents.get(process.documentRef) ?? null;
      if (document === null) continue;
      snapshots.push(
        await snapshotOf(process, { document, task: undefined, background: null, history: true, decided: false }),
      );
    }
    return snapshots;
  };

  return {
    readOpen: async (tracked) => {
      const byProcess = new Map(tracked.map((one) => [one.processRef, one]));
      const open = await openProcesses();
      const openRefs = new Set(open.map(({ ref }) => ref));
      const gone = tracked.filter(({ processRef }) => !openRefs.has(processRef));
      const ended: Process[] = [];
      for (const set of PROCESS_SETS) {
        const refs = gone
          .filter((one) => one.processSet === null || one.processSet === set)
          .map(({ processRef }) => processRef);
        if (refs.length > 0) ended.push(...processesOf(set, await byRefs(ut, set, refs, PROCESS_FIELDS)));
      }
      const all = [...open, ...ended];
      const tasks = await openTasks();
      await catalogs.load(
        'user',
        all.map(({ entity }) => refOf(entity, 'Автор_Key') ?? refOf(entity, 'Автор')),
      );
      const documents = await documentsOf(await changedDocuments(all, byProcess));
      const snapshots: UtSnapshot[] = [];
      for (const process of all) {
        const document = documents.get(process.documentRef) ?? null;
        const last = byProcess.get(process.ref);
        const items = document?.lines.map(({ itemRef }) => itemRef).filter((ref) => ref !== null) ?? last?.items ?? [];
        const partner = document?.customer.ref ?? last?.customerRef ?? null;
        const background = process.done ? null : await catalogs.background([...new Set(items)], partner);
        snapshots.push(
          await snapshotOf(process, {
            document,
            task: tasks.get(process.ref),
            background,
            history: false,
            decided: last?.decided ?? false,
          }),
        );
      }
      return snapshots;
    },
    readFinished: async (from, known) => {
      const [set] = PROCESS_SETS;
      const query = {
        by: 'ДатаЗавершения',
        from,
        filter: 'Completed eq true',
        select: PROCESS_FIELDS,
        pageSize: FINISHED_PAGE,
      };
      const page: OnecEntity[] = [];
      // One second may hold more than a page: the reading goes on until it is behind it, so that none is passed over.
      for await (const part of ut.pages(set, query)) {
        page.push(...part);
        if (dateOf(page.at(-1) ?? part[0] ?? {}, query.by) !== from) break;
      }
      const processes = processesOf(set, page);
      const there = await known(processes.map(({ ref }) => ref));
      const missing = processes.filter(({ ref }) => !there.has(ref));
      const snapshots = await historyOf(missing);
      const last = page.at(-1);
      const next = (last === undefined ? null : dateOf(last, 'ДатаЗавершения')) ?? from;
      // All of one second is read, and nothing behind it: the next reading begins with the next second.
      const stuck = page.length >= FINISHED_PAGE && next === from;
      const onward = stuck
        ? Temporal.PlainDateTime.from(next).add({ seconds: 1 }).toString({ smallestUnit: 'second' })
        : next;
      return { snapshots, next: onward, more: page.length >= FINISHED_PAGE };
    },
    readAgain: async (refs) => {
      const [set] = PROCESS_SETS;
      return historyOf(processesOf(set, await byRefs(ut, set, refs, PROCESS_FIELDS)).filter(({ done }) => done));
    },
  };
}
