/** Events that Pult makes of rows of exchange registers, and what they do not tell. */
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';

/** Ids of events that Pult makes of rows of registers begin so. */
export const REGISTER_EVENT = 'register:';
/** Whether a base noted it in a register, at its own time, instead of a system that tells of an attempt. */
export const isRegisterEvent = (eventId: string): boolean => eventId.startsWith(REGISTER_EVENT);

/** Deliveries of which nothing is known but rows of registers: no system has said that it sent anything. */
export async function withoutMessage(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    select asked.id from unnest(${[...ids]}::uuid[]) as asked (id)
    where exists (select from exchange_event e where e.delivery_id = asked.id)
      and not exists (select from exchange_event e
        where e.delivery_id = asked.id and not starts_with(e.event_id, ${REGISTER_EVENT}))`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** The source whose own register lists the object of a delivery that no system has spoken of; null where there is none. */
export async function registerSource(
  { db, flows }: { readonly db: Db; readonly flows: ReadonlyMap<string, FlowConfig> },
  deliveryId: string,
): Promise<string | null> {
  const { rows } = await sql<{ source: string; flow_id: string }>`
    select e.source, d.flow_id from exchange_event e join delivery d on d.id = e.delivery_id
    where e.delivery_id = ${deliveryId}::uuid and starts_with(e.event_id, ${REGISTER_EVENT}) order by e.at`.execute(db);
  return rows.find(({ source, flow_id }) => flows.get(flow_id)?.from.includes(source))?.source ?? null;
}
