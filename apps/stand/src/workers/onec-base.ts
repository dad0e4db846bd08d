/** One 1С base over OData, as the exchange asks it. */
import { XMLParser } from 'fast-xml-parser';
import type { Login } from './settings.ts';
import { odataFailure } from './transfer-error.ts';
import { askHttp } from './wire.ts';

export type Row = Readonly<Record<string, unknown>>;

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
  /** Puts the records of a recorder in the place of those it had. */
  async writeRecords(register: string, recorder: { ref: string; set: string }, records: readonly Row[]): Promise<void> {
    await this.#call('PATCH', `${encodeURIComponent(register)}(Recorder='${recorder.ref}')`, {
      Recorder_Type: `StandardODATA.${recorder.set}`,
      RecordSet: records,
    });
  }

  /** Everything that a node has not confirmed yet, as message `number`; the properties of each entry as texts. */
  async selectChanges(node: { plan: string; ref: string }, number: number): Promise<readonly Row[]> {
    const feed = await this.#exchange('SelectChanges', node, number);
    const { feed: root } = FEED.parse(feed) as { feed?: { entry?: readonly Entry[] } };
    return (root?.entry ?? []).map((entry) => entry.content?.properties ?? {});
  }
  /** The node has everything up to message `number`. */
  async confirmChanges(node: { plan: string; ref: string }, number: number): Promise<void> {
    await this.#exchange('NotifyChangesReceived', node, number);
  }

  async #exchange(name: string, { plan, ref }: { plan: string; ref: string }, number: number): Promise<string> {
    const point = encodeURIComponent(`'${this.#root}/odata/standard.odata/${plan}(guid'${ref}')'`);
    const { status, ok, text } = await askHttp(
      `${this.#root}/odata/standard.odata/${name}?DataExchangePoint=${point}&MessageNo=${number}`,
      { method: 'POST', headers: { authorization: this.#authorization } },
    );
    if (!ok || /^\s*<(!doctype|html)/i.test(text)) throw odataFailure(status, text);
    return text;
  }

  /** Runs a method of an object: `Post`, `ExecuteTask`. */
  async run(set: string, ref: string, method: 'Post' | 'ExecuteTask'): Promise<void> {
    const tail = method === 'Post' ? '?PostingModeOperational=false' : '';
    await this.#call('POST', `${encodeURIComponent(set)}(guid'${ref}')/${method}${tail}`);
  }

  async #call(method: string, path: string, body?: Row): Promise<Row> {
    const { status, ok, text } = await askHttp(`${this.#root}/odata/standard.odata/${path}`, {
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

interface Entry {
  readonly content?: { readonly properties?: Row };
}
/** Lines of a tabular section are `element`s; of a feed there may be one entry or many. */
const FEED = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  isArray: (name) => name === 'entry' || name === 'element',
});
