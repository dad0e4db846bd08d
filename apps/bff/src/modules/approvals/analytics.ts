import type { ApprovalKind } from '@pult/shared/contracts/approvals';
import { sql } from 'kysely';
import type { ApprovalContext } from './context.ts';

/** One closed cycle: a decision with the working time it took. */
export interface ApprovalCycle {
  readonly approvalId: string;
  readonly kind: ApprovalKind;
  readonly decidedAt: number;
  /** Working ms from start to decision, pauses left out. */
  readonly elapsedMs: number;
  readonly goalMs: number;
  readonly met: boolean;
  readonly decider: string | null;
  readonly decidedIn: 'pult' | 'ut' | 'elma';
}

/** Cycles closed within `from` … `to` (ms, half-open), oldest first: the ground of compliance and decision time. */
export async function approvalCycles(context: ApprovalContext, from: number, to: number): Promise<ApprovalCycle[]> {
  const closed = await context.sla.closedCycles(from, to);
  const ids = [...new Set(closed.map(({ subjectId }) => subjectId))];
  const { rows } = await sql<{
    id: string;
    kind: ApprovalKind;
    by: string | null;
    decidedIn: ApprovalCycle['decidedIn'];
  }>`
    select r.id, r.kind, d.by_name as by, d.decided_in as "decidedIn"
    from approval_request r join approval_decision d on d.id = r.decision_id
    where r.id = any(${ids}::uuid[])`.execute(context.db);
  const requests = new Map(rows.map((row) => [row.id, row]));
  return closed.flatMap((cycle) => {
    const request = requests.get(cycle.subjectId);
    if (request === undefined) return [];
    const { kind, by: decider, decidedIn } = request;
    const { closedAt: decidedAt, elapsedMs, goalMs, met } = cycle;
    return [{ approvalId: cycle.subjectId, kind, decidedAt, elapsedMs, goalMs, met, decider, decidedIn }];
  });
}

export interface ApprovalStatistics {
  readonly closed: number;
  readonly met: number;
  readonly breached: number;
  /** met ÷ closed; null without closed cycles. */
  readonly compliance: number | null;
  readonly openBreached: number;
  readonly distribution: { fromPercent: number; toPercent: number | null; count: number }[];
  readonly medianPercent: number | null;
  readonly p90Percent: number | null;
  readonly kinds: {
    kind: ApprovalKind;
    decided: number;
    medianMs: number | null;
    p90Ms: number | null;
    goalMs: number | null;
    compliance: number | null;
  }[];
  readonly deciders: { name: string; decided: number; met: number; compliance: number | null }[];
}

const BUCKETS = [0, 25, 50, 75, 100, 150, 200];
/** Below this many a percentile says nothing about the next case. */
const ENOUGH = 20;

/** Decision time and compliance over the cycles closed within a span; open breaches are as of now. */
export async function approvalStatistics(
  context: ApprovalContext,
  from: number,
  to: number,
): Promise<ApprovalStatistics> {
  return statisticsOf(await approvalCycles(context, from, to), await context.sla.openBreached());
}

const share = (met: number, all: number): number | null => (all === 0 ? null : met / all);

/** Nearest-rank percentile. */
export function percentileOf(values: readonly number[], percent: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;
}

export function statisticsOf(cycles: readonly ApprovalCycle[], openBreached: number): ApprovalStatistics {
  const met = cycles.filter((cycle) => cycle.met).length;
  const percents = cycles.map(({ elapsedMs, goalMs }) => (elapsedMs / goalMs) * 100);
  const names = [...new Set(cycles.map(({ decider }) => decider).filter((name) => name !== null))];
  return {
    closed: cycles.length,
    met,
    breached: cycles.length - met,
    compliance: share(met, cycles.length),
    openBreached,
    distribution: BUCKETS.map((fromPercent, index) => {
      const toPercent = BUCKETS[index + 1] ?? null;
      const count = percents.filter((one) => one >= fromPercent && (toPercent === null || one < toPercent)).length;
      return { fromPercent, toPercent, count };
    }),
    medianPercent: percentileOf(percents, 50),
    p90Percent: percents.length < ENOUGH ? null : percentileOf(percents, 90),
    kinds: (['discount', 'order', 'return'] as const).map((kind) => {
      const own = cycles.filter((cycle) => cycle.kind === kind);
      const times = own.map(({ elapsedMs }) => elapsedMs);
      const goals = new Set(own.map(({ goalMs }) => goalMs));
      return {
        kind,
        decided: own.length,
        medianMs: percentileOf(times, 50),
        p90Ms: times.length < ENOUGH ? null : percentileOf(times, 90),
        // Several policies in one kind have no common goal.
        goalMs: goals.size === 1 ? (own[0]?.goalMs ?? null) : null,
        compliance: share(own.filter((cycle) => cycle.met).length, own.length),
      };
    }),
    deciders: names
      .map((name) => {
        const own = cycles.filter(({ decider }) => decider === name);
        const inTime = own.filter((cycle) => cycle.met).length;
        return { name, decided: own.length, met: inTime, compliance: share(inTime, own.length) };
      })
      .toSorted((a, b) => b.decided - a.decided),
  };
}
