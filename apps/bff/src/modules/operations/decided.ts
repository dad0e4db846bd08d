/** Messages about which somebody else decided while an operation held them: they must not leave, and end with that reason. */
import { resendsAsFile } from '@pult/shared/contracts/landscape-file/flow';
import { mustNotLeave } from '@pult/shared/domain/operation/eligibility';
import { type Db, inTransaction } from '../../platform/db/database.ts';
import type { OperationContext } from './context.ts';
import { itemsInStates, lockItem, stepItem } from './item-store.ts';
import { at, type ItemRow, type OperationRow } from './rows.ts';
import { refreshOperation, release } from './settle.ts';

type Decision = 'refused_to_chain' | 'replaced' | 'overtaken';

const isAutomatic = ({ createdBy }: OperationRow): boolean => createdBy.kind === 'pult';

/** Of files alone, which Pult itself puts again, such decisions are known. */
function canBeDecided({ flows }: OperationContext, { verb }: OperationRow, flowId: string): boolean {
  const flow = flows.get(flowId);
  return verb === 'resend' && flow !== undefined && resendsAsFile(flow);
}

/**
 * What was decided about the message of an item; null when it may leave. Locks the delivery until the end of the transaction:
 * who decides later sees that the item was first.
 */
export async function decisionUnderLock(
  context: OperationContext,
  tx: Db,
  operation: OperationRow,
  item: Pick<ItemRow, 'flow' | 'deliveryId'>,
): Promise<Decision | null> {
  // A person may want the older one; Pult by itself never puts it behind a newer one.
  if (isAutomatic(operation) && (await context.book.overtaken(tx, [item.deliveryId])).length > 0) return 'overtaken';
  if (!canBeDecided(context, operation, item.flow)) return null;
  const obstacle = (await context.book.obstaclesUnderLock(tx, [item.deliveryId])).get(item.deliveryId) ?? null;
  return mustNotLeave(obstacle) ? obstacle : null;
}

/** Ends an item of which nothing has left, in the caller's transaction, and lets its delivery go. */
export async function endDecided(context: OperationContext, tx: Db, item: ItemRow, reason: Decision): Promise<void> {
  const now = context.clock.now();
  const { operationId, deliveryId, attempt } = item;
  const change = { reason, waitsFor: null, finishedAt: at(now) };
  if ((await stepItem(tx, item, item.state === 'verifying' ? ['absent', 'skip'] : ['skip'], change)) === null) return;
  // An attempt was numbered, but its request certainly never arrived: no event will close it.
  const error = item.error ?? { code: 'source.circuit_open', text: '' };
  if (attempt !== null) await context.book.attemptFailed(tx, { deliveryId, attempt, error, at: now });
  await release(context, tx, { operationId, deliveryIds: [deliveryId], now });
}

/** Ends what was decided about among the items that have not started: those of a paused operation never come to their turn. */
export async function endDecidedItems(context: OperationContext, operation: OperationRow): Promise<void> {
  if (!operation.flows.some((id) => canBeDecided(context, operation, id))) return;
  const { db, book } = context;
  const waiting = await itemsInStates(db, operation.id, ['pending', 'waiting_previous']);
  const obstacles = await book.obstacles(waiting.map(({ deliveryId }) => deliveryId));
  const decided = waiting.filter(({ deliveryId }) => mustNotLeave(obstacles.get(deliveryId) ?? null));
  if (decided.length === 0) return;
  for (const item of decided)
    await inTransaction(db, async (tx) => {
      if (!(await lockItem(tx, item))) return;
      const decision = await decisionUnderLock(context, tx, operation, item);
      if (decision !== null) await endDecided(context, tx, item, decision);
    });
  await refreshOperation(context, operation.id);
}
