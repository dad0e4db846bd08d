import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';

/** Decisions and questions on their way to one system. */
export interface Undelivered {
  readonly system: string;
  readonly waiting: number;
  /** Age of the oldest that waits, seconds. */
  readonly oldestSeconds: number;
  readonly conflicts: number;
}

/** What the outbox still has to deliver, per system, and the conflicts that a person has to look at. */
export async function undelivered(db: Db, now: number): Promise<Undelivered[]> {
  const { rows } = await sql<{ system: string; waiting: number; oldest: Date | null; conflicts: number }>`
    select system, count(*) filter (where next_at is not null) as waiting,
      min(changed_at) filter (where next_at is not null) as oldest, count(*) filter (where state = 'conflict') as conflicts
    from approval_outbox where next_at is not null or state = 'conflict' group by system`.execute(db);
  return rows.map(({ system, waiting, oldest, conflicts }) => ({
    system,
    waiting,
    oldestSeconds: oldest === null ? 0 : Math.max(0, (now - oldest.getTime()) / 1_000),
    conflicts,
  }));
}
