/** What a command changed, field by field. Pure. */

export interface Change {
  /** Path inside the object, joined by dots; empty when the whole value changed. */
  readonly path: string;
  /** Text of the value; null when there was none. */
  readonly before: string | null;
  readonly after: string | null;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | null =>
  value === undefined || value === null ? null : typeof value === 'string' ? value : JSON.stringify(value);

/** The fields that differ, in the order of their first appearance; lists are compared as one value. */
export function changesOf(before: unknown, after: unknown, path = ''): Change[] {
  if (isRecord(before) || isRecord(after)) {
    const was = isRecord(before) ? before : {};
    const is = isRecord(after) ? after : {};
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((name) =>
      changesOf(was[name], is[name], path === '' ? name : `${path}.${name}`),
    );
  }
  const [was, is] = [textOf(before), textOf(after)];
  return was === is ? [] : [{ path, before: was, after: is }];
}
