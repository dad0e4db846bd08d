/** Answers in the format that was asked for: Atom by default, JSON with a level of metadata. */
import type { EntityDef } from './entity.ts';
import { atomElements, atomEntry, atomFeed, atomService, type FeedItem } from './render-atom.ts';
import { jsonRow, type Level, shuffled } from './render-json.ts';
import type { MutableRow } from './store.ts';

export interface OdataAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly location?: string;
}

/** Level of JSON that is asked for; null is Atom, the default. */
export function levelOf(accept: string, format: string | null): Level | null {
  const wish = format ?? accept;
  if (!/json/i.test(wish)) return null;
  return /nometadata/i.test(wish) ? 'none' : /fullmetadata/i.test(wish) ? 'full' : 'minimal';
}

const jsonType = (level: Level): string =>
  `application/json;odata=${level === 'none' ? 'no' : level}metadata;charset=utf-8`;
const XML = 'application/xml;charset=utf-8';
const FEED = 'application/atom+xml;type=feed;charset=utf-8';

export const EMPTY: OdataAnswer = { status: 200, type: 'text/plain;charset=utf-8', body: '' };
export const NO_CONTENT: OdataAnswer = { status: 204, type: '', body: '' };
export const numberAnswer = (value: number): OdataAnswer => ({ ...EMPTY, body: String(value) });
export const xmlAnswer = (body: string): OdataAnswer => ({ status: 200, type: XML, body });

export class Answers {
  readonly #root: string;
  readonly #level: Level | null;

  /** @param root address of the service, with a slash at its end */
  constructor(root: string, level: Level | null) {
    this.#root = root;
    this.#level = level;
  }

  service(sets: readonly string[]): OdataAnswer {
    if (this.#level === null) return xmlAnswer(atomService(sets, this.#root));
    return this.#json('', { value: sets.map((name) => ({ name, url: name })) });
  }

  /** Rows of a set. */
  feed(entity: EntityDef, rows: readonly MutableRow[], count: number | null): OdataAnswer {
    const level = this.#level;
    if (level === null)
      return this.mixedFeed(
        rows.map((row) => ({ entity, row })),
        count,
      );
    const value = rows.map((row) => jsonRow(entity, row, level));
    return this.#json(`#${entity.name}`, { ...(count === null ? {} : { 'odata.count': String(count) }), value });
  }

  /** Entities of several sets; always Atom. */
  mixedFeed(items: readonly FeedItem[], count: number | null): OdataAnswer {
    return { status: 200, type: FEED, body: atomFeed(items, this.#root, count) };
  }

  /** Rows of a virtual table: they have no address. */
  elements(type: string, rows: readonly MutableRow[]): OdataAnswer {
    return this.#level === null ? xmlAnswer(atomElements(type, rows)) : this.#json(`#${type}`, { value: rows });
  }

  one(entity: EntityDef, row: MutableRow, status = 200): OdataAnswer {
    if (this.#level === null)
      return {
        status,
        type: 'application/atom+xml;type=entry;charset=utf-8',
        body: atomEntry(entity, row, this.#root),
      };
    return this.#json(`#${entity.name}/@Element`, shuffled(jsonRow(entity, row, this.#level)), status);
  }

  property(entity: EntityDef, row: MutableRow, name: string): OdataAnswer {
    if (this.#level === null) return xmlAnswer(atomElements(`${entity.name}_${name}`, [{ [name]: row[name] }]));
    return this.#json(`#${entity.name}/${name}`, { value: row[name] });
  }

  #json(context: string, body: MutableRow, status = 200): OdataAnswer {
    const level = this.#level ?? 'minimal';
    const metadata = level === 'none' ? {} : { 'odata.metadata': `${this.#root}$metadata${context}` };
    return { status, type: jsonType(level), body: JSON.stringify({ ...metadata, ...body }) };
  }
}
