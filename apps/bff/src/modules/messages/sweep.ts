/** Turns overdue acknowledgements into «in doubt»: sent, no answer for longer than the flow allows. */
import { summaryOfTimeout } from '@pult/shared/domain/delivery/summary';
import { sql } from 'kysely';
import { writeFacts } from './book.ts';
import { changeDeliveries, inFoldTransaction } from './ledger.ts';
import type { ListDeps } from './lists.ts';

const BATCH = 500;

/** Marks at most one batch per flow; answers how many. Deliveries of a running operation are the operation's business. */
export async function markOverdue(deps: ListDeps): Promise<number> {
  const now = deps.clock.now();
  let marked = 0;
  for (const flow of deps.flows.values()) {
    if (!flow.watched) continue;
    // What lies on the bus because nobody reads it is not in doubt: it is known where it is.
    const unread = flow.to.filter((consumer) => deps.withoutConsumer?.(flow.id, consumer) != null);
    marked += await inFoldTransaction(deps.db, async (tx) => {
      const { rows } = await sql<{ id: string; attempt: number }>`
        select id, attempt from delivery
        where flow_id = ${flow.id} and state = 'sent' and state_at < ${new Date(now - flow.ackTimeoutMs)}
          and not (consumer = any(${unread}::text[]))
          and coalesce(summary -> 'control' ->> 'kind', '') <> 'claimed'
        order by id limit ${BATCH} for update skip locked`.execute(tx);
      if (rows.length === 0) return 0;
      await writeFacts(
        tx,
        rows.map(({ id, attempt }) => ({ deliveryId: id, kind: 'timed_out', at: now, attempt })),
      );
      await changeDeliveries(
        tx,
        rows.map(({ id, attempt }) => ({ deliveryId: id, summary: summaryOfTimeout(attempt, now) })),
      );
      return rows.length;
    });
  }
  return marked;
}
