import { whyNot } from '@pult/shared/domain/operation/eligibility';
import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import type { OperationContext } from './context.ts';
import { at, type OperationRow } from './rows.ts';
import { claimItems, releaseClaims } from './store.ts';

const CHUNK = 5_000;
const ANY_FLOW = { watched: true, resend: true, reExport: true, verify: true };

/**
 * Claims what the plan listed and looks again: a delivery that changed since (was applied, discarded, taken by
 * somebody) is skipped with its reason. Runs in the transaction of the start.
 */
export async function claimChecked(
  context: OperationContext,
  tx: Db,
  row: OperationRow,
): Promise<{ claimed: number; skipped: number }> {
  const now = context.clock.now();
  const claimed = await claimItems(tx, row.id, now);
  let kept = 0;
  for (let from = 0; from < claimed.length; from += CHUNK) {
    const ids = claimed.slice(from, from + CHUNK);
    const news = new Map((await context.book.news(ids)).map((one) => [one.deliveryId, one]));
    const changed = new Map<string, string>();
    for (const id of ids) {
      const known = news.get(id);
      const reason =
        known === undefined
          ? 'not_found'
          : // What was overdue when it was planned has not become less so.
            whyNot(row.verb, { state: known.state, claimed: false, overdue: true }, ANY_FLOW);
      if (reason !== null)
        changed.set(id, reason === 'already_applied' || reason === 'not_found' ? reason : 'changed_since_plan');
    }
    if (changed.size > 0) {
      await releaseClaims(tx, row.id, [...changed.keys()], now);
      await sql`
        update operation_item i set state = 'skipped', reason = x.reason, finished_at = ${at(now)}
        from unnest(${[...changed.keys()]}::text[], ${[...changed.values()]}::text[]) as x (id, reason)
        where i.operation_id = ${row.id} and i.delivery_id = x.id and i.state = 'pending'`.execute(tx);
    }
    const own = ids.filter((id) => !changed.has(id));
    if (own.length > 0) await context.book.claimed(tx, { operationId: row.id, deliveryIds: own, at: now });
    kept += own.length;
  }
  return { claimed: kept, skipped: row.plan.eligible - kept };
}

/** Operation that holds the first skipped item; null when nobody does. */
export async function heldOf(db: Db, operationId: string): Promise<string | null> {
  const { rows } = await sql<{ heldBy: string | null }>`
    select held_by as "heldBy" from operation_item where operation_id = ${operationId} and state = 'skipped'
    order by position limit 1`.execute(db);
  return rows[0]?.heldBy ?? null;
}
