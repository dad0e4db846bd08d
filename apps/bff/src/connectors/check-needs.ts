/** What Pult needs of a system, read from the landscape: a check asks for exactly this, and says it to whoever grants it. */
import type { LandscapeFile, SystemConfig } from '@pult/shared/contracts/landscape-file';
import { WHOEVER_ACCEPTED } from '@pult/shared/contracts/landscape-file/flow';
import { questionsOf } from '@pult/shared/contracts/landscape-file/verify';
import type { TopicNeed } from './kafka/rights.ts';

/** Sets that approvals read and write in the base of trade (docs/protocols/onec-odata.md). */
export const APPROVAL_SETS = [
  'Document_ЗаказКлиента',
  'Document_ЗаявкаНаВозвратТоваровОтКлиента',
  'BusinessProcess_СогласованиеПродажи',
  'Task_ЗадачаИсполнителя',
  'Catalog_СоглашенияСКлиентами',
  'Catalog_Контрагенты',
  'Catalog_Партнеры',
  'Catalog_Пользователи',
  'Catalog_Номенклатура',
  'AccumulationRegister_ТоварыНаСкладах',
  'AccumulationRegister_РасчетыСКлиентами',
] as const;

/** Registers of БСП that tell how a base's exchanges go. */
const REGISTER_SETS = [
  'InformationRegister_СостоянияОбменовДанными',
  'InformationRegister_СостоянияУспешныхОбменовДанными',
  'InformationRegister_РезультатыОбменаДанными',
] as const;

/** A document that no system has: asking for it shows that the address answers. */
const NOBODYS_DOCUMENT = '00000000-0000-0000-0000-000000000000';

export interface SystemNeeds {
  /** Entity sets of 1С. */
  readonly sets: readonly string[];
  /** Paths of HTTP services or of the API by which a source is asked to send again. */
  readonly commands: readonly string[];
  /** Paths by which the target is asked for a document. */
  readonly lookups: readonly string[];
  /** Apps of ELMA365 or entities of ELMA3. */
  readonly apps: readonly string[];
  /** Topics of the bus, with what Pult does there: facts and dead letters are read, retries written, the rest looked at. */
  readonly topics: readonly TopicNeed[];
  readonly flows: readonly string[];
}

export function needsOf(landscape: LandscapeFile, system: SystemConfig): SystemNeeds {
  const { connector } = system;
  const sets = new Set<string>();
  const commands = new Set<string>();
  const lookups = new Set<string>();
  const apps = new Set<string>();
  const topics = new Map<string, TopicNeed>();
  const onTopic = (topic: string | undefined, right: TopicNeed['right']): void => {
    if (topic !== undefined) topics.set(`${right} ${topic}`, { topic, right });
  };
  const flows = new Set<string>();
  if (connector?.protocol === 'onec-odata') {
    if (connector.polls.includes('approvals')) for (const set of APPROVAL_SETS) sets.add(set);
    if (connector.polls.includes('exchange-registers')) for (const set of REGISTER_SETS) sets.add(set);
    // Without the plan a node has no code, and its problems find no flow.
    for (const { plan } of connector.exchangeNodes) sets.add(plan);
    for (const { flow } of [...connector.exchangeNodes, ...connector.exchangeTargets]) flows.add(flow);
    if (connector.polls.includes('exchange-plans'))
      for (const { set, flow } of connector.exchangePlans) {
        sets.add(set);
        flows.add(flow);
      }
  }
  if (connector?.protocol === 'elma365' && connector.approvalsApp !== undefined) apps.add(connector.approvalsApp);
  if (connector?.protocol === 'elma3' && connector.requestsType !== undefined) apps.add(connector.requestsType);
  if (connector?.protocol === 'kafka') for (const { topic } of connector.eventTopics) onTopic(topic, 'Read');
  for (const flow of landscape.flows) {
    if (connector?.protocol === 'kafka' && [...flow.from, ...flow.to].includes(system.id)) {
      for (const topic of flow.topics) onTopic(topic, 'Describe');
      for (const { deadLetterTopic, retryTopic } of flow.consumers) {
        onTopic(deadLetterTopic, 'Read');
        onTopic(retryTopic, 'Write');
      }
      flows.add(flow.id);
    }
    for (const verb of ['resend', 'reExport'] as const) {
      const target = flow.retry[verb];
      const asked = target?.system === WHOEVER_ACCEPTED ? flow.from.includes(system.id) : target?.system === system.id;
      if (target === undefined || !asked) continue;
      commands.add(target.path);
      flows.add(flow.id);
    }
    for (const question of questionsOf(flow)) {
      if (question.system !== system.id) continue;
      flows.add(flow.id);
      if (question.protocol === 'onec-odata') sets.add(question.set);
      else if (question.protocol === 'rest')
        lookups.add(question.path.replace('{messageId}', NOBODYS_DOCUMENT).replace('{number}', NOBODYS_DOCUMENT));
      else apps.add(question.app);
    }
  }
  return {
    sets: [...sets],
    commands: [...commands],
    lookups: [...lookups],
    apps: [...apps],
    topics: [...topics.values()],
    flows: [...flows],
  };
}
