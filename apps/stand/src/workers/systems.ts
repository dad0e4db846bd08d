/** The systems as the exchange sees them. A failure is the raw text that the real exchange would write into its log. */
import { settings } from './settings.ts';

export class TransferError extends Error {
  readonly code: string | null;

  constructor(text: string, code: string | null = null) {
    super(text);
    this.code = code;
  }
}

type Row = Readonly<Record<string, unknown>>;
const TIMEOUT_MS = 30_000;

async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    throw new TransferError(
      timedOut
        ? `Превышено время ожидания ответа ${new URL(url).origin}`
        : `Couldn't connect to server ${new URL(url).origin}`,
    );
  }
}

/** OData text out of whatever the base answered. */
function odataFailure(status: number, text: string): TransferError {
  const clean = text.replace(/^\ufeff/, '');
  try {
    const body = JSON.parse(clean) as {
      'odata.error'?: { code: string; message: { value: string } };
      exception?: { inner?: { descr?: string } };
    };
    const error = body['odata.error'];
    if (error) return new TransferError(error.message.value, error.code);
    if (body.exception?.inner?.descr) return new TransferError(body.exception.inner.descr, String(status));
  } catch {
    // No JSON: the platform or the web server answered for the base.
  }
  if (status === 401) return new TransferError('401 Unauthorized: идентификация пользователя не выполнена', '401');
  if (/<html/i.test(clean)) return new TransferError(`Вместо данных пришла страница: <html> ${status}`, String(status));
  return new TransferError(`${status} ${clean.slice(0, 200)}`, String(status));
}

export class OneCBase {
  readonly base: 'ut' | 'bp';
  constructor(base: 'ut' | 'bp') {
    this.base = base;
  }

  async list(set: string, query: string): Promise<Row[]> {
    const body = (await this.#call('GET', `${set}?${query}`)) as { value?: Row[] };
    return body.value ?? [];
  }
  async create(set: string, row: Row): Promise<Row> {
    return (await this.#call('POST', encodeURIComponent(set), row)) as Row;
  }
  async post(set: string, ref: string): Promise<void> {
    await this.#call('POST', `${encodeURIComponent(set)}(guid'${ref}')/Post?PostingModeOperational=false`);
  }

  async #call(method: string, path: string, body?: Row): Promise<unknown> {
    const response = await ask(`${settings.onec}/${this.base}/odata/standard.odata/${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(settings.onecLogin(this.base)).toString('base64')}`,
        accept: 'application/json;odata=nometadata',
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok || /^\s*<(!doctype|html)/i.test(text)) throw odataFailure(response.status, text);
    return text === '' ? {} : JSON.parse(text.replace(/^\ufeff/, ''));
  }
}

export const ut = new OneCBase('ut');
export const bp = new OneCBase('bp');

export async function elma(path: string, body: unknown): Promise<Row> {
  const response = await ask(`${settings.elma}/pub/v1/app/sales/discount_approvals/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${settings.elmaToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json().catch(() => ({}))) as Row;
  if (!response.ok || answer.success !== true)
    throw new TransferError(`ELMA: ${String(answer.error ?? response.status)}`, String(response.status));
  return answer;
}

export async function site(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Row> {
  const response = await ask(`${settings.site}/api/v2/${path}`, {
    method,
    headers: { authorization: `Bearer ${settings.siteToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new TransferError(`Сайт ответил ${response.status}`, String(response.status));
  return (await response.json()) as Row;
}

/** Literal of a text in `$filter`, percent-encoded: 1С does not read `+` as a space. */
export const odataText = (text: string): string => encodeURIComponent(`'${text.replaceAll("'", "''")}'`);
export const odataName = (name: string): string => encodeURIComponent(name);
