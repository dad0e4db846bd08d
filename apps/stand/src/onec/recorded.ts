/** Rows of a real УТ demonstration base, recorded over OData as Atom. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { XMLParser } from 'fast-xml-parser';
import type { MutableRow } from './store.ts';

const FILES = [
  'msg002_nomenklatura.xml',
  'msg004_kontragenti.xml',
  'msg003_zakaz_klienta.xml',
  'msg005_zakaz_klienta_2.xml',
  'msg006_realizatsiya.xml',
];
const FOLDER = fileURLToPath(new URL('../../fixtures/onec/', import.meta.url));

const parser = new XMLParser({
  ignoreAttributes: false,
  removeNSPrefix: true,
  parseTagValue: false,
  isArray: (name) => name === 'entry' || name === 'element',
});

/** Entity set and row of every recorded entry, in the order of the files. */
export function recordedRows(): { set: string; row: MutableRow }[] {
  return FILES.flatMap((file) => {
    const path = `${FOLDER}${file}`;
    if (!existsSync(path)) return [];
    const document = parser.parse(readFileSync(path, 'utf8')) as { feed?: { entry?: RecordedEntry[] } };
    return (document.feed?.entry ?? []).map((entry) => ({
      set: String(entry.category?.['@_term'] ?? '').replace('StandardODATA.', ''),
      row: rowOf(entry.content?.properties ?? {}),
    }));
  });
}

interface RecordedEntry {
  readonly category?: Readonly<Record<string, string>>;
  readonly content?: { readonly properties?: Readonly<Record<string, unknown>> };
}

function rowOf(properties: Readonly<Record<string, unknown>>): MutableRow {
  const row: MutableRow = {};
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('@_')) continue;
    row[name] = typeof value === 'object' && value !== null ? sectionOf(value) : value;
  }
  return row;
}

const sectionOf = (value: object): MutableRow[] =>
  'element' in value && Array.isArray(value.element)
    ? value.element.map((line: Readonly<Record<string, unknown>>) => rowOf(line))
    : [];
