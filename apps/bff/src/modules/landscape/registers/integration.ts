/** Objects that did not reach a system outside 1С: rows of СостоянияИнтеграцииОбъектов, and what their objects are. */
import { SourceError } from '@pult/shared/errors/app-error';
import { guidLiteral, isGuid, oneOf } from '../../../connectors/onec-odata/literals.ts';
import { dateOf, instantOf, type OnecEntity, refOf, textOf } from '../../../connectors/onec-odata/values.ts';
import { cutText } from '../../../platform/http/clean-text.ts';
import { hashedId } from '../../../platform/ids.ts';
import { MAX_REASON, type ProblemFacts, type ReadingOptions, type RegisterClient } from './facts.ts';
import { objectNamedIn } from './mapping.ts';

export const INTEGRATION_FIELDS = ['ИдентификаторОбъекта', 'УчетнаяСистема', 'Состояние', 'Описание'];

/** An object that did not reach another system; null while it waits or has arrived. */
export function integrationProblem(system: string, row: OnecEntity): ProblemFacts | null {
  if (textOf(row, 'Состояние') !== 'Ошибка') return null;
  const object = textOf(row, 'ИдентификаторОбъекта');
  const target = textOf(row, 'УчетнаяСистема');
  const named = objectNamedIn(textOf(row, 'Описание'));
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

/** Objects asked about in one reading, and in one request: light questions by key, and the rest comes with the next reading. */
const NAMED_AT_ONCE = 40;
const REFS_IN_FILTER = 20;

/** A kind of document that is not published, or that Pult may not read, leaves its objects nameless. */
const STAYS_NAMELESS: ReadonlySet<string> = new Set(['source.not_found', 'source.forbidden', 'source.rejected']);

/** Asks the base what the objects are that their description does not name, by the kinds of documents that go to the target. */
export async function nameObjects(
  onec: RegisterClient,
  problems: readonly ProblemFacts[],
  { targets = [], named = new Set(), zone }: Pick<ReadingOptions, 'targets' | 'named' | 'zone'>,
): Promise<ProblemFacts[]> {
  const documents = new Map<string, Partial<ProblemFacts>>();
  const nameless = problems
    .filter(({ id, number, objectRef }) => number === null && objectRef !== null && !named.has(id))
    .slice(0, NAMED_AT_ONCE);
  for (const { name, types } of targets) {
    const refs = nameless.flatMap(({ metadata, objectRef }) => (metadata === name && objectRef ? [objectRef] : []));
    for (const type of types)
      for (let start = 0; start < refs.length; start += REFS_IN_FILTER) {
        const some = refs.slice(start, start + REFS_IN_FILTER);
        const filter = oneOf('Ref_Key', some.map(guidLiteral));
        const rows = await onec
          .list(`Document_${type}`, { select: ['Ref_Key', 'Number', 'Date'], filter, top: REFS_IN_FILTER })
          .catch((error: unknown) => {
            if (error instanceof SourceError && STAYS_NAMELESS.has(error.code)) return [];
            throw error;
          });
        for (const row of rows) documents.set(refOf(row, 'Ref_Key') ?? '', documentOf(type, row, zone));
      }
  }
  return problems.map((problem) => ({ ...problem, ...documents.get(problem.objectRef ?? '') }));
}

function documentOf(type: string, row: OnecEntity, zone: string): Partial<ProblemFacts> {
  const number = textOf(row, 'Number').trim();
  return number === ''
    ? {}
    : {
        objectType: `Документ.${type}`,
        presentation: `${type} ${number}`,
        number,
        documentAt: instantOf(dateOf(row, 'Date'), zone),
      };
}
