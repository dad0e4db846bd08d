import { faultOfJsonApi } from '../port/json-fault.ts';
import { isLoginPage, isRecord, jsonOf, type RawAnswer, shortText } from '../port/raw-answer.ts';
import type { SourceFault } from '../port/source-errors.ts';

/** Envelope of ELMA365: `{ success, error, … }`, with `success: false` on status 200 too (protocols D1). */
export type ElmaBody = Readonly<Record<string, unknown>>;

/** Good envelope of an answer, or the fault in it. */
export function elmaBody(answer: RawAnswer): { readonly value: ElmaBody } | { readonly fault: SourceFault } {
  const body = jsonOf(answer.text);
  // ELMA365 answers 403 to a missing or wrong token, and has no 401 (help 360004962211).
  if (answer.status === 403 && !isLoginPage(answer))
    return {
      fault: { code: 'source.unauthorized', text: shortText(answer.text), httpStatus: 403, maybeSent: false },
    };
  const fault = faultOfJsonApi(answer);
  if (fault !== null) return { fault };
  if (!isRecord(body) || typeof body.success !== 'boolean')
    return {
      fault: { code: 'source.bad_answer', text: shortText(answer.text), httpStatus: answer.status, maybeSent: true },
    };
  if (!body.success)
    return {
      fault: {
        code: 'source.rejected',
        text: typeof body.error === 'string' ? shortText(body.error) : '',
        httpStatus: answer.status,
        maybeSent: false,
      },
    };
  return { value: body };
}
