import { createHash } from 'node:crypto';

/** Hash in front of the first entry. */
export const GENESIS_HASH = '0'.repeat(64);

/** What the hash of an entry covers: everything but the hash itself. */
export interface SealedFacts {
  readonly id: number;
  readonly at: string;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly actorRoles: readonly string[];
  readonly onBehalfOf: string | null;
  readonly action: string;
  readonly objectKind: string;
  readonly objectId: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly reason: string | null;
  readonly requestId: string | null;
}

/** JSON with sorted keys and no spaces: one text for one value, whatever order a database returns the keys in. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** SHA-256 over the hash of the entry before and the canonical JSON of this one, hexadecimal. */
export const sealOf = (prevHash: string, facts: SealedFacts): string =>
  createHash('sha256').update(prevHash).update(canonicalJson(facts)).digest('hex');

/**
 * A value as the database will give it back: what JSON cannot carry is dropped, and so are NUL characters and broken
 * surrogate pairs, which jsonb refuses. Absent becomes null.
 */
export function storable(value: unknown): unknown {
  if (value === undefined) return null;
  return JSON.parse(JSON.stringify(value), (_key, field: unknown) => {
    if (typeof field === 'string') return storableText(field);
    if (typeof field === 'object' && field !== null && !Array.isArray(field)) {
      return Object.fromEntries(Object.entries(field).map(([key, inner]) => [storableText(key), inner]));
    }
    return field;
  });
}

export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '');
