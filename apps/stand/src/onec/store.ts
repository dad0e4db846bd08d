/** Rows of one base in memory with a journal on disk: what was written survives a kill -9. */
import { Journal } from '../journal.ts';
import { EMPTY_GUID, type EntityDef, emptyValue, type Fields, propertiesOf } from './entity.ts';
import { errors } from './odata-error.ts';

export type MutableRow = Record<string, unknown>;
interface JournalLine {
  readonly set: string;
  readonly key: string;
  /** Without the values that nobody set; null for a row that is gone. */
  readonly row: MutableRow | null;
}
/** Tells who keeps changes for other bases. */
export type ChangeListener = (set: string, row: MutableRow, deleted: boolean) => void;

const PREFIXES: Readonly<Record<string, string>> = {
  'erp-1': 'П100',
  'erp-2': 'П200',
  'erp-3': 'П300',
  zup: 'ЗП00',
  uh: 'УХ00',
};

export class BaseStore {
  readonly name: string;
  readonly entities: ReadonlyMap<string, EntityDef>;
  readonly #rows = new Map<string, Map<string, MutableRow>>();
  readonly #numbers = new Map<string, number>();
  readonly #journal: Journal<JournalLine>;
  readonly #empty = new Map<string, MutableRow>();
  /** Prefix of the numbers that the base gives: every base has its own. */
  readonly #prefix: string;
  readonly #numbered: RegExp;
  #seeding = false;
  #listener: ChangeListener = () => undefined;

  constructor(name: string, entities: readonly EntityDef[], journal: string | null) {
    this.name = name;
    this.#prefix = PREFIXES[name] ?? 'ЭТ00';
    this.#numbered = new RegExp(`^${this.#prefix}-(\\d+)$`, 'u');
    this.entities = new Map(entities.map((entity) => [entity.name, entity]));
    for (const entity of entities) {
      this.#rows.set(entity.name, new Map());
      this.#empty.set(entity.name, emptyRow(entity.fields, entity.fixed));
    }
    this.#journal = new Journal(journal);
  }

  onChange(listener: ChangeListener): void {
    this.#listener = listener;
  }

  entity(set: string): EntityDef {
    const found = this.entities.get(set);
    if (!found) throw errors.noEntitySet(set);
    return found;
  }

