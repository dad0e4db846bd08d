/** Since when each source is expected to speak: the moment Pult first watched it, kept over restarts. */
import { sql } from 'kysely';
import type { Db } from '../../../platform/db/database.ts';

export interface WatchedSource {
  readonly flowId: string;
  readonly source: string;
}

/**
 * Notes the sources that are watched from now on and forgets those that are watched no more: of those that never spoke the wait begins
 * anew when they are watched again. @returns since when, ms, by `flow source`
 */
export async function noteWatched(
  db: Db,
  watched: readonly WatchedSource[],
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const flows = watched.map(({ flowId }) => flowId);
  const sources = watched.map(({ source }) => source);
  await sql`
    insert into flow_watch (flow_id, source, since)
    select flow_id, source, ${new Date(now)} from unnest(${flows}::text[], ${sources}::text[]) as w (flow_id, source)
    order by flow_id, source
    on conflict do nothing`.execute(db);
  await sql`
    delete from flow_watch where (flow_id, source) not in
      (select * from unnest(${flows}::text[], ${sources}::text[]))`.execute(db);
  const { rows } = await sql<{ flow_id: string; source: string; since: Date }>`select * from flow_watch`.execute(db);
  return new Map(rows.map(({ flow_id, source, since }) => [`${flow_id} ${source}`, since.getTime()]));
}
