/** Query options over rows: filter, order, page, select, expand. Unknown names are the errors of the platform. */
import { compileFilter, type Row } from './filter.ts';
import { type EntityDef, propertiesOf } from './metadata.ts';
import { errors } from './odata-error.ts';
import type { BaseStore, MutableRow } from './store.ts';

export interface Options {
  readonly filter?: string;
  readonly select?: string;
  readonly expand?: string;
  readonly orderby?: string;
  readonly top?: number;
  readonly skip?: number;
  readonly inlinecount: boolean;
}

const KNOWN = new Set([
  '$filter',
  '$select',
  '$expand',
  '$orderby',
  '$top',
  '$skip',
  '$inlinecount',
  '$format',
  'allowedOnly',
  '$allowedOnly',
  'Condition',
  'Period',
  'Dimensions',
  'PostingModeOperational',
  'DataExchangePoint',
  'MessageNo',
  'StartPeriod',
  'EndPeriod',
]);

/** Reads the query string as 1С does: percent-decoded, `+` is a plus. */
export function optionsOf(search: string): Options & { readonly raw: ReadonlyMap<string, string> } {
  const raw = new Map<string, string>();
  for (const pair of search.replace(/^\?/, '').split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = decodeURIComponent(at < 0 ? pair : pair.slice(0, at));
    if (!KNOWN.has(name)) throw errors.unsupportedOption(name);
    raw.set(name, at < 0 ? '' : decodeURIComponent(pair.slice(at + 1)));
  }
  const whole = (name: string): number | undefined => {
    const text = raw.get(name);
    if (text === undefined) return undefined;
    if (!/^\d+$/.test(text)) throw errors.badOption(name);
    return Number(text);
  };
  const count = raw.get('$inlinecount');
  if (count !== undefined && count !== 'allpages' && count !== 'none') throw errors.badOption('$inlinecount');
  const optional = (name: string, key: 'filter' | 'select' | 'expand' | 'orderby') =>
    raw.has(name) ? { [key]: raw.get(name) ?? '' } : {};
  const top = whole('$top');
  const skip = whole('$skip');
  return {
    raw,
    ...optional('$filter', 'filter'),
    ...optional('$select', 'select'),
    ...optional('$expand', 'expand'),
    ...optional('$orderby', 'orderby'),
    ...(top === undefined ? {} : { top }),
    ...(skip === undefined ? {} : { skip }),
    inlinecount: count === 'allpages',
  };
}

/** Where a name of a row leads: a referenced row, the lines of a section, undefined when there is no such name. */
export function navigate(
  store: BaseStore,
  entity: EntityDef,
  row: Row,
  name: string,
): Row | readonly Row[] | null | undefined {
  if (name in entity.tables) return row[name] as readonly Row[];
  const type = entity.fields[name];
  if (type?.startsWith('ref:')) return store.find(type.slice(4), String(row[`${name}_Key`])) ?? null;
  return undefined;
}

/** Follows names over several entities: the entity of a referenced row is found by the field's type. */
function navigator(store: BaseStore, entity: EntityDef) {
  const entities = new Map<Row, EntityDef>();
  return (row: Row, name: string): Row | readonly Row[] | null | undefined => {
    const own = entities.get(row) ?? entity;
    const next = navigate(store, own, row, name);
    const type = own.fields[name];
    if (next && !Array.isArray(next) && type?.startsWith('ref:'))
      entities.set(next as Row, store.entity(type.slice(4)));
    return next;
  };
}

export function kindOf(entity: EntityDef, name: string): 'plain' | 'composite' | null {
  if (entity.fields[name] === 'any') return 'composite';
  if (name in entity.tables || entity.fields[name]?.startsWith('ref:')) return 'plain';
  return propertiesOf(entity.fields).some(([property]) => property === name) ? 'plain' : null;
}

export function filterRows(
  store: BaseStore,
  entity: EntityDef,
  rows: readonly MutableRow[],
  filter: string | undefined,
): MutableRow[] {
  if (filter === undefined) return [...rows];
  const test = compileFilter(filter, (name) => kindOf(entity, name), navigator(store, entity));
  return rows.filter(test);
}

export function orderRows(entity: EntityDef, rows: readonly MutableRow[], orderby: string | undefined): MutableRow[] {
  if (!orderby) return [...rows];
  const keys = orderby.split(',').map((part) => {
    const [name = '', direction = 'asc', ...more] = part.trim().split(/\s+/);
    if (more.length > 0 || !/^(asc|desc)$/i.test(direction) || kindOf(entity, name) === null)
      throw errors.badSegment(name);
    return { name, sign: direction.toLowerCase() === 'desc' ? -1 : 1 };
  });
  return [...rows].sort((a, b) => {
    for (const { name, sign } of keys) {
      const [x, y] = [a[name], b[name]];
      const order =
        typeof x === 'number' && typeof y === 'number'
          ? x - y
          : String(x) < String(y)
            ? -1
            : String(x) > String(y)
              ? 1
              : 0;
      if (order !== 0) return order * sign;
    }
    return 0;
  });
}

