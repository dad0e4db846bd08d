/**
 * ELMA3 web API (/API/REST) over the same approval requests as the ELMA365 of the stand: login and session, Entity, Workflow.
 * Which status an expired token gets is not documented; 401 is an assumption.
 */
import express, { type Request, type Response } from 'express';
import type { ElmaFaults } from '../elma/server.ts';
import { codeOf, EXITS, type Item, type ItemStore } from '../elma/store.ts';
import { type Listening, listen } from '../process.ts';
import { invariantDate, many, nested, value, valuesOf, type WebData, webData } from './web-data.ts';

/** Uid of the entity with requests. */
export const REQUESTS_TYPE = '6c1f6a1e-6f0d-4a4e-9a55-0d6b7f7c3a01';

export interface Elma3Options {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly applicationToken: string;
  readonly store: ItemStore;
  /** Faults that it shares with the other dialect. */
  readonly weather?: Readonly<Pick<ElmaFaults, 'down' | 'slowMs'>>;
}
export interface Elma3Faults {
  /** Tokens given out so far are refused; a renewal helps. */
  tokenExpired: boolean;
  /** The session is forgotten as well: only a login without it helps. */
  sessionLost: boolean;
}
export interface Elma3 extends Listening {
  readonly faults: Elma3Faults;
  /** Logins, renewals and executed tasks, in their order. */
  readonly seen: string[];
}

const PROPERTIES: readonly (readonly [field: string, property: string])[] = [
  ['ut_process_ref', 'UtProcessRef'],
  ['ut_order_ref', 'UtOrderRef'],
  ['ut_order_number', 'UtOrderNumber'],
  ['kind', 'Kind'],
  ['customer', 'Customer'],
  ['customer_inn', 'CustomerInn'],
  ['reason', 'Reason'],
  ['decision', 'Decision'],
  ['decision_comment', 'DecisionComment'],
  ['decided_by', 'DecidedBy'],
  ['pult_decision_id', 'PultDecisionId'],
  ['question', 'Question'],
  ['clarification_answer', 'ClarificationAnswer'],
];
const FLOWS = EXITS.map(({ code, status }) => ({
  uid: `flow-${code}`,
  name: { approved: 'Согласовать', rejected: 'Отклонить', clarification: 'Уточнить' }[status],
  status,
}));

export async function startElma3(options: Elma3Options): Promise<Elma3> {
  const { store } = options;
  const faults: Elma3Faults = { tokenExpired: false, sessionLost: false };
  const seen: string[] = [];
  const tokens = new Set<string>();
  const sessions = new Set<string>();
  /** ELMA3 numbers its objects; a number stays after a restart. */
  const numberOf = (item: Item): string => String(item.__index);
  const itemOf = (id: unknown): Item | undefined => store.all().find((item) => numberOf(item) === String(id));
  const give = (response: Response, session: string): void => {
    const AuthToken = crypto.randomUUID();
    tokens.add(AuthToken);
    sessions.add(session);
    response.json({ AuthToken, CurrentUserId: '1', Lang: 'ru-RU', SessionToken: session });
  };
  const refuse = (response: Response, status: number, Message: string): void =>
    void response.status(status).json({ Message });

  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ strict: false }));
  const forget = (): void => {
    if (faults.tokenExpired || faults.sessionLost) tokens.clear();
    if (faults.sessionLost) sessions.clear();
    Object.assign(faults, { tokenExpired: false, sessionLost: false });
  };
  app.use((request, _response, next) => {
    if (options.weather?.down) return void request.socket.destroy();
    forget();
    setTimeout(() => next(), options.weather?.slowMs ?? 0);
  });
  app.post('/API/REST/Authorization/LoginWith', (request, response) => {
    const session = request.get('SessionToken');
    seen.push(session === undefined ? 'login' : 'login with session');
    if (request.get('ApplicationToken') !== options.applicationToken)
      return refuse(response, 401, 'Неверный ApplicationToken');
    if (request.query.username !== options.user || request.body !== options.password)
      return refuse(response, 401, 'Неверное имя пользователя или пароль');
    if (session !== undefined && !sessions.has(session)) return refuse(response, 401, 'Сессия не найдена');
    give(response, session ?? `${crypto.randomUUID()}${crypto.randomUUID()}`.replaceAll('-', ''));
  });
  app.get('/API/REST/Authorization/CheckToken', (request, response) => {
    seen.push('check');
    const token = String(request.query.token);
    const session = request.get('SessionToken') ?? '';
    if (!tokens.has(token) || !sessions.has(session)) return refuse(response, 400, 'Токен не найден');
    tokens.delete(token);
    give(response, session);
  });
  app.use('/API/REST', (request, response, next) => {
    if (tokens.has(request.get('AuthToken') ?? '') && sessions.has(request.get('SessionToken') ?? '')) next();
    else refuse(response, 401, 'Требуется авторизация');
  });
  const view = (item: Item): WebData => webDataOf(item, numberOf(item));
  app.get('/API/REST/Entity/Query', (request, response) => {
    if (request.query.type !== REQUESTS_TYPE) return refuse(response, 404, 'Тип не найден');
    response.json(query(store.all(), request, numberOf).map(view));
  });
  app.get('/API/REST/Entity/Load', (request, response) => {
    const item = itemOf(request.query.id);
    if (request.query.type !== REQUESTS_TYPE || item === undefined) return refuse(response, 404, 'Объект не найден');
    response.json(view(item));
  });
  app.post('/API/REST/Entity/Update/:type/:id', (request, response) => {
    const item = itemOf(request.params.id);
    if (item === undefined) return refuse(response, 404, 'Объект не найден');
    const values = valuesOf(request.body as WebData);
    store.update(
      item,
      Object.fromEntries(PROPERTIES.flatMap(([field, name]) => (values.has(name) ? [[field, values.get(name)]] : []))),
    );
    response.json(request.params.id);
  });
  const taskItem = (id: unknown): Item | undefined => itemOf(String(id).replace('task-', ''));
  app.get('/API/REST/Workflow/TaskStandardOutputFlows', (request, response) => {
    if (taskItem(request.query.taskId) === undefined) return refuse(response, 404, 'Задача не найдена');
    response.json(FLOWS.map(({ uid, name }) => webData(value('Uid', uid), value('Name', name))));
  });
  app.post('/API/REST/Workflow/ExecuteUserTask', (request, response) => {
    const values = valuesOf(request.body as WebData);
    const item = taskItem(values.get('TaskId'));
    const flow = FLOWS.find(({ uid }) => uid === values.get('OutputFlowUid'));
    if (item === undefined || flow === undefined) return refuse(response, 400, 'Задача или переход не найдены');
    if (isFinal(item)) return refuse(response, 400, 'Задача уже выполнена');
    seen.push(`execute ${flow.status}`);
    store.setStatus(item, flow.status);
    response.json(webData(value('Result', 'True')));
  });
  return { ...(await listen(app, options.port)), faults, seen };
}

