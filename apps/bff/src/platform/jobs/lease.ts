import { type RawBuilder, sql } from 'kysely';

/**
 * Whether a lease of `ms` is nobody's: it was given back, has run out, or ends later than anybody can have said. The last
 * comes from a clock that was set back since; the clocks of two instances may differ by one length of it.
 */
export const leaseIsFree = (
  until: RawBuilder<unknown>,
  { now, ms }: { now: number; ms: number },
): RawBuilder<boolean> =>
  sql<boolean>`(${until} is null or ${until} <= ${new Date(now)} or ${until} > ${new Date(now + 2 * ms)})`;

interface LeaseOptions {
  /** Length of the lease; it is renewed three times within it. */
  readonly leaseMs: number;
  readonly renew: () => Promise<void>;
  /** A renewal that failed: the lease runs out unless the next one succeeds. */
  readonly onError: (error: unknown) => void;
}

/**
 * Keeps a lease while `work` runs, however long it takes. So leases are short, and what a dead instance held is taken
 * over soon.
 */
export async function whileLeased<T>({ leaseMs, renew, onError }: LeaseOptions, work: () => Promise<T>): Promise<T> {
  const beat = setInterval(() => void renew().catch(onError), leaseMs / 3);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}
