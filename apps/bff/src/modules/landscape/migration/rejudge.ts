/** Judges pairs again after an explanation was given or taken back, inside the transaction of that command. */
import { explanationOf } from '@pult/shared/domain/migration/explanations';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../../platform/db/database.ts';
import { houseDate, startOfDate } from './days.ts';
import { type ExplanationRow, explanationsOf, ruleOf } from './explanation-store.ts';
import { applyChanges, pairsWhere } from './pair-store.ts';

const BATCH = 2_000;
const DAY_MS = 86_400_000;

function touchedBy({ id, kind, field, pairId, outcome, date }: ExplanationRow): RawBuilder<unknown> {
  if (kind === 'pair') return sql`(id = ${pairId} or explanation_id = ${id})`;
  if (kind === 'field')
    return sql`(explanation_id = ${id}
      or (outcome = 'differs' and differences @> ${JSON.stringify([{ field }])}::jsonb))`;
  const from = startOfDate(date ?? '');
  return sql`(explanation_id = ${id}
    or (outcome = ${outcome} and at >= ${new Date(from)} and at < ${new Date(from + DAY_MS)}))`;
}

/** @returns how many pairs are explained now that were not, or the other way round */
export async function rejudge(tx: Db, flowId: string, changed: ExplanationRow): Promise<number> {
  const explanations = (await explanationsOf(tx, flowId)).map(ruleOf);
  let last: { at: number; id: string } | null = null;
  let moved = 0;
  for (;;) {
    const behind: RawBuilder<unknown> =
      last === null ? sql`` : sql`and (at, id) < (${new Date(last.at)}::timestamptz, ${last.id}::uuid)`;
    const pairs = await pairsWhere(tx, sql`flow_id = ${flowId} and ${touchedBy(changed)} ${behind}`, BATCH);
    const changes = pairs.flatMap((was) => {
      const explanationId = explanationOf({ ...was, date: houseDate(was.at) }, explanations);
      return explanationId === was.explanationId ? [] : [{ was, is: { ...was, explanationId } }];
    });
    moved += changes.filter(({ was, is }) => (was.explanationId === null) !== (is.explanationId === null)).length;
    await applyChanges(tx, flowId, changes);
    const end = pairs.at(-1);
    if (pairs.length < BATCH || end === undefined) return moved;
    last = { at: end.at, id: end.id };
  }
}
