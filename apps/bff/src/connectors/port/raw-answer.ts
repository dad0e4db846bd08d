import { cleanJson, cutText } from '../../platform/http/clean-text.ts';

/** An HTTP answer as it came, before anybody decided what it means. */
export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  /** Body without a byte order mark. */
  readonly text: string;
  readonly retryAfterMs: number | null;
}

/** What an error keeps of a body: enough for a person to recognise it, never a page. */
export const MAX_TEXT = 2_000;

export const shortText = (text: string): string => cutText(text.replaceAll(/\s+/g, ' ').trim(), MAX_TEXT);

/** NUL and halves of surrogate pairs can stand in a JSON text as escapes only: raw NUL is no JSON, decoders replace the rest. */
const NEEDS_CLEANING = /\\u(?:0000|d)/i;

/** JSON value of a body, its texts fit to be stored; `undefined` when the body is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return NEEDS_CLEANING.test(text) ? cleanJson(value) : value;
  } catch {
    return undefined;
  }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** So much of a page is looked at: patterns over markup that never ends take time with the square of its length. */
const MAX_MARKUP = 16_384;
export const beginningOf = (markup: string): string => markup.slice(0, MAX_MARKUP);

/** Visible text at the beginning of an HTML page. */
export const htmlText = (html: string): string =>
  shortText(
    beginningOf(html)
      .replaceAll(/<(script|style)[\s\S]*?<\/\1>/gi, ' ')
      .replaceAll(/<[^<>]*>/g, ' ')
      .replaceAll('&nbsp;', ' ')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&'),
  );

export const isHtml = (answer: RawAnswer): boolean =>
  answer.contentType.includes('text/html') || /^\s*<(!doctype html|html)/i.test(answer.text);
