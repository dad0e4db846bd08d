import type { CheckFault, CheckFaultCode, CheckStepId, FolderRole } from '@pult/shared/contracts/connection-checks';
import { isHtml, type RawAnswer } from './raw-answer.ts';

export type CheckFacts = Readonly<Record<string, string | number | boolean | string[]>>;

export type StepOutcome =
  | { readonly ok: true; readonly facts: CheckFacts }
  | { readonly ok: false; readonly fault: CheckFault };

/**
 * One step of «Проверить подключение». A connector offers its steps in the order of `CHECK_STEPS`; the first that fails ends the
 * check. A step changes nothing in the system, works while the circuit is open, does not count in it, and sends at most
 * what the limits of the connection allow. It reports failures of the system as an outcome and throws only for mistakes of Pult.
 */
export interface CheckStep {
  readonly id: CheckStepId;
  run(): Promise<StepOutcome>;
}

/** Why a system is asked and for what: read from the landscape, so that a check asks for nothing else. */
export interface CheckNeeds {
  /** Sets, apps, paths, rights on the bus: what has to be there. */
  readonly objects: readonly string[];
  readonly folders: readonly { readonly role: FolderRole; readonly path: string }[];
  readonly flows: readonly string[];
}

export const passed = (facts: CheckFacts = {}): StepOutcome => ({ ok: true, facts });

export const failedStep = (
  code: CheckFaultCode,
  more: { data?: CheckFault['data']; request?: string | null; answer?: string | null } = {},
): StepOutcome => ({
  ok: false,
  fault: { code, data: more.data ?? {}, request: more.request ?? null, answer: more.answer ?? null },
});

/** A 503: a page comes from the web server in front, the system itself says in its own words that it is not ready. */
export const unavailableFault = (answer: RawAnswer): CheckFaultCode => (isHtml(answer) ? 'gateway' : 'not_ready');
