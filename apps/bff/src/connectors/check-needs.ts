/** What Pult needs of a system, read from the landscape: a check asks for exactly this, and says it to whoever grants it. */
import type { FolderRole } from '@pult/shared/contracts/connection-checks';
import type { LandscapeFile, SystemConfig } from '@pult/shared/contracts/landscape-file';
import { WHOEVER_ACCEPTED } from '@pult/shared/contracts/landscape-file/flow';
import { questionsOf } from '@pult/shared/contracts/landscape-file/verify';
import type { GroupNeed, TopicNeed } from './kafka/rights.ts';
import type { OnecQuery } from './onec-odata/client.ts';
import { APPROVAL_SETS, INTEGRATION_SET, REGISTER_SETS, RETURN_PROCESS } from './onec-odata/sets.ts';
import type { CheckNeeds } from './port/check.ts';
import { onecQuestion } from './verify-target.ts';

/** A document that no system has: asking for it shows that the address answers. */
const NOBODYS_DOCUMENT = '00000000-0000-0000-0000-000000000000';

const NOBODYS = { messageId: NOBODYS_DOCUMENT, number: NOBODYS_DOCUMENT, ref: NOBODYS_DOCUMENT };

export interface SystemNeeds {
  /** Entity sets of 1С. */
  readonly sets: readonly string[];
  /** Sets that are read where a base has them: without one Pult works and shows less. */
  readonly optionalSets: readonly string[];
  /** Questions by which a base is asked for the document of a message, one for each flow. */
  readonly questions: readonly { readonly set: string; readonly query: OnecQuery }[];
  /** Paths of HTTP services or of the API by which a source is asked to send again. */
  readonly commands: readonly string[];
  /** Paths by which the target is asked for a document. */
  readonly lookups: readonly string[];
  /** Apps of ELMA365 or entities of ELMA3. */
  readonly apps: readonly string[];
  /** Topics of the bus, with what Pult does there: facts and dead letters are read, retries written, the rest looked at. */
  readonly topics: readonly TopicNeed[];
  /** Groups of the bus: Pult's own and those whose lag and members the landscape asks for. */
  readonly groups: readonly GroupNeed[];
  /** Watched folders, and those into which files are put. */
  readonly folders: CheckNeeds['folders'];
  readonly flows: readonly string[];
}

/** Needs in the words of whoever grants them: names to copy, and folders with what each is for. */
export function namedNeeds(needs: SystemNeeds): CheckNeeds {
  const { sets, optionalSets, commands, lookups, apps, topics, groups, folders, flows } = needs;
  const rights = [
    ...groups.map(({ right, group }) => `${right} group ${group}`),
    ...topics.map(({ right, topic }) => `${right} topic ${topic}`),
  ];
  // What a resend asks of folders is no address: a file is put into one of them.
  const paths = folders.length > 0 ? [] : [...commands, ...lookups];
  return { objects: [...sets, ...optionalSets, ...apps, ...rights, ...paths], folders, flows };
}

const FOLDERS: readonly FolderRole[] = ['inbox', 'archive', 'rejected', 'deliver', 'respond'];

const foldersOf = (named: Readonly<Partial<Record<FolderRole, string | undefined>>>): SystemNeeds['folders'] =>
  FOLDERS.flatMap((role) => {
    const path = named[role];
    return path === undefined ? [] : [{ role, path }];
  });

export function needsOf(landscape: LandscapeFile, system: SystemConfig): SystemNeeds {
  const { connector } = system;
  const sets = new Set<string>();
  const optionalSets = new Set<string>();
  const questions: SystemNeeds['questions'][number][] = [];
  const commands = new Set<string>();
  const lookups = new Set<string>();
  const apps = new Set<string>();
  const topics = new Map<string, TopicNeed>();
  const onTopic = (topic: string | undefined, right: TopicNeed['right']): void => {
    if (topic !== undefined) topics.set(`${right} ${topic}`, { topic, right });
  };
  const groups = new Map<string, GroupNeed>();
  const flows = new Set<string>();
  if (connector?.protocol === 'onec-odata') {
    if (connector.polls.includes('approvals')) {
      for (const set of Object.values(APPROVAL_SETS)) sets.add(set);
      optionalSets.add(RETURN_PROCESS);
    }
    if (connector.polls.includes('exchange-registers')) {
      for (const set of Object.values(REGISTER_SETS)) sets.add(set);
      (connector.exchangeTargets.length > 0 ? sets : optionalSets).add(INTEGRATION_SET);
    }
    // Without the plan a node has no code, and its problems find no flow.
    for (const { plan } of connector.exchangeNodes) sets.add(plan);
    for (const type of connector.exchangeTargets.flatMap(({ types }) => types)) optionalSets.add(`Document_${type}`);
    for (const { flow } of [...connector.exchangeNodes, ...connector.exchangeTargets]) flows.add(flow);
    if (connector.polls.includes('exchange-plans'))
      for (const { set, flow } of connector.exchangePlans) {
        sets.add(set);
        flows.add(flow);
      }
  }
  if (connector?.protocol === 'elma365' && connector.approvalsApp !== undefined) apps.add(connector.approvalsApp);
  if (connector?.protocol === 'elma3' && connector.requestsType !== undefined) apps.add(connector.requestsType);
  if (connector?.protocol === 'kafka') {
    for (const { topic } of connector.eventTopics) onTopic(topic, 'Read');
    groups.set(connector.groupId, { group: connector.groupId, right: 'Read' });
  }
  const onGroup = (group: string): void => {
    if (!groups.has(group)) groups.set(group, { group, right: 'Describe' });
  };
  if (connector?.protocol === 'kafka') for (const one of landscape.systems) one.consumerGroups.forEach(onGroup);
  for (const flow of landscape.flows) {
    if (connector?.protocol === 'kafka' && [...flow.from, ...flow.to].includes(system.id)) {
      for (const topic of flow.topics) onTopic(topic, 'Describe');
      for (const { group, deadLetterTopic, retryTopic } of flow.consumers) {
        onGroup(group);
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
      if (question.protocol === 'onec-odata') {
        sets.add(question.set);
        questions.push({ set: question.set, query: onecQuestion(question, NOBODYS) });
      } else if (question.protocol === 'rest')
        lookups.add(question.path.replace('{messageId}', NOBODYS_DOCUMENT).replace('{number}', NOBODYS_DOCUMENT));
      else apps.add(question.app);
    }
  }
  return {
    sets: [...sets],
    optionalSets: [...optionalSets].filter((set) => !sets.has(set)),
    questions,
    commands: [...commands],
    lookups: [...lookups],
    apps: [...apps],
    topics: [...topics.values()],
    groups: [...groups.values()],
    folders: connector?.protocol === 'files' ? foldersOf(connector.folders) : [],
    flows: [...flows],
  };
}
