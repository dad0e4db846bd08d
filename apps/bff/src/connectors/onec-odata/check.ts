/** Steps of «Проверить подключение» for a 1С base: OData with what the landscape reads of it, and its HTTP services. */
import { askStep, type Said } from '../port/ask-step.ts';
import { type CheckStep, failedStep, passed, type StepOutcome } from '../port/check.ts';
import type { Connection } from '../port/connection.ts';
import { isRecord, type RawAnswer } from '../port/raw-answer.ts';
import { bodyOf } from './answer.ts';
import { onecCheckFault } from './check-fault.ts';
import { type OnecQuery, parametersOf } from './client.ts';
import { encodePart, queryString } from './literals.ts';
import { NODE_FIELD, REGISTER_SETS } from './sets.ts';

export interface OnecCheckOptions {
  readonly connection: Connection;
  readonly url: string;
  readonly servicesUrl: string | null;
  readonly user: string;
  readonly hasPassword: boolean;
  /** Entity sets and paths of HTTP services that the landscape uses here. */
  readonly sets: readonly string[];
  /** Sets without which Pult works; where one is published, it has to be readable all the same. */
  readonly optionalSets: readonly string[];
  readonly services: readonly string[];
  /** Questions by which flows are verified here: nobody's document is asked for. */
  readonly questions: readonly { readonly set: string; readonly query: OnecQuery }[];
}

interface Root {
  readonly answer: RawAnswer;
  readonly ms: number;
  readonly said: Said;
}

/** An answer slower than this was the first one after a quiet time: the base opened a session for it. */
const COLD_MS = 1_500;

export function onecSteps(options: OnecCheckOptions): CheckStep[] {
  const { connection, user, sets, optionalSets } = options;
  const asked = [...sets, ...optionalSets];
  /** Registers of exchanges that are read here: their nodes have names in plans that only they mention. */
  const registers = [REGISTER_SETS.states, REGISTER_SETS.problems].filter((set) => sets.includes(set));
  const root = options.url.replace(/\/$/, '');
  const address = (set: string, query: Readonly<Record<string, string>> = {}): string =>
    `${root}/${encodePart(set)}${queryString({ $format: 'application/json;odata=nometadata', ...query })}`;
  let kept: Root | null = null;
  /** The service document: small, readable with any rights, names the composition. Asked once in a check. */
  const askRoot = async (): Promise<Root | StepOutcome> => {
    if (kept !== null) return kept;
    const asked = await askStep(connection, { method: 'GET', url: address('') });
    if ('failed' in asked) return asked.failed;
    kept = asked;
    return asked;
  };
  const composition = async (): Promise<readonly string[] | StepOutcome> => {
    const found = await askRoot();
    if ('ok' in found) return found;
    const fault = onecCheckFault(found.answer);
    if (fault !== null)
      return failedStep(fault === 'read_denied' ? 'odata_role' : fault, { data: { user }, ...found.said });
    return setsIn(found.answer);
  };
  const published = (names: readonly string[], set: string): boolean =>
    names.includes(set) || names.includes(set.replace(/_RecordType$/, ''));

  return [
    {
      id: 'login',
      run: async () => {
        if (user === '' || !options.hasPassword) return failedStep('no_credentials');
        const found = await askRoot();
        if ('ok' in found) return found;
        const fault = onecCheckFault(found.answer);
        // «No access rights» comes from the base itself, behind the password: the next step explains it.
        if (fault === null || fault === 'read_denied') return passed({ user, cold: found.ms > COLD_MS });
        return failedStep(fault, { data: { user }, ...found.said });
      },
    },
    {
      id: 'rights',
      run: async () => {
        const names = await composition();
        if ('ok' in names) return names;
        const denied: string[] = [];
        let said: Said | null = null;
        const plans: string[] = [];
        for (const register of registers.filter((one) => published(names, one))) {
          const nodes = await askStep(connection, { method: 'GET', url: address(register, NODES) });
          // What is wrong with the register itself is said below.
          if (!('failed' in nodes)) plans.push(...plansIn(nodes.answer));
        }
        const readable = [...new Set([...asked, ...plans])].filter((one) => published(names, one));
        for (const set of readable) {
          const row = await askStep(connection, { method: 'GET', url: address(set, oneRow(set)) });
          if ('failed' in row) return row.failed;
          const fault = onecCheckFault(row.answer);
          if (fault === 'read_denied') {
            denied.push(set);
            said ??= row.said;
          } else if (fault !== null && fault !== 'object_missing')
            return failedStep(fault, { data: { user, objects: [set] }, ...row.said });
        }
        return denied.length > 0
          ? failedStep('read_denied', { data: { user, objects: denied }, ...said })
          : passed({ objects: readable.length });
      },
    },
    {
      id: 'objects',
      run: async () => {
        const names = await composition();
        if ('ok' in names) return names;
        const request = { request: `GET ${root}/`, answer: null };
        if (names.length === 0) return failedStep('empty_composition', { data: { objects: [...sets] }, ...request });
        const missing = sets.filter((one) => !published(names, one));
        if (missing.length > 0) return failedStep('object_missing', { data: { objects: missing }, ...request });
        const services = await servicesThere(options);
        const without = optionalSets.filter((one) => !published(names, one));
        return services.ok && without.length > 0 ? passed({ ...services.facts, without }) : services;
      },
    },
    {
      id: 'sample',
      run: async () => {
        const slow = new Set<string>();
        for (const question of options.questions) {
          if (slow.has(question.set)) continue;
          const request = {
            method: 'GET',
            url: address(question.set, definedOf(parametersOf(question.query))),
          } as const;
          const answered = await askStep(connection, request);
          if ('failed' in answered) {
            // Nobody's document is looked for in the whole of a large base; one row, below, says whether it answers at all.
            if (!isTimeout(answered.failed)) return answered.failed;
            slow.add(question.set);
            continue;
          }
          const wrong = onecCheckFault(answered.answer);
          const notUnderstood = wrong === 'unexpected' || wrong === 'handler_failed' || wrong === 'object_missing';
          if (wrong !== null)
            return failedStep(notUnderstood ? 'question_refused' : wrong, {
              data: { user, objects: [question.set] },
              ...answered.said,
            });
        }
        const set = sets.find((one) => one.startsWith('Document_')) ?? sets[0];
        const notes = slow.size === 0 ? {} : { slow: [...slow] };
        if (set === undefined) return passed({ nothing: true, ...notes });
        const asked = await askStep(connection, { method: 'GET', url: address(set, oneRow(set)) });
        if ('failed' in asked) return asked.failed;
        const fault = onecCheckFault(asked.answer);
        if (fault !== null) return failedStep(fault, { data: { user, objects: [set] }, ...asked.said });
        const [row] = rowsIn(asked.answer);
        const number = typeof row?.Number === 'string' ? row.Number.trim() : '';
        const found = { object: set, rows: row === undefined ? 0 : 1, ...(number === '' ? {} : { number }) };
        return passed({ ...found, ...notes });
      },
    },
  ];
}

