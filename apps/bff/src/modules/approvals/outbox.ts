import type { ApprovalSystem } from '@pult/shared/contracts/approvals';
import { AppError, SourceError } from '@pult/shared/errors/app-error';
import { textOf } from '../../connectors/onec-odata/values.ts';
import { PULT } from '../../platform/actor.ts';
import { inTransaction } from '../../platform/db/database.ts';
import { isDatabaseUnavailable } from '../../platform/db/database-errors.ts';
import { recordAudit } from '../audit/index.ts';
import { type ApprovalContext, announce } from './context.ts';
import {
  type AttemptEnd,
  claimOutbox,
  decisionById,
  endAttempt,
  noteQuestionDelivered,
  type OutboxRow,
  outboxOf,
  postponeOutbox,
  questionById,
} from './decision-store.ts';
import { type DeliveryOutcome, deliverDecisionToElma, deliverQuestionToElma } from './deliver-elma.ts';
import { deliverDecisionToUt } from './deliver-ut.ts';
import { backOffMs } from './rules.ts';
import { loadRequest, type RequestRow } from './store.ts';

/** Longer than the longest answer of a system: a delivery of a live worker is never taken over. */
const LEASE_MS = 5 * 60_000;
const AT_ONCE = 8;

/**
 * Carries out what is due. At least once: a worker that dies leaves a lease that runs out, and the next try reads
 * before it writes. `only`: one system, so that a slow one never holds up what is due for the other. @returns how many deliveries were tried
 */
export async function deliverDue(
  context: ApprovalContext,
  leaseMs = LEASE_MS,
  only: ApprovalSystem | null = null,
): Promise<number> {
  const now = context.clock.now();
  const closed = closedSystems(context, now);
  for (const { system, nextAt } of closed) await postponeOutbox(context.db, system, { now, nextAt });
  const others = only === null ? [] : (['ut', 'elma'] as const).filter((system) => system !== only);
  const claim = { now, leaseMs, limit: AT_ONCE, except: [...closed.map(({ system }) => system), ...others] };
  const rows = await inTransaction(context.db, (tx) => claimOutbox(tx, claim));
  const done = await Promise.allSettled(rows.map((row) => deliverOne(context, row)));
  announce(context, [...new Set(rows.map(({ requestId }) => requestId))]);
  const failed = done.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return rows.length;
}

/** Systems whose circuit is open and not due for a probe: asking them would only tell what is known. */
function closedSystems(context: ApprovalContext, now: number): { system: ApprovalSystem; nextAt: number }[] {
  return (['ut', 'elma'] as const).flatMap((name) => {
    const system = context.systems[name]?.system;
    const state = system === undefined ? null : context.connectors.state(system);
    const nextAt = state?.circuit === 'open' ? (state.nextProbeAt ?? now) : now;
    return nextAt > now ? [{ system: name, nextAt }] : [];
  });
}

async function deliverOne(context: ApprovalContext, row: OutboxRow): Promise<void> {
  let end: AttemptEnd;
  try {
    end = ended(context, row, await send(context, row));
  } catch (error) {
    // Without the database nothing can be recorded: the lease runs out and the delivery is tried again.
    if (isDatabaseUnavailable(error)) throw error;
    end = failed(context, row, error);
  }
  await inTransaction(context.db, async (tx) => {
    const counts = await endAttempt(tx, row, end);
    if (!counts || (end.outcome === 'failed' && row.attempts > 1)) return;
    await recordAudit(tx, {
      actor: PULT,
      action: `approval.${row.subject}_${end.outcome}`,
      objectKind: 'approval',
      objectId: row.requestId,
      after: {
        system: row.system,
        subjectId: row.subjectId,
        attempt: row.attempts,
        error: end.error,
        conflict: end.conflict,
      },
      at: new Date(context.clock.now()),
    });
  });
}

async function send(context: ApprovalContext, row: OutboxRow): Promise<DeliveryOutcome> {
  const request = await loadRequest(context.db, row.requestId);
  return row.subject === 'decision' ? sendDecision(context, row, request) : sendQuestion(context, row, request);
}

