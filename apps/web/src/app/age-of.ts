export type DataAge =
  | { readonly kind: 'none' }
  /** `stale`: age of the oldest source that is late; `ok`: age of the newest news. In ms. */
  | { readonly kind: 'stale' | 'ok'; readonly ms: number };

/** The last look at the sources: when it was answered, and whether one after it failed. */
export interface LastLook {
  /** ms by the clock of this browser. */
  readonly at: number;
  readonly failed: boolean;
}

/** Three looks in a row without an answer. */
const LONG_AGO_MS = 45_000;

/**
 * One age for all sources: a late one is never hidden behind a fresh one; a source that has never spoken has no age. What could
 * not be looked at is not fresh, whatever the last answer said.
 */
export function ageOf(
  sources: readonly { readonly at: string | null; readonly stale: boolean }[],
  { now, look }: { readonly now: number; readonly look: LastLook },
): DataAge {
  const times = (wanted: readonly { readonly at: string | null }[]): number[] =>
    wanted.flatMap(({ at }) => (at === null ? [] : [Date.parse(at)]));
  const known = times(sources);
  const late = times(sources.filter(({ stale }) => stale));
  const unseen = look.failed || now - look.at > LONG_AGO_MS ? [look.at] : [];
  if (late.length + unseen.length > 0) return { kind: 'stale', ms: Math.max(0, now - Math.min(...late, ...unseen)) };
  if (known.length === 0) return { kind: 'none' };
  return { kind: 'ok', ms: Math.max(0, now - Math.max(...known)) };
}
