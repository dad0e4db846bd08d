import { type ItemState, isNotStarted } from '@pult/shared/domain/operation/item';
import type { Actor } from '../../platform/actor.ts';
import { PULT } from '../../platform/actor.ts';
import { inTransaction } from '../../platform/db/database.ts';
import type { OperationContext } from './context.ts';
import { endUnstarted, itemsInStates } from './item-store.ts';
import { at, type ItemRow, type OperationRow, whoOf } from './rows.ts';
import { refreshOperation, release, settle } from './settle.ts';
import { overduePlans, writeLog } from './store.ts';

/** Takes over what the events say about items. @returns the items that moved */
export async function observe(context: OperationContext, items: readonly ItemRow[]): Promise<ItemRow[]> {
  if (items.length === 0) return [];
  const news = new Map(
    (await context.book.news(items.map((item) => item.deliveryId))).map((one) => [one.deliveryId, one]),
  );
  const moved: ItemRow[] = [];
  for (const item of items) {
    const known = news.get(item.deliveryId);
    if (known === undefined) continue;
    const finishedAt = at(context.clock.now());
    const own = item.attempt !== null && !isNotStarted(item.state as ItemState);
    if (known.applied) {
      const change = { confirmedBy: 'event' as const, finishedAt, error: null, doubtSettled: true };
      if (await settle(context, item, { steps: ['confirmed'], change })) moved.push(item);
    } else if (own && known.failedAttempt !== null && known.failedAttempt >= (item.attempt ?? 0)) {
      if (item.state === 'failed') continue;
      const change = { confirmedBy: 'event' as const, finishedAt, error: known.error, doubtSettled: true };
      if (await settle(context, item, { steps: ['rejected'], change })) moved.push(item);
    }
  }
  return moved;
}

const CHUNK = 5_000;

/** After a cancel: everything that has not left goes back to «failed». */
export async function returnRest(context: OperationContext, operation: OperationRow): Promise<void> {
  const { id: operationId } = operation;
  for (let moved = CHUNK; moved === CHUNK; ) {
    const now = context.clock.now();
    moved = await inTransaction(context.db, async (tx) => {
      const items = await endUnstarted(tx, operationId, { to: 'returned', now, limit: CHUNK });
      // Deliveries are locked in the order of their ids, everywhere.
      for (const { attempt, deliveryId, error } of items.toSorted((a, b) => (a.deliveryId < b.deliveryId ? -1 : 1))) {
        // An attempt was numbered, but its request certainly never arrived: no event will close it.
        const reason = error ?? { code: 'source.circuit_open', text: '' };
        if (attempt !== null) await context.book.attemptFailed(tx, { deliveryId, attempt, error: reason, at: now });
      }
      const deliveryIds = items.map((item) => item.deliveryId);
      if (deliveryIds.length > 0) await release(context, tx, { operationId, deliveryIds, now });
      return items.length;
    });
  }
}

/** Discard and restore: nothing travels, some thousands at a time. */
export async function closeItems(context: OperationContext, operation: OperationRow): Promise<void> {
  const now = context.clock.now();
  await inTransaction(context.db, async (tx) => {
    const items = await endUnstarted(tx, operation.id, { to: 'done', now, limit: CHUNK });
    if (items.length === 0) return;
    const deliveryIds = items.map((item) => item.deliveryId);
    const decision = {
      operationId: operation.id,
      deliveryIds,
      actor: actorOf(operation),
      reason: operation.reason ?? '',
      at: now,
    };
    if (operation.verb === 'discard') await context.book.discarded(tx, decision);
    else await context.book.restored(tx, decision);
    await release(context, tx, { operationId: operation.id, deliveryIds, now });
  });
}

/** The person who started it decided; the runner only carries out. */
function actorOf(operation: OperationRow): Actor {
  const who = operation.startedBy;
  if (who?.kind !== 'person' || who.id === null) return PULT;
  return {
    kind: 'person',
    userId: who.id,
    name: who.name ?? who.id,
    email: null,
    roles: [],
    permissions: [],
    sessionId: '',
  };
}

/** Plans that nobody started in time are closed, so that they do not pass for waiting work. */
export async function expirePlans(context: OperationContext): Promise<void> {
  for (const id of await overduePlans(context.db, context.clock.now())) await refreshOperation(context, id);
}

/** The runner of an earlier process left work behind: said once, so that a pause in the progress is explained. */
export async function noteRecovery(context: OperationContext, operations: readonly OperationRow[]): Promise<void> {
  const now = context.clock.now();
  for (const operation of operations) {
    const underWay = await itemsInStates(context.db, operation.id, ['verifying', 'sending', 'sent']);
    await writeLog(context.db, operation.id, {
      code: 'runner_recovered',
      actor: whoOf(PULT),
      now,
      data: { underWay: underWay.length },
    });
  }
}
