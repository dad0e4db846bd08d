/** What an answer of a 1С base means to the person who has to mend it (protocols A7, A8). Pure. */
import type { CheckFaultCode } from '@pult/shared/contracts/connection-checks';
import type { RawAnswer } from '../port/raw-answer.ts';
import { bodyOf, type OnecBody, saysNoLicence } from './answer.ts';

/** Code of the OData error table «no access rights». */
const ACCESS_RIGHTS = '20';
const HANDLER = '-1';
const NO_SUCH_SET = new Set(['8', '6']);

/** Fault of an answer to a read; null for a good one. Rights of one object are told apart from those to OData by the caller. */
export function onecCheckFault(answer: RawAnswer): CheckFaultCode | null {
  const body = bodyOf(answer);
  return faultOfBody(body, answer.status) ?? faultOfStatus(answer.status, body);
}

function faultOfBody(body: OnecBody, status: number): CheckFaultCode | null {
  switch (body.kind) {
    case 'odata-error':
      if (body.code === ACCESS_RIGHTS) return 'read_denied';
      if (NO_SUCH_SET.has(body.code) && status < 500) return 'object_missing';
      return body.code === HANDLER ? 'handler_failed' : 'unexpected';
    case 'exception':
      if (saysNoLicence(body.message)) return 'no_licence';
      if (body.reason === 403 || status === 403) return 'maintenance';
      return body.reason === 401 || status === 401 ? 'wrong_password' : 'platform_error';
    case 'application-error':
      return saysNoLicence(body.message) ? 'no_licence' : 'platform_error';
    case 'login-page':
      return 'login_page';
    default:
      return null;
  }
}

function faultOfStatus(status: number, body: OnecBody): CheckFaultCode | null {
  if (status >= 300 && status < 400) return 'redirect';
  if (status >= 200 && status < 300) return body.kind === 'json' ? null : 'not_the_api';
  switch (status) {
    case 401:
      return 'wrong_password';
    case 403:
      return 'forbidden';
    case 404:
      return 'not_published';
    case 406:
    case 429:
      return 'no_session';
    case 502:
    case 503:
    case 504:
      return 'publication_down';
    default:
      return 'unexpected';
  }
}
