/** Bodies of writes: what the platform takes, ignores, cuts and refuses. */
import { GUID } from './address.ts';
import { type EntityDef, emptyValue, type FieldType, propertiesOf } from './entity.ts';
import { errors } from './odata-error.ts';
import type { BaseStore, MutableRow } from './store.ts';

const BIND = '@odata.bind';
const NOT_WRITTEN = new Set(['Ref_Key', 'DataVersion']);

/** @throws OdataError −1 when the text is no JSON object */
export function parsedBody(text: string): MutableRow {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw errors.handler('Непредвиденный символ при чтении JSON');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw internal();
  return body as MutableRow;
}
const internal = () => errors.handler('Произошла внутренняя ошибка OData сервиса');

/** Values to write: unknown names are dropped, long texts cut, a text where a whole number belongs is not stored. */
export function writable(entity: EntityDef, body: MutableRow): MutableRow {
  const types = new Map(propertiesOf(entity.fields));
  const row: MutableRow = {};
  for (const [name, value] of Object.entries(body)) {
    if (name.endsWith(BIND)) {
      const field = name.slice(0, -BIND.length);
      if (entity.fields[field]?.startsWith('ref:')) row[`${field}_Key`] = boundRef(field, value);
      continue;
    }
    const section = entity.tables[name];
    if (section) {
      row[name] = sectionLines(new Map(propertiesOf(section)), value);
      continue;
    }
    const type = types.get(name);
    if (!type || NOT_WRITTEN.has(name)) continue;
    const taken = taking(name, type, value, entity.lengths[name]);
    if (taken !== undefined) row[name] = taken;
  }
  return row;
}

/** `Catalog_Y(guid'…')` */
function boundRef(field: string, value: unknown): string {
  const ref = /\(guid'([^']*)'\)$/i.exec(String(value))?.[1] ?? '';
  if (!GUID.test(ref)) throw errors.badValue(field);
  return ref.toLowerCase();
}

function sectionLines(types: ReadonlyMap<string, FieldType>, value: unknown): MutableRow[] {
  if (!Array.isArray(value)) throw internal();
  return value.map((line: unknown) => {
    if (typeof line !== 'object' || line === null) throw internal();
    if (!('LineNumber' in line)) throw internal();
    return Object.fromEntries(
      Object.entries(line).flatMap(([name, one]) => {
        const type = types.get(name);
        const taken = type === undefined ? undefined : taking(name, type, one, undefined);
        return taken === undefined ? [] : [[name, taken]];
      }),
    );
  });
}

/** Value as it is stored; undefined when the platform lets it fall. */
function taking(name: string, type: FieldType, value: unknown, length: number | undefined): unknown {
  if (value === null) return emptyValue(name, type);
  if (typeof value === 'object') throw internal();
  switch (type) {
    case 'int64':
      return /^-?\d+$/.test(String(value)) ? String(value) : undefined;
    case 'double':
    case 'int16':
      return Number.isFinite(Number(value)) ? Number(value) : undefined;
    case 'bool':
      if (typeof value !== 'boolean') throw errors.badValue(name);
      return value;
    case 'guid':
      if (!GUID.test(String(value))) throw errors.badLiteral(String(value), 'Edm.Guid');
      return String(value).toLowerCase();
    case 'date':
      if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/.test(String(value)))
        throw errors.badLiteral(String(value), 'Edm.DateTime');
      return String(value).slice(0, 19);
    default:
      return length === undefined ? String(value) : String(value).slice(0, length);
  }
}

/** What a PUT leaves: everything that it did not name is empty; lines too. */
export function replacement(entity: EntityDef, changes: MutableRow): MutableRow {
  const row: MutableRow = {};
  for (const [name, type] of propertiesOf(entity.fields))
    if (!NOT_WRITTEN.has(name)) row[name] = emptyValue(name, type);
  for (const table of Object.keys(entity.tables)) row[table] = [];
  return { ...row, ...changes };
}

/** Puts the records of one recorder in the place of those it had. @throws OdataError 5 without a record set */
export function writeRecordSet(store: BaseStore, entity: EntityDef, recorder: string, body: MutableRow): MutableRow {
  const { RecordSet: records } = body;
  if (!Array.isArray(records)) throw errors.missingValue('RecordSet');
  const old = recordsOf(store, entity, recorder);
  const type = String(body.Recorder_Type ?? old[0]?.Recorder_Type ?? 'StandardODATA.Undefined');
  const rows = records.map((record: MutableRow, index) => ({
    ...writable(entity, record),
    Recorder: recorder,
    Recorder_Type: type,
    LineNumber: String(index + 1),
    Active: true,
  }));
  for (const row of old) store.remove(entity.name, store.keyOf(entity, row));
  for (const row of rows) store.insert(entity.name, row);
  return recordSetOf(store, entity, recorder);
}

export const recordsOf = (store: BaseStore, entity: EntityDef, recorder: string): MutableRow[] =>
  store.all(entity.name).filter((row) => String(row.Recorder).toLowerCase() === recorder);

/** @throws OdataError 9 when the recorder wrote nothing */
export function recordSetOf(store: BaseStore, entity: EntityDef, recorder: string): MutableRow {
  const records = recordsOf(store, entity, recorder);
  const [first] = records;
  if (!first) throw errors.noInstance();
  return { Recorder: first.Recorder, Recorder_Type: first.Recorder_Type, RecordSet: records };
}

/** Record sets of a register, one for each recorder. */
export function recordSets(store: BaseStore, entity: EntityDef): MutableRow[] {
  const sets = new Map<string, MutableRow & { RecordSet: MutableRow[] }>();
  for (const row of store.all(entity.name)) {
    const key = `${String(row.Recorder)}|${String(row.Recorder_Type)}`;
    const set = sets.get(key) ?? { Recorder: row.Recorder, Recorder_Type: row.Recorder_Type, RecordSet: [] };
    set.RecordSet.push(row);
    sets.set(key, set);
  }
  return [...sets.values()];
}
