import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';

/** The newest message about each of the objects of 1С, by reference: of its document, or its own id where that is the reference. */
export async function messagesAbout(
  db: Db,
  refs: readonly string[],
): Promise<ReadonlyMap<string, { readonly deliveryId: string; readonly flowId: string }>> {
  if (refs.length === 0) return new Map();
  const { rows } = await sql<{ ref: string; deliveryId: string; flowId: string }>`
    select distinct on (r.ref) r.ref, d.id as "deliveryId", d.flow_id as "flowId"
    from unnest(${[...refs]}::text[]) as r (ref)
    join lateral (
      select id, flow_id, started_at from delivery where key_ref = r.ref
      union all
      select id, flow_id, started_at from delivery where message_id = r.ref
    ) d on true
    order by r.ref, d.started_at desc, d.id`.execute(db);
  return new Map(rows.map(({ ref, ...message }) => [ref, message]));
}
