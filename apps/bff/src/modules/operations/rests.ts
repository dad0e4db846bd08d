import type { Clock } from '../../platform/clock.ts';

/**
 * Items whose last step threw, so that nothing of it is in the database, their back-off neither: a system behind it must not
 * be asked with each round for that. In memory alone: what is lost with the process is a pause.
 */
export interface Rests {
  /** The step of an item threw: it rests, twice as long as the last time when that is not long ago. */
  begin(key: string): void;
  has(key: string): boolean;
}

/** Eight doublings of the pause: some minutes with the usual one. */
const MOST_DOUBLINGS = 8;

/** @param firstMs the first pause */
export function createRests(clock: Clock, firstMs: number): Rests {
  const rests = new Map<string, { readonly times: number; readonly from: number; readonly ms: number }>();
  return {
    begin: (key) => {
      const now = clock.now();
      // What went on for as long again after its rest is over it.
      for (const [one, { from, ms }] of rests) if (now > from + 2 * ms + firstMs) rests.delete(one);
      const times = (rests.get(key)?.times ?? 0) + 1;
      rests.set(key, { times, from: now, ms: firstMs * 2 ** Math.min(MOST_DOUBLINGS, times - 1) });
    },
    has: (key) => {
      const rest = rests.get(key);
      return rest !== undefined && clock.now() < rest.from + rest.ms;
    },
  };
}
