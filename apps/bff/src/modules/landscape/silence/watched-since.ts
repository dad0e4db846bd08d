/** Since when each source is expected to speak: the moment Pult first watched it, kept over restarts. */
import { sql } from 'kysely';
import type { Db } from '../../../platform/db/database.ts';

export interface WatchedSource {
  readonly flowId: string;
  readonly source: string;
}

export interface WatchBegin {
  /** ms */
  readonly since: number;
  /** The source was left alone before: nothing that is older than the beginning is missed. */
  readonly again: boolean;
}

export const watchKey = ({ flowId, source }: WatchedSource): string => `${flowId} ${source}`;

/**
 * Notes who of all sources with a cadence is watched from now on and who is not; of those that are watched again the wait
 * begins anew. @returns the beginnings by {@link watchKey}
 */
export async function noteWatched(
  db: Db,
  { all, watched, now }: { all: readonly WatchedSource[]; watched: readonly WatchedSource[]; now: number },
): Promise<ReadonlyMap<string, WatchBegin>> {
  const at = new Date(now);
  const pairs = (some: readonly WatchedSource[]) =>
    sql`unnest(${some.map(({ flowId }) => flowId)}::text[], ${some.map(({ source }) => source)}::text[])`;
  await sql`
    insert into flow_watch as known (flow_id, source, since)
    select flow_id, source, ${at} from ${pairs(watched)} as w (flow_id, source) order by flow_id, source
    on conflict (flow_id, source) do update set since = excluded.since, again = true, left_at = null
      where known.left_at is not null`.execute(db);
  await sql`
    update flow_watch set left_at = ${at}
    where left_at is null and (flow_id, source) not in (select * from ${pairs(watched)})`.execute(db);
  await sql`
    insert into flow_watch (flow_id, source, since, left_at)
    select flow_id, source, ${at}, ${at} from ${pairs(all)} as w (flow_id, source) order by flow_id, source
    on conflict do nothing`.execute(db);
  const { rows } = await sql<{ flow_id: string; source: string; since: Date; again: boolean }>`
    select flow_id, source, since, again from flow_watch where left_at is null`.execute(db);
  return new Map(
    rows.map((row) => [
      watchKey({ flowId: row.flow_id, source: row.source }),
      { since: row.since.getTime(), again: row.again },
    ]),
  );
}
