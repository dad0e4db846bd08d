import { BASES } from '../bases.ts';
import type { Quirks } from '../quirks.ts';
import { type OneC, startOneC } from '../server.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers: Headers;
}
interface Ask {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
export type Row = Record<string, unknown>;

const PASSWORD = 'пароль';

/** A 1С with fresh bases on a free port, asked over the wire. */
export class Wire {
  readonly onec: OneC;

  constructor(onec: OneC) {
    this.onec = onec;
  }

  static async start(dataDir: string | null = null): Promise<Wire> {
    const login = { user: 'pult', password: PASSWORD };
    const users = Object.fromEntries(BASES.map((base) => [base, login]));
    return new Wire(await startOneC({ port: 0, seed: 1, dataDir, users, workersPort: null }));
  }

  get root(): string {
    return `${this.onec.url}/ut/odata/standard.odata/`;
  }
  close(): Promise<void> {
    return this.onec.close();
  }

  /** Path as 1С writes it, encoded here; what stands in `{}` goes out as it is. */
  async ask(path: string, { method = 'GET', body, headers = {} }: Ask = {}, base = 'ut'): Promise<Answer> {
    const address = path
      .split(/(\{[^}]*\})/)
      .map((part) => (part.startsWith('{') ? part.slice(1, -1) : encodeURI(part)))
      .join('');
    const response = await fetch(`${this.onec.url}/${base}/odata/standard.odata/${address}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`pult:${PASSWORD}`, 'utf8').toString('base64')}`,
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, text: bytes.toString('utf8'), headers: response.headers };
  }

  async json(path: string, ask: Ask = {}): Promise<Row> {
    const headers = { accept: 'application/json', ...ask.headers };
    return JSON.parse((await this.ask(path, { ...ask, headers })).text) as Row;
  }
  /** Rows of a set without metadata. @throws when it is no list */
  async rows(path: string, base = 'ut'): Promise<Row[]> {
    const { status, text } = await this.ask(path, { headers: { accept: 'application/json;odata=nometadata' } }, base);
    const { value } = JSON.parse(text) as { value?: Row[] };
    if (status !== 200 || !value) throw new Error(`${path}: ${status} ${text}`);
    return value;
  }
  async first(path: string): Promise<Row> {
    const [row] = await this.rows(path);
    if (!row) throw new Error(`${path}: nothing`);
    return row;
  }
  /** Status and code of an OData error, in short `400/6`. */
  async refusal(path: string, ask: Ask = {}): Promise<string> {
    const { status, text } = await this.ask(path, { ...ask, headers: { accept: 'application/json', ...ask.headers } });
    const { 'odata.error': error } = JSON.parse(text) as { 'odata.error'?: { code: string } };
    return `${status}/${error?.code ?? 'no error'}`;
  }

  quirks(change: Partial<Quirks>): void {
    Object.assign(this.onec.bases.get('ut')?.quirks ?? {}, change);
  }
}
