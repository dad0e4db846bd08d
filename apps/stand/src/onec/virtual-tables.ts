/** Virtual tables of registers: slices of information registers, balances and turnovers of accumulation registers. */
import { checkedDate } from './address.ts';
import { EMPTY_GUID, type EntityDef } from './entity.ts';
import { compileFilter } from './filter.ts';
import { errors } from './odata-error.ts';
import { schemaOf } from './schema.ts';
import type { BaseStore, MutableRow } from './store.ts';

export const VIRTUAL_TABLES = ['SliceLast', 'SliceFirst', 'Balance', 'Turnovers', 'BalanceAndTurnovers'] as const;
export type VirtualTable = (typeof VIRTUAL_TABLES)[number];

type Arguments = ReadonlyMap<string, string>;

/**
 * Rows of a virtual table. `records` tells that the address was X_RecordType: slices of registers that documents write are
 * only there. @throws OdataError 6 when the register has no such table
 */
export function virtualTable(
  store: BaseStore,
  address: { readonly entity: EntityDef; readonly records: boolean },
  name: VirtualTable,
  args: Arguments,
): MutableRow[] {
  const { entity, records } = address;
  const { register } = entity;
  if (!register) throw errors.noMethod(name);
  if (name === 'SliceLast' || name === 'SliceFirst') {
    if (register.kind !== 'info' || !('Period' in entity.fields) || register.subordinate !== records)
      throw errors.noMethod(name);
    return slice(store, entity, name, args);
  }
  const has = register.kind === 'balance' || (register.kind === 'turnover' && name === 'Turnovers');
  if (!has || records) throw errors.noMethod(name);
  return totals(store, entity, name, args);
}

function meant(store: BaseStore, entity: EntityDef, args: Arguments): MutableRow[] {
  const condition = args.get('Condition');
  const rows = store.all(entity.name).filter((row) => row.Active !== false);
  return condition ? rows.filter(compileFilter(condition, schemaOf(store, entity))) : rows;
}
const dateOf = (args: Arguments, name: string): string | null => {
  const text = args.get(name);
  return text ? checkedDate(text) : null;
};

function slice(store: BaseStore, entity: EntityDef, name: 'SliceLast' | 'SliceFirst', args: Arguments): MutableRow[] {
  const period = dateOf(args, 'Period');
  const last = name === 'SliceLast';
  const found = new Map<string, MutableRow>();
  for (const row of meant(store, entity, args)) {
    const at = String(row.Period);
    if (period !== null && (last ? at > period : at < period)) continue;
    const key = keyBy(row, entity.register?.dimensions ?? []);
    const known = found.get(key);
    if (!known || (last ? at >= String(known.Period) : at < String(known.Period))) found.set(key, row);
  }
  return [...found.values()];
}

const keyBy = (row: MutableRow, names: readonly string[]): string => names.map((name) => String(row[name])).join('|');

function totals(
  store: BaseStore,
  entity: EntityDef,
  name: 'Balance' | 'Turnovers' | 'BalanceAndTurnovers',
  args: Arguments,
): MutableRow[] {
  const { dimensions: all = [], resources = [] } = entity.register ?? {};
  const dimensions = chosenDimensions(all, args.get('Dimensions'));
  const [from, to] = [dateOf(args, 'StartPeriod'), dateOf(args, 'EndPeriod')];
  const until = name === 'Balance' ? dateOf(args, 'Period') : to;
  const groups = new Map<string, MutableRow>();
  for (const row of meant(store, entity, args)) {
    const at = String(row.Period);
    if (until !== null && at > until) continue;
    const before = from !== null && at < from;
    if (before && name === 'Turnovers') continue;
    const key = keyBy(row, dimensions);
    const group = groups.get(key) ?? emptyTotals(dimensions, resources, name, row);
    for (const resource of resources) addUp(group, resource, { row, before, name });
    groups.set(key, group);
  }
  // A balance of nothing is no row.
  const suffix = name === 'Balance' ? 'Balance' : null;
  return [...groups.values()].filter((row) => !suffix || resources.some((one) => row[`${one}${suffix}`] !== 0));
}

function chosenDimensions(all: readonly string[], text: string | undefined): readonly string[] {
  const wanted = (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (wanted.length === 0) return all;
  for (const name of wanted) if (!all.some((one) => isDimension(one, name))) throw errors.badSegment(name);
  return all.filter((one) => wanted.some((name) => isDimension(one, name)));
}
const isDimension = (property: string, name: string): boolean =>
  property === name || property === `${name}_Key` || property === `${name}_Type`;

const SUFFIXES = {
  Balance: ['Balance'],
  Turnovers: ['Turnover', 'Receipt', 'Expense'],
  BalanceAndTurnovers: ['OpeningBalance', 'Receipt', 'Expense', 'Turnover', 'ClosingBalance'],
} as const;

function emptyTotals(
  dimensions: readonly string[],
  resources: readonly string[],
  name: keyof typeof SUFFIXES,
  row: MutableRow,
): MutableRow {
  return {
    ...Object.fromEntries(dimensions.map((one) => [one, row[one] ?? EMPTY_GUID])),
    ...Object.fromEntries(resources.flatMap((one) => SUFFIXES[name].map((suffix) => [`${one}${suffix}`, 0]))),
  };
}

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;

function addUp(
  group: MutableRow,
  resource: string,
  of: { row: MutableRow; before: boolean; name: keyof typeof SUFFIXES },
): void {
  const value = Number(of.row[resource]);
  const expense = of.row.RecordType === 'Expense';
  const signed = expense ? -value : value;
  const add = (suffix: string, amount: number): void => {
    const name = `${resource}${suffix}`;
    if (name in group) group[name] = rounded(Number(group[name]) + amount);
  };
  add('Balance', signed);
  add('ClosingBalance', signed);
  if (of.before) add('OpeningBalance', signed);
  else {
    add('Turnover', signed);
    add(expense ? 'Expense' : 'Receipt', value);
  }
}
