import { AppError, SourceError } from '@pult/shared/errors/app-error';
import { textOf } from '../../connectors/onec-odata/values.ts';
import { type Db, inTransaction } from '../../platform/db/database.ts';
import type { ApprovalContext } from './context.ts';
import { type DecisionRow, decisionById, noteSent, type OutboxRow, outboxOf } from './decision-store.ts';
import { standsBetween } from './rules.ts';
import { loadRequest, type RequestRow, versionsOf } from './store.ts';

export type DeliveryOutcome =
  | { readonly kind: 'delivered'; readonly itemVersion?: number }
  | { readonly kind: 'conflict'; readonly conflict: NonNullable<OutboxRow['conflict']> }
  /** The system does not know the request yet. */
  | { readonly kind: 'absent' }
  /**
   * The lines are not those of the decision, or not known to be: 1С changed the document and Pult has not read it yet, or
   * 1С does not answer (`because`). Nothing was written.
   */
  | { readonly kind: 'unread'; readonly because?: SourceError };

/** Asked behind the first look and before the first write. Null: go on; else why nothing may leave yet. */
export type HoldBack = () => Promise<DeliveryOutcome | null>;

/**
 * A decision leaves only on the lines it was made on, or on others that it stands for. Two questions: does 1С hold the
 * state of the document that Pult has read (else the next reading decides), and does the decision stand for the newest
 * version (else it is taken back, or waits where a part of it has left). The second one is asked under the lock of the
 * request, where the leg is marked as sent, too: a merge sees either no leg that left or one that did.
 */
export async function holdBack(
  context: ApprovalContext,
  row: OutboxRow,
  leaseMs: number,
): Promise<DeliveryOutcome | null> {
  const known = await loadRequest(context.db, row.requestId);
  const asks = comparesWithBase(row, await otherLeg(context.db, row));
  let present: string | null;
  try {
    present = asks ? await documentVersion(context, known) : null;
  } catch (error) {
    // OData may be out of licences while people go on working: a base that does not answer may change its documents.
    if (error instanceof SourceError) return { kind: 'unread', because: error };
    throw error;
  }
  return inTransaction(context.db, async (tx) => {
    const request = await loadRequest(tx, row.requestId, { lock: true });
    const decision = await inForce(tx, row);
    const other = await otherLeg(tx, row);
    const isUnread = present !== null && present !== request.documentDataVersion && comparesWithBase(row, other);
    if (isUnread || !(await standsNow(tx, row, { request, decision, other }))) return { kind: 'unread' };
    if (!(await noteSent(tx, row, { now: context.clock.now(), leaseMs })))
      throw new AppError('server.unexpected', { outbox: row.id, problem: 'taken over by another worker' });
    return null;
  });
}

/** The decision of a delivery. @throws AppError when it was taken back */
export async function inForce(db: Db, row: OutboxRow): Promise<DecisionRow> {
  const decision = await decisionById(db, row.subjectId);
  if (decision === null || decision.undoneAt !== null)
    throw new AppError('server.unexpected', { outbox: row.id, problem: 'no decision in force' });
  return decision;
}

const otherLeg = async (db: Db, row: OutboxRow): Promise<OutboxRow | undefined> =>
  (await outboxOf(db, [row.requestId])).find(({ subjectId, id }) => subjectId === row.subjectId && id !== row.id);

/** 1С has the decision, or another one: ELMA must hear ours, whatever 1С made of the document since. */
const isSettledInUt = (row: OutboxRow, other: OutboxRow | undefined): boolean =>
  row.system === 'elma' && (other?.state === 'delivered' || other?.state === 'conflict');

/** Not while our own delivery to 1С is writing: it was compared a moment ago, and it changes the document itself. */
const comparesWithBase = (row: OutboxRow, other: OutboxRow | undefined): boolean =>
  !isSettledInUt(row, other) &&
  !(
    row.system === 'elma' &&
    other?.state === 'delivering' &&
    other.sentAt !== null &&
    other.sentAt.getTime() >= other.changedAt.getTime()
  );

/** DataVersion that 1С holds now; null when there is nothing to compare with. */
async function documentVersion(context: ApprovalContext, request: RequestRow): Promise<string | null> {
  const { ut } = context.systems;
  const { documentSet, documentRef, documentDataVersion } = request;
  if (ut === null || documentSet === null || documentRef === null || documentDataVersion === null) return null;
  const present = await context.connectors
    .onec(ut.system)
    .get(documentSet, documentRef, { select: ['Ref_Key', 'DataVersion'] });
  return present === null ? null : textOf(present, 'DataVersion');
}

async function standsNow(
  tx: Db,
  row: OutboxRow,
  facts: { request: RequestRow; decision: DecisionRow; other: OutboxRow | undefined },
): Promise<boolean> {
  const { request, decision, other } = facts;
  if (decision.version === request.version || isSettledInUt(row, other)) return true;
  const versions = await versionsOf(tx, request.id);
  const was = versions.find(({ version }) => version === decision.version);
  const now = versions.at(-1);
  return was !== undefined && now !== undefined && standsBetween(decision.verdict, was, now);
}
