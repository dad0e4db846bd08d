import type { OperationSelection } from '@pult/shared/contracts/operations';
import { assertThat } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import type { OperationContext } from './context.ts';
import type { Candidate } from './ports.ts';
import { loadOperation } from './store.ts';

/**
 * Deliveries that a selection names, as they are now.
 * @throws AppError `operation.filter_empty`, `operation.not_found`, `cause.not_found`, `delivery.not_found`
 */
export async function candidatesOf(
  { db, book }: OperationContext,
  selection: OperationSelection,
): Promise<{ candidates: Candidate[]; missing: number }> {
  if ('filter' in selection) {
    const given = Object.entries(selection.filter).some(([name, value]) => limits(name, value));
    // «Everything» is never what somebody means by forgetting the filter.
    assertThat(given, 'operation.filter_empty');
    return { candidates: unique(await book.byFilter(selection.filter)), missing: 0 };
  }
  if ('causeIds' in selection) return { candidates: unique(await book.byCauses(selection.causeIds)), missing: 0 };
  let ids: string[];
  if ('deliveryIds' in selection) {
    ids = [...new Set(selection.deliveryIds)];
  } else {
    await loadOperation(db, selection.operationId);
    const { rows } = await sql<{ id: string }>`
      select delivery_id as id from operation_item where operation_id = ${selection.operationId}
        and state = any(${[...selection.outcomes]}::text[])
        ${selection.reasons === undefined ? sql`` : sql`and reason = any(${[...selection.reasons]}::text[])`}
      order by position`.execute(db);
    ids = rows.map(({ id }) => id);
  }
  const candidates = unique(await book.byIds(ids));
  assertThat(candidates.length > 0 || ids.length !== 1, 'delivery.not_found', { delivery: ids[0] });
  return { candidates, missing: ids.length - candidates.length };
}

const unique = (candidates: readonly Candidate[]): Candidate[] => [
  ...new Map(candidates.map((one) => [one.deliveryId, one])).values(),
];

/** Whether a part of the filter leaves anything out; which time is meant says nothing by itself. */
const limits = (name: string, value: unknown): boolean =>
  name !== 'timeField' && value !== undefined && !(Array.isArray(value) && value.length === 0);
