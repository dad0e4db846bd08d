import type { CheckFaultCode } from '@pult/shared/contracts/connection-checks';
import { isHtml, jsonOf, type RawAnswer } from './raw-answer.ts';

/** What an answer of a JSON API means to a check of the connection; null for JSON behind a good status. Pure. */
export function jsonApiCheckFault(answer: RawAnswer): CheckFaultCode | null {
  const { status } = answer;
  if (status >= 300 && status < 400) return 'redirect';
  if (status >= 200 && status < 300)
    return isHtml(answer) || (answer.text.trim() !== '' && jsonOf(answer.text) === undefined) ? 'not_the_api' : null;
  switch (status) {
    case 401:
      return 'token_refused';
    case 403:
      return 'forbidden';
    case 404:
      return 'path_missing';
    case 429:
      return 'overloaded';
    case 502:
    case 503:
    case 504:
      return 'gateway';
    default:
      return status >= 500 ? 'platform_error' : 'unexpected';
  }
}
