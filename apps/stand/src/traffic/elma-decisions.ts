/** People decide some requests in ELMA itself, without Pult. */
import type { Random } from '../onec/random.ts';
import type { Row } from '../workers/onec-base.ts';
import type { Systems } from '../workers/systems.ts';

const WORDS = {
  approved: ['Согласовано, клиент ключевой.', 'Объём оправдывает скидку.', 'Конкурент даёт не меньше.'],
  rejected: ['Маржа ниже плана, предложите меньшую скидку.', 'Просроченный долг, сначала оплата.'],
} as const;
const PEOPLE = ['Кравцова Анна', 'Дёмин Олег'] as const;
/** Above this many percentage points the answer is more often no. */
const USUAL_DEVIATION = 5;

/**
 * One open request is decided: the one of the given number, or one that has waited `afterMs`. @returns its item and number; null
 * when there is none
 */
export async function decideInElma(
  systems: Pick<Systems, 'elma'>,
  random: Random,
  which: { readonly afterMs: number } | { readonly number: string },
): Promise<{ readonly id: string; readonly number: string; readonly decision: string } | null> {
  const answer = await systems.elma('list', { active: true, statusCode: ['in_progress'], from: 0, size: 500 });
  const open = (answer.result as { readonly result: readonly Row[] }).result.filter((item) =>
    'number' in which
      ? item.ut_order_number === which.number
      : Date.now() - Date.parse(String(item.__createdAt)) >= which.afterMs,
  );
  if (open.length === 0) return null;
  const item = random.pick(open);
  const decision =
    random.next() < (Number(item.deviation_max ?? 0) <= USUAL_DEVIATION ? 0.85 : 0.4) ? 'approved' : 'rejected';
  const id = String(item.__id);
  await systems.elma(`${id}/update`, {
    context: { decision, decision_comment: random.pick(WORDS[decision]), decided_by: random.pick(PEOPLE) },
  });
  await systems.elma(`${id}/set-status`, { status: { code: decision } });
  return { id, number: String(item.ut_order_number), decision };
}
