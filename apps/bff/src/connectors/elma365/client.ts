import { SourceError } from '@pult/shared/errors/app-error';
import type { Clock } from '../../platform/clock.ts';
import type { Connection } from '../port/connection.ts';
import { isRecord } from '../port/raw-answer.ts';
import type { RequestApp, RequestQuery } from '../port/request-app.ts';
import { type Intent, sourceError } from '../port/source-errors.ts';
import { type ElmaBody, elmaBody } from './answer.ts';
import { type ElmaItem, itemOf, statusCodes } from './item.ts';

export interface ElmaListQuery extends RequestQuery {
  readonly statusCodes?: readonly string[];
}

/** Public API of ELMA365, apps only. `app` is `namespace/code`. All failures are SourceError. */
export interface ElmaClient extends RequestApp {
  list(app: string, query?: ElmaListQuery): Promise<{ items: ElmaItem[]; total: number }>;
  get(app: string, id: string): Promise<ElmaItem | null>;
  create(app: string, context: Readonly<Record<string, unknown>>): Promise<ElmaItem>;
  /** The item after the change; null when the answer does not carry it. */
  update(app: string, id: string, context: Readonly<Record<string, unknown>>): Promise<ElmaItem | null>;
  setStatus(app: string, id: string, code: string): Promise<void>;
  /** Asks for one user, the lightest question that needs no app: a refusal behind the token is an answer. @throws SourceError */
  check(): Promise<void>;
  /** Numeric id → code; kept for ten minutes. */
  statuses(app: string): Promise<ReadonlyMap<number, string>>;
}

const STATUSES_KEPT_MS = 10 * 60_000;
const PAGE = 100;

export function createElmaClient(options: { connection: Connection; url: string; clock: Clock }): ElmaClient {
  const { connection, clock } = options;
  const { system } = connection;
  const root = options.url.replace(/\/$/, '');
  const known = new Map<string, { readonly at: number; readonly codes: ReadonlyMap<number, string> }>();

  const call = (method: 'GET' | 'POST', path: string, body: unknown, intent: Intent): Promise<ElmaBody> =>
    connection.call<ElmaBody>({
      method,
      url: `${root}/app/${path}`,
      intent,
      read: elmaBody,
      ...(body === undefined ? {} : { body }),
    });

  const statuses: ElmaClient['statuses'] = async (app) => {
    const kept = known.get(app);
    if (kept !== undefined && clock.now() - kept.at < STATUSES_KEPT_MS) return kept.codes;
    const codes = statusCodes(await call('GET', `${appPath(app)}/settings/status`, undefined, 'read'));
    known.set(app, { at: clock.now(), codes });
    return codes;
  };

  const itemIn = async (app: string, body: ElmaBody): Promise<ElmaItem | null> =>
    itemOf(body.item ?? body.result, await statuses(app));

  return {
    system,
    statuses,
    check: () =>
      connection.call<void>({
        method: 'POST',
        url: `${root}/user/list`,
        intent: 'read',
        body: { from: 0, size: 1 },
        read: (answer) => {
          const found = elmaBody(answer);
          return 'fault' in found && found.fault.code !== 'source.rejected' ? found : { value: undefined };
        },
      }),
    list: async (app, query = {}) => {
      const codes = await statuses(app);
      const body = await call(
        'POST',
        `${appPath(app)}/list`,
        {
          active: true,
          fields: { '*': true },
          from: query.from ?? 0,
          size: query.size ?? PAGE,
          ...(query.filter === undefined ? {} : { filter: query.filter }),
          ...(query.ids === undefined ? {} : { ids: query.ids }),
          ...(query.statusCodes === undefined ? {} : { statusCode: query.statusCodes }),
          ...(query.sort === undefined ? {} : { sortExpressions: [query.sort] }),
        },
        'read',
      );
      const result = isRecord(body.result) ? body.result : {};
      // An answer without a list is no empty list: «nothing there» would let a document be sent twice.
      if (!Array.isArray(result.result))
        throw sourceError(system, { code: 'source.bad_answer', text: 'no list', maybeSent: false }, { intent: 'read' });
      const rows: unknown[] = result.result;
      const items = rows.map((row) => itemOf(row, codes)).filter((item) => item !== null);
      return { items, total: typeof result.total === 'number' ? result.total : items.length };
    },
    get: async (app, id) => {
      try {
        return await itemIn(app, await call('POST', `${appPath(app)}/${encodeURIComponent(id)}/get`, {}, 'read'));
      } catch (error) {
        if (error instanceof SourceError && error.code === 'source.not_found') return null;
        throw error;
      }
    },
    create: async (app, context) => {
      const item = await itemIn(app, await call('POST', `${appPath(app)}/create`, { context }, 'write'));
      if (item !== null) return item;
      throw sourceError(system, { code: 'source.bad_answer', text: 'no item', maybeSent: true }, { intent: 'write' });
    },
    // Writing the same values again changes nothing, hence «keyed».
    update: async (app, id, context) =>
      itemIn(app, await call('POST', `${appPath(app)}/${encodeURIComponent(id)}/update`, { context }, 'keyed-write')),
    setStatus: async (app, id, code) => {
      await call('POST', `${appPath(app)}/${encodeURIComponent(id)}/set-status`, { status: { code } }, 'keyed-write');
    },
  };
}

const appPath = (app: string): string => app.split('/').map(encodeURIComponent).join('/');
