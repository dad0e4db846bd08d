import { htmlText, isHtml, isLoginPage, isRecord, jsonOf, type RawAnswer, shortText } from './raw-answer.ts';
import type { SourceFault } from './source-errors.ts';

/** The fault in an answer of a JSON API by its HTTP status; null for 2xx with JSON or nothing in it. */
export const faultOfJsonApi = (answer: RawAnswer): SourceFault | null => faultOfStatus(answer, errorText(answer));

/**
 * The same for an API with a language of its own: `text` is what the answer says, `own` the codes of statuses by which it means
 * something else than others do; behind these the request had no effect.
 */
export function faultOfStatus(
  answer: RawAnswer,
  text: string,
  own: Readonly<Record<number, SourceFault['code']>> = {},
): SourceFault | null {
  const { status: httpStatus, retryAfterMs } = answer;
  const base = { httpStatus, retryAfterMs, text };
  // The page has words for people, none of the system: its code says it all.
  if (isLoginPage(answer)) return { ...base, text: '', code: 'source.login_page', maybeSent: false };
  if (httpStatus >= 200 && httpStatus < 300) {
    if (answer.text.trim() === '' || jsonOf(answer.text) !== undefined) return null;
    return { ...base, code: 'source.bad_answer', maybeSent: true };
  }
  const ownCode = own[httpStatus];
  if (ownCode !== undefined) return { ...base, code: ownCode, maybeSent: false };
  switch (httpStatus) {
    case 401:
      return { ...base, code: 'source.unauthorized', maybeSent: false };
    case 403:
      return { ...base, code: 'source.forbidden', maybeSent: false };
    case 404:
      return { ...base, code: 'source.not_found', maybeSent: false };
    case 409:
    case 412:
      return { ...base, code: 'source.conflict', maybeSent: false };
    case 429:
      return { ...base, code: 'source.overloaded', maybeSent: false };
    case 503:
      return { ...base, code: 'source.not_ready', maybeSent: false };
    case 502:
      return { ...base, code: 'source.unreachable', maybeSent: true };
    case 408:
    case 504:
      return { ...base, code: 'source.timeout', maybeSent: true };
    default:
      return httpStatus >= 500
        ? { ...base, code: 'source.bad_answer', maybeSent: true }
        : { ...base, code: 'source.rejected', maybeSent: false };
  }
}

function errorText(answer: RawAnswer): string {
  if (isHtml(answer)) return htmlText(answer.text);
  const body = jsonOf(answer.text);
  if (isRecord(body))
    for (const field of ['detail', 'error', 'message', 'title'])
      if (typeof body[field] === 'string' && body[field] !== '') return shortText(body[field]);
  return shortText(answer.text);
}
