/** What a check keeps of the one before it, and when a password may be tried again. Pure. */
import type { CheckFaultCode, CheckStep, CheckStepId } from '@pult/shared/contracts/connection-checks';

/** Refusals behind which another try counts towards locking the account. */
export const PASSWORD_FAULTS = ['wrong_password', 'application_token_refused'] as const satisfies CheckFaultCode[];

/** Two refusals within this time, and no check sends the same password a third time before it has passed. */
export const LOGIN_PAUSE_MS = 15 * 60_000;
const REFUSALS_ALLOWED = 2;

/**
 * When the password may be sent again, ms since the epoch; null = now. A process that started later has read its secrets anew:
 * refusals before that say nothing about them. 1С locks an account after three wrong passwords by default.
 */
export function loginPausedUntil(refusedAt: readonly number[], now: { now: number; startedAt: number }): number | null {
  const recent = refusedAt
    .filter((at) => at >= now.startedAt && at > now.now - LOGIN_PAUSE_MS)
    .toSorted((a, b) => b - a);
  const deciding = recent[REFUSALS_ALLOWED - 1];
  return deciding === undefined ? null : deciding + LOGIN_PAUSE_MS;
}

const waiting = (id: CheckStepId): CheckStep => ({ id, state: 'waiting', ms: null, facts: {}, fault: null });

/**
 * Steps of a new check. With `from`, what stands before it is kept from the last check, where it was good there; otherwise the
 * check begins at the first step that was not.
 */
export function plannedSteps(
  ids: readonly CheckStepId[],
  asked: { from: CheckStepId | null; last: readonly CheckStep[] | null },
): { steps: CheckStep[]; from: CheckStepId | null } {
  const wanted = asked.from === null ? 0 : Math.max(0, ids.indexOf(asked.from));
  const kept: CheckStep[] = [];
  for (const id of ids.slice(0, wanted)) {
    const before = asked.last?.find((step) => step.id === id);
    if (before === undefined || (before.state !== 'ok' && before.state !== 'kept')) break;
    kept.push({ ...before, state: 'kept' });
  }
  const first = ids[kept.length] ?? null;
  return { steps: [...kept, ...ids.slice(kept.length).map(waiting)], from: kept.length === 0 ? null : first };
}

/** A step that was under way when the process ended was not finished: it waits. */
export const interruptedSteps = (steps: readonly CheckStep[]): CheckStep[] =>
  steps.map((step) => (step.state === 'running' ? waiting(step.id) : step));
