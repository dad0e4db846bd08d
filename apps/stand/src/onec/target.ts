/** What a name of a set stands for. */
import type { Base } from './base.ts';
import type { EntityDef } from './entity.ts';
import { errors } from './odata-error.ts';

export interface Target {
  readonly entity: EntityDef;
  /** Tabular section whose lines are meant. */
  readonly table: string | null;
  /** Records of a register that documents write, one by one. */
  readonly records: boolean;
}

/** @throws OdataError 8 when the composition has no such set, 20 when the user may not read it */
export function targetOf({ store, quirks }: Base, set: string): Target {
  if (quirks.composition === 'empty' || quirks.unpublished.includes(set)) throw errors.noEntitySet(set);
  if (quirks.denied.includes('*') || quirks.denied.includes(set)) throw errors.noRights();
  const direct = store.entities.get(set);
  if (direct) return { entity: direct, table: null, records: false };
  const register = set.endsWith('_RecordType') ? store.entities.get(set.slice(0, -'_RecordType'.length)) : undefined;
  if (register?.register?.subordinate) return { entity: register, table: null, records: true };
  for (const entity of store.entities.values())
    for (const [table, fields] of Object.entries(entity.tables))
      if (set === `${entity.name}_${table}`)
        return {
          entity: { ...entity, fields: { Ref_Key: 'guid', ...fields }, tables: {}, key: ['Ref_Key', 'LineNumber'] },
          table,
          records: false,
        };
  throw errors.noEntitySet(set);
}

/** Every set that is published, with tabular sections and records. */
export const setNames = (entities: readonly EntityDef[]): string[] =>
  entities.flatMap(({ name, tables, register }) => [
    name,
    ...(register?.subordinate ? [`${name}_RecordType`] : []),
    ...Object.keys(tables).map((table) => `${name}_${table}`),
  ]);
