import { type ItemState, type ItemStep, isOpen } from '@pult/shared/domain/operation/item';
import { deriveOperationState, isFinal, type OperationControl } from '@pult/shared/domain/operation/operation-state';
import { PULT } from '../../platform/actor.ts';
import { type Db, inTransaction } from '../../platform/db/database.ts';
import { recordAudit } from '../audit/index.ts';
import { announce, type OperationContext } from './context.ts';
import { countItems, type ItemChange, stepItem } from './item-store.ts';
import { at, type ItemRow, type OperationRow, whoOf } from './rows.ts';
import { changeOperation, heldDeliveries, type LogLine, loadOperation, releaseClaims, writeLog } from './store.ts';

export interface Settlement {
  readonly steps: readonly ItemStep[];
  readonly change?: ItemChange;
  /** Writes the fact about the delivery in the same transaction; not called when somebody else was faster. */
  readonly fact?: (tx: Db) => Promise<void>;
}

/**
 * Moves an item; when that is its end, its claim is released in the same transaction. @returns false when the item
 * had moved on meanwhile
 */
export async function settle(context: OperationContext, item: ItemRow, settlement: Settlement): Promise<boolean> {
  const now = context.clock.now();
  return inTransaction(context.db, async (tx) => {
    const change = settlement.change ?? {};
    const state = await stepItem(tx, item, settlement.steps, change);
    if (state === null) return false;
    await settlement.fact?.(tx);
    const over = !isOpen({ state, doubtSettled: change.doubtSettled ?? item.doubtSettled });
    if (over) await release(context, tx, { operationId: item.operationId, deliveryIds: [item.deliveryId], now });
    const code = LOGGED[state] ?? (item.state === 'in_doubt' ? 'item_verified' : null);
    if (code !== null)
      await writeLog(tx, item.operationId, { code, actor: whoOf(PULT), now, data: logData(item, change) });
    return true;
  });
}

/** Outcomes that a person has to see; plain success is in the counts. */
const LOGGED: Partial<Record<ItemState, LogLine['code']>> = { failed: 'item_failed', in_doubt: 'item_in_doubt' };

const logData = (item: ItemRow, change: ItemChange): Record<string, unknown> => ({
  deliveryId: item.deliveryId,
  documentType: item.documentType,
  number: item.number,
  position: item.position,
  error: change.error ?? item.error,
});

export async function release(
  context: OperationContext,
  tx: Db,
  facts: { operationId: string; deliveryIds: readonly string[]; now: number },
): Promise<void> {
  const { operationId, deliveryIds, now } = facts;
  await releaseClaims(tx, operationId, deliveryIds, now);
  await context.book.released(tx, { operationId, deliveryIds, at: now });
}

export const controlOf = (row: OperationRow, now: number): OperationControl => ({
  started: row.startedAt !== null,
  expired: row.startedAt === null && row.expiresAt.getTime() <= now,
  cancelRequested: row.cancelRequestedAt !== null,
  pause: row.pauseCause,
  holding: row.holdingSystem !== null,
});

const FINAL_CODES = {
  completed: 'completed',
  completed_with_failures: 'completed_with_failures',
  cancelled: 'cancelled',
  expired: 'expired',
} as const satisfies Partial<Record<OperationRow['state'], LogLine['code']>>;

/**
 * Counts the items, derives the state from them and keeps both; writes log and audit when the end is reached. A plan
 * that ends gives back first what a start that did not come to its end had claimed.
 */
export async function refreshOperation(context: OperationContext, operationId: string): Promise<OperationRow> {
  let done = await refreshOnce(context, operationId);
  while (done === 'gave back') done = await refreshOnce(context, operationId);
  if (done === 'changed') announce(context, operationId);
  return loadOperation(context.db, operationId);
}

function refreshOnce(context: OperationContext, operationId: string): Promise<'same' | 'changed' | 'gave back'> {
  const now = context.clock.now();
  return inTransaction(context.db, async (tx) => {
    const row = await loadOperation(tx, operationId, { lock: true });
    const counts = await countItems(tx, operationId);
    const state = deriveOperationState(controlOf(row, now), counts);
    const same = state === row.state && JSON.stringify(sorted(counts)) === JSON.stringify(sorted(row.counts));
    if (same) return 'same';
    const ends = isFinal(state) && row.finishedAt === null;
    if (ends && row.startedAt === null) {
      const deliveryIds = await heldDeliveries(tx, operationId, context.settings.claimChunk);
      if (deliveryIds.length > 0) {
        await release(context, tx, { operationId, deliveryIds, now });
        return 'gave back';
      }
    }
    await changeOperation(tx, operationId, { state, counts, ...(ends ? { finishedAt: at(now) } : {}) });
    if (ends) {
      const code = FINAL_CODES[state as keyof typeof FINAL_CODES];
      await writeLog(tx, operationId, { code, actor: whoOf(PULT), now, data: { counts } });
      await recordAudit(tx, {
        actor: PULT,
        action: 'operation.finish',
        objectKind: 'operation',
        objectId: operationId,
        before: { state: row.state },
        after: { state, counts },
        at: at(now),
      });
    }
    return 'changed';
  });
}

const sorted = (record: object): unknown[] => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
