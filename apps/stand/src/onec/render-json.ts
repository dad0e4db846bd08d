/** Answers as JSON with the three levels of metadata. */
import type { EntityDef } from './entity.ts';
import { isEmptyRef, type MutableRow } from './store.ts';

export type Level = 'none' | 'minimal' | 'full';

/** Address of an entity relative to the service: `Document_X(guid'…')`, or its key by names. */
export function editLink(entity: EntityDef, row: MutableRow): string {
  if (!entity.key) return `${entity.name}(guid'${String(row.Ref_Key)}')`;
  const names = entity.register?.subordinate && 'RecordSet' in row ? ['Recorder', 'Recorder_Type'] : entity.key;
  const key = names.map((name) => {
    const type = entity.fields[name];
    const prefix = name.endsWith('_Key') ? 'guid' : type === 'date' ? 'datetime' : '';
    return `${name}=${prefix}'${String(row[name])}'`;
  });
  return `${entity.name}(${key.join(', ')})`;
}

/** A row as JSON: links of references that are not empty; with full metadata its type and addresses too. */
export function jsonRow(entity: EntityDef, row: MutableRow, level: Level): MutableRow {
  if (level === 'none') return row;
  const named = entity.key ? entity.key.every((name) => name in row) : 'Ref_Key' in row;
  const links: MutableRow = {};
  for (const [name, type] of Object.entries(entity.fields))
    if (named && type.startsWith('ref:') && `${name}_Key` in row && !isEmptyRef(row[`${name}_Key`]))
      links[`${name}@navigationLinkUrl`] = `${editLink(entity, row)}/${name}`;
  if (level === 'minimal' || !named) return { ...row, ...links };
  const link = editLink(entity, row);
  return { 'odata.type': `StandardODATA.${entity.name}`, 'odata.id': link, 'odata.editLink': link, ...row, ...links };
}

/** Single entities come with their keys in another order than lists: clients must not rely on it. */
export function shuffled(row: MutableRow): MutableRow {
  const weight = (name: string): number => (name.length * 7 + (name.codePointAt(0) ?? 0)) % 13;
  return Object.fromEntries(Object.entries(row).sort(([a], [b]) => weight(a) - weight(b)));
}
