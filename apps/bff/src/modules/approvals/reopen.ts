import type { Db } from '../../platform/db/database.ts';
import type { ApprovalContext } from './context.ts';
import { closeOutbox, decisionsOf, type OutboxRow, outboxOf, takeDecisionBack } from './decision-store.ts';
import { standsBetween } from './rules.ts';
import { type RequestRow, updateRequest, versionsOf } from './store.ts';

/**
 * A decision of Pult is bound to the lines it was made on. While nothing of it can have left, lines that became worse
 * take it back and the request waits again; behind that 1С starts a process of its own for the change. It is asked at
 * every merge and behind every failed delivery: one that was under way when the lines came in may not have left at all.
 * The caller holds the lock of the request. @returns the request as it is then, null when the decision stays
 */
export async function reopenWhenWorse(context: ApprovalContext, tx: Db, row: RequestRow): Promise<RequestRow | null> {
  const decision = (await decisionsOf(tx, [row.id])).findLast(({ undoneAt }) => undoneAt === null);
  if (decision === undefined || decision.decidedIn !== 'pult' || decision.version === row.version) return null;
  const versions = await versionsOf(tx, row.id);
  const was = versions.find(({ version }) => version === decision.version);
  const now = versions.at(-1);
  if (was === undefined || now === undefined || standsBetween(decision.verdict, was, now)) return null;
  const legs = (await outboxOf(tx, [row.id], { lock: true })).filter(({ subjectId }) => subjectId === decision.id);
  if (legs.some(mayBeThere)) return null;
  const at = context.clock.now();
  await closeOutbox(tx, decision.id, at);
  await takeDecisionBack(tx, { id: decision.id, now: at, by: null, cause: 'version' });
  await context.clocks.takeStopBack(tx, row.clockId, { at, actor: null, reason: 'version' });
  const change = { state: 'open', decisionId: null, decidedAt: null } as const;
  await updateRequest(tx, row, change, at);
  return { ...row, ...change };
}

/** A failed delivery whose write was let go may be in the system all the same; one under way may be about to write. */
const mayBeThere = ({ state, sentAt }: OutboxRow): boolean =>
  sentAt !== null || state === 'delivering' || state === 'delivered' || state === 'conflict';
