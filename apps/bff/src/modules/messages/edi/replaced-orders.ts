import { sql } from 'kysely';
import type { Db } from '../../../platform/db/database.ts';

/**
 * Orders of which the chain has sent a newer version under the same number: sent to the accounting system now, such an order
 * would be shipped beside the newer one. Newest is what `closeReplaced` takes for it.
 */
export async function replacedByChain(db: Db, deliveryIds: readonly string[]): Promise<Set<string>> {
  if (deliveryIds.length === 0) return new Set();
  const { rows } = await sql<{ delivery_id: string }>`
    with own as (
      select distinct delivery_id, flow_id, number, buyer, order_date from exchange_file
      where kind = 'order' and delivery_id = any(${[...deliveryIds]}::uuid[])
        and number is not null and buyer is not null and order_date is not null)
    select own.delivery_id from own cross join lateral (
      select f.delivery_id from exchange_file f
      where f.kind = 'order' and f.flow_id = own.flow_id and f.number = own.number and f.buyer = own.buyer
        and f.order_date = own.order_date
      group by f.delivery_id having bool_or(f.document ->> 'purpose' = 'replace')
      order by min(f.changed_at) desc, f.delivery_id desc limit 1) newest
    where newest.delivery_id <> own.delivery_id`.execute(db);
  return new Set(rows.map(({ delivery_id }) => delivery_id));
}
