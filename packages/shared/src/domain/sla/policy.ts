import { type ClockGoal, findGoalProblem, type PauseCause } from './clock-facts.ts';

/** What a clock may measure: approval requests by kind, deliveries, conflicts after reserve mode. */
export type SubjectKind = 'discount' | 'order' | 'return' | 'delivery' | 'conflict';

/** The facts about a subject by which its policy is chosen. */
export interface PolicySubject {
  readonly kind: SubjectKind;
  /** Largest deviation over the lines, percentage points; null where the subject has none. */
  readonly deviation: number | null;
  readonly flow: string | null;
}

export interface PolicyMatch {
  readonly kinds: readonly SubjectKind[];
  /** Percentage points, exclusive; null = no lower bound. */
  readonly deviationOver: number | null;
  /** Percentage points, inclusive; null = no upper bound. */
  readonly deviationUpTo: number | null;
  /** Flow ids; null = any. */
  readonly flows: readonly string[] | null;
}

/** Who is told when a threshold is reached. No step ever decides anything by itself. */
export interface EscalationStep {
  readonly percent: number;
  /** Roles, or `assignee`. */
  readonly notify: readonly string[];
}

/** Политика SLA: which subjects, how much working time, when to warn whom, what stops the clock. Versioned. */
export interface SlaPolicy {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly calendarId: string;
  readonly applies: PolicyMatch;
  /** Working time, ms. */
  readonly goalMs: number;
  /** Percents of the goal, ascending. */
  readonly thresholds: readonly number[];
  readonly pausesOn: readonly PauseCause[];
  readonly escalation: readonly EscalationStep[];
}

export const DEFAULT_THRESHOLDS: readonly number[] = [50, 80, 100];

/** The first policy of the list that fits; null when none does, and then the subject has no clock. */
export function selectPolicy(policies: readonly SlaPolicy[], subject: PolicySubject): SlaPolicy | null {
  return policies.find(({ applies }) => isCovered(applies, subject)) ?? null;
}

function isCovered({ kinds, deviationOver, deviationUpTo, flows }: PolicyMatch, subject: PolicySubject): boolean {
  if (!kinds.includes(subject.kind)) return false;
  if (flows !== null && (subject.flow === null || !flows.includes(subject.flow))) return false;
  if (deviationOver === null && deviationUpTo === null) return true;
  if (subject.deviation === null) return false;
  return (
    (deviationOver === null || subject.deviation > deviationOver) &&
    (deviationUpTo === null || subject.deviation <= deviationUpTo)
  );
}

/** What a start or retarget fact takes from a policy. */
export function goalOfPolicy({ id, version, goalMs, thresholds }: SlaPolicy): ClockGoal {
  return { goalMs, thresholds, policy: { id, version } };
}

export type PolicyProblemCode =
  | 'title.missing'
  | 'kinds.empty'
  | 'deviation.empty_range'
  | 'goal_invalid'
  | 'thresholds_invalid'
  | 'escalation.unknown_threshold'
  | 'escalation.nobody';

export interface PolicyProblem {
  readonly path: string;
  readonly code: PolicyProblemCode;
}

/** Everything wrong with a policy at once; an empty list means a clock can run by it. */
export function findPolicyProblems(policy: SlaPolicy): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  if (policy.title.trim() === '') problems.push({ path: 'title', code: 'title.missing' });
  if (policy.applies.kinds.length === 0) problems.push({ path: 'applies.kinds', code: 'kinds.empty' });
  const { deviationOver, deviationUpTo } = policy.applies;
  if (deviationOver !== null && deviationUpTo !== null && deviationOver >= deviationUpTo)
    problems.push({ path: 'applies.deviationUpTo', code: 'deviation.empty_range' });
  // Checked apart, because the first wrong one would hide the other.
  const goal = findGoalProblem({ goalMs: policy.goalMs, thresholds: [], policy: null });
  if (goal !== null) problems.push({ path: 'goalMs', code: goal });
  const thresholds = findGoalProblem({ goalMs: 1, thresholds: policy.thresholds, policy: null });
  if (thresholds !== null) problems.push({ path: 'thresholds', code: thresholds });
  policy.escalation.forEach((step, index) => {
    const path = `escalation.${index}`;
    if (!policy.thresholds.includes(step.percent))
      problems.push({ path: `${path}.percent`, code: 'escalation.unknown_threshold' });
    if (step.notify.length === 0) problems.push({ path: `${path}.notify`, code: 'escalation.nobody' });
  });
  return problems;
}
