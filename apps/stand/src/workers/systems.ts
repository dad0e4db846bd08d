/** The systems as the exchange sees them. */
import type { Login, Settings } from './settings.ts';
import { odataFailure, TransferError } from './transfer-error.ts';

export type Row = Readonly<Record<string, unknown>>;
const TIMEOUT_MS = 30_000;
const INSERT_PORTION = 400;

async function ask(url: string, init: RequestInit): Promise<{ status: number; ok: boolean; text: string }> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: response.status, ok: response.ok, text: await response.text() };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    const where = new URL(url).origin;
    throw new TransferError(
      timedOut ? `Превышено время ожидания ответа ${where}` : `Couldn't connect to server ${where}`,
    );
  }
}

/** One 1С base over OData. Every failure is a TransferError. */
export class OneCBase {
  readonly #root: string;
  readonly #authorization: string;

  constructor(root: string, login: Login) {
    this.#root = root;
    this.#authorization = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  }

  /** Rows of a set; names and filter as 1С writes them, encoded here. */
  async list(set: string, query: ListQuery = {}): Promise<Row[]> {
    const options = [
      query.filter === undefined ? '' : `$filter=${encodeURIComponent(query.filter)}`,
      query.select === undefined ? '' : `$select=${query.select.map(encodeURIComponent).join(',')}`,
      query.orderBy === undefined ? '' : `$orderby=${encodeURIComponent(query.orderBy)}`,
      query.top === undefined ? '' : `$top=${query.top}`,
    ].filter((option) => option !== '');
    const path = set.split('/').map(encodeURIComponent).join('/');
    const body = await this.#call('GET', options.length > 0 ? `${path}?${options.join('&')}` : path);
    return Array.isArray(body.value) ? (body.value as Row[]) : [];
  }
  create(set: string, row: Row): Promise<Row> {
    return this.#call('POST', encodeURIComponent(set), row);
  }
  patch(set: string, ref: string, row: Row): Promise<Row> {
    return this.#call('PATCH', `${encodeURIComponent(set)}(guid'${ref}')`, row);
  }
  /** Runs a method of an object: `Post`, `ExecuteTask`. */
  async run(set: string, ref: string, method: 'Post' | 'ExecuteTask'): Promise<void> {
    const tail = method === 'Post' ? '?PostingModeOperational=false' : '';
    await this.#call('POST', `${encodeURIComponent(set)}(guid'${ref}')/${method}${tail}`);
  }

  async #call(method: string, path: string, body?: Row): Promise<Row> {
    const { status, ok, text } = await ask(`${this.#root}/odata/standard.odata/${path}`, {
      method,
      headers: {
        authorization: this.#authorization,
        accept: 'application/json;odata=nometadata',
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // A login page comes with status 200.
    if (!ok || /^\s*<(!doctype|html)/i.test(text)) throw odataFailure(status, text);
    return text === '' ? {} : (JSON.parse(text.replace(/^\ufeff/, '')) as Row);
  }
}

export interface ListQuery {
  readonly filter?: string;
  readonly select?: readonly string[];
  readonly orderBy?: string;
  readonly top?: number;
}

/** Literal of a text in a filter. */
export const odataText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export interface Systems {
  readonly ut: OneCBase;
  readonly bp: OneCBase;
  /** Path below the approvals app. @throws TransferError */
  elma(path: string, body: unknown): Promise<Row>;
  /** Path below /api/v2. @throws TransferError */
  site(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Row>;
  /** Puts rows into a base past OData, in portions: what people or other exchanges made there. @returns their refs */
  insert(base: 'ut' | 'bp', set: string, rows: readonly Row[]): Promise<string[]>;
  /** Switches and bulk doors of the stand's own processes. */
  stand(method: 'GET' | 'PUT' | 'POST', url: string, body?: unknown): Promise<unknown>;
}

export function connectSystems(settings: Settings): Systems {
  const json = { 'content-type': 'application/json' };
  const stand: Systems['stand'] = async (method, url, body) => {
    const { status, ok, text } = await ask(url, {
      method,
      headers: json,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!ok) throw new TransferError(`${url}: ${status} ${text.slice(0, 200)}`);
    return JSON.parse(text) as unknown;
  };
  return {
    ut: new OneCBase(`${settings.onec}/ut`, settings.logins.ut),
    bp: new OneCBase(`${settings.onec}/bp`, settings.logins.bp),
    elma: async (path, body) => {
      const { status, ok, text } = await ask(`${settings.elma}/pub/v1/app/sales/discount_approvals/${path}`, {
        method: 'POST',
        headers: { ...json, authorization: `Bearer ${settings.elmaToken}` },
        body: JSON.stringify(body),
      });
      const answer = jsonOf(text);
      if (ok && answer.success === true) return answer;
      const reason = typeof answer.error === 'string' && answer.error !== '' ? answer.error : plain(text);
      throw new TransferError(`${status} ${reason}`, { code: String(status) });
    },
    site: async (method, path, body) => {
      const { status, ok, text } = await ask(`${settings.site}/api/v2/${path}`, {
        method,
        headers: { ...json, authorization: `Bearer ${settings.siteToken}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!ok) throw new TransferError(`Сайт ответил ${status} ${plain(text)}`, { code: String(status) });
      return jsonOf(text);
    },
    insert: async (base, set, rows) => {
      const refs: string[] = [];
      for (let at = 0; at < rows.length; at += INSERT_PORTION) {
        const url = `${settings.onec}/_stand/${base}/rows/${encodeURIComponent(set)}`;
        const answer = (await stand('POST', url, rows.slice(at, at + INSERT_PORTION))) as { refs: string[] };
        refs.push(...answer.refs);
      }
      return refs;
    },
    stand,
  };
}

function jsonOf(text: string): Row {
  try {
    return JSON.parse(text) as Row;
  } catch {
    return {};
  }
}
/** Text of a page without its markup. */
const plain = (text: string): string =>
  text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
