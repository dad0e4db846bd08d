/** One thing that a record says, where the landscape file says that it is written. */
import type { RecordField } from '@pult/shared/contracts/landscape-file/dead-letters';
import { cleanText, isTooDeep } from '../../../platform/http/clean-text.ts';
import { headerOf } from './headers.ts';

interface Content {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [string, Buffer])[];
}

/** Beyond it nothing is parsed, as for facts. */
const MAX_JSON_BYTES = 4 * 1024 * 1024;

/** Text of a field; null where there is none, or nothing that names anything. Never throws. */
export function readField(record: Content, field: RecordField): string | null {
  if ('header' in field) return said(headerOf(record.headers, field.header), field.as);
  if ('json' in field) return inJson(record.value, field.json);
  return field.key === true ? said(record.key, field.as) : inJson(record.key, field.key);
}

/** Where a field stands, as a problem names it. */
export function placeOfField(field: RecordField): string {
  if ('header' in field) return `headers.${field.header}`;
  if ('json' in field) return `value.${field.json}`;
  return field.key === true ? 'key' : `key.${field.key}`;
}

type Encoding = 'int32' | 'int64' | undefined;

/** What bytes say in the encoding that the landscape names, UTF-8 where it names none. Others name nothing: nothing is guessed. */
function said(bytes: Buffer | null, as: Encoding): string | null {
  if (bytes === null || bytes.length === 0) return null;
  if (as === 'int32') return bytes.length === 4 ? String(bytes.readInt32BE()) : null;
  if (as === 'int64') return bytes.length === 8 ? String(bytes.readBigInt64BE()) : null;
  const text = bytes.toString('utf8');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these make bytes no text
  return Buffer.from(text, 'utf8').equals(bytes) && !/[\u0000-\u001f]/.test(text) ? text : null;
}

function inJson(bytes: Buffer | null, path: string): string | null {
  if (bytes === null || bytes.length > MAX_JSON_BYTES || isTooDeep(bytes)) return null;
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder().decode(bytes), exactNumber);
  } catch {
    return null;
  }
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return null;
    found = (found as Record<string, unknown>)[name];
  }
  return typeof found === 'string' && found !== '' ? cleanText(found) : null;
}

/** Numbers as they are written: an id beyond 2^53 must not become its neighbour. */
const exactNumber = (_name: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' ? (context?.source ?? String(value)) : value;
