/** The systems as the exchange sees them. */
import { BASES, type BaseName } from '../onec/bases.ts';
import { OneCBase, type Row } from './onec-base.ts';
import type { Settings } from './settings.ts';
import { TransferError } from './transfer-error.ts';
import { askHttp } from './wire.ts';

const INSERT_PORTION = 400;

export interface Systems {
  readonly ut: OneCBase;
  readonly bp: OneCBase;
  base(name: BaseName): OneCBase;
  /** Path below the approvals app. @throws TransferError */
  elma(path: string, body: unknown): Promise<Row>;
  /** Path below /api/v2. @throws TransferError */
  site(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Row>;
  /** Path below /api/v1 of EKF Market. @throws TransferError */
  market(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Row>;
  /** Puts rows into a base past OData, in portions: what people or other exchanges made there. @returns their refs */
  insert(base: BaseName, set: string, rows: readonly Row[]): Promise<string[]>;
  /** What an exchange does to the registers of its base: writes records of these keys, or takes them away. */
  registers(change: 'write' | 'drop', at: { base: BaseName; set: string }, rows: readonly Row[]): Promise<void>;
  /** Switches and bulk doors of the stand's own processes. */
  stand(method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, body?: unknown): Promise<unknown>;
}

export function connectSystems(settings: Settings): Systems {
  const json = { 'content-type': 'application/json' };
  const stand: Systems['stand'] = async (method, url, body) => {
    const { status, ok, text } = await askHttp(url, {
      method,
      headers: json,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!ok) throw new TransferError(`${url}: ${status} ${text.slice(0, 200)}`);
    return JSON.parse(text) as unknown;
  };
  const bases = new Map(BASES.map((name) => [name, new OneCBase(`${settings.onec}/${name}`, settings.logins[name])]));
  const base = (name: BaseName): OneCBase => {
    const found = bases.get(name);
    if (!found) throw new Error(`no base ${name}`);
    return found;
  };
  const shop = (of: { name: string; root: string; key: string }): Systems['site'] => {
    return async (method, path, body) => {
      const { status, ok, text } = await askHttp(`${of.root}/${path}`, {
        method,
        headers: { ...json, authorization: `Bearer ${of.key}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!ok) throw new TransferError(`${of.name} ответил ${status} ${said(text)}`, { code: String(status) });
      return jsonOf(text);
    };
  };
  return {
    ut: base('ut'),
    bp: base('bp'),
    base,
    elma: async (path, body) => {
      const { status, ok, text } = await askHttp(`${settings.elma}/pub/v1/app/sales/discount_approvals/${path}`, {
        method: 'POST',
        headers: { ...json, authorization: `Bearer ${settings.elmaToken}` },
        body: JSON.stringify(body),
      });
      const answer = jsonOf(text);
      if (ok && answer.success === true) return answer;
      const reason = typeof answer.error === 'string' && answer.error !== '' ? answer.error : plain(text);
      throw new TransferError(`${status} ${reason}`, { code: String(status) });
    },
    site: shop({ name: 'Сайт', root: `${settings.site}/api/v2`, key: settings.siteToken }),
    market: shop({ name: 'EKF Market', root: `${settings.market}/api/v1`, key: settings.marketKey }),
    registers: async (change, at, rows) => {
      const url = `${settings.onec}/_stand/${at.base}/rows/${encodeURIComponent(at.set)}`;
      await stand(change === 'write' ? 'PUT' : 'DELETE', url, rows);
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

/** What a person would read in the answer of a shop: its message, or the text of its page. */
function said(text: string): string {
  const { message, error } = jsonOf(text);
  return typeof message === 'string' ? message : typeof error === 'string' ? error : plain(text);
}
