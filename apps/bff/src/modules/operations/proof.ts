import type { VerifyQuestion as Question } from '@pult/shared/contracts/landscape-file/verify';
import type { OperationVerb } from '@pult/shared/contracts/operations';
import type { OperationContext } from './context.ts';

/** What a document that stands at the target says about one message (ADR 0005). */

const MESSAGE = '{messageId}';

/** A question that names the message finds what this message made and nothing else. */
function namesMessage(question: Question): boolean {
  switch (question.protocol) {
    case 'onec-odata':
      return question.filter.includes(MESSAGE);
    case 'rest':
      return question.path.includes(MESSAGE);
    // The field of the app keeps the id of the message.
    case 'elma365':
    case 'elma3':
      return true;
  }
}

/**
 * Whether an answer could prove anything at all: a re-export brings the state of the document of today, so the number
 * of a document that stands there already says nothing about it.
 */
export const canProve = (question: Question, verb: OperationVerb): boolean =>
  namesMessage(question) || verb !== 'reExport';

/**
 * Whether the document that was found got there with this message. By its number any message about the document finds
 * it: then it proves something only while no other one can have brought it.
 */
export async function proves(
  { book }: Pick<OperationContext, 'book'>,
  question: Question,
  subject: { readonly verb: OperationVerb; readonly deliveryId: string },
): Promise<boolean> {
  if (namesMessage(question)) return true;
  if (!canProve(question, subject.verb)) return false;
  return (await book.withSiblingsAtTarget([subject.deliveryId])).length === 0;
}
