import type { Connection } from '../port/connection.ts';
import { isRecord, type RawAnswer } from '../port/raw-answer.ts';
import { type Intent, type SourceFault, sourceError } from '../port/source-errors.ts';
import { bodyOf, faultOf } from './answer.ts';
import { conditionLiteral, dateLiteral, encodePart, guidLiteral, queryString, stringLiteral } from './literals.ts';
import type { OnecEntity } from './values.ts';

export interface OnecQuery {
  readonly filter?: string;
  readonly select?: readonly string[];
  readonly expand?: string;
  readonly orderBy?: string;
  readonly top?: number;
  /** Leaves out rows hidden by record-level security instead of failing with 401. */
  readonly allowedOnly?: boolean;
}

export interface OnecPagesQuery extends Pick<OnecQuery, 'filter' | 'select' | 'allowedOnly'> {
  /** Field that orders the pages: `Date` of documents, `Code` of catalogs, a date field otherwise. */
  readonly by: string;
  /** Fields that tell one row from another; `Ref_Key` unless the set is a register, whose rows have none. */
  readonly key?: readonly string[];
  /** Value of that field to begin with, inclusive. */
  readonly from?: string;
  readonly pageSize?: number;
}

export interface PatchGuard {
  /** DataVersion that the caller decided on. */
  readonly expectVersion?: string;
  /** Any other condition on the present state. */
  readonly expect?: (present: OnecEntity) => boolean;
}

/** Standard OData interface of one 1С base. All failures are SourceError; no write is ever repeated by the client. */
export interface OnecClient {
  readonly system: string;
  get(set: string, ref: string, query?: Pick<OnecQuery, 'select' | 'expand'>): Promise<OnecEntity | null>;
  list(set: string, query?: OnecQuery): Promise<OnecEntity[]>;
  pages(set: string, query: OnecPagesQuery): AsyncGenerator<OnecEntity[], void, void>;
  fetch(path: string, query?: Readonly<Record<string, string>>): Promise<OnecEntity[]>;
  balance(register: string, args?: BalanceArguments): Promise<OnecEntity[]>;
  create(set: string, body: Readonly<Record<string, unknown>>): Promise<OnecEntity>;
  patch(set: string, ref: string, changes: Readonly<Record<string, unknown>>, guard?: PatchGuard): Promise<OnecEntity>;
  post(set: string, ref: string, options?: { operational?: boolean }): Promise<void>;
  unpost(set: string, ref: string): Promise<void>;
  executeTask(set: string, ref: string): Promise<void>;
  startProcess(set: string, ref: string): Promise<void>;
}

export interface BalanceArguments {
  readonly dimensions?: readonly string[];
  readonly condition?: string;
  readonly period?: string;
}

const JSON_FORMAT = 'application/json;odata=nometadata';
const DEFAULT_PAGE = 200;
const MAX_PAGE = 5_000;

export function createOnecClient(options: { connection: Connection; url: string }): OnecClient {
  const { connection } = options;
  const { system } = connection;
  const root = options.url.replace(/\/$/, '');
  const address = (path: string, query: Readonly<Record<string, string | undefined>> = {}): string =>
    `${root}/${encodePath(path)}${queryString({ $format: JSON_FORMAT, ...query })}`;
  const entityPath = (set: string, ref: string): string => `${set}(${guidLiteral(ref)})`;

  const read = <T>(
    path: string,
    query: Readonly<Record<string, string | undefined>>,
    value: (answer: RawAnswer) => Found<T>,
  ) => connection.call<T>({ method: 'GET', url: address(path, query), intent: 'read', read: value });

  const list = (set: string, query: OnecQuery = {}): Promise<OnecEntity[]> => read(set, parametersOf(query), rowsFound);

  const get: OnecClient['get'] = async (set, ref, query = {}) =>
    read<OnecEntity | null>(entityPath(set, ref), parametersOf(query), (answer) => {
      // Code 9: this one is not there. Code 8 or a bare 404: the whole set is not published, which is an error.
      const body = bodyOf(answer);
      if (body.kind === 'odata-error' && body.code === '9') return { value: null };
      return entityFound(answer);
    });

  const write = <T>(request: {
    method: 'POST' | 'PATCH';
    path: string;
    body?: unknown;
    intent?: Intent;
    headers?: Readonly<Record<string, string>>;
    query?: Readonly<Record<string, string>>;
    value: (answer: RawAnswer) => Found<T>;
  }): Promise<T> =>
    connection.call<T>({
      method: request.method,
      url: address(request.path, request.query),
      intent: request.intent ?? 'write',
      read: request.value,
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(request.headers === undefined ? {} : { headers: request.headers }),
    });

  const action = (
    set: string,
    ref: string,
    name: string,
    query: Readonly<Record<string, string>> = {},
  ): Promise<void> => write({ method: 'POST', path: `${entityPath(set, ref)}/${name}`, query, value: nothingFound });

  return {
    system,
    get,
    list,
    pages: (set, query) => keysetPages(list, set, query),
    fetch: (path, query = {}) => read(path, query, rowsFound),
    balance: (register, args = {}) => read(`${register}/Balance(${balanceArguments(args)})`, {}, rowsFound),
    create: (set, body) => write({ method: 'POST', path: set, body, value: entityFound }),
    patch: async (set, ref, changes, guard = {}) => {
      const present = await get(set, ref);
      const version = typeof present?.DataVersion === 'string' ? present.DataVersion : null;
      if (present === null)
        throw sourceError(
          system,
          { code: 'source.not_found', text: ref, odataCode: '9', maybeSent: false },
          { intent: 'read' },
        );
      const changed =
        (guard.expectVersion !== undefined && guard.expectVersion !== version) || guard.expect?.(present) === false;
      // 1С ignores If-Match on most publications, so the comparison is made here; the header helps where it works.
      if (changed)
        throw sourceError(
          system,
          { code: 'source.conflict', text: `DataVersion ${version ?? ''}`, maybeSent: false },
          { intent: 'read' },
        );
      return write({
        method: 'PATCH',
        path: entityPath(set, ref),
        body: changes,
        value: entityFound,
        ...(version === null ? {} : { headers: { 'if-match': version } }),
      });
    },
    post: (set, ref, posting = {}) =>
      action(set, ref, 'Post', { PostingModeOperational: String(posting.operational ?? false) }),
    unpost: (set, ref) => action(set, ref, 'Unpost'),
    executeTask: (set, ref) => action(set, ref, 'ExecuteTask'),
    startProcess: (set, ref) => action(set, ref, 'Start'),
  };
}

