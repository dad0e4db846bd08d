/** Answers as Atom, the format of the platform when nobody asks for another; shapes are those of the recordings. */
import type { EntityDef } from './entity.ts';
import { localNow } from './local-time.ts';
import { editLink } from './render-json.ts';
import { isEmptyRef, type MutableRow } from './store.ts';

const DATA = 'http://schemas.microsoft.com/ado/2007/08/dataservices';
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter);

function property(name: string, value: unknown, rowType: string): string {
  if (Array.isArray(value)) {
    const elements = value.map(
      (line: MutableRow) => `<d:element m:type="${rowType}">${properties(line, rowType)}</d:element>`,
    );
    const type = `m:type="Collection(${rowType})"`;
    return elements.length > 0 ? `<d:${name} ${type}>${elements.join('')}</d:${name}>` : `<d:${name} ${type}/>`;
  }
  // An expanded reference is an entry of its own in Atom; its properties are what matters here.
  if (typeof value === 'object' && value !== null)
    return `<d:${name}>${properties(value as MutableRow, rowType)}</d:${name}>`;
  const text = value === null || value === undefined ? '' : String(value);
  return text === '' ? `<d:${name}/>` : `<d:${name}>${escapeXml(text)}</d:${name}>`;
}
const properties = (row: MutableRow, rowType: string): string =>
  Object.entries(row)
    .map(([name, value]) => property(name, value, rowType))
    .join('');

function content(entity: EntityDef, row: MutableRow): string {
  return Object.entries(row)
    .map(([name, value]) => {
      const table = name === 'RecordSet' ? '' : `_${name}`;
      return property(name, value, `StandardODATA.${entity.name}${table}_RowType`);
    })
    .join('');
}

/** @param namespaces of the root element when the entry stands alone */
function entry(entity: EntityDef, row: MutableRow, root: string, namespaces = ''): string {
  const link = escapeXml(editLink(entity, row));
  const related = Object.entries(entity.fields)
    .filter(([name, type]) => type.startsWith('ref:') && `${name}_Key` in row && !isEmptyRef(row[`${name}_Key`]))
    .map(
      ([name]) =>
        `<link rel="${DATA}/related/${name}" href="${link}/${name}" type="application/atom+xml;type=entry;charset=utf-8" title="${name}"/>`,
    )
    .join('');
  return `<entry${namespaces}><id>${escapeXml(root)}${link}</id><category term="StandardODATA.${entity.name}" scheme="${DATA}/scheme"/><title type="text"/><updated>${localNow()}</updated><author/><summary/>${related}<link rel="edit" href="${link}" title="edit-link"/><content type="application/xml"><m:properties xmlns:d="${DATA}" xmlns:m="${DATA}/metadata">${content(entity, row)}</m:properties></content></entry>`;
}

export const atomEntry = (entity: EntityDef, row: MutableRow, root: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>${entry(entity, row, root, ` xmlns="http://www.w3.org/2005/Atom" xmlns:d="${DATA}" xmlns:m="${DATA}/metadata" xml:base="${escapeXml(root)}"`)}`;

export interface FeedItem {
  readonly entity: EntityDef;
  readonly row: MutableRow;
  readonly deleted?: boolean;
}

/** A feed may mix sets: changes of an exchange plan do. A deleted entity leaves a tombstone (RFC 6721). */
export function atomFeed(items: readonly FeedItem[], root: string, count: number | null): string {
  const body = items.map(({ entity, row, deleted }) =>
    deleted
      ? `<at:deleted-entry ref="${escapeXml(root)}${escapeXml(editLink(entity, row))}" when="${localNow()}"/>`
      : entry(entity, row, root),
  );
  return `<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns:d="${DATA}" xmlns:m="${DATA}/metadata" xml:base="${escapeXml(root)}">${count === null ? '' : `<m:count>${count}</m:count>`}${body.join('')}</feed>`;
}

/** Lines of a virtual table have no address: bare elements. */
export function atomElements(name: string, rows: readonly MutableRow[]): string {
  const type = `StandardODATA.${name}`;
  const elements = rows.map((row) => `<d:element m:type="${type}">${properties(row, type)}</d:element>`);
  return `<?xml version="1.0" encoding="UTF-8"?><d:Result xmlns:d="${DATA}" xmlns:m="${DATA}/metadata" m:type="Collection(${type})">${elements.join('')}</d:Result>`;
}

export const atomService = (names: readonly string[], root: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><service xmlns="http://www.w3.org/2007/app" xmlns:atom="http://www.w3.org/2005/Atom" xml:base="${escapeXml(root)}"><workspace><atom:title>Default</atom:title>${names
    .map((name) => `<collection href="${name}"><atom:title>${name}</atom:title></collection>`)
    .join('')}</workspace></service>`;

export const atomError = (code: number, text: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><m:error xmlns:m="${DATA}/metadata"><m:code>${code}</m:code><m:message>${escapeXml(text)}</m:message></m:error>`;
