/** Approval requests of ELMA3 / ELMA BPM over its web API (protocols D2). */
import { SourceError } from '@pult/shared/errors/app-error';
import type { Clock } from '../../platform/clock.ts';
import type { Connection } from '../port/connection.ts';
import type { LoginDoor } from '../port/login-door.ts';
import { jsonOf, type RawAnswer } from '../port/raw-answer.ts';
import type { RequestApp, RequestQuery } from '../port/request-app.ts';
import { type Intent, type SourceFault, sourceError } from '../port/source-errors.ts';
import { type Elma3Request, propertiesOf, propertyOf, requestItemOf, SYSTEM_FIELDS } from './request-item.ts';
import { createElma3Session, type Elma3Credentials, faultOfElma3, tokenHeaders } from './session.ts';
import { eqlDate, eqlText, readWebData, valueIn, type WebData, type WebObject, writeWebData } from './web-data.ts';

/** Ways out of the approval task, by the name that its process gives them (docs/protocols/elma3.md). */
const OUTPUT_FLOWS: Readonly<Record<string, string>> = {
  approved: 'Согласовать',
  rejected: 'Отклонить',
  clarification: 'Уточнить',
};
const PAGE = 100;
const INTEGER = /^\d{1,18}$/;

export interface Elma3Client extends RequestApp {
  /** One light question that needs a login. @throws SourceError */
  check(): Promise<void>;
}

export interface Elma3Options {
  readonly connection: Connection;
  readonly url: string;
  readonly credentials: () => Elma3Credentials;
  readonly clock: Clock;
  /** Shared with the connection, which shows it. */
  readonly login?: LoginDoor;
  /** Zone of the server: its dates have none. */
  readonly zone: string;
}

type Read<T> = { readonly value: T } | { readonly fault: SourceFault };

export function createElma3Client(options: Elma3Options): Elma3Client {
  const { connection, zone } = options;
  const { system } = connection;
  const root = options.url.replace(/\/$/, '');
  const session = createElma3Session({ ...options, url: root });

  /** Refused tokens did nothing: the call is made once more with new ones, a write too. */
  const call = async <T>(request: {
    method: 'GET' | 'POST';
    path: string;
    query?: Readonly<Record<string, string>>;
    body?: WebData;
    intent: Intent;
    read: (answer: RawAnswer) => Read<T>;
  }): Promise<T> => {
    const search = request.query === undefined ? '' : `?${queryOf(request.query)}`;
    const once = async (): Promise<T | typeof LOST> => {
      const tokens = await session.tokens();
      return connection.call<T | typeof LOST>({
        method: request.method,
        url: `${root}/API/REST/${request.path}${search}`,
        headers: { ...tokenHeaders(tokens), 'WebData-Version': '2.0' },
        intent: request.intent,
        ...(request.body === undefined ? {} : { body: request.body }),
        read: (answer) => {
          if (answer.status !== 401) return request.read(answer);
          session.drop(tokens);
          return { value: LOST };
        },
      });
    };
    const first = await once();
    const result = first === LOST ? await once() : first;
    if (result === LOST)
      throw sourceError(
        system,
        { code: 'source.unauthorized', text: 'tokens refused after a new login', httpStatus: 401, maybeSent: false },
        { intent: request.intent },
      );
    return result as T;
  };

  const load = async (type: string, id: string): Promise<Elma3Request | null> => {
    if (!INTEGER.test(id)) return null;
    try {
      const data = await call({
        method: 'GET',
        path: 'Entity/Load',
        query: { type, id },
        intent: 'read',
        read: readOne,
      });
      return requestItemOf(data, zone);
    } catch (error) {
      if (error instanceof SourceError && error.code === 'source.not_found') return null;
      throw error;
    }
  };

  const query = async (type: string, asked: RequestQuery): Promise<Elma3Request[]> => {
    const rows = await call({
      method: 'GET',
      path: 'Entity/Query',
      query: {
        type,
        q: eqlOf(asked, zone),
        limit: String(asked.size ?? PAGE),
        offset: String(asked.from ?? 0),
        sort:
          asked.sort === undefined
            ? 'Id asc'
            : `${fieldName(asked.sort.field)} ${asked.sort.ascending ? 'asc' : 'desc'}`,
        filterProviderUid: '',
        filterProviderData: '',
        filter: '',
      },
      intent: 'read',
      read: readMany,
    });
    return rows.map((row) => requestItemOf(row, zone)).filter((item) => item !== null);
  };

  return {
    system,
    check: async () => {
      await session.tokens();
    },
    list: async (type, asked = {}) => {
      const items = await query(type, asked);
      return { items, total: (asked.from ?? 0) + items.length };
    },
    get: load,
    update: async (type, id, context) => {
      await call({
        method: 'POST',
        path: `Entity/Update/${encodeURIComponent(type)}/${encodeURIComponent(id)}`,
        body: writeWebData(propertiesOf(context)),
        // The same properties again change nothing.
        intent: 'keyed-write',
        read: readNothing,
      });
      return null;
    },
    setStatus: async (type, id, code) => {
      const item = await load(type, id);
      if (item === null) throw refused(system, { code: 'source.not_found', text: id, maybeSent: false });
      if (item.statusCode === code) return;
      const name = OUTPUT_FLOWS[code];
      if (name === undefined || item.taskId === null)
        throw refused(system, { code: 'source.rejected', text: `no way to «${code}»: no open task`, maybeSent: false });
      const flows = await call({
        method: 'GET',
        path: 'Workflow/TaskStandardOutputFlows',
        query: { taskId: item.taskId },
        intent: 'read',
        read: readMany,
      });
      const flow = flows.find((one) => valueIn(one, 'Name') === name);
      const uid = flow === undefined ? null : valueIn(flow, 'Uid');
      if (uid === null)
        throw refused(system, { code: 'source.rejected', text: `the task has no way «${name}»`, maybeSent: false });
      // A second execution finds the task closed and is refused: what Pult reads afterwards tells whose decision it was.
      await call({
        method: 'POST',
        path: 'Workflow/ExecuteUserTask',
        body: writeWebData({ TaskId: item.taskId, OutputFlowUid: uid } satisfies WebObject),
        intent: 'keyed-write',
        read: readNothing,
      });
    },
  };
}

