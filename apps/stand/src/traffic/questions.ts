/** Initiators answer what a decision maker asked them in ELMA. */
import type { Random } from '../onec/random.ts';
import type { Row } from '../workers/onec-base.ts';
import type { Systems } from '../workers/systems.ts';

const ANSWERS = [
  'Объём на второй квартал — около 4 млн ₽, письмо клиента приложил к заказу.',
  'Срок поставки подтвердили, аванс 50 % придёт завтра.',
  'Конкурент дал цену письменно, скан в карточке клиента.',
];

interface Asked extends Row {
  readonly __id: string;
  readonly __updatedAt: string;
}

/** Answers every question that has waited `afterMs`, or only the one of the given item. @returns how many were answered */
export async function answerQuestions(
  systems: Pick<Systems, 'elma'>,
  chance: () => Random,
  which: { readonly afterMs: number } | { readonly item: string },
): Promise<number> {
  const answer = await systems.elma('list', { active: true, statusCode: ['clarification'], from: 0, size: 100 });
  const asked = (answer.result as { readonly result: readonly Asked[] }).result;
  const due = asked.filter((item) =>
    'item' in which ? item.__id === which.item : Date.now() - Date.parse(item.__updatedAt) >= which.afterMs,
  );
  for (const item of due) {
    await systems.elma(`${item.__id}/update`, { context: { clarification_answer: chance().pick(ANSWERS) } });
    await systems.elma(`${item.__id}/set-status`, { status: { code: 'in_progress' } });
  }
  return due.length;
}
