/** Content as numbered lines: the same for the plain view and for the comparison. Pure. */

export interface JsonLine {
  /** Indent included; a masked value is left out of it. */
  readonly text: string;
  /** JSON pointer of the value on the line. */
  readonly pointer: string;
  readonly masked: boolean;
  /** After a masked value: the comma, if there is one. */
  readonly tail: string;
}

/** Lines as `JSON.stringify(value, null, 2)` has them; values whose pointer is in `masked` are marked. */
export function jsonLines(value: unknown, masked: ReadonlySet<string> = new Set()): JsonLine[] {
  const lines: JsonLine[] = [];
  const walk = (one: unknown, at: { pointer: string; indent: string; name: string; tail: string }): void => {
    const { pointer, indent, name, tail } = at;
    const push = (text: string, isMasked = false, end = '') =>
      lines.push({ text, pointer, masked: isMasked, tail: end });
    if (masked.has(pointer)) push(`${indent}${name}`, true, tail);
    else if (typeof one === 'object' && one !== null) {
      const entries = Array.isArray(one)
        ? one.map((item, index) => ['', item, String(index)] as const)
        : Object.entries(one).map(([key, item]) => [`${JSON.stringify(key)}: `, item, key] as const);
      const [open, close] = Array.isArray(one) ? ['[', ']'] : ['{', '}'];
      if (entries.length === 0) return void push(`${indent}${name}${open}${close}${tail}`);
      push(`${indent}${name}${open}`);
      entries.forEach(([label, item, key], index) => {
        walk(item, {
          pointer: `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
          indent: `${indent}  `,
          name: label,
          tail: index === entries.length - 1 ? '' : ',',
        });
      });
      push(`${indent}${close}${tail}`);
    } else push(`${indent}${name}${JSON.stringify(one) ?? 'null'}${tail}`);
  };
  walk(value, { pointer: '', indent: '', name: '', tail: '' });
  return lines;
}

/** A row of the comparison: a line on the left, on the right, or the same on both. */
export interface DiffRow {
  readonly kind: 'same' | 'changed' | 'added' | 'removed';
  readonly left: { readonly number: number; readonly line: JsonLine } | null;
  readonly right: { readonly number: number; readonly line: JsonLine } | null;
}

/** Above it lines are compared by their place: the exact way costs the product of both lengths. */
const EXACT_LINES = 1_500;
const sameText = (a: JsonLine, b: JsonLine): boolean => a.text + a.tail === b.text + b.tail && a.masked === b.masked;

/** Longest common subsequence of both texts; a removal beside an addition is one changed row. */
export function diffLines(left: readonly JsonLine[], right: readonly JsonLine[]): DiffRow[] {
  const rows: DiffRow[] = [];
  let gone: NonNullable<DiffRow['left']>[] = [];
  let come: NonNullable<DiffRow['right']>[] = [];
  const flush = () => {
    for (let index = 0; index < Math.max(gone.length, come.length); index += 1) {
      const [before = null, after = null] = [gone[index], come[index]];
      rows.push({ kind: before && after ? 'changed' : before ? 'removed' : 'added', left: before, right: after });
    }
    gone = [];
    come = [];
  };
  for (const [i, j] of alignment(left, right)) {
    const before = i === null ? null : left[i];
    const after = j === null ? null : right[j];
    if (before && after && i !== null && j !== null) {
      flush();
      rows.push({ kind: 'same', left: { number: i + 1, line: before }, right: { number: j + 1, line: after } });
    } else if (before && i !== null) gone.push({ number: i + 1, line: before });
    else if (after && j !== null) come.push({ number: j + 1, line: after });
  }
  flush();
  return rows;
}

function alignment(left: readonly JsonLine[], right: readonly JsonLine[]): [number | null, number | null][] {
  const [n, m] = [left.length, right.length];
  const equal = (i: number, j: number): boolean => {
    const [a, b] = [left[i], right[j]];
    return a !== undefined && b !== undefined && sameText(a, b);
  };
  if (n > EXACT_LINES || m > EXACT_LINES)
    return Array.from({ length: Math.max(n, m) }, (_, k): [number | null, number | null][] =>
      equal(k, k)
        ? [[k, k]]
        : [...(k < n ? [[k, null] as [number, null]] : []), ...(k < m ? [[null, k] as [null, number]] : [])],
    ).flat();
  const longest = Array.from({ length: n + 1 }, () => new Uint16Array(m + 1));
  const at = (i: number, j: number): number => longest[i]?.[j] ?? 0;
  for (let i = n - 1; i >= 0; i -= 1)
    for (let j = m - 1; j >= 0; j -= 1) {
      const row = longest[i];
      if (row) row[j] = equal(i, j) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  const steps: [number | null, number | null][] = [];
  let [i, j] = [0, 0];
  while (i < n || j < m) {
    if (i < n && j < m && equal(i, j)) {
      steps.push([i, j]);
      i += 1;
      j += 1;
    } else if (j >= m || (i < n && at(i + 1, j) >= at(i, j + 1))) {
      steps.push([i, null]);
      i += 1;
    } else {
      steps.push([null, j]);
      j += 1;
    }
  }
  return steps;
}
