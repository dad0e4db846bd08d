/** Turns overdue acknowledgements into «in doubt»: sent, no answer for longer than the flow allows. */
import { summaryOfTimeout } from '@pult/shared/domain/delivery/summary';
import { sql } from 'kysely';
import { type AlikeFlows, alikeFlows } from './alike-flows.ts';
import { writeFacts } from './book.ts';
import { changeDeliveries, inFoldTransaction } from './ledger.ts';
import type { ListDeps } from './lists.ts';

const BATCH = 500;
/** What is more waits for the next round: a leader that has to go must not be held up by a million of them. */
const BATCHES_A_ROUND = 20;

interface Overdue {
  readonly ackTimeoutMs: number;
  /** What lies on the bus because nobody reads it is not in doubt: it is known where it is. */
  readonly unread: readonly string[];
}

/**
 * Marks what is overdue now, at most ten thousand of flows that are asked about at once; answers how many. Deliveries of
 * a running operation are the operation's business.
 */
export async function markOverdue(deps: ListDeps): Promise<number> {
  const now = deps.clock.now();
  const alike = alikeFlows(
    deps.flows.values(),
    ({ id, to, ackTimeoutMs }): Overdue => ({
      ackTimeoutMs,
      unread: to.filter((consumer) => deps.withoutConsumer?.(id, consumer) != null),
    }),
  );
  let marked = 0;
  for (const flows of alike)
    for (let batch = 0, last = BATCH; batch < BATCHES_A_ROUND && last === BATCH; batch += 1, marked += last)
      last = await markBatch(deps.db, flows, now);
  return marked;
}

/** @returns how many of one batch were marked */
const markBatch = (db: ListDeps['db'], { flowIds, said }: AlikeFlows<Overdue>, now: number): Promise<number> =>
  inFoldTransaction(db, async (tx) => {
    const { rows } = await sql<{ id: string; attempt: number }>`
      select id, attempt from delivery
      where flow_id = any(${flowIds}::text[]) and state = 'sent' and state_at < ${new Date(now - said.ackTimeoutMs)}
        and not (consumer = any(${said.unread}::text[]))
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
