import { retryTopicOf, WHOEVER_ACCEPTED } from '@pult/shared/contracts/landscape-file/flow';
import type { OperationContext } from './context.ts';
import type { ItemRow, OperationRow } from './rows.ts';

/**
 * The request that sends an item again, by the way of its flow: its source is asked, or the record that the consumer gave
 * up on is put to the consumer's own retry topic. Null: there is no way, and nothing will leave.
 */
export async function requestOf(
  { book, connectors, flows, busId }: OperationContext,
  operation: Pick<OperationRow, 'id' | 'verb'>,
  item: ItemRow,
): Promise<(() => Promise<unknown>) | null> {
  const { attempt, idempotencyKey } = item;
  const flow = flows.get(item.flow);
  if (flow === undefined || attempt === null || idempotencyKey === null) return null;
  const target = operation.verb === 'reExport' ? flow.retry.reExport : flow.retry.resend;
  if (target !== undefined) {
    const system = target.system === WHOEVER_ACCEPTED ? await book.sourceOf(item.deliveryId) : target.system;
    if (system === null) return null;
    return () =>
      connectors.ask(system, target.path, {
        flow: item.flow,
        messageId: item.messageId,
        consumer: item.consumer,
        attempt,
        operationId: operation.id,
        idempotencyKey,
      });
  }
  const topic = retryTopicOf(flow, item.consumer);
  if (operation.verb !== 'resend' || topic === null || busId === null) return null;
  const record = await book.recordToResend(item.deliveryId);
  if (record === null) return null;
  return () => connectors.redrive(busId, { topic, record, attempt, operationId: operation.id, idempotencyKey });
}
