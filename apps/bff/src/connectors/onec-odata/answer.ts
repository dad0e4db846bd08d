import {
  beginningOf,
  htmlText,
  isHtml,
  isLoginPage,
  isRecord,
  jsonOf,
  type RawAnswer,
  shortText,
} from '../port/raw-answer.ts';
import type { SourceFault } from '../port/source-errors.ts';

/**
 * What 1С or the web server in front of it put into a body (protocols A7). Told apart by structure; the text is
 * looked at only to tell a missing licence from other refusals, in the words that the platform documents.
 */
export type OnecBody =
  | { readonly kind: 'odata-error'; readonly code: string; readonly message: string }
  | { readonly kind: 'exception'; readonly reason: number | null; readonly message: string }
  | { readonly kind: 'application-error'; readonly message: string }
  | { readonly kind: 'login-page' }
  | { readonly kind: 'html'; readonly message: string }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'empty' }
  | { readonly kind: 'other'; readonly message: string };

export function bodyOf(answer: RawAnswer): OnecBody {
  const text = answer.text.trim();
  if (text === '') return { kind: 'empty' };
  if (isLoginPage(answer)) return { kind: 'login-page' };
  if (isHtml(answer)) return htmlBody(beginningOf(answer.text));
  if (text.startsWith('<')) return xmlBody(beginningOf(text));
  const value = jsonOf(text);
  if (value === undefined) return { kind: 'other', message: shortText(text) };
  if (!isRecord(value)) return { kind: 'json', value };
  const error = value['odata.error'];
  if (isRecord(error))
    return { kind: 'odata-error', code: String(error.code ?? ''), message: messageOf(error.message) };
  if (isRecord(value['#exception']) || typeof value['#exception'] === 'string') return exceptionBody(value);
  return { kind: 'json', value };
}

function htmlBody(html: string): OnecBody {
  if (/<title>\s*1C:Enterprise 8 application error\s*<\/title>/i.test(html))
    return { kind: 'application-error', message: htmlText(html.replace(/^[\s\S]*?<\/title>/i, '')) };
  return { kind: 'html', message: htmlText(html) };
}

function xmlBody(xml: string): OnecBody {
  const code = /<(?:\w+:)?code[^<>]*>([^<]*)<\//.exec(xml)?.[1]?.trim();
  const message = /<(?:\w+:)?message[^<>]*>([\s\S]*?)<\/(?:\w+:)?message>/.exec(xml)?.[1];
  if (/<(?:\w+:)?error[\s>]/.test(xml) && code !== undefined)
    return { kind: 'odata-error', code, message: htmlText(message ?? '') };
  return { kind: 'other', message: htmlText(xml) };
}

function messageOf(message: unknown): string {
  if (typeof message === 'string') return shortText(message);
  return isRecord(message) && typeof message.value === 'string' ? shortText(message.value) : '';
}

/** The exception of the platform nests the cause as `inner`; the innermost one names it. */
function exceptionBody(value: Readonly<Record<string, unknown>>): OnecBody {
  const exception = isRecord(value.exception) ? value.exception : value;
  const reason = typeof exception.reason === 'number' ? exception.reason : null;
  const texts: string[] = [];
  for (let at: unknown = exception, depth = 0; isRecord(at) && depth < 10; at = at.inner, depth += 1)
    if (typeof at.descr === 'string') texts.push(at.descr);
  return { kind: 'exception', reason, message: shortText(texts.at(-1) ?? '') };
}

/** «Не обнаружено свободной лицензии!», «Не найдена лицензия. Не обнаружен ключ защиты программы…» */
export const saysNoLicence = (text: string): boolean => /лиценз|ключ защиты|licen[cs]e/i.test(text);

/** Error table of OData in 1С (guide 17.4, codes 0–21; −1 is a handler of the application). */
const ACCESS_RIGHTS = '20';
const NOT_FOUND_CODES = new Set(['8', '9']);
const KEY_EXISTS = '15';

/** The fault in an answer; null when it is a good one. */
export function faultOf(answer: RawAnswer): SourceFault | null {
  const body = bodyOf(answer);
  const { status: httpStatus, retryAfterMs } = answer;
  const base = { httpStatus, retryAfterMs };
  if (body.kind === 'odata-error') return { ...base, ...odataFault(body, httpStatus) };
  if (body.kind === 'exception' || body.kind === 'application-error')
    return { ...base, ...refusalFault(body, httpStatus) };
  if (body.kind === 'login-page') return { ...base, code: 'source.login_page', text: '', maybeSent: false };
  if (httpStatus >= 200 && httpStatus < 300) {
    if (body.kind === 'json' || body.kind === 'empty') return null;
    return { ...base, code: 'source.bad_answer', text: textOfBody(body), maybeSent: true };
  }
  return { ...base, ...statusFault(httpStatus, textOfBody(body)) };
}

/** A body without words of its own has none: people read this text. */
const textOfBody = (body: OnecBody): string => ('message' in body ? body.message : '');

function odataFault(body: { code: string; message: string }, status: number): Omit<SourceFault, 'httpStatus'> {
  const { code: odataCode, message: text } = body;
  const known = { text, odataCode, maybeSent: false };
  if (odataCode === ACCESS_RIGHTS) return { ...known, code: 'source.forbidden' };
  if (status === 401) return { ...known, code: 'source.unauthorized' };
  if (status === 412) return { ...known, code: 'source.conflict' };
  if (NOT_FOUND_CODES.has(odataCode) || status === 404) return { ...known, code: 'source.not_found' };
  if (odataCode === KEY_EXISTS) return { ...known, code: 'source.conflict' };
  if (saysNoLicence(text)) return { ...known, code: 'source.no_licence' };
  // The transaction of a failed write is rolled back by 1С: refused is refused, nothing stands there.
  return { ...known, code: 'source.rejected' };
}

/** A session that did not start: nothing was executed. */
function refusalFault(
  body: { kind: 'exception'; reason: number | null; message: string } | { kind: 'application-error'; message: string },
  status: number,
): Omit<SourceFault, 'httpStatus'> {
  const text = body.message;
  if (saysNoLicence(text)) return { code: 'source.no_licence', text, maybeSent: false };
  if (body.kind === 'exception' && (body.reason === 403 || status === 403))
    return { code: 'source.maintenance', text, maybeSent: false };
  if (body.kind === 'exception' && (body.reason === 401 || status === 401))
    return { code: 'source.unauthorized', text, maybeSent: false };
  return { code: 'source.bad_answer', text, maybeSent: true };
}

function statusFault(status: number, text: string): Omit<SourceFault, 'httpStatus'> {
  switch (status) {
    case 401:
      return { code: 'source.unauthorized', text, maybeSent: false };
    case 403:
      return { code: 'source.forbidden', text, maybeSent: false };
    case 404:
      return { code: 'source.not_found', text, maybeSent: false };
    case 409:
    case 412:
      return { code: 'source.conflict', text, maybeSent: false };
    case 406: // no session could be started
    case 429:
      return { code: 'source.overloaded', text, maybeSent: false };
    case 503: // the web server of the publication answers, 1С behind it does not
      return { code: 'source.not_ready', text, maybeSent: false };
    case 408:
    case 504:
      return { code: 'source.timeout', text, maybeSent: true };
    case 502:
      return { code: 'source.unreachable', text, maybeSent: true };
    default:
      return status >= 500
        ? { code: 'source.bad_answer', text, maybeSent: true }
        : { code: 'source.rejected', text, maybeSent: false };
  }
}
