import type { AuditEntry } from '@pult/shared/contracts/audit';

export interface FieldChange {
  readonly field: string;
  /** Value as text; null where the field was absent. */
  readonly before: string | null;
  readonly after: string | null;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string | null => {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/** What an entry changed, field by field; a state that is no object stands under `value`. Equal fields are left out. */
export function changesOf(before: unknown, after: unknown): FieldChange[] {
  const left = isRecord(before) ? before : before == null ? {} : { value: before };
  const right = isRecord(after) ? after : after == null ? {} : { value: after };
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .map((field) => ({ field, before: textOf(left[field]), after: textOf(right[field]) }))
    .filter((change) => change.before !== change.after);
}

/** Names of the objects that the entries speak of, by id: one entry of an object names it for all the others. */
export function namesOf(
  entries: readonly Pick<AuditEntry, 'objectKind' | 'objectId' | 'before' | 'after'>[],
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const entry of entries) {
    const number = documentOf(entry);
    if (number !== null && !names.has(entry.objectId))
      names.set(entry.objectId, entry.objectKind === 'operation' ? `№\u00a0${number}` : number);
  }
  return names;
}

/** Number of the business document that the entry speaks of, when its states carry one. */
export function documentOf(entry: Pick<AuditEntry, 'before' | 'after'>): string | null {
  for (const state of [entry.after, entry.before])
    if (isRecord(state))
      for (const field of ['document', 'number'] as const) {
        const value = state[field];
        if (typeof value === 'string' || typeof value === 'number') return String(value);
      }
  return null;
}

export interface Subject {
  readonly kind: 'flow' | 'system' | 'alarm';
  readonly id: string;
}

/** The flow or system that an entry speaks of: its own object, or what a mute or work is about; null for other objects. */
export function subjectOf({
  objectKind,
  objectId,
  before,
  after,
}: Pick<AuditEntry, 'objectKind' | 'objectId' | 'before' | 'after'>): Subject | null {
  if (objectKind === 'flow' || objectKind === 'system') return { kind: objectKind, id: objectId };
  if (objectKind !== 'quiet') return null;
  const state = isRecord(after) ? after : before;
  if (!isRecord(state) || typeof state.target !== 'string') return null;
  const [kind, ...rest] = state.target.split(':');
  // An alarm is «rule:what it is about[:part]».
  if (kind === 'alarm' && rest[1]) return { kind, id: rest[1] };
  return (kind === 'flow' || kind === 'system') && rest[0] ? { kind, id: rest[0] } : null;
}
