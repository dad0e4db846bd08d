/** Functions and comparisons of `$filter`, over values as rows have them. */
import { errors } from './odata-error.ts';

/** A reference literal; `type` when cast() said which object it is. */
export interface GuidValue {
  readonly guid: string;
  readonly type?: string;
}
/** Value of a composite field: text and its type. */
export interface CompositeValue {
  readonly composite: string;
  readonly type: string;
}

const isGuid = (value: unknown): value is GuidValue => typeof value === 'object' && value !== null && 'guid' in value;
const isComposite = (value: unknown): value is CompositeValue =>
  typeof value === 'object' && value !== null && 'composite' in value;
const textOf = (value: unknown): string =>
  isGuid(value) ? value.guid : isComposite(value) ? value.composite : String(value ?? '');
const lower = (value: unknown): string => textOf(value).trimEnd().toLowerCase();
const instant = (value: unknown): Date => new Date(`${textOf(value)}Z`);
const plainType = (text: string): string => text.replace(/^StandardODATA\./, '');

const PARTS: Readonly<Record<string, (at: Date) => number>> = {
  year: (at) => at.getUTCFullYear(),
  quarter: (at) => Math.floor(at.getUTCMonth() / 3) + 1,
  month: (at) => at.getUTCMonth() + 1,
  day: (at) => at.getUTCDate(),
  hour: (at) => at.getUTCHours(),
  minute: (at) => at.getUTCMinutes(),
  second: (at) => at.getUTCSeconds(),
  // Monday is 1, as in 1С.
  dayofweek: (at) => ((at.getUTCDay() + 6) % 7) + 1,
  dayofyear: (at) => Math.floor((at.getTime() - Date.UTC(at.getUTCFullYear(), 0, 1)) / 86_400_000) + 1,
};
const STEPS_MS: Readonly<Record<string, number>> = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

function dateAdd(value: unknown, unit: string, count: number): string {
  const at = instant(value);
  if (unit === 'month' || unit === 'quarter') at.setUTCMonth(at.getUTCMonth() + count * (unit === 'quarter' ? 3 : 1));
  else if (unit === 'year') at.setUTCFullYear(at.getUTCFullYear() + count);
  else if (STEPS_MS[unit]) at.setTime(at.getTime() + count * STEPS_MS[unit]);
  else throw errors.badOption('$filter');
  return at.toISOString().slice(0, 19);
}

function dateDifference(from: unknown, to: unknown, unit: string): number {
  const [a, b] = [instant(from), instant(to)];
  const months = (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth();
  if (unit === 'month') return months;
  if (unit === 'year') return b.getUTCFullYear() - a.getUTCFullYear();
  const step = STEPS_MS[unit];
  if (!step) throw errors.badOption('$filter');
  return Math.floor(b.getTime() / step) - Math.floor(a.getTime() / step);
}

type Apply = (...values: readonly unknown[]) => unknown;

/** Number of arguments and what the function does. */
const FUNCTIONS: Readonly<Record<string, readonly [count: number, apply: Apply]>> = {
  substringof: [2, (part, text) => lower(text).includes(textOf(part).toLowerCase())],
  startswith: [2, (text, start) => lower(text).startsWith(lower(start))],
  endswith: [2, (text, end) => lower(text).endsWith(lower(end))],
  concat: [2, (a, b) => textOf(a) + textOf(b)],
  like: [2, (text, pattern) => likePattern(textOf(pattern)).test(textOf(text).trimEnd())],
  round: [1, (value) => Math.round(Number(value))],
  dateadd: [3, (value, unit, count) => dateAdd(value, textOf(unit).toLowerCase(), Number(count))],
  datedifference: [3, (from, to, unit) => dateDifference(from, to, textOf(unit).toLowerCase())],
  cast: [2, (value, type) => (isGuid(value) ? { guid: value.guid, type: plainType(textOf(type)) } : value)],
  isof: [2, (value, type) => isComposite(value) && plainType(value.type) === plainType(textOf(type))],
  ...Object.fromEntries(
    Object.entries(PARTS).map(([name, part]): [string, readonly [number, Apply]] => [
      name,
      [1, (value) => part(instant(value))],
    ]),
  ),
};
const UNSUPPORTED = new Set(['length', 'indexof', 'replace', 'tolower', 'toupper', 'trim', 'floor', 'ceiling']);

/** @throws OdataError for an unknown function or too few arguments */
export function functionOf(name: string, count: number): Apply {
  const key = name.toLowerCase();
  if (UNSUPPORTED.has(key)) throw errors.notImplemented(name);
  const found = FUNCTIONS[key];
  if (!found) throw errors.badOption('$filter');
  if (count < found[0]) throw errors.missingArgument(name);
  return found[1];
}

function likePattern(text: string): RegExp {
  const source = text
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${source}$`, 'isu');
}

export const OPERATORS = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const;
export type Operator = (typeof OPERATORS)[number];

/** @throws OdataError −1 when references are compared by size, as the platform does */
export function compare(operator: Operator, a: unknown, b: unknown): boolean {
  if ((isGuid(a) || isGuid(b)) && operator !== 'eq' && operator !== 'ne')
    throw errors.handler(
      '{(3, 23)}: Неверные параметры в операции сравнения. Нельзя сравнивать поля неограниченной длины и поля несовместимых типов.',
    );
  const composite = isComposite(a) ? a : isComposite(b) ? b : null;
  const guid = isGuid(a) ? a : isGuid(b) ? b : null;
  // A plain guid never equals a composite value: the platform wants cast(guid'…','Document_X').
  if (composite && guid && plainType(composite.type) !== guid.type) return operator === 'ne';
  const [x, y] = comparable(a, b);
  switch (operator) {
    case 'eq':
      return x === y;
    case 'ne':
      return x !== y;
    case 'gt':
      return x > y;
    case 'ge':
      return x >= y;
    case 'lt':
      return x < y;
    case 'le':
      return x <= y;
  }
}

/** Numbers by size; Int64 travels as text. The rest as texts: dates are ISO, so in order; fixed length is padded. */
function comparable(a: unknown, b: unknown): [number, number] | [string, string] {
  if (typeof a === 'number' || typeof b === 'number') return [Number(a), Number(b)];
  return isGuid(a) || isGuid(b) ? [lower(a), lower(b)] : [textOf(a).trimEnd(), textOf(b).trimEnd()];
}
