/**
 * Requests that were read and could not be merged, kept in the cursor of their source. The reading itself goes on behind
 * them; they are read again by reference with each reading until they merge.
 */
export interface Unmerged {
  /** Reference in its system → when it failed first, ms. */
  readonly refs: Readonly<Record<string, number>>;
  /** How many were given up so far. */
  readonly lost: number;
}

/** More of them at once is no matter of single requests any more: then the reading itself waits. */
const KEPT_AT_MOST = 200;
const GIVE_UP_MS = 24 * 3_600_000;

type Cursor = Readonly<Record<string, unknown>>;

export function unmergedIn(cursor: Cursor): Unmerged {
  const { unmerged, lost } = cursor;
  const refs = typeof unmerged === 'object' && unmerged !== null ? Object.entries(unmerged) : [];
  return {
    refs: Object.fromEntries(refs.filter((one): one is [string, number] => typeof one[1] === 'number')),
    lost: typeof lost === 'number' ? lost : 0,
  };
}

/** The same for the cursor. */
export const unmergedMark = ({ refs, lost }: Unmerged): Cursor => ({ unmerged: refs, lost });

/**
 * What stays behind a reading in which `failed` (oldest first) could not be merged; those of before that are not among
 * them merged or are gone. `beyond` found no place, `givenUp` failed for a day.
 */
export function keepUnmerged<T>(
  before: Unmerged,
  reading: { readonly failed: readonly T[]; readonly refOf: (one: T) => string; readonly now: number },
): { readonly after: Unmerged; readonly beyond: readonly T[]; readonly givenUp: readonly string[] } {
  const { refOf, now } = reading;
  const refs: Record<string, number> = {};
  const beyond: T[] = [];
  const givenUp: string[] = [];
  // Those that wait already keep their places.
  const known = reading.failed.filter((one) => before.refs[refOf(one)] !== undefined);
  const fresh = reading.failed.filter((one) => before.refs[refOf(one)] === undefined);
  for (const one of [...known, ...fresh]) {
    const ref = refOf(one);
    const since = before.refs[ref] ?? now;
    if (now - since >= GIVE_UP_MS) givenUp.push(ref);
    else if (Object.keys(refs).length < KEPT_AT_MOST) refs[ref] = since;
    else beyond.push(one);
  }
  return { after: { refs, lost: before.lost + givenUp.length }, beyond, givenUp };
}
