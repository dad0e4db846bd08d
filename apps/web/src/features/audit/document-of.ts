import type { AuditEntry } from '@pult/shared/contracts/audit';

/** Number of the business document that the entry speaks of, when its states carry one. */
export function documentOf(entry: Pick<AuditEntry, 'before' | 'after'>): string | null {
  for (const state of [entry.after, entry.before]) {
    if (typeof state !== 'object' || state === null) continue;
    const facts = new Map<string, unknown>(Object.entries(state));
    const value = facts.get('document') ?? facts.get('number');
    if (typeof value === 'string' || typeof value === 'number') return String(value);
  }
  return null;
}
