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
