/** Content of one message as two channels carried it, field by field, by rules. Pure. */

/**
 * Paths name fields with dots; `[]` stands for every element of a list: `stocks[].quantity`. A path of a rule holds for
 * everything under it.
 */
export interface CompareRules {
  /** Fields that are no part of the comparison. */
  readonly ignore: readonly string[];
  /** Field → largest difference of two numbers that is none. */
  readonly tolerance: Readonly<Record<string, number>>;
  /** Field in the content of the bus → the same field in the content of the old channel. */
  readonly rename: Readonly<Record<string, string>>;
  /** List → field that tells its elements apart; other lists are compared by place. */
  readonly keys: Readonly<Record<string, string>>;
  /** Field → values that mean the same, as groups: `[['PCE', '796', 'шт']]`. */
  readonly same: Readonly<Record<string, readonly (readonly string[])[]>>;
  /** Fields that are moments: compared as instants; a text without an offset is Moscow time. */
  readonly times: readonly string[];
}

export const NO_RULES: CompareRules = { ignore: [], tolerance: {}, rename: {}, keys: {}, same: {}, times: [] };

export type Scalar = string | number | boolean | null;

export interface Difference {
  /** Where, with the element of the list: `stocks[mcb4729].quantity`. */
  readonly path: string;
  /** The same for every element: what rules and explanations speak of. */
  readonly field: string;
  /** Null: absent or empty there. */
  readonly old: Scalar;
  readonly bus: Scalar;
}

export interface Comparison {
  /** At most {@link KEPT_DIFFERENCES}, in the order of their paths. */
  readonly differences: readonly Difference[];
  readonly differing: number;
  /** Fields that are the same. */
  readonly equal: number;
}

/** Field of the difference «this channel did not send the content». */
export const CONTENT_FIELD = '$content';
export const KEPT_DIFFERENCES = 50;
/** Digits that a double holds exactly: longer ones are codes, and two of them must not round to one number. */
const EXACT_DIGITS = 15;
/** Moscow, UTC+3 all year since 2014: the zone of 1С. */
const HOUSE_OFFSET = '+03:00';

/** Field of a path: `stocks[mcb4729].quantity` → `stocks[].quantity`. */
export const fieldOf = (path: string): string => path.replace(/\[[^\]]*\]/g, '[]');

const covers = (rule: string, field: string): boolean =>
  field === rule || field.startsWith(`${rule}.`) || field.startsWith(`${rule}[`);

/** Compares two contents; null is a content that did not come. Symmetric but for renames, and the same in any order of fields. */
export function compareContents(old: unknown, bus: unknown, rules: CompareRules): Comparison {
  if (old === null || old === undefined || bus === null || bus === undefined)
    return old == null && bus == null
      ? { differences: [contentDifference(false, false)], differing: 1, equal: 0 }
      : { differences: [contentDifference(old != null, bus != null)], differing: 1, equal: 0 };
  const left = fieldsOf(old, rules.keys);
  const right = renamed(fieldsOf(bus, keysOfBus(rules)), rules.rename);
  const differences: Difference[] = [];
  let differing = 0;
  let equal = 0;
  for (const path of [...new Set([...left.keys(), ...right.keys()])].sort()) {
    const field = fieldOf(path);
    if (rules.ignore.some((rule) => covers(rule, field))) continue;
    const [one, other] = [left.get(path) ?? null, right.get(path) ?? null];
    if (meanTheSame(field, one, other, rules)) {
      equal += 1;
      continue;
    }
    differing += 1;
    if (differences.length < KEPT_DIFFERENCES) differences.push({ path, field, old: one, bus: other });
  }
  return { differences, differing, equal };
}

const contentDifference = (old: boolean, bus: boolean): Difference => ({
  path: CONTENT_FIELD,
  field: CONTENT_FIELD,
  old,
  bus,
});

/** Lists of the bus stand under their own names there. */
function keysOfBus({ keys, rename }: CompareRules): Readonly<Record<string, string>> {
  const own = Object.entries(rename).flatMap(([bus, old]) => (keys[old] === undefined ? [] : [[bus, keys[old]]]));
  return { ...keys, ...Object.fromEntries(own) };
}

