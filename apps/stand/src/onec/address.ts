/** Path of a request below standard.odata: segments, keys and arguments of functions. */
import type { EntityDef } from './entity.ts';
import { errors } from './odata-error.ts';

export interface Segment {
  readonly name: string;
  /** Text inside the brackets; null without brackets. */
  readonly inside: string | null;
}

/** Splits at slashes outside brackets and quotes: `InformationRegister_X/SliceLast(Period=datetime'…')`. */
export function segmentsOf(path: string): Segment[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let now = '';
  for (const letter of path) {
    if (letter === "'") quoted = !quoted;
    if (!quoted && letter === '(') depth += 1;
    if (!quoted && letter === ')') depth -= 1;
    if (letter === '/' && depth === 0 && !quoted) {
      parts.push(now);
      now = '';
    } else now += letter;
  }
  return [...parts, now]
    .filter((part) => part !== '')
    .map((part) => {
      const match = /^([^(]*)(?:\((.*)\))?$/s.exec(part);
      if (!match) throw errors.badSegment(part);
      return { name: match[1] ?? '', inside: match[2] ?? null };
    });
}

export const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?$/;
const NAMED = /([\p{L}_][\p{L}\p{N}_]*)\s*=\s*(?:(guid|datetime)?'((?:[^']|'')*)'|([^,\s]+))/giu;

interface Literal {
  readonly type: string | null;
  readonly text: string;
}

/** `Name=value` pairs of a key or of a call, by name. */
function pairsOf(inside: string): Map<string, Literal> {
  const pairs = new Map<string, Literal>();
  for (const [, name = '', type, quoted, plain] of inside.matchAll(NAMED))
    pairs.set(name, { type: type?.toLowerCase() ?? null, text: quoted?.replaceAll("''", "'") ?? plain ?? '' });
  return pairs;
}

/** @returns texts of the arguments */
export function argumentsOf(inside: string | null): Map<string, string> {
  return new Map([...pairsOf(inside ?? '')].map(([name, { text }]) => [name, text]));
}

export function checkedGuid(text: string): string {
  if (!GUID.test(text)) throw errors.badLiteral(text, 'Edm.Guid');
  return text.toLowerCase();
}
export function checkedDate(text: string): string {
  if (!DATE_TIME.test(text)) throw errors.badLiteral(text, 'Edm.DateTime');
  return text.length === 10 ? `${text}T00:00:00` : text.length === 16 ? `${text}:00` : text;
}

/** Key as the store knows it. `Ref_Key=` before a single key may be left out; a constant has one key whatever is given. */
export function keyOf(entity: EntityDef, inside: string): string {
  const pairs = pairsOf(inside);
  if (!entity.key) {
    const single =
      /^guid'([^']*)'$/i.exec(inside.trim())?.[1] ?? pairs.get('Ref_Key')?.text ?? inside.replaceAll("'", '');
    return checkedGuid(single);
  }
  if (entity.name.startsWith('Constant_')) return '0';
  return entity.key
    .map((name) => {
      const found = pairs.get(name);
      if (!found) throw errors.missingKey(name);
      if (found.type === 'guid') return checkedGuid(found.text);
      return found.type === 'datetime' ? checkedDate(found.text) : found.text;
    })
    .join('|')
    .toLowerCase();
}

/** Recorder of a record set: `(Recorder=guid'…', Recorder_Type='…')` or, for one type of recorders, `(Recorder_Key=guid'…')`. */
export function recorderOf(inside: string): string {
  const pairs = pairsOf(inside);
  const found = pairs.get('Recorder') ?? pairs.get('Recorder_Key');
  const single = /^guid'([^']*)'$/i.exec(inside.trim())?.[1];
  if (!found && single === undefined) throw errors.missingKey('Recorder');
  return checkedGuid(found?.text ?? single ?? '');
}

/** Reference and line of `Document_X_Товары(Ref_Key=guid'…',LineNumber=1)`. */
export function lineKeyOf(inside: string): { readonly ref: string; readonly line: string } {
  const pairs = pairsOf(inside);
  const [ref, line] = [pairs.get('Ref_Key'), pairs.get('LineNumber')];
  if (!ref) throw errors.missingKey('Ref_Key');
  if (!line) throw errors.missingKey('LineNumber');
  return { ref: checkedGuid(ref.text), line: line.text };
}
