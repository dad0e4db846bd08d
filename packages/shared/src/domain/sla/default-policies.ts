import type { PauseCause } from './clock-facts.ts';
import { DEFAULT_THRESHOLDS, type EscalationStep, type PolicyMatch, type SlaPolicy } from './policy.ts';

const HOUR_MS = 3_600_000;

/** Waiting for the initiator or for ELMA is not the decider's time. */
const PAUSES: readonly PauseCause[] = ['clarification', 'reserve-mode'];

/** 50 %: the decider; 80 %: also whoever stands in; 100 %: also operations. */
const LADDER: readonly EscalationStep[] = [
  { percent: 50, notify: ['assignee'] },
  { percent: 80, notify: ['assignee', 'manager'] },
  { percent: 100, notify: ['assignee', 'manager', 'ops'] },
];

/**
 * Policies of a new installation, in the order of choice: discount up to 5 p.p. 4 h, above 8 h; order 8 h; return
 * 16 h, all in working time. They are a starting point for the administrator, no rule of the business, except the
 * border of 5 p.p. inclusive, which is that of automatic approval in reserve mode.
 */
export function defaultPolicies(calendarId: string): readonly SlaPolicy[] {
  const policy = (id: string, title: string, hours: number, applies: Partial<PolicyMatch>): SlaPolicy => ({
    id,
    version: 1,
    title,
    calendarId,
    applies: { kinds: [], deviationOver: null, deviationUpTo: null, flows: null, ...applies },
    goalMs: hours * HOUR_MS,
    thresholds: DEFAULT_THRESHOLDS,
    pausesOn: PAUSES,
    escalation: LADDER,
  });
  return [
    policy('discount-up-to-5', 'Скидки до 5 п.п.', 4, { kinds: ['discount'], deviationUpTo: 5 }),
    policy('discount-over-5', 'Скидки свыше 5 п.п.', 8, { kinds: ['discount'] }),
    policy('order', 'Заказы', 8, { kinds: ['order'] }),
    policy('return', 'Возвраты', 16, { kinds: ['return'] }),
  ];
}
