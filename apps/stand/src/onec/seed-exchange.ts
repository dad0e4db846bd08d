/** Nodes of the exchange plans and what the registers of БСП say about them. */
import { type BaseName, isBase, SITES, type SiteName } from './bases.ts';
import { INTEGRATION_STATES, PROBLEMS, type Problem, UNCONFIRMED } from './exchange-troubles.ts';
import { localOf } from './local-time.ts';
import type { Random } from './random.ts';
import type { BaseStore, MutableRow } from './store.ts';
import { INTERNAL_PRICES_PLAN, UNIVERSAL_PLAN } from './trade-objects.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
/** Number of the last message of internal prices that a site had sent before the history of the demonstration ends. */
export const LAST_PRICE_MESSAGE = 2_200;

/** So many messages a node that fails is behind. */
const BEHIND = 7;

interface NodeSeed {
  readonly code: string;
  readonly name: string;
  readonly failing?: true;
}

/** Codes of the nodes: how the bases call each other. */
export const NODE_CODES: Readonly<Record<BaseName, string>> = {
  ut: 'УТ',
  bp: 'БП',
  'erp-1': 'П1',
  'erp-2': 'П2',
  'erp-3': 'П3',
  zup: 'ЗП',
  uh: 'УХ',
};
const ut: NodeSeed = { code: NODE_CODES.ut, name: 'Управление торговлей' };
const bp: NodeSeed = { code: NODE_CODES.bp, name: 'Бухгалтерия предприятия' };
const sites = SITES.map(
  (site: SiteName, index): NodeSeed => ({
    code: NODE_CODES[site],
    name: `ERP, площадка ${index + 1}`,
  }),
);

const NODES: Readonly<Record<BaseName, readonly NodeSeed[]>> = {
  ut: [
    bp,
    { code: NODE_CODES.uh, name: 'Управление холдингом', failing: true },
    { code: 'СТ', name: 'Сайт' },
    ...sites,
  ],
  bp: [ut, { code: NODE_CODES.uh, name: 'Управление холдингом' }],
  'erp-1': [ut],
  'erp-2': [ut],
  'erp-3': [ut],
  zup: [{ code: 'КЭ', name: 'VK HR Tek' }],
  uh: [ut, bp],
};

export function seedExchange(store: BaseStore, random: Random, now: number): void {
  const { name } = store;
  if (!isBase(name)) return;
  const at = (ago: number): string => localOf(now - ago);
  const self = { Code: NODE_CODES[name], Description: 'Эта база', ThisNode: true };
  store.insert(UNIVERSAL_PLAN, { ...self, Ref_Key: random.guid() });
  let unconfirmed = 0;
  const refs = NODES[name].map((node) => {
    const ref = random.guid();
    const sent = random.int(4_000, 9_000);
    store.insert(UNIVERSAL_PLAN, {
      Ref_Key: ref,
      Code: node.code,
      Description: node.name,
      SentNo: String(sent),
      // A node that fails is some messages behind.
      ReceivedNo: String(node.failing ? sent - BEHIND : sent),
      ExchangeDate: at(6 * MINUTE),
    });
    if (node.failing) unconfirmed = sent - BEHIND + 1;
    insertStates(store, ref, { failing: node.failing ?? false, at });
    return ref;
  });
  if (store.entities.has(INTERNAL_PRICES_PLAN)) {
    store.insert(INTERNAL_PRICES_PLAN, { ...self, Ref_Key: random.guid() });
    // УТ receives from every site; a site sends to УТ alone.
    for (const node of name === 'ut' ? sites : [ut])
      store.insert(INTERNAL_PRICES_PLAN, {
        Ref_Key: random.guid(),
        Code: node.code,
        Description: node.name,
        SentNo: String(name === 'ut' ? 0 : LAST_PRICE_MESSAGE),
        ReceivedNo: String(LAST_PRICE_MESSAGE),
        ExchangeDate: at(9 * MINUTE),
      });
  }
  for (const problem of PROBLEMS[name] ?? []) {
    const row = problemRow(random, problem, { partner: refs[0] ?? '', at });
    store.insert('InformationRegister_РезультатыОбменаДанными', row);
    insertObject(store, problem, row);
  }
  for (const [system, state, note] of INTEGRATION_STATES[name])
    store.insert('InformationRegister_СостоянияИнтеграцииОбъектов', {
      ИдентификаторОбъекта: random.guid(),
      УчетнаяСистема: system,
      Состояние: state,
      Описание: note.replace(UNCONFIRMED, String(unconfirmed)),
    });
}

/** The object that has the problem: unposted, for whoever opens it from Pult. */
function insertObject(store: BaseStore, { object, title }: Problem, row: MutableRow): void {
  const set = object.replace('Документ.', 'Document_').replace('Справочник.', 'Catalog_');
  const Ref_Key = String(row.ПроблемныйОбъект);
  if (!store.entities.has(set)) return;
  if (set.startsWith('Document_'))
    store.insert(set, { Ref_Key, Number: row.НомерДокумента, Date: row.ДатаДокумента, Posted: false });
  else store.insert(set, { Ref_Key, Description: title === '' ? String(row.ПредставлениеОбъекта) : title });
}

function insertStates(store: BaseStore, ref: string, of: { failing: boolean; at: (ago: number) => string }): void {
  const node = { УзелИнформационнойБазы: ref, УзелИнформационнойБазы_Type: `StandardODATA.${UNIVERSAL_PLAN}` };
  for (const [index, action] of ['ВыгрузкаДанных', 'ЗагрузкаДанных'].entries()) {
    const failed = of.failing && action === 'ЗагрузкаДанных';
    const ended = (4 + index) * MINUTE;
    store.insert('InformationRegister_СостоянияОбменовДанными', {
      ...node,
      ДействиеПриОбмене: action,
      РезультатВыполненияОбмена: failed ? 'Ошибка_ТранспортСообщения' : 'Выполнено',
      ДатаНачала: of.at(ended + 40_000),
      ДатаОкончания: of.at(ended),
    });
    store.insert('InformationRegister_СостоянияУспешныхОбменовДанными', {
      ...node,
      ДействиеПриОбмене: action,
      ДатаОкончания: of.at(failed ? 19 * HOUR : ended),
    });
  }
}

function problemRow(
  random: Random,
  problem: Problem,
  of: { partner: string; at: (ago: number) => string },
): MutableRow {
  const when = of.at(problem.hoursAgo * HOUR);
  return {
    ТипПроблемы: problem.type,
    УзелИнформационнойБазы: of.partner,
    УзелИнформационнойБазы_Type: `StandardODATA.${UNIVERSAL_PLAN}`,
    ОбъектМетаданных: problem.object,
    ПроблемныйОбъект: random.guid(),
    ПроблемныйОбъект_Type: `StandardODATA.${problem.object.replace('Документ.', 'Document_').replace('Справочник.', 'Catalog_')}`,
    КлючУникальности: random.guid().replaceAll('-', ''),
    ДатаВозникновения: when,
    Причина: problem.reason,
    Пропущена: false,
    НомерДокумента: problem.number,
    ДатаДокумента: problem.number === '' ? '0001-01-01T00:00:00' : when,
    ПредставлениеОбъекта: problem.number === '' ? problem.object : `${problem.title} ${problem.number}`,
  };
}