const PRESENTATION = '____Presentation';

/** `$select` and `$expand` of one row. */
export function shapeRow(store: BaseStore, entity: EntityDef, row: MutableRow, options: Options): MutableRow {
  const names = options.select?.split(',').map((name) => name.trim());
  let shaped: MutableRow = {};
  if (!names || names.includes('*') || names.includes('**')) {
    shaped = { ...row };
    if (names?.includes('**')) for (const table of Object.keys(entity.tables)) delete shaped[table];
  }
  for (const name of names ?? []) {
    if (name === '*' || name === '**') continue;
    if (name.endsWith(PRESENTATION)) {
      shaped[name] = presentation(store, entity, row, name.slice(0, -PRESENTATION.length));
      continue;
    }
    const [head = '', inner] = name.split('/');
    if (kindOf(entity, head) === null) throw errors.badSegment(head);
    if (head in entity.tables) {
      const table = entity.tables[head] ?? {};
      if (inner === undefined) shaped[head] = row[head];
      else {
        if (!propertiesOf(table).some(([property]) => property === inner)) throw errors.badSegment(inner);
        const present = (shaped[head] as MutableRow[] | undefined) ?? [];
        shaped[head] = (row[head] as MutableRow[]).map((line, index) => ({ ...present[index], [inner]: line[inner] }));
      }
    } else if (entity.fields[head]?.startsWith('ref:')) {
      if (!options.expand?.split(',').includes(head)) shaped[`${head}_Key`] = row[`${head}_Key`];
    } else shaped[head] = row[head];
  }
  for (const name of options.expand?.split(',').map((part) => part.trim()) ?? []) {
    const type = entity.fields[name];
    if (!type?.startsWith('ref:')) throw errors.badSegment(name);
    shaped[name] = store.find(type.slice(4), String(row[`${name}_Key`])) ?? null;
  }
  return shaped;
}

function presentation(store: BaseStore, entity: EntityDef, row: MutableRow, name: string): string {
  const type = entity.fields[name];
  if (!type?.startsWith('ref:')) return String(row[name] ?? '');
  const found = store.find(type.slice(4), String(row[`${name}_Key`]));
  return String(found?.Description ?? found?.Number ?? '');
}

/** Balance and turnovers of an accumulation register by its dimensions. */
export function virtualTable(
  store: BaseStore,
  entity: EntityDef,
  name: string,
  args: ReadonlyMap<string, string>,
): MutableRow[] {
  const all = store.all(entity.name).filter((row) => row.Active !== false);
  const condition = args.get('Condition');
  const rows = filterRows(store, entity, all, condition === '' ? undefined : condition);
  if (name === 'SliceLast' || name === 'SliceFirst') {
    if (!entity.name.startsWith('InformationRegister_')) throw errors.noMethod(name);
    const sorted = orderRows(
      entity,
      rows,
      'Period' in (rows[0] ?? {}) ? `Period ${name === 'SliceLast' ? 'desc' : 'asc'}` : undefined,
    );
    const seen = new Set<string>();
    return sorted.filter((row) => {
      const key = (entity.key ?? [])
        .filter((one) => one !== 'Period')
        .map((one) => String(row[one]))
        .join('|');
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  }
  if (!entity.register || !['Balance', 'Turnovers', 'BalanceAndTurnovers'].includes(name)) throw errors.noMethod(name);
  const wanted = args
    .get('Dimensions')
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const dimensions = entity.register.dimensions.filter(
    (one) => !wanted || wanted.some((part) => one === part || one === `${part}_Key`),
  );
  const groups = new Map<string, MutableRow>();
  for (const row of rows) {
    const key = dimensions.map((one) => String(row[one])).join('|');
    const group = groups.get(key) ?? Object.fromEntries(dimensions.map((one) => [one, row[one]]));
    for (const resource of entity.register.resources) {
      const sign = row.RecordType === 'Expense' ? -1 : 1;
      const suffix = name === 'Turnovers' ? 'Turnover' : 'Balance';
      group[`${resource}${suffix}`] =
        Math.round((Number(group[`${resource}${suffix}`] ?? 0) + sign * Number(row[resource])) * 100) / 100;
    }
    groups.set(key, group);
  }
  return [...groups.values()];
}
