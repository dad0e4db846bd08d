/** Rows of one base in memory with a journal on disk: what was written survives a kill -9. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { EMPTY_GUID, type EntityDef, emptyValue, type Fields, propertiesOf } from './metadata.ts';
import { errors } from './odata-error.ts';

export type MutableRow = Record<string, unknown>;
type JournalLine = { readonly set: string; readonly key: string; readonly row: MutableRow | null };

export class BaseStore {
  readonly name: string;
  readonly entities: ReadonlyMap<string, EntityDef>;
  #rows = new Map<string, Map<string, MutableRow>>();
  #numbers = new Map<string, number>();
  #journal: string | null;
  #versions = 0;

  constructor(name: string, entities: readonly EntityDef[], journal: string | null) {
    this.name = name;
    this.entities = new Map(entities.map((entity) => [entity.name, entity]));
    for (const entity of entities) this.#rows.set(entity.name, new Map());
    this.#journal = journal;
    if (journal) mkdirSync(dirname(journal), { recursive: true });
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

  /** Adds a complete row; missing properties get their empty values. */
  insert(set: string, values: MutableRow): MutableRow {
    const entity = this.entity(set);
    const row: MutableRow = {};
    for (const [name, type] of propertiesOf(entity.fields)) row[name] = values[name] ?? emptyValue(name, type);
    for (const [table, fields] of Object.entries(entity.tables)) row[table] = lines(fields, values[table]);
    if (!entity.key) {
      row.Ref_Key = String(values.Ref_Key ?? crypto.randomUUID()).toLowerCase();
      row.DataVersion = this.#nextVersion();
      if ('Number' in row && !values.Number) row.Number = this.#nextNumber(set);
      if ('Code' in row && !values.Code) row.Code = this.#nextNumber(set);
    }
    const key = this.keyOf(entity, row);
    if (this.#rows.get(set)?.has(key)) throw errors.keyExists();
    this.#put(set, key, row);
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
      else if (name in row && name !== 'Ref_Key' && name !== 'DataVersion') next[name] = value;
    }
    if (!entity.key) next.DataVersion = this.#nextVersion();
    this.#put(set, key.toLowerCase(), next);
    return next;
  }

  remove(set: string, key: string): void {
    if (!this.#rows.get(set)?.delete(key.toLowerCase())) throw errors.noInstance();
    this.#write({ set, key: key.toLowerCase(), row: null });
  }

  /** Replays what the last process wrote. @returns how many lines */
  replay(): number {
    if (!this.#journal || !existsSync(this.#journal)) return 0;
    let count = 0;
    for (const text of readFileSync(this.#journal, 'utf8').split('\n')) {
      if (text === '') continue;
      try {
        const { set, key, row } = JSON.parse(text) as JournalLine;
        if (row) this.#rows.get(set)?.set(key, row);
        else this.#rows.get(set)?.delete(key);
        count += 1;
      } catch {
        // A line torn by a crash is the last one: nothing after it was promised to anybody.
        break;
      }
    }
    this.#versions += count;
    return count;
  }

  /** Rows put while seeding are made anew at each start and need no journal. */
  seeding(work: () => void): void {
    const journal = this.#journal;
    this.#journal = null;
    try {
      work();
    } finally {
      this.#journal = journal;
    }
  }

  #put(set: string, key: string, row: MutableRow): void {
    this.#rows.get(set)?.set(key, row);
    this.#write({ set, key, row });
  }

  #write(line: JournalLine): void {
    if (this.#journal) appendFileSync(this.#journal, `${JSON.stringify(line)}\n`);
  }

  #nextNumber(set: string): string {
    const next = (this.#numbers.get(set) ?? this.all(set).length + 20_000) + 1;
    this.#numbers.set(set, next);
    return `ЭТ00-${String(next).padStart(6, '0')}`;
  }

  #nextVersion(): string {
    this.#versions += 1;
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(this.#versions));
    return bytes.toString('base64');
  }
}

function lines(fields: Fields, value: unknown): MutableRow[] {
  if (!Array.isArray(value)) return [];
  return value.map((line: MutableRow, index) => {
    const number = Number(line.LineNumber ?? index + 1);
    if (number !== index + 1) throw errors.handler(`Неверный номер строки ${number}`);
    const row: MutableRow = {};
    for (const [name, type] of propertiesOf(fields)) row[name] = line[name] ?? emptyValue(name, type);
    row.LineNumber = String(index + 1);
    return row;
  });
}

export const isEmptyRef = (value: unknown): boolean => value === undefined || value === '' || value === EMPTY_GUID;
