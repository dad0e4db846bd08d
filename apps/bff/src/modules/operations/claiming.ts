import { type IneligibleReason, mustNotLeave, whyNot } from '@pult/shared/domain/operation/eligibility';
import { sql } from 'kysely';
import { type Db, inTransaction } from '../../platform/db/database.ts';
import type { OperationContext } from './context.ts';
import { at, type OperationRow } from './rows.ts';
import { claimItems, loadOperation, releaseClaims } from './store.ts';

const ANY_FLOW = { watched: true, resend: true, reExport: true };

/** These were no reason when the plan was made: what happened since says more. */
const UNSPECIFIC: ReadonlySet<IneligibleReason> = new Set(['in_operation', 'state_not_retriable']);

/** Places of the frozen list, both ends included. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Claims all of a large plan but its last part, each part in a transaction of its own: a delivery that waits for its
 * claim holds up the intake of its events. The operation is not started by that. Whatever ends it in between, the claims
 * stay with the operation until somebody starts it again, which takes them over, or it is cancelled or expires, which
 * gives them back (`refreshOperation`).
 * @param check throws when the operation may not be started (any more)
 * @returns the last place that is claimed
 */
export async function claimAhead(
  context: OperationContext,
  operationId: string,
  check: (row: OperationRow) => void,
): Promise<number> {
  const { db, settings } = context;
  const { plan } = await loadOperation(db, operationId);
  let done = 0;
  for (; plan.eligible - done > settings.claimChunk; done += settings.claimChunk)
    await inTransaction(db, async (tx) => {
      // Under the lock of the operation: who ends it gives back either nothing of this part or all of it.
      const row = await loadOperation(tx, operationId, { lock: true });
      check(row);
      await claimRange(context, tx, row, { from: done + 1, to: done + settings.claimChunk });
    });
  return done;
}

/** Claims what is left behind a place; runs in the transaction of the start. */
export async function claimRest(
  context: OperationContext,
  tx: Db,
  row: OperationRow,
  done: number,
): Promise<{ claimed: number; skipped: number }> {
  await claimRange(context, tx, row, { from: done + 1, to: row.plan.eligible });
  const claimed = await countPending(tx, row.id);
  return { claimed, skipped: row.plan.eligible - claimed };
}

/**
 * Claims what the plan listed and looks again: a delivery that changed since (was applied, discarded, taken by
 * somebody, refused to its chain, replaced by it) is skipped with its reason. What the operation holds already stays as it is.
 */
async function claimRange(context: OperationContext, tx: Db, row: OperationRow, range: Range): Promise<void> {
  const now = context.clock.now();
  const claimed = await claimItems(tx, row.id, range, now);
  if (claimed.length === 0) return;
  // Locked before it is looked at: what changes from here on changes behind the claim.
  const obstacles = row.verb === 'resend' ? await context.book.obstaclesUnderLock(tx, claimed) : null;
  const news = new Map((await context.book.news(claimed)).map((one) => [one.deliveryId, one]));
  const changed = new Map<string, IneligibleReason>();
  for (const id of claimed) {
    const known = news.get(id);
    const obstacle = obstacles?.get(id) ?? null;
    const reason: IneligibleReason | null =
      known === undefined
        ? 'not_found'
        : // What was overdue when it was planned has not become less so.
          whyNot(row.verb, { state: known.state, claimed: false, overdue: true, obstacle }, ANY_FLOW);
    if (reason === null) continue;
    const since = mustNotLeave(obstacle) ? obstacle : 'changed_since_plan';
    changed.set(id, UNSPECIFIC.has(reason) ? since : reason);
  }
  if (changed.size > 0) {
    await releaseClaims(tx, row.id, [...changed.keys()], now);
    await sql`
      update operation_item i set state = 'skipped', reason = x.reason, finished_at = ${at(now)}
      from unnest(${[...changed.keys()]}::text[], ${[...changed.values()]}::text[]) as x (id, reason)
      where i.operation_id = ${row.id} and i.delivery_id = x.id and i.state = 'pending'`.execute(tx);
  }
  const own = claimed.filter((id) => !changed.has(id));
  if (own.length > 0) await context.book.claimed(tx, { operationId: row.id, deliveryIds: own, at: now });
}

async function countPending(tx: Db, operationId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from operation_item where operation_id = ${operationId} and state = 'pending'`.execute(
    tx,
  );
  return rows[0]?.n ?? 0;
}

/** Operation that holds the first skipped item; null when nobody does. */
export async function heldOf(db: Db, operationId: string): Promise<string | null> {
  const { rows } = await sql<{ heldBy: string | null }>`
    select held_by as "heldBy" from operation_item where operation_id = ${operationId} and state = 'skipped'
    order by position limit 1`.execute(db);
  return rows[0]?.heldBy ?? null;
}
