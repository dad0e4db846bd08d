/** Objects that did not reach a system outside 1С: rows of СостоянияИнтеграцииОбъектов. Pure. */
import { isGuid } from '../../../connectors/onec-odata/literals.ts';
import { type OnecEntity, textOf } from '../../../connectors/onec-odata/values.ts';
import { cutText } from '../../../platform/http/clean-text.ts';
import { hashedId } from '../../../platform/ids.ts';
import { MAX_REASON, type ProblemFacts, type ReadingOptions } from './facts.ts';
import { objectNamedIn } from './mapping.ts';

export const INTEGRATION_FIELDS = ['ИдентификаторОбъекта', 'УчетнаяСистема', 'Состояние', 'Описание'];

/** An object that did not reach another system; null while it waits or has arrived. */
export function integrationProblem(
  system: string,
  row: OnecEntity,
  { targets = [] }: Pick<ReadingOptions, 'targets'> = {},
): ProblemFacts | null {
  if (textOf(row, 'Состояние') !== 'Ошибка') return null;
  const object = textOf(row, 'ИдентификаторОбъекта');
  const target = textOf(row, 'УчетнаяСистема');
  const found = targets.find(({ name }) => name === target);
  const named = found === undefined ? null : objectNamedIn(textOf(row, 'Описание'), found);
  return {
    id: hashedId('integration problem', system, object, target),
    nodeRef: null,
    node: null,
    kind: 'not_integrated',
    type: null,
    metadata: target,
    objectType: named?.type ?? null,
    objectRef: isGuid(object) ? object.toLowerCase() : null,
    objectId: object,
    presentation: named === null ? object : `${named.type} ${named.number}`,
    number: named?.number ?? null,
    documentAt: null,
    reason: cutText(textOf(row, 'Описание'), MAX_REASON),
    comment: null,
    skipped: false,
    raisedAt: null,
  };
}
