import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';

/** Any constant of its own: one runner of operations over all instances. */
const LOCK = 7_202_601;

/**
 * Runs `work` while this process holds the advisory lock on a connection of its own. Ends when the signal aborts or
 * the connection is lost: PostgreSQL gives the lock of a dead connection to the next one by itself.
 * @returns false when another process holds the lock
 */
export async function asLeader(db: Db, work: (stillLeader: () => Promise<boolean>) => Promise<void>): Promise<boolean> {
  return db.connection().execute(async (connection) => {
    const { rows } = await sql<{ got: boolean }>`select pg_try_advisory_lock(${LOCK}) as got`.execute(connection);
    if (rows[0]?.got !== true) return false;
    try {
      await work(async () => {
        try {
          await sql`select 1`.execute(connection);
          return true;
        } catch {
          return false;
        }
      });
    } finally {
      // A lost connection has no lock left to give back.
      await sql`select pg_advisory_unlock(${LOCK})`.execute(connection).catch(() => undefined);
    }
    return true;
  });
}

/** Waits, but not longer than until `wake` or the abort. */
export function createNap() {
  let waking = new AbortController();
  return {
    wake: (): void => waking.abort(),
    sleep: async (ms: number, signal: AbortSignal): Promise<void> => {
      await delay(ms, undefined, { signal: AbortSignal.any([signal, waking.signal]) }).catch(() => undefined);
      if (waking.signal.aborted) waking = new AbortController();
    },
  };
}

/** Resolves so many ms after the abort; never without one. */
export const pastAbort = (signal: AbortSignal, ms: number): Promise<void> =>
  new Promise((resolve) => {
    const wait = (): void => {
      setTimeout(resolve, ms).unref();
    };
    if (signal.aborted) wait();
    else signal.addEventListener('abort', wait, { once: true });
  });