/** Tokens were refused. */
const LOST = Symbol('tokens refused');

const refused = (system: string, fault: SourceFault): SourceError => sourceError(system, fault, { intent: 'read' });

const queryOf = (query: Readonly<Record<string, string>>): string =>
  Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');

const fieldName = (field: string): string => SYSTEM_FIELDS[field] ?? propertyOf(field);

/** Query in EQL; empty asks for all. */
export function eqlOf({ filter, ids }: RequestQuery, zone: string): string {
  const parts: string[] = [];
  // An id that is none finds nothing; an empty list would be a mistake in the query.
  if (ids !== undefined) parts.push(`Id IN (${['0', ...ids.filter((id) => INTEGER.test(id))].join(',')})`);
  for (const [field, wanted] of Object.entries(filter?.tf ?? {})) {
    const name = fieldName(field);
    if (typeof wanted === 'string') parts.push(`${name} LIKE ${eqlText(`%${wanted}%`)}`);
    else {
      // Whole seconds: what changed within the one that is cut off would be lost, so the lower bound is rounded down.
      if (wanted.min !== undefined) parts.push(`${name} >= ${eqlDate(Date.parse(wanted.min), zone)}`);
      if (wanted.max !== undefined) parts.push(`${name} <= ${eqlDate(Date.parse(wanted.max), zone)}`);
    }
  }
  return parts.join(' AND ');
}

function readMany(answer: RawAnswer): Read<WebData[]> {
  const fault = faultOfElma3(answer);
  if (fault !== null) return { fault };
  const body = jsonOf(answer.text);
  const rows = Array.isArray(body) ? body.map((one) => readWebData(one)) : null;
  // An answer without a list is no empty list: «nothing there» would let a decision be sent twice.
  if (rows === null || rows.some((row) => row === null)) return { fault: unexpected(answer) };
  return { value: rows.filter((row) => row !== null) };
}

function readOne(answer: RawAnswer): Read<WebData> {
  const fault = faultOfElma3(answer);
  if (fault !== null) return { fault };
  const data = readWebData(jsonOf(answer.text));
  return data === null ? { fault: unexpected(answer) } : { value: data };
}

function readNothing(answer: RawAnswer): Read<void> {
  const fault = faultOfElma3(answer);
  return fault === null ? { value: undefined } : { fault };
}

const unexpected = (answer: RawAnswer): SourceFault => ({
  code: 'source.bad_answer',
  text: 'no WebData',
  httpStatus: answer.status,
  maybeSent: false,
});