async function sendDecision(context: ApprovalContext, row: OutboxRow, request: RequestRow): Promise<DeliveryOutcome> {
  const decision = await decisionById(context.db, row.subjectId);
  if (decision === null || decision.undoneAt !== null)
    throw new AppError('server.unexpected', { outbox: row.id, problem: 'no decision in force' });
  if (await isDocumentUnread(context, row, request)) return { kind: 'unread' };
  const { ut, elma } = context.systems;
  if (row.system === 'ut' && ut !== null)
    return deliverDecisionToUt({ ut: context.connectors.onec(ut.system), zone: ut.zone }, request, decision);
  if (row.system === 'elma' && elma !== null)
    return deliverDecisionToElma({ elma: context.connectors.elma(elma.system), app: elma.app }, request, decision);
  return { kind: 'absent' };
}

/**
 * Whether 1С holds another state of the document than the one that Pult has read. A decision is bound to its lines, and
 * between two readings they may have changed; then it waits for the reading, which lets it go on or takes it back. Once
 * one system has the decision, the other one must get it, too: our own delivery changes the document.
 */
async function isDocumentUnread(context: ApprovalContext, row: OutboxRow, request: RequestRow): Promise<boolean> {
  const { ut } = context.systems;
  const { documentSet, documentRef, documentDataVersion } = request;
  if (ut === null || documentSet === null || documentRef === null || documentDataVersion === null) return false;
  const legs = (await outboxOf(context.db, [request.id])).filter(({ subjectId }) => subjectId === row.subjectId);
  if (legs.some(({ state }) => state === 'delivered' || state === 'conflict')) return false;
  try {
    const present = await context.connectors
      .onec(ut.system)
      .get(documentSet, documentRef, { select: ['Ref_Key', 'DataVersion'] });
    return present !== null && textOf(present, 'DataVersion') !== documentDataVersion;
  } catch (error) {
    // Nobody can change a document of a base that does not answer; the leg to the base itself fails by its own.
    if (error instanceof SourceError) return false;
    throw error;
  }
}

async function sendQuestion(context: ApprovalContext, row: OutboxRow, request: RequestRow): Promise<DeliveryOutcome> {
  const question = await questionById(context.db, row.subjectId);
  const { elma } = context.systems;
  if (question === null || elma === null) return { kind: 'absent' };
  const target = { elma: context.connectors.elma(elma.system), app: elma.app };
  const outcome = await deliverQuestionToElma(target, request, question, row.attempts > 1);
  if (outcome.kind === 'delivered' && outcome.itemVersion !== undefined)
    await noteQuestionDelivered(context.db, question.id, outcome.itemVersion);
  return outcome;
}

function ended(context: ApprovalContext, row: OutboxRow, outcome: DeliveryOutcome): AttemptEnd {
  const now = context.clock.now();
  switch (outcome.kind) {
    case 'delivered':
      return { outcome: 'delivered', error: null, conflict: null, nextAt: null, now };
    case 'conflict':
      return { outcome: 'conflict', error: null, conflict: outcome.conflict, nextAt: null, now };
    case 'absent':
    case 'unread':
      return {
        outcome: 'failed',
        error: { code: outcome.kind === 'absent' ? 'source.not_found' : 'approval.version_changed', text: null },
        conflict: null,
        nextAt: now + backOffMs(row.attempts, context.random()),
        now,
      };
  }
}

function failed(context: ApprovalContext, row: OutboxRow, error: unknown): AttemptEnd {
  const now = context.clock.now();
  const known = error instanceof AppError;
  if (!known) context.log.error({ err: error, outbox: row.id, system: row.system }, 'delivery of a decision failed');
  const text =
    error instanceof SourceError && typeof error.data.text === 'string' ? error.data.text.slice(0, 500) : null;
  return {
    outcome: 'failed',
    error: { code: known ? error.code : 'server.unexpected', text },
    conflict: null,
    nextAt: now + backOffMs(row.attempts, context.random()),
    now,
  };
}
