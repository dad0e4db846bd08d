/** Which attempt of a message a problem of an exchange register speaks of: the base itself names none. */
import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';

/** An attempt as far as it is known. Instants in ms. */
export interface BegunAttempt {
  readonly attempt: number;
  readonly at: number;
  /** First failure that somebody stated; what became known of success closes the delivery itself. */
  readonly failedAt: number | null;
  /** The request of Pult was refused: nothing of this attempt is on its way to the target. */
  readonly refused: boolean;
}

/** The base keeps whole seconds: a problem of the same second came after the request that led to it. */
const SECOND_MS = 1_000;
/** A worker and the base write the same failure down by clocks of their own. */
const SAME_FAILURE_MS = 60_000;

/**
 * The newest attempt that had begun when the problem arose and had no outcome yet. Where each has one it is more news of the
 * newest of them; 1 where none is known to have begun before.
 */
export function attemptOfProblem(raisedAt: number, attempts: readonly BegunAttempt[]): number {
  const begun = attempts
    .filter(({ at, refused }) => !refused && at < raisedAt + SECOND_MS)
    .toSorted((a, b) => b.attempt - a.attempt);
  const open = begun.find(({ failedAt }) => failedAt === null || failedAt + SAME_FAILURE_MS > raisedAt);
  return (open ?? begun[0])?.attempt ?? 1;
}

/** Attempts of the deliveries by what Pult wrote down about those it opened and by what systems stated about others. */
export async function begunAttempts(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, BegunAttempt[]>> {
  // Of an attempt that Pult opened its own clock tells when: the one of a source may be behind.
  const { rows } = await sql<{
    id: string;
    attempt: number;
    at: Date | null;
    failed_at: Date | null;
    refused: boolean;
  }>`
    select id, attempt, coalesce(min(at) filter (where said = 'attempt_started'), min(at) filter (where said = 'event')) as at,
      min(at) filter (where failed) as failed_at, bool_or(said = 'attempt_failed') as refused
    from (
      select delivery_id as id, attempt, at, kind as said, false as failed from delivery_fact
      where delivery_id = any(${[...ids]}::uuid[]) and kind in ('attempt_started', 'attempt_failed') and attempt is not null
      union all
      select delivery_id, attempt, at, 'event', kind = 'failed' from exchange_event
      where delivery_id = any(${[...ids]}::uuid[])
    ) news group by id, attempt`.execute(db);
  const attempts = new Map<string, BegunAttempt[]>();
  for (const { id, attempt, at, failed_at, refused } of rows) {
    if (at === null) continue;
    const known = { attempt, at: at.getTime(), failedAt: failed_at?.getTime() ?? null, refused };
    attempts.set(id, [...(attempts.get(id) ?? []), known]);
  }
  return attempts;
}
