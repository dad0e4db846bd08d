import type { VerifyAnswer, VerifySubject } from '../port/ask.ts';
import type { QuestionOf } from '../port/connector.ts';
import { isRecord } from '../port/raw-answer.ts';
import { sourceError } from '../port/source-errors.ts';
import { absent } from '../port/verify-answer.ts';
import type { RestClient } from './client.ts';

/** The path by which the API is asked for the document of a message. */
export const lookupPath = (
  { path }: Pick<QuestionOf<'rest'>, 'path'>,
  { messageId, number }: Pick<VerifySubject, 'messageId' | 'number'>,
): string => path.replace('{messageId}', encodeURIComponent(messageId)).replace('{number}', encodeURIComponent(number));

/** @throws SourceError `source.bad_answer` for what is no answer of the API: it must not count as «not there» */
export async function verifyByPath(
  rest: RestClient,
  question: QuestionOf<'rest'>,
  subject: VerifySubject,
): Promise<VerifyAnswer> {
  const { system } = question;
  const { body, status: httpStatus } = await rest.get(lookupPath(question, subject));
  if (httpStatus === 404 && (body === null || isRecord(body))) return absent(system);
  // A page comes from what stands in front of the system, which knows nothing of its documents.
  if (httpStatus === 404 || !isRecord(body))
    throw sourceError(
      system,
      { code: 'source.bad_answer', text: 'no document', httpStatus, maybeSent: false },
      { intent: 'read' },
    );
  return {
    outcome: 'applied',
    system,
    ref: typeof body.id === 'string' ? body.id : null,
    number: typeof body.number === 'string' ? body.number : null,
    duplicates: 0,
  };
}
