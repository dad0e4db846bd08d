import type { ApprovalKind } from '@pult/shared/contracts/approvals';
import { sql } from 'kysely';
import type { ApprovalContext } from './context.ts';

/** One closed cycle of the clock of a request: a decision with the working time it took. */
export interface ClosedApproval {
  readonly approvalId: string;
  readonly kind: ApprovalKind;
  /** ms since the epoch. */
  readonly decidedAt: number;
  /** Working ms from start to decision, pauses left out. */
  readonly elapsedMs: number;
  readonly goalMs: number;
  readonly inTime: boolean;
  /** Person, or the system when it does not say who. */
  readonly decidedBy: string;
  readonly decidedIn: 'pult' | 'ut' | 'elma';
}

const SYSTEM_NAME = { pult: 'Пульт', ut: '1С:УТ', elma: 'ELMA' } as const;

interface DecidedRow {
  readonly id: string;
  readonly kind: ApprovalKind;
  readonly by: string | null;
  readonly decidedIn: ClosedApproval['decidedIn'];
}

/**
 * Cycles closed within `from` … `to` (ms, half-open), oldest first: the ground of compliance = in time ÷ closed, and
 * of decision times. Cancelled cycles are not among them.
 */
export async function closedApprovals(context: ApprovalContext, from: number, to: number): Promise<ClosedApproval[]> {
  const closed = await context.sla.closedCycles(from, to);
  const ids = [...new Set(closed.map(({ subjectId }) => subjectId))];
  const { rows } = await sql<DecidedRow>`
    select r.id, r.kind, d.by_name as by, d.decided_in as "decidedIn"
    from approval_request r join approval_decision d on d.id = r.decision_id
    where r.id = any(${ids}::uuid[])`.execute(context.db);
  const requests = new Map(rows.map((row) => [row.id, row]));
  return closed.flatMap((cycle) => {
    const request = requests.get(cycle.subjectId);
    if (request === undefined) return [];
    const { kind, by, decidedIn } = request;
    const { closedAt: decidedAt, elapsedMs, goalMs, met: inTime } = cycle;
    const decidedBy = by ?? SYSTEM_NAME[decidedIn];
    return [{ approvalId: cycle.subjectId, kind, decidedAt, elapsedMs, goalMs, inTime, decidedBy, decidedIn }];
  });
}
