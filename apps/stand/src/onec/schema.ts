/** What names of a row mean: properties, references to follow, tabular sections. */
import { EMPTY_GUID, type EntityDef, type Fields, propertiesOf } from './entity.ts';
import type { BaseStore, MutableRow } from './store.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface Schema {
  /** `composite` values need cast(), `reference` ones are sorted by their presentation. */
  property(name: string): 'plain' | 'composite' | 'reference' | null;
  /** Where a reference leads; null when the name is none. */
  reference(name: string): { readonly schema: Schema; follow(row: Row): Row | null } | null;
  /** Lines of a tabular section; null when the name is none. */
  section(name: string): { readonly schema: Schema; lines(row: Row): readonly Row[] } | null;
}

export function schemaOf(store: BaseStore, entity: Pick<EntityDef, 'fields' | 'tables'>): Schema {
  return {
    property: (name) => {
      if (entity.fields[name] === 'any') return 'composite';
      if (name.endsWith('_Key') && entity.fields[name.slice(0, -4)]?.startsWith('ref:')) return 'reference';
      return propertyNames(entity.fields).has(name) ? 'plain' : null;
    },
    reference: (name) => {
      const type = entity.fields[name];
      const target = type?.startsWith('ref:') ? store.entities.get(type.slice(4)) : undefined;
      if (!target) return null;
      return {
        schema: schemaOf(store, target),
        follow: (row) => {
          const ref = String(row[`${name}_Key`] ?? EMPTY_GUID);
          return ref === EMPTY_GUID ? null : (store.find(target.name, ref) ?? null);
        },
      };
    },
    section: (name) => {
      const fields = entity.tables[name];
      if (!fields) return null;
      return {
        schema: schemaOf(store, { fields, tables: {} }),
        lines: (row) => (row[name] as readonly MutableRow[] | undefined) ?? [],
      };
    },
  };
}

const known = new WeakMap<Fields, ReadonlySet<string>>();

function propertyNames(fields: Fields): ReadonlySet<string> {
  const names = known.get(fields) ?? new Set(propertiesOf(fields).map(([name]) => name));
  known.set(fields, names);
  return names;
}