type Found<T> = { readonly value: T } | { readonly fault: SourceFault };

/** Literals in a path keep their quotes, commas and brackets; everything else is percent-encoded. */
const encodePath = (path: string): string => path.split('/').map(encodePart).join('/');

/** A query as parameters of an address. */
export const parametersOf = (query: OnecQuery): Record<string, string | undefined> => ({
  $filter: query.filter,
  $select: query.select?.join(','),
  $expand: query.expand,
  $orderby: query.orderBy,
  $top: query.top === undefined ? undefined : String(query.top),
  allowedOnly: query.allowedOnly === true ? 'true' : undefined,
});

function rowsFound(answer: RawAnswer): Found<OnecEntity[]> {
  const fault = faultOf(answer);
  if (fault !== null) return { fault };
  const body = bodyOf(answer);
  const rows = body.kind === 'json' && isRecord(body.value) ? body.value.value : undefined;
  return Array.isArray(rows) ? { value: rows.filter(isRecord) } : { fault: unexpected(answer, 'no list') };
}

function entityFound(answer: RawAnswer): Found<OnecEntity> {
  const fault = faultOf(answer);
  if (fault !== null) return { fault };
  const body = bodyOf(answer);
  return body.kind === 'json' && isRecord(body.value)
    ? { value: body.value }
    : { fault: unexpected(answer, 'no entity') };
}

function nothingFound(answer: RawAnswer): Found<void> {
  const fault = faultOf(answer);
  return fault === null ? { value: undefined } : { fault };
}

const unexpected = (answer: RawAnswer, text: string): SourceFault => ({
  code: 'source.bad_answer',
  text,
  httpStatus: answer.status,
  maybeSent: true,
});

function balanceArguments(args: BalanceArguments): string {
  const parts = [
    args.period === undefined ? null : `Period=${dateLiteral(args.period)}`,
    args.condition === undefined ? null : `Condition=${conditionLiteral(args.condition)}`,
    args.dimensions === undefined ? null : `Dimensions=${stringLiteral(args.dimensions.join(','))}`,
  ];
  return parts.filter((part) => part !== null).join(',');
}

/**
 * Pages by the value of a field. `$skip` makes 1С read all skipped rows again, and `Ref_Key gt` is an error there,
 * so the next page starts at the last value and drops what was seen with it.
 */
async function* keysetPages(
  list: OnecClient['list'],
  set: string,
  query: OnecPagesQuery,
): AsyncGenerator<OnecEntity[], void, void> {
  let pageSize = query.pageSize ?? DEFAULT_PAGE;
  let from = query.from ?? null;
  let seenAtEdge = new Set<string>();
  const key = query.key ?? ['Ref_Key'];
  const idOf = (row: OnecEntity): string => JSON.stringify(key.map((field) => row[field] ?? null));
  for (;;) {
    const edge = from === null ? null : `${query.by} ge ${keyLiteral(from)}`;
    const filter = [edge, query.filter === undefined ? null : `(${query.filter})`]
      .filter((part) => part !== null)
      .join(' and ');
    const rows = await list(set, {
      ...(filter === '' ? {} : { filter }),
      ...(query.select === undefined ? {} : { select: [...new Set([...key, query.by, ...query.select])] }),
      ...(query.allowedOnly === undefined ? {} : { allowedOnly: query.allowedOnly }),
      orderBy: query.by,
      top: pageSize,
    });
    const fresh = rows.filter((row) => !seenAtEdge.has(idOf(row)));
    if (fresh.length > 0) yield fresh;
    if (rows.length < pageSize) return;
    const last = String(rows.at(-1)?.[query.by] ?? '');
    if (last === from) {
      // More rows share this one value than fit a page.
      if (pageSize >= MAX_PAGE) throw new RangeError(`${set}: over ${MAX_PAGE} rows share ${query.by} ${last}`);
      for (const row of fresh) seenAtEdge.add(idOf(row));
      pageSize = Math.min(MAX_PAGE, pageSize * 2);
    } else {
      seenAtEdge = new Set(rows.filter((row) => String(row[query.by]) === last).map(idOf));
      from = last;
    }
  }
}

const keyLiteral = (value: string): string =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(value) ? dateLiteral(value) : stringLiteral(value);
