/** One reading of the exchange registers of a base over OData. */
import { SourceError } from '@pult/shared/errors/app-error';
import type { OnecQuery } from '../../../connectors/onec-odata/client.ts';
import { INTEGRATION_SET, NODE_FIELD, REGISTER_SETS } from '../../../connectors/onec-odata/sets.ts';
import { dateOf, flagOf, type OnecEntity, refOf, textOf } from '../../../connectors/onec-odata/values.ts';
import { cutText } from '../../../platform/http/clean-text.ts';
import { hashedId } from '../../../platform/ids.ts';
import {
  MAX_REASON,
  type NodeFacts,
  type ProblemFacts,
  type ReadingOptions,
  type RegisterClient,
  type RegisterReading,
  type RunFacts,
  type WatchedPlan,
} from './facts.ts';
import { INTEGRATION_FIELDS, integrationProblem } from './integration.ts';
import { nameObjects } from './naming.ts';
import { instantIn, numberIn } from './row-values.ts';
import { problemKindOf, runResultOf } from './rules.ts';

const { problems: PROBLEMS, states: STATES, successes: SUCCESSES } = REGISTER_SETS;
const NODE = NODE_FIELD;
const DIMENSIONS = [
  'ТипПроблемы',
  NODE,
  `${NODE}_Type`,
  'ОбъектМетаданных',
  'ПроблемныйОбъект',
  'ПроблемныйОбъект_Type',
  'КлючУникальности',
];
const RAISED = 'ДатаВозникновения';
const PROBLEM_FIELDS = [
  'Причина',
  'Пропущена',
  'НомерДокумента',
  'ДатаДокумента',
  'ПредставлениеОбъекта',
  'Комментарий',
];
const STATE_FIELDS = [
  NODE,
  `${NODE}_Type`,
  'ДействиеПриОбмене',
  'РезультатВыполненияОбмена',
  'ДатаНачала',
  'ДатаОкончания',
];
const NODES_AT_MOST = 500;
/** What one reading takes; a base with more has a problem that no list solves. */
const PROBLEMS_AT_MOST = 2_000;
const NO_NUMBER: OnecEntity = {};

/** Reads nodes, runs, problems and watched plans. What is outside the composition is named, not an error. @throws SourceError */
export async function readRegisters(onec: RegisterClient, options: ReadingOptions): Promise<RegisterReading> {
  const { zone } = options;
  const unpublished: string[] = [];
  const ifPublished = async <T>(set: string, read: () => Promise<T>, absent: T): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof SourceError && error.code === 'source.not_found')) throw error;
      unpublished.push(set.replace(/^(InformationRegister|ExchangePlan)_/, ''));
      return absent;
    }
  };
  const list = (set: string, select: readonly string[], query: Pick<OnecQuery, 'filter' | 'top'> = {}) =>
    ifPublished(set, () => onec.list(set, { select, top: NODES_AT_MOST * 2, ...query }), []);
  const watched: NodeFacts[] = [];
  for (const plan of options.plans) {
    const rows = await ifPublished(
      plan.set,
      () => onec.list(plan.set, { select: PLAN_FIELDS, top: NODES_AT_MOST }),
      [],
    );
    watched.push(...rows.map((row) => planNode(row, plan, zone)).filter((node) => node !== null));
  }
  if (!options.registers) return { nodes: watched, problems: [], unread: [], unpublished, truncated: false };
  const states = await list(STATES, STATE_FIELDS);
  const successes = await list(SUCCESSES, [NODE, `${NODE}_Type`, 'ДействиеПриОбмене', 'ДатаОкончания']);
  const found = await ifPublished(PROBLEMS, () => problemRows(onec), { rows: [], truncated: false });
  // The register has a row for every object that was ever integrated: only failures are asked for.
  const integration = await list(INTEGRATION_SET, INTEGRATION_FIELDS, {
    filter: "Состояние eq 'Ошибка'",
    top: PROBLEMS_AT_MOST,
  });
  const nodes = await nodesOf(onec, [...states, ...found.rows]);
  const objects = await nameObjects(
    onec,
    integration.flatMap((row) => integrationProblem(onec.system, row, options) ?? []),
    options,
  );
  const mentioned = nodes.map((node) => ({
    ...node,
    plan: null,
    flowId: null,
    exchangedAt: null,
    runs: runsOf(node.ref, { states, successes, zone }),
  }));
  return {
    // A node that both name is one node: its runs come from the registers, its plan from the landscape.
    nodes: [
      ...mentioned.map((node) => ({ ...node, ...planPartOf(watched.find(({ ref }) => ref === node.ref)) })),
      ...watched.filter(({ ref }) => !mentioned.some((node) => node.ref === ref)),
    ],
    problems: [...found.rows.map((row) => problemOf(onec.system, row, { zone, nodes })), ...objects].filter(
      (one) => one !== null,
    ),
    unread: found.rows.filter((row) => isUnreadable(row, zone)).map((row) => problemId(onec.system, row)),
    unpublished,
    truncated: found.truncated || integration.length >= PROBLEMS_AT_MOST,
  };
}

const PLAN_FIELDS = ['Ref_Key', 'Code', 'Description', 'SentNo', 'ReceivedNo', 'ExchangeDate', 'ThisNode'];

const isUnreadable = (row: OnecEntity, zone: string): boolean =>
  dateOf(row, RAISED) !== null && instantIn(row, RAISED, zone) === null;

