/**
 * What an answer of Pult, and a replacement by the chain, mean for the order itself. The accounting system never took an order that a person refused for it:
 * nothing is «processed», the delivery is closed by the person's word, and its attempts stay what they were.
 */
import { summaryOfControl } from '@pult/shared/domain/delivery/summary';
import { sql } from 'kysely';
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

/**
 * An order that its chain has replaced ends, unless the accounting system has it (then that holds): nobody waits for it any
 * more. Which one is newest is told by when the files of orders of one number were written, so that it does not matter in
 * which order Pult sees them. An operation that holds an older one does not send it any more (`replacedByChain`): its deliveries
 * are locked here, whatever their state, so that of a replacement and a sending at one moment one is first and seen by the other.
 */
export async function closeReplaced(tx: Db, order: ReplacedOrder, at: number): Promise<string[]> {
  const { rows } = await sql<{ delivery_id: string; newest: string; open: boolean }>`
    with versions as (
      select delivery_id, bool_or(document ->> 'purpose' = 'replace') as replaces, min(changed_at) as written, min(name) as name
      from exchange_file
      where kind = 'order' and flow_id = ${order.flowId} and number = ${order.number} and buyer = ${order.buyer}
        and order_date = ${order.date}::date
      group by delivery_id),
    newest as (select delivery_id, name, written from versions where replaces order by written desc, delivery_id desc limit 1)
    select v.delivery_id, n.name as newest, d.state not in ('applied', 'discarded', 'delivered')
      and not (d.state = 'retrying' and coalesce(d.summary -> 'reach' ->> 'rank', '') = ${AT_TARGET}) as open
    from versions v cross join newest n join delivery d on d.id = v.delivery_id
    where v.delivery_id <> n.delivery_id order by v.delivery_id for update of d`.execute(tx);
  const closed = rows.filter(({ open }) => open);
  for (const { delivery_id: deliveryId, newest } of closed)
    await write(tx, { deliveryId, kind: 'discarded', at, actor: null, text: `Заменён заказом сети: файл ${newest}` });
  return closed.map((row) => row.delivery_id);
}

/** Rank of an attempt that is «delivered»: the claim of an operation hides that state. */
const AT_TARGET = '3';

export interface ReplacedOrder {
  readonly flowId: string;
  readonly number: string;
  /** GLN. */
  readonly buyer: string;
  /** Day of the order, YYYY-MM-DD. */
  readonly date: string;
}

async function decide(tx: Db, answer: Answer, kind: 'discarded' | 'restored', at: number, text: string): Promise<void> {
  const actor = kind === 'discarded' ? answer.decided_by : null;
  await write(tx, { deliveryId: answer.delivery_id, kind, at, actor, text });
}

async function write(
  tx: Db,
  fact: { deliveryId: string; kind: 'discarded' | 'restored'; at: number; actor: string | null; text: string },
): Promise<void> {
  const { deliveryId, kind, at } = fact;
  const [seq = 0] = await writeFacts(tx, [fact]);
  await changeDeliveries(tx, [{ deliveryId, summary: summaryOfControl({ kind, seq, at }) }]);
}
