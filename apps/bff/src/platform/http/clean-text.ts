import { wellCut } from '@pult/shared/domain/delivery/error-cause';

/** U+FFFD, what UTF-8 decoders put in the place of bytes that are no text. */
const REPLACEMENT = '\ufffd';

/** A text that PostgreSQL can hold: NUL and halves of surrogate pairs, which it refuses, become U+FFFD. */
export const cleanText = (text: string): string => text.toWellFormed().replaceAll('\0', REPLACEMENT);

/**
 * At most `length` UTF-16 units of a foreign text, fit to be stored: without NUL, never half of a surrogate pair. To be used
 * wherever a text is cut, because a cut behind {@link cleanText} makes halves again, and a JSON of them is refused whole.
 */
export const cutText = (text: string, length: number): string =>
  wellCut(text.replaceAll('\0', '').toWellFormed(), length);

/** The same as {@link cleanText} for every text and key of a JSON value. */
export function cleanJson(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [cleanText(key), cleanJson(field)]));
}

/**
 * True when a JSON text may hold such characters: they can be written as escapes only, because a raw NUL is no JSON and
 * bytes that are no UTF-8 were replaced by the decoder. Looking at the bytes costs nothing beside parsing them.
 */
export const mayNeedCleaning = (json: Buffer): boolean =>
  json.includes('\\u0000') || json.includes('\\ud') || json.includes('\\uD');

/** Deeper than any document, far below what makes recursive code and the database's parser run out of stack. */
export const MAX_JSON_DEPTH = 100;

const [QUOTE, BACKSLASH, OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT] = Buffer.from('"\\[{]}');

/** True when a JSON text nests deeper than {@link MAX_JSON_DEPTH}; looks at the bytes, so nothing can overflow here. */
export function isTooDeep(json: Buffer): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (inText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return true;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
  }
  return false;
}
