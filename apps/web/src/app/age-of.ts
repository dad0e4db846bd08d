export type DataAge =
  | { readonly kind: 'none' }
  /** `stale`: age of the oldest source that is late; `ok`: age of the newest news. In ms. */
  | { readonly kind: 'stale' | 'ok'; readonly ms: number };

/** One age for all sources: a late one is never hidden behind a fresh one; a source that has never spoken has no age. */
export function ageOf(
  sources: readonly { readonly at: string | null; readonly stale: boolean }[],
  now: number,
): DataAge {
  const times = (wanted: readonly { readonly at: string | null }[]): number[] =>
    wanted.flatMap(({ at }) => (at === null ? [] : [Date.parse(at)]));
  const known = times(sources);
  const late = times(sources.filter(({ stale }) => stale));
  if (late.length > 0) return { kind: 'stale', ms: Math.max(0, now - Math.min(...late)) };
  if (known.length === 0) return { kind: 'none' };
  return { kind: 'ok', ms: Math.max(0, now - Math.max(...known)) };
}