const isFinal = (item: Item): boolean => ['approved', 'rejected'].includes(codeOf(item));

function webDataOf(item: Item, id: string): WebData {
  const amount = item.amount as { cents?: number } | undefined;
  const initiator = item.initiator as { name?: string; email?: string } | undefined;
  return webData(
    value('Id', id),
    value('Name', item.__name),
    value('CreationDate', invariantDate(item.__createdAt)),
    value('ChangeDate', invariantDate(item.__updatedAt)),
    value('Status', codeOf(item)),
    ...PROPERTIES.map(([field, name]) => value(name, item[field] === undefined ? null : String(item[field]))),
    value('Amount', amount?.cents === undefined ? null : (amount.cents / 100).toFixed(2)),
    value('DeviationMax', item.deviation_max === undefined ? null : String(item.deviation_max)),
    nested('Initiator', webData(value('FullName', initiator?.name ?? null), value('EMail', initiator?.email ?? null))),
    many('Tasks', [webData(value('Id', `task-${id}`), value('Status', isFinal(item) ? 'Complete' : 'NewOrder'))]),
  );
}

/** The part of EQL that a console asks with: `A >= DateTime(…) AND B LIKE '%…%' AND Id IN (…)`. */
function query(items: readonly Item[], request: Request, numberOf: (item: Item) => string): Item[] {
  const conditions = String(request.query.q ?? '')
    .split(' AND ')
    .filter((one) => one !== '');
  const matches = (item: Item, condition: string): boolean => {
    const [, list] = /^Id IN \(([\d,]+)\)$/.exec(condition) ?? [];
    if (list !== undefined) return list.split(',').includes(numberOf(item));
    const [, name, part] = /^(\w+) LIKE '%(.*)%'$/.exec(condition) ?? [];
    if (name !== undefined) {
      const field = PROPERTIES.find(([, property]) => property === name)?.[0] ?? '';
      return String(item[field] ?? '')
        .toLowerCase()
        .includes((part ?? '').replaceAll("''", "'").toLowerCase());
    }
    const [, since] = /^ChangeDate >= DateTime\(([\d,]+)\)$/.exec(condition) ?? [];
    if (since === undefined) return false;
    const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = since.split(',').map(Number);
    return Date.parse(item.__updatedAt) >= Date.UTC(year, month - 1, day, hour - 3, minute, second);
  };
  const found = items.filter((item) => conditions.every((one) => matches(item, one)));
  if (String(request.query.sort).startsWith('ChangeDate'))
    found.sort((a, b) => Date.parse(a.__updatedAt) - Date.parse(b.__updatedAt));
  const offset = Number(request.query.offset ?? 0);
  return found.slice(offset, offset + Number(request.query.limit ?? 15));
}
