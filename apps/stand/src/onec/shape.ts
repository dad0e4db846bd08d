/** `$select`, `$expand`, `$orderby` over rows. Unknown names are the errors of the platform. */
import type { EntityDef } from './entity.ts';
import { errors } from './odata-error.ts';
import type { QueryOptions } from './query-options.ts';
import { type Row, type Schema, schemaOf } from './schema.ts';
import type { BaseStore, MutableRow } from './store.ts';

const PRESENTATION = '____Presentation';
type Shape = (row: MutableRow) => MutableRow;

/** What the platform shows for an object: description, or number with date. */
export function presentationOf(row: Row | null | undefined): string {
  if (!row) return '';
  if (row.Description !== undefined) return String(row.Description);
  return row.Number === undefined ? '' : `${String(row.Number)} от ${String(row.Date).replace('T', ' ')}`;
}

function propertyPresentation(store: BaseStore, entity: EntityDef, row: Row, name: string): string {
  const reference = schemaOf(store, entity).reference(name);
  if (reference) return presentationOf(reference.follow(row));
  const set = String(row[`${name}_Type`] ?? '').replace('StandardODATA.', '');
  if (store.entities.has(set)) return presentationOf(store.find(set, String(row[name])));
  return String(row[name] ?? '').trimEnd();
}

/** Compiles `$select` and `$expand`. @throws OdataError 6 on a name that is not there */
export function shaper(store: BaseStore, entity: EntityDef, options: Pick<QueryOptions, 'select' | 'expand'>): Shape {
  const { select, expand } = options;
  const picks = (select ?? ['*']).map((name) => picker(store, entity, name));
  const expansions = expansionsOf(store, entity, expand)
    // With $select only what is selected is expanded.
    .filter(({ name }) => select === null || select.some((one) => one === '*' || one.split('/')[0] === name));
  return (row) => {
    const shaped: MutableRow = {};
    for (const pick of picks) pick(row, shaped);
    for (const { apply } of expansions) apply(row, shaped);
    return shaped;
  };
}

type Picking = (row: MutableRow, into: MutableRow) => void;

function picker(store: BaseStore, entity: EntityDef, name: string): Picking {
  if (name === '*') return (row, into) => Object.assign(into, row);
  if (name === '**')
    return (row, into) => {
      for (const [key, value] of Object.entries(row)) if (!(key in entity.tables)) into[key] = value;
    };
  const schema = schemaOf(store, entity);
  if (name === `*${PRESENTATION}`) {
    const names = Object.entries(entity.fields).flatMap(([field, type]) =>
      type.startsWith('ref:') || type === 'any' ? [field] : [],
    );
    return (row, into) => {
      for (const one of names) into[`${one}${PRESENTATION}`] = propertyPresentation(store, entity, row, one);
    };
  }
  if (name.endsWith(PRESENTATION)) {
    const of = name.slice(0, -PRESENTATION.length);
    if (!schema.property(of) && !schema.reference(of)) throw errors.badSegment(of);
    return (row, into) => {
      into[name] = propertyPresentation(store, entity, row, of);
    };
  }
  const [head = '', inner] = name.split('/');
  const section = schema.section(head);
  if (section) return sectionPick(section.schema, head, inner);
  const reference = schema.reference(head);
  if (reference) {
    if (inner === undefined) return copying(`${head}_Key`);
    if (!reference.schema.property(inner)) throw errors.badSegment(inner);
    return (row, into) => {
      const present = (into[head] as MutableRow | undefined) ?? {};
      into[head] = { ...present, [inner]: reference.follow(row)?.[inner] ?? null };
    };
  }
  if (!schema.property(head) || inner !== undefined) throw errors.badSegment(inner ?? head);
  return copying(head);
}

const copying =
  (name: string): Picking =>
  (row, into) => {
    into[name] = row[name];
  };

function sectionPick(schema: Schema, head: string, inner: string | undefined): Picking {
  if (inner === undefined || inner === '*') return copying(head);
  if (!schema.property(inner)) throw errors.badSegment(inner);
  return (row, into) => {
    const present = into[head] as MutableRow[] | undefined;
    into[head] = (row[head] as MutableRow[]).map((line, index) => ({ ...present?.[index], [inner]: line[inner] }));
  };
}

interface Expansion {
  readonly name: string;
  apply(row: MutableRow, into: MutableRow): void;
}

/** References inline; a composite one by the type that it has: `Предмет/Document_X` comes as `Предмет_Expanded`. */
function expansionsOf(store: BaseStore, entity: EntityDef, expand: readonly string[]): Expansion[] {
  const schema = schemaOf(store, entity);
  const names = expand.flatMap((name) =>
    name === '*' ? Object.keys(entity.fields).filter((field) => schema.reference(field)) : [name],
  );
  return names.map((name): Expansion => {
    const [head = '', set, field] = name.split('/');
    const reference = set === undefined ? schema.reference(head) : null;
    if (reference)
      return {
        name: head,
        apply: (row, into) => {
          into[head] = reference.follow(row);
        },
      };
    if (schema.property(head) !== 'composite' || set === undefined) throw errors.badSegment(name);
    const target = store.entity(set);
    const wanted = field === undefined || field === '*' ? null : field;
    if (wanted !== null && !schemaOf(store, target).property(wanted)) throw errors.badSegment(wanted);
    return {
      name: head,
      apply: (row, into) => {
        if (row[`${head}_Type`] !== `StandardODATA.${set}`) return;
        const found = store.find(set, String(row[head]));
        if (found) into[`${head}_Expanded`] = wanted === null ? found : { [wanted]: found[wanted] };
      },
    };
  });
}

interface SortKey {
  readonly sign: 1 | -1;
  value(row: MutableRow): unknown;
}

/** A reference sorts by what people read («автоупорядочивание»), Int64 by size, the rest as it is. @throws OdataError 6 */
export function ordered(store: BaseStore, entity: EntityDef, rows: MutableRow[], orderby: string | null): MutableRow[] {
  if (!orderby) return rows;
  const keys = orderby.split(',').map((part): SortKey => {
    const [path = '', direction = 'asc', ...more] = part.trim().split(/\s+/);
    if (more.length > 0 || !/^(asc|desc)$/i.test(direction)) throw errors.badSegment(part.trim());
    return { sign: direction.toLowerCase() === 'desc' ? -1 : 1, value: sortValue(store, entity, path) };
  });
  return rows.sort((a, b) => {
    for (const { sign, value } of keys) {
      const [x, y] = [value(a), value(b)];
      const order = typeof x === 'number' && typeof y === 'number' ? x - y : compareTexts(String(x), String(y));
      if (order !== 0) return order * sign;
    }
    return 0;
  });
}

function sortValue(store: BaseStore, entity: EntityDef, path: string): SortKey['value'] {
  const schema = schemaOf(store, entity);
  const [head = '', inner] = path.split('/');
  const reference = schema.reference(head.replace(/_Key$/, '')) ?? schema.reference(head);
  if (reference && inner !== undefined) {
    if (!reference.schema.property(inner)) throw errors.badSegment(inner);
    return (row) => reference.follow(row)?.[inner] ?? '';
  }
  if (inner !== undefined) throw errors.badSegment(inner);
  if (reference) return (row) => presentationOf(reference.follow(row));
  if (head === 'Ref_Key') return (row) => presentationOf(row);
  if (!schema.property(head)) throw errors.badSegment(head);
  const isWhole = entity.fields[head] === 'int64';
  return (row) => (isWhole ? Number(row[head]) : row[head]);
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
