/** Lists of ELMA365: ids, statuses, `tf` and condition trees, order, page, chosen fields. */
import { codeOf, type Item } from './store.ts';

type Json = Readonly<Record<string, unknown>>;

export interface ListBody {
  readonly active?: boolean | undefined;
  readonly fields?: Readonly<Record<string, boolean>> | undefined;
  readonly filter?: Json | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly from?: number | undefined;
  readonly size?: number | undefined;
  readonly statusCode?: readonly string[] | undefined;
  readonly sortExpressions?: readonly { readonly field: string; readonly ascending?: boolean }[] | undefined;
}

/** A filter that the service does not understand: status 400. */
export class FilterError extends Error {}

const PAGE = 10;
const PAGE_LIMIT = 10_000;

/** Page of rows and the total before paging. `from` skips rows; without `size` a page has ten. */
export function pageOf<T>(rows: readonly T[], body: ListBody): { result: T[]; total: number } {
  const from = Math.max(0, Number(body.from ?? 0) || 0);
  const size = Math.min(PAGE_LIMIT, Math.max(1, Number(body.size ?? PAGE) || PAGE));
  return { result: rows.slice(from, from + size), total: rows.length };
}

/** @throws FilterError on an unknown operator */
export function selectItems(items: readonly Item[], body: ListBody): Item[] {
  const { tf, ...tree } = (body.filter ?? {}) as Json & { tf?: Json };
  const rows = items.filter(
    (item) =>
      (body.active !== true || item.__deletedAt === null) &&
      (!body.ids?.length || body.ids.includes(item.__id)) &&
      (!body.statusCode?.length || body.statusCode.includes(codeOf(item))) &&
      Object.entries(tf ?? {}).every(([field, wanted]) => matchesField(item[field], wanted)) &&
      holds(item, tree),
  );
  for (const { field, ascending } of [...(body.sortExpressions ?? [])].reverse())
    rows.sort((a, b) => compare(a[field], b[field]) * (ascending === false ? -1 : 1));
  return rows;
}

/** `{"*": true}` or nothing gives everything; the id is always there. */
export function chosenFields(item: Item, fields: ListBody['fields']): Json {
  if (!fields || fields['*'] || Object.keys(fields).length === 0) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => name === '__id' || fields[name]));
}

/** Numbers by size, the rest as texts: dates are ISO and so are in order as texts. */
function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a ?? ''), String(b ?? '')];
  return left < right ? -1 : left > right ? 1 : 0;
}

function matchesField(value: unknown, wanted: unknown): boolean {
  if (typeof wanted === 'object' && wanted !== null && !Array.isArray(wanted)) {
    const { min, max } = wanted as { min?: unknown; max?: unknown };
    return (min == null || compare(value, min) >= 0) && (max == null || compare(value, max) <= 0);
  }
  if (typeof wanted === 'number' || typeof wanted === 'boolean') return value === wanted;
  const text = typeof value === 'object' ? JSON.stringify(value ?? '') : String(value ?? '');
  return text.toLowerCase().includes(String(wanted).toLowerCase());
}

function holds(item: Item, tree: Json): boolean {
  const operand = (one: unknown): unknown => {
    const part = (one ?? {}) as { field?: string; const?: unknown; list?: unknown };
    return part.field !== undefined ? item[part.field] : (part.const ?? part.list);
  };
  const ordered = (list: readonly unknown[]): number => compare(operand(list[0]), operand(list[1]));
  return Object.entries(tree).every(([operator, args]) => {
    const list: readonly unknown[] = Array.isArray(args) ? args : [args];
    switch (operator) {
      case 'and':
        return list.every((one) => holds(item, one as Json));
      case 'or':
        return list.some((one) => holds(item, one as Json));
      case 'not':
        return !list.some((one) => holds(item, one as Json));
      case 'eq':
        return ordered(list) === 0;
      case 'neq':
        return ordered(list) !== 0;
      case 'gt':
        return ordered(list) > 0;
      case 'gte':
        return ordered(list) >= 0;
      case 'lt':
        return ordered(list) < 0;
      case 'lte':
        return ordered(list) <= 0;
      case 'like':
        return matchesField(operand(list[0]), String(operand(list[1])).replaceAll('%', ''));
      case 'in': {
        const choice = operand(list[1]);
        return Array.isArray(choice) && choice.some((one) => compare(one, operand(list[0])) === 0);
      }
      default:
        throw new FilterError(`unknown filter operator "${operator}"`);
    }
  });
}
