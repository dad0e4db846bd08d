import type { ApprovalSystem } from '@pult/shared/contracts/approvals';
import { AppError, SourceError } from '@pult/shared/errors/app-error';
import { PULT } from '../../platform/actor.ts';
import { inTransaction } from '../../platform/db/database.ts';
import { isDatabaseUnavailable } from '../../platform/db/database-errors.ts';
import { cutText } from '../../platform/http/clean-text.ts';
import { whileLeased } from '../../platform/jobs/lease.ts';
import { recordAudit } from '../audit/index.ts';
import { type ApprovalContext, announce } from './context.ts';
import {
  type AttemptEnd,
  claimOutbox,
  endAttempt,
  noteQuestionDelivered,
  type OutboxRow,
  postponeOutbox,
  questionById,
  renewLease,
} from './decision-store.ts';
import { deliverDecisionToElma, deliverQuestionToElma } from './deliver-elma.ts';
import { deliverDecisionToUt } from './deliver-ut.ts';
import type { DeliveryOutcome } from './hold-back.ts';
import { holdBack, inForce } from './hold-back.ts';
import { reopenWhenWorse } from './reopen.ts';
import { backOffMs } from './rules.ts';
import { loadRequest, type RequestRow } from './store.ts';

/** Renewed while a delivery is under way: one of a live worker is never taken over, one of a dead worker a minute later. */
const LEASE_MS = 60_000;
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
  for (const { system, nextAt } of closed)
    if (nextAt !== null) await postponeOutbox(context.db, system, { now, nextAt });
  const others = only === null ? [] : (['ut', 'elma'] as const).filter((system) => system !== only);
  const claim = { now, leaseMs, limit: AT_ONCE, except: [...closed.map(({ system }) => system), ...others] };
  const rows = await inTransaction(context.db, (tx) => claimOutbox(tx, claim));
  const done = await Promise.allSettled(rows.map((row) => deliverOne(context, row, leaseMs)));
  announce(context, [...new Set(rows.map(({ requestId }) => requestId))]);
  const failed = done.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return rows.length;
}

/**
 * Systems whose circuit is open and not due for a probe: asking them would only tell what is known. Without `nextAt` the
 * login of this process is held: its deliveries stay due, for an instance with a good password and for the moment at which
 * a check ends the pause.
 */
function closedSystems(context: ApprovalContext, now: number): { system: ApprovalSystem; nextAt: number | null }[] {
  return (['ut', 'elma'] as const).flatMap((name) => {
    const system = context.systems[name]?.system;
    const state = system === undefined ? null : context.connectors.state(system);
    const nextAt = state?.circuit === 'open' ? (state.nextProbeAt ?? now) : now;
    return nextAt > now ? [{ system: name, nextAt: state?.login == null ? nextAt : null }] : [];
  });
}

async function deliverOne(context: ApprovalContext, row: OutboxRow, leaseMs: number): Promise<void> {
  let end: AttemptEnd;
  try {
    end = ended(context, row, await send(context, row, leaseMs));
  } catch (error) {
    // Without the database nothing can be recorded: the lease runs out and the delivery is tried again.
    if (isDatabaseUnavailable(error)) throw error;
    end = failed(context, row, error);
  }
  await inTransaction(context.db, async (tx) => {
    const failedDecision = end.outcome === 'failed' && row.subject === 'decision';
    // Requests are locked before their deliveries, here as everywhere.
    const request = failedDecision ? await loadRequest(tx, row.requestId, { lock: true }) : null;
    const counts = await endAttempt(tx, row, end);
    if (counts && request?.state === 'decided') await reopenWhenWorse(context, tx, request);
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

/** Sends while the lease is kept: calls may wait for their turn at a slow system longer than any lease that is sensible. */
async function send(context: ApprovalContext, row: OutboxRow, leaseMs: number): Promise<DeliveryOutcome> {
  const lease = {
    leaseMs,
    renew: () => renewLease(context.db, row, { now: context.clock.now(), leaseMs }),
    // Then the lease runs out, and a decision does not leave without a look whose it is.
    onError: (error: unknown) => context.log.warn({ err: error, outbox: row.id }, 'lease of a delivery not renewed'),
  };
  return whileLeased(lease, async () => {
    const request = await loadRequest(context.db, row.requestId);
    return row.subject === 'decision'
      ? sendDecision(context, row, { request, leaseMs })
      : sendQuestion(context, row, request);
  });
}

async function sendDecision(
  context: ApprovalContext,
  row: OutboxRow,
  { request, leaseMs }: { request: RequestRow; leaseMs: number },
): Promise<DeliveryOutcome> {
  const decision = await inForce(context.db, row);
  const { ut, elma } = context.systems;
  const mayLeave = (): Promise<DeliveryOutcome | null> => holdBack(context, row, leaseMs);
  if (row.system === 'ut' && ut !== null) {
    const target = { ut: context.connectors.onec(ut.system), zone: ut.zone };
    return deliverDecisionToUt(target, request, decision, mayLeave);
  }
  if (row.system === 'elma' && elma !== null) {
    const target = { elma: context.connectors.elma(elma.system), app: elma.app };
    return deliverDecisionToElma(target, request, decision, mayLeave);
  }
  return { kind: 'absent' };
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
      return { outcome: 'delivered', error: null, conflict: null, nextAt: null, nothingThere: false, now };
    case 'conflict':
      return { outcome: 'conflict', error: null, conflict: outcome.conflict, nextAt: null, nothingThere: false, now };
    case 'absent':
      return again(context, row, { error: { code: 'source.not_found', text: null }, nothingThere: false });
    case 'unread':
      return again(context, row, { error: waitsFor(outcome.because), nothingThere: true });
  }
}

/** What a decision waits for that did not leave; the words of another system than that of the delivery say whose they are. */
function waitsFor(because: SourceError | undefined): NonNullable<AttemptEnd['error']> {
  if (because === undefined) return { code: 'approval.version_changed', text: null };
  return { code: because.code, text: `1С:УТ: ${textIn(because) ?? because.code}` };
}

const textIn = ({ data }: SourceError): string | null =>
  typeof data.text === 'string' ? cutText(data.text, 500) : null;

const again = (
  context: ApprovalContext,
  row: OutboxRow,
  why: { readonly error: NonNullable<AttemptEnd['error']>; readonly nothingThere: boolean },
): AttemptEnd => {
  const now = context.clock.now();
  return { outcome: 'failed', ...why, conflict: null, nextAt: now + backOffMs(row.attempts, context.random()), now };
};

function failed(context: ApprovalContext, row: OutboxRow, error: unknown): AttemptEnd {
  const known = error instanceof AppError;
  if (!known) context.log.error({ err: error, outbox: row.id, system: row.system }, 'delivery of a decision failed');
  const text = error instanceof SourceError ? textIn(error) : null;
  return again(context, row, { error: { code: known ? error.code : 'server.unexpected', text }, nothingThere: false });
}
