import { sql } from 'kysely';
import type { Db } from '../../../platform/db/database.ts';

/**
 * Orders that a person refused as a whole, and the refusal is on its way to the chain or there: sent to the accounting system
 * now, such an order would be shipped. One that the chain did not take back, or that the accounting system was faster than, counts no more.
 */
export async function refusedToChain(db: Db, deliveryIds: readonly string[]): Promise<Set<string>> {
  if (deliveryIds.length === 0) return new Set();
  const { rows } = await sql<{ delivery_id: string }>`
    select delivery_id from (
      select distinct on (delivery_id) delivery_id, state, document ->> 'verdict' as verdict from edi_answer
      where delivery_id = any(${[...deliveryIds]}::uuid[]) order by delivery_id, round desc) newest
    where verdict = 'rejected' and state in ('waiting', 'dropped', 'seen')`.execute(db);
  return new Set(rows.map(({ delivery_id }) => delivery_id));
}