  all(set: string): MutableRow[] {
    return [...(this.#rows.get(set)?.values() ?? [])];
  }

  find(set: string, key: string): MutableRow | undefined {
    return this.#rows.get(set)?.get(key.toLowerCase());
  }

  keyOf(entity: EntityDef, row: MutableRow): string {
    return (
      entity.key ? entity.key.map((name) => String(row[name] ?? '')).join('|') : String(row.Ref_Key)
    ).toLowerCase();
  }

  /** Adds a row; missing properties get their empty values, an object its reference, number and first version. */
  insert(set: string, values: MutableRow): MutableRow {
    const entity = this.entity(set);
    const row = this.#complete(entity, values);
    if (!entity.key) {
      row.Ref_Key = String(values.Ref_Key ?? crypto.randomUUID()).toLowerCase();
      row.DataVersion = versionAfter(null);
      if ('Number' in row && !values.Number) row.Number = this.#nextNumber(set);
      if ('Code' in row && !values.Code) row.Code = this.#nextNumber(set);
    }
    const key = this.keyOf(entity, row);
    if (this.#rows.get(set)?.has(key)) throw errors.keyExists();
    this.#put(entity, key, row);
    return row;
  }

  /** Changes a row; the version grows with every write, also without a change. */
  update(set: string, key: string, changes: MutableRow): MutableRow {
    const entity = this.entity(set);
    const row = this.find(set, key);
    if (!row) throw errors.noInstance();
    const next = { ...row };
    for (const [name, value] of Object.entries(changes)) {
      const fields = entity.tables[name];
      if (fields) next[name] = lines(fields, value);
      else if (name in row && name !== 'Ref_Key' && name !== 'DataVersion')
        next[name] = padded(value, entity.fixed[name]);
    }
    if (!entity.key) next.DataVersion = versionAfter(String(row.DataVersion));
    this.#put(entity, key.toLowerCase(), next);
    return next;
  }

  remove(set: string, key: string): void {
    const row = this.find(set, key);
    if (!row) throw errors.noInstance();
    this.#rows.get(set)?.delete(key.toLowerCase());
    this.#write({ set, key: key.toLowerCase(), row: null });
    this.#listener(set, row, true);
  }

  /** Replays what the last process wrote; the listener hears it again. */
  replay(): void {
    for (const { set, key, row } of this.#journal.read()) {
      const entity = this.entities.get(set);
      if (!entity) continue;
      const rows = this.#rows.get(set);
      const [before, after] = [rows?.get(key), row ? this.#complete(entity, row) : null];
      if (after) rows?.set(key, after);
      else rows?.delete(key);
      const told = after ?? before;
      if (told) this.#listener(set, told, after === null);
      const number = Number(this.#numbered.exec(String(row?.Number ?? row?.Code ?? ''))?.[1] ?? 0);
      if (number > (this.#numbers.get(set) ?? 0)) this.#numbers.set(set, number);
    }
  }

  /** Rows put while seeding are made anew at each start and need no journal. */
  seeding(work: () => void): void {
    this.#seeding = true;
    try {
      work();
    } finally {
      this.#seeding = false;
    }
  }

  #complete(entity: EntityDef, values: MutableRow): MutableRow {
    const row: MutableRow = { ...this.#empty.get(entity.name) };
    for (const name of Object.keys(row)) {
      const value = values[name];
      if (value === undefined || value === null) continue;
      row[name] = padded(value, entity.fixed[name]);
    }
    for (const [table, fields] of Object.entries(entity.tables)) row[table] = lines(fields, values[table]);
    return row;
  }

  #put(entity: EntityDef, key: string, row: MutableRow): void {
    this.#rows.get(entity.name)?.set(key, row);
    if (this.#seeding) return;
    const empty = this.#empty.get(entity.name) ?? {};
    const said = Object.entries(row).filter(([name, value]) =>
      Array.isArray(value) ? value.length > 0 : value !== empty[name],
    );
    this.#write({ set: entity.name, key, row: Object.fromEntries(said) });
    this.#listener(entity.name, row, false);
  }

  #write(line: JournalLine): void {
    if (!this.#seeding) this.#journal.append(line);
  }

  #nextNumber(set: string): string {
    const next = (this.#numbers.get(set) ?? this.all(set).length + 20_000) + 1;
    this.#numbers.set(set, next);
    return `${this.#prefix}-${String(next).padStart(6, '0')}`;
  }
}

const emptyRow = (fields: Fields, fixed: Readonly<Record<string, number>> = {}): MutableRow =>
  Object.fromEntries(
    propertiesOf(fields).map(([name, type]) => [name, fixed[name] ? ''.padEnd(fixed[name]) : emptyValue(name, type)]),
  );
const padded = (value: unknown, width: number | undefined): unknown => (width ? String(value).padEnd(width) : value);

/** The counter inside of DataVersion: eight bytes, the first write is zero. */
function versionAfter(version: string | null): string {
  const bytes = Buffer.alloc(8);
  if (version !== null) bytes.writeBigUInt64BE(Buffer.from(version, 'base64').readBigUInt64BE() + 1n);
  return bytes.toString('base64');
}

/** Lines of a tabular section: numbered 1…n. Numbers with a gap are refused, a line without one is an internal error. */
function lines(fields: Fields, value: unknown): MutableRow[] {
  if (!Array.isArray(value)) return [];
  return value.map((line: MutableRow, index) => {
    if (Number(line.LineNumber ?? index + 1) !== index + 1) throw errors.badLineNumber(String(line.LineNumber));
    const row = emptyRow(fields);
    for (const name of Object.keys(row)) if (line[name] !== undefined && line[name] !== null) row[name] = line[name];
    row.LineNumber = String(index + 1);
    return row;
  });
}

export const isEmptyRef = (value: unknown): boolean => value === undefined || value === '' || value === EMPTY_GUID;
