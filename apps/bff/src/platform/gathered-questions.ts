import { setTimeout as pause } from 'node:timers/promises';

/** Rounds begin at least this far apart; a lonely question does not wait. */
const ROUND_MS = 10;
/** A round that takes longer hangs, as on a connection to a host that vanished: the next one has another. */
const HUNG_MS = 1_000;

interface Round<T> {
  readonly keys: Set<string>;
  readonly answers: Promise<ReadonlyMap<string, T>>;
}

/**
 * Gathers questions of one kind that come close together into one: at a thousand requests a second, each with its
 * cookie, the way to the database and back is what costs, not the look there. No answer is older than its question:
 * whoever asks while a round is under way is answered by the next, which waits for the one before for a second at most.
 * @param askAll answers many keys at once; keys without an answer are absent. When it fails, it failed for all of the round.
 */
export function createGathering<T>(
  askAll: (keys: readonly string[]) => Promise<ReadonlyMap<string, T>>,
  roundMs = ROUND_MS,
): (key: string) => Promise<T | null> {
  /** Resolves when the next round may begin; null when nothing runs. */
  let free: Promise<unknown> | null = null;
  let next: Round<T> | null = null;

  const begin = (keys: ReadonlySet<string>): Promise<ReadonlyMap<string, T>> => {
    const answers = askAll([...keys]);
    const done = Promise.allSettled([answers, pause(roundMs, undefined, { ref: false })]);
    const mine = Promise.race([done, pause(HUNG_MS, undefined, { ref: false })]);
    free = mine;
    void mine.then(() => {
      if (free === mine) free = null;
    });
    return answers;
  };

  const roundOf = (key: string): Promise<ReadonlyMap<string, T>> => {
    if (next !== null) {
      next.keys.add(key);
      return next.answers;
    }
    if (free === null) return begin(new Set([key]));
    const keys = new Set([key]);
    const answers = free.then(() => {
      next = null;
      return begin(keys);
    });
    next = { keys, answers };
    return answers;
  };

  return async (key) => (await roundOf(key)).get(key) ?? null;
}