/** A partner in a watched plan; null for the row of the base itself. Numbers are Int64 and come as text. */
function planNode(row: OnecEntity, plan: WatchedPlan, zone: string): NodeFacts | null {
  const ref = refOf(row, 'Ref_Key');
  if (ref === null || flagOf(row, 'ThisNode')) return null;
  return {
    ref,
    code: textOf(row, 'Code'),
    name: textOf(row, 'Description'),
    sentNo: numberIn(row, 'SentNo'),
    receivedNo: numberIn(row, 'ReceivedNo'),
    plan: plan.set,
    flowId: plan.flow,
    exchangedAt: instantIn(row, 'ExchangeDate', zone),
    runs: {},
  };
}

const planPartOf = (node: NodeFacts | undefined): Partial<NodeFacts> =>
  node === undefined
    ? {}
    : {
        sentNo: node.sentNo,
        receivedNo: node.receivedNo,
        plan: node.plan,
        flowId: node.flowId,
        exchangedAt: node.exchangedAt,
      };

async function problemRows(onec: RegisterClient): Promise<{ rows: OnecEntity[]; truncated: boolean }> {
  const rows: OnecEntity[] = [];
  const query = { by: RAISED, key: DIMENSIONS, select: PROBLEM_FIELDS };
  for await (const page of onec.pages(PROBLEMS, query)) {
    rows.push(...page);
    if (rows.length >= PROBLEMS_AT_MOST) return { rows: rows.slice(0, PROBLEMS_AT_MOST), truncated: true };
  }
  return { rows, truncated: false };
}

const planNameOf = (row: OnecEntity): string => textOf(row, `${NODE}_Type`).replace('StandardODATA.', '');

type MentionedNode = Pick<NodeFacts, 'ref' | 'code' | 'name' | 'sentNo' | 'receivedNo'>;

/** Names and message numbers of the nodes that the registers mention, from the exchange plans they belong to. */
async function nodesOf(onec: RegisterClient, rows: readonly OnecEntity[]): Promise<MentionedNode[]> {
  const plans = new Map<string, Set<string>>();
  for (const row of rows) {
    const ref = refOf(row, NODE);
    const plan = planNameOf(row);
    if (ref === null) continue;
    plans.set(plan, (plans.get(plan) ?? new Set()).add(ref));
  }
  const nodes: MentionedNode[] = [];
  for (const [plan, refs] of plans) {
    const known = new Map<string, OnecEntity>();
    if (plan.startsWith('ExchangePlan_')) {
      const select = ['Ref_Key', 'Code', 'Description', 'SentNo', 'ReceivedNo'];
      const entities = await onec.list(plan, { select, top: NODES_AT_MOST }).catch((error: unknown) => {
        // The register is published without its plan: the nodes stay nameless.
        if (error instanceof SourceError && error.code === 'source.not_found') return [];
        throw error;
      });
      for (const entity of entities) known.set(refOf(entity, 'Ref_Key') ?? '', entity);
    }
    for (const ref of refs) {
      const entity = known.get(ref);
      nodes.push({
        ref,
        code: textOf(entity ?? NO_NUMBER, 'Code'),
        name: textOf(entity ?? NO_NUMBER, 'Description'),
        sentNo: entity?.SentNo === undefined ? null : numberIn(entity, 'SentNo'),
        receivedNo: entity?.ReceivedNo === undefined ? null : numberIn(entity, 'ReceivedNo'),
      });
    }
  }
  return nodes;
}

const ACTIONS = { ВыгрузкаДанных: 'export', ЗагрузкаДанных: 'import' } as const;

function runsOf(
  node: string,
  from: { states: readonly OnecEntity[]; successes: readonly OnecEntity[]; zone: string },
): NodeFacts['runs'] {
  const runs: Partial<Record<'export' | 'import', RunFacts>> = {};
  for (const [action, name] of Object.entries(ACTIONS)) {
    const of = (row: OnecEntity): boolean => refOf(row, NODE) === node && textOf(row, 'ДействиеПриОбмене') === action;
    const state = from.states.find(of);
    if (state === undefined) continue;
    const success = from.successes.find(of);
    runs[name] = {
      result: runResultOf(textOf(state, 'РезультатВыполненияОбмена')),
      startedAt: instantIn(state, 'ДатаНачала', from.zone),
      endedAt: instantIn(state, 'ДатаОкончания', from.zone),
      succeededAt: success === undefined ? null : instantIn(success, 'ДатаОкончания', from.zone),
    };
  }
  return runs;
}

function problemOf(
  system: string,
  row: OnecEntity,
  { zone, nodes }: { readonly zone: string; readonly nodes: readonly MentionedNode[] },
): ProblemFacts | null {
  const raisedAt = instantIn(row, RAISED, zone);
  if (raisedAt === null) return null;
  const optional = (field: string): string | null => textOf(row, field) || null;
  const metadata = textOf(row, 'ОбъектМетаданных');
  const nodeRef = refOf(row, NODE);
  const code = nodes.find(({ ref }) => ref === nodeRef)?.code ?? '';
  return {
    id: problemId(system, row),
    nodeRef,
    node: code === '' ? null : { plan: planNameOf(row), code: code.trim() },
    type: optional('ТипПроблемы'),
    kind: problemKindOf(textOf(row, 'ТипПроблемы')),
    metadata,
    objectType: null,
    objectRef: refOf(row, 'ПроблемныйОбъект'),
    presentation: optional('ПредставлениеОбъекта') ?? metadata,
    number: optional('НомерДокумента'),
    documentAt: instantIn(row, 'ДатаДокумента', zone),
    reason: cutText(textOf(row, 'Причина'), MAX_REASON),
    comment: optional('Комментарий'),
    skipped: flagOf(row, 'Пропущена'),
    raisedAt,
  };
}

/** A row of the register is its dimensions: a problem that comes again after it was solved is the same row. */
const problemId = (system: string, row: OnecEntity): string =>
  hashedId('exchange problem', system, ...DIMENSIONS.map((field) => textOf(row, field)));
