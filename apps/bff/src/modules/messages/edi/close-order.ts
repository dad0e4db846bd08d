/**
 * What an answer of Pult means for the order itself. The accounting system never took an order that a person refused for it:
 * nothing is «processed», the delivery is closed by the person's word, and its attempts stay what they were.
 */
import { summaryOfControl } from '@pult/shared/domain/delivery/summary';
import type { Db } from '../../../platform/db/database.ts';
import { writeFacts } from '../book.ts';
import { changeDeliveries } from '../ledger.ts';
import type { AnswerRow } from './answer-store.ts';

type Answer = Pick<AnswerRow, 'delivery_id' | 'document' | 'decided_by'>;

/**
 * The chain has a whole refusal: the order is closed by it, unless the accounting system took it (then that holds). An answer
 * that accepts anything closes nothing: the accounting system still has to take the order.
 */
export async function closeByRefusal(tx: Db, answer: Answer, at: number): Promise<void> {
  if (answer.document.verdict !== 'rejected') return;
  await decide(tx, answer, 'discarded', at, `Закрыто отказом сети: ${answer.document.reason ?? ''}`.replace(/: $/, ''));
}

/** The chain did not take the refusal: the order is open again as it was before. */
export async function reopen(tx: Db, answer: Answer, at: number, text: string): Promise<void> {
  if (answer.document.verdict !== 'rejected') return;
  await decide(tx, answer, 'restored', at, `Сеть не приняла отказ: ${text}`);
}

async function decide(tx: Db, answer: Answer, kind: 'discarded' | 'restored', at: number, text: string): Promise<void> {
  const deliveryId = answer.delivery_id;
  const actor = kind === 'discarded' ? answer.decided_by : null;
  const [seq = 0] = await writeFacts(tx, [{ deliveryId, kind, at, actor, text }]);
  await changeDeliveries(tx, [{ deliveryId, summary: summaryOfControl({ kind, seq, at }) }]);
}