/** Puts values under their paths; two under one path are told apart by their order, so that neither hides the other. */
function fieldBook(): { readonly fields: Map<string, Scalar>; put(path: string, value: Scalar): void } {
  const fields = new Map<string, Scalar>();
  const repeated = new Map<string, number>();
  return {
    fields,
    put: (path, value) => {
      let free = path;
      while (fields.has(free)) {
        const again = (repeated.get(path) ?? 1) + 1;
        repeated.set(path, again);
        free = path.includes(']') ? path.replace(/\](?=[^\]]*$)/, `#${again}]`) : `${path}[#${again}]`;
      }
      fields.set(free, value);
    },
  };
}

function fieldsOf(content: unknown, keys: Readonly<Record<string, string>>): Map<string, Scalar> {
  const { fields, put } = fieldBook();
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      const key = keys[fieldOf(path)];
      for (const [index, one] of value.entries()) walk(one, `${path}[${markOf(one, key) ?? index}]`);
      return;
    }
    if (typeof value === 'object' && value !== null) {
      for (const [name, one] of Object.entries(value)) walk(one, path === '' ? name : `${path}.${name}`);
      return;
    }
    const scalar = scalarOf(value);
    if (scalar !== null) put(path === '' ? '$' : path, scalar);
  };
  walk(content, '');
  return fields;
}

/** Absent, null and an empty text are the same: nothing was said. */
function scalarOf(value: unknown): Scalar {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function markOf(element: unknown, key: string | undefined): string | null {
  if (key === undefined || typeof element !== 'object' || element === null) return null;
  const value = (element as Record<string, unknown>)[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value).replace(/[[\]]/g, '') : null;
}

function renamed(fields: Map<string, Scalar>, rename: CompareRules['rename']): Map<string, Scalar> {
  const rules = Object.entries(rename);
  if (rules.length === 0) return fields;
  const book = fieldBook();
  for (const [path, value] of fields) {
    const field = fieldOf(path);
    const rule = rules.find(([bus]) => covers(bus, field));
    if (!rule) {
      book.put(path, value);
      continue;
    }
    const marks = path.match(/\[[^\]]*\]/g) ?? [];
    const target = rule[1] + field.slice(rule[0].length);
    let used = 0;
    book.put(
      target.replace(/\[\]/g, () => marks[used++] ?? '[]'),
      value,
    );
  }
  return book.fields;
}

const DECIMAL = /^-?(0|[1-9]\d*)([.,]\d+)?$/;
const numberOf = (value: Scalar): number | null => {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !DECIMAL.test(value.trim())) return null;
  return value.replace(/\D/g, '').length > EXACT_DIGITS ? null : Number(value.trim().replace(',', '.'));
};

function momentOf(value: Scalar): number | null {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(value)) return null;
  const at = Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/.test(value) ? value : `${value}${HOUSE_OFFSET}`);
  return Number.isNaN(at) ? null : at;
}

function meanTheSame(field: string, one: Scalar, other: Scalar, rules: CompareRules): boolean {
  if (one === other) return true;
  if (one === null || other === null) return false;
  const groups = Object.entries(rules.same).find(([rule]) => covers(rule, field))?.[1];
  if (groups?.some((group) => group.includes(String(one)) && group.includes(String(other)))) return true;
  if (rules.times.some((rule) => covers(rule, field))) {
    const [at, otherAt] = [momentOf(one), momentOf(other)];
    if (at !== null && otherAt !== null) return at === otherAt;
  }
  const [number, otherNumber] = [numberOf(one), numberOf(other)];
  if (number === null || otherNumber === null) return String(one) === String(other);
  const allowed = Object.entries(rules.tolerance).find(([rule]) => covers(rule, field))?.[1] ?? 0;
  // Decimals as doubles: a tolerance of 0,01 must hold for 0,30 and 0,29.
  return (
    Math.abs(number - otherNumber) <=
    allowed + Number.EPSILON * Math.max(Math.abs(number), Math.abs(otherNumber), 1) * 4
  );
}