const isTimeout = (outcome: StepOutcome): boolean => !outcome.ok && outcome.fault.code === 'no_answer';

const definedOf = (query: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

const NODES = { $top: '500', $select: `${NODE_FIELD}_Type` };

const plansIn = (answer: RawAnswer): string[] =>
  rowsIn(answer).flatMap((row) => {
    const type = row[`${NODE_FIELD}_Type`];
    const plan = typeof type === 'string' ? type.replace('StandardODATA.', '') : '';
    return plan.startsWith('ExchangePlan_') ? [plan] : [];
  });

/** One row, and of a document or catalog no more than its name: a whole one may weigh megabytes. */
const oneRow = (set: string): Readonly<Record<string, string>> => {
  const kind = set.split('_')[0] ?? '';
  if (kind === 'Document') return { $top: '1', $select: 'Ref_Key,Number,Date' };
  return { $top: '1', ...(/^(Catalog|Task|BusinessProcess|ExchangePlan)$/.test(kind) ? { $select: 'Ref_Key' } : {}) };
};

function rowsIn(answer: RawAnswer): readonly Readonly<Record<string, unknown>>[] {
  const body = bodyOf(answer);
  const rows = body.kind === 'json' && isRecord(body.value) ? body.value.value : null;
  return Array.isArray(rows) ? rows.filter(isRecord) : [];
}

const setsIn = (answer: RawAnswer): string[] =>
  rowsIn(answer).flatMap(({ name }) => (typeof name === 'string' ? [name] : []));

/**
 * A service is asked with GET, which sends nothing: 404 says that there is no such service, another refusal that it stands there
 * and wants POST (docs/protocols/source-resend.md).
 */
async function servicesThere(options: OnecCheckOptions): Promise<StepOutcome> {
  const { connection, servicesUrl, services, user } = options;
  const objects = options.sets.length;
  if (servicesUrl === null) return passed({ objects, services: 0 });
  const missing: string[] = [];
  let said: Said | null = null;
  for (const path of services) {
    const url = `${servicesUrl.replace(/\/$/, '')}${path}`;
    const asked = await askStep(connection, { method: 'GET', url });
    if ('failed' in asked) return asked.failed;
    if (asked.answer.status === 404) {
      missing.push(path);
      said ??= asked.said;
      continue;
    }
    const fault = onecCheckFault(asked.answer);
    // 405, 400 and an answer that is no data are the words of the service itself.
    const alive = fault === null || fault === 'unexpected' || fault === 'not_the_api';
    if (!alive) return failedStep(fault, { data: { user, objects: [path] }, ...asked.said });
  }
  return missing.length > 0
    ? failedStep('service_missing', { data: { objects: missing }, ...said })
    : passed({ objects, services: services.length });
}
