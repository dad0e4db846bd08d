import type { ApprovalCard } from '@pult/shared/contracts/approvals';
import { kopecksOf, pointsOf } from '@pult/shared/domain/approval/points';
import { boundaryOf, NEAR_DEVIATION, type PastDecision, rankSimilar } from '@pult/shared/domain/approval/similar';
import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import type { Verdict } from './rules.ts';
import type { RequestRow } from './store.ts';

interface PastRow {
  readonly id: string;
  readonly number: string;
  readonly customer: string;
  readonly customerKey: string;
  readonly segment: string | null;
  readonly decidedAt: Date;
  readonly deviation: number;
  readonly amount: string | null;
  readonly verdict: Verdict;
  readonly by: string | null;
}

const SHOWN = 5;
const LOOKED_AT = 500;
const YEAR_MS = 366 * 86_400_000;

/** The newest decisions of a year that may be comparable; the rules rank them. */
async function candidates(db: Db, request: RequestRow): Promise<PastRow[]> {
  const until = request.decidedAt ?? new Date(8.64e15);
  const since = new Date((request.decidedAt ?? request.changedAt).getTime() - YEAR_MS);
  const upper = request.decidedAt === null ? sql`true` : sql`r.decided_at < ${until}`;
  const { rows } = await sql<PastRow>`
    select r.id, r.document_number as number, r.customer_name as customer,
      coalesce(r.customer_ref, r.customer_inn, r.customer_name) as "customerKey", r.segment,
      r.decided_at as "decidedAt", r.deviation_max as deviation, r.amount, d.verdict, d.by_name as by
    from approval_request r join approval_decision d on d.id = r.decision_id
    where r.state = 'decided' and r.kind = ${request.kind} and r.id <> ${request.id}
      and r.deviation_max between ${request.deviationMax - NEAR_DEVIATION} and ${request.deviationMax + NEAR_DEVIATION}
      and (r.amount is null or ${request.amount}::numeric is null
        or r.amount between ${request.amount}::numeric / 2 and ${request.amount}::numeric * 2)
      and r.decided_at > ${since} and ${upper}
    order by r.decided_at desc limit ${LOOKED_AT}`.execute(db);
  return rows;
}

/** Past decisions alike in kind, deviation, amount and customer, with the sentence «до 6 п.п. согласовано 14 из 16». */
export async function similarTo(db: Db, request: RequestRow): Promise<ApprovalCard['similar']> {
  const past = (await candidates(db, request)).map((row): PastDecision & { row: PastRow } => ({
    id: row.id,
    kind: request.kind,
    deviation: row.deviation,
    amount: row.amount === null ? null : kopecksOf(row.amount),
    customer: row.customerKey,
    segment: row.segment,
    verdict: row.verdict,
    decidedAt: row.decidedAt.getTime(),
    row,
  }));
  const customer = request.customerRef ?? request.customerInn ?? request.customerName;
  const subject = {
    kind: request.kind,
    deviation: request.deviationMax,
    amount: request.amount === null ? null : kopecksOf(request.amount),
    customer,
    segment: request.segment,
  };
  const ranked = rankSimilar(subject, past);
  return {
    decisions: ranked.slice(0, SHOWN).map(({ decision: { row, ...decision }, closeness }) => ({
      approvalId: row.id,
      number: row.number,
      customer: row.customer,
      sameCustomer: decision.customer === customer,
      segment: row.segment,
      decidedAt: row.decidedAt.toISOString(),
      deviationMax: pointsOf(row.deviation),
      amount: row.amount,
      verdict: row.verdict,
      by: row.by,
      closeness: Math.round(closeness * 100) / 100,
    })),
    found: ranked.length,
    boundary: boundaryOf(ranked.map(({ decision }) => decision)),
  };
}
