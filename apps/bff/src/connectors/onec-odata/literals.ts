import { AppError } from '@pult/shared/errors/app-error';

/** Empty reference and empty date of 1С (guide 8.3.27, 17.4: empty values). */
export const EMPTY_GUID = '00000000-0000-0000-0000-000000000000';
export const EMPTY_DATE = '0001-01-01T00:00:00';

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/;
const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

export const isGuid = (value: string): boolean => GUID.test(value);
export const isEmptyRef = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || value === EMPTY_GUID;

const refuse = (kind: string, value: string): never => {
  throw new AppError('request.invalid', {
    issues: [{ path: kind, code: 'custom', message: `${kind}: ${value.slice(0, 100)}` }],
  });
};

/** `guid'…'`. @throws AppError `request.invalid` for anything else: a literal must not carry an expression. */
export const guidLiteral = (ref: string): string => (isGuid(ref) ? `guid'${ref.toLowerCase()}'` : refuse('guid', ref));

/** `datetime'…'`; local time of the base, no zone (1С knows no other). */
export const dateLiteral = (date: string): string => (DATE.test(date) ? `datetime'${date}'` : refuse('datetime', date));

/** `'…'` with quotes doubled. */
export const stringLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Literal for a composite reference: a plain guid silently matches nothing (protocols: reading). */
export const castLiteral = (ref: string, type: string): string =>
  NAME.test(type) ? `cast(${guidLiteral(ref)},'${type}')` : refuse('type', type);

/** Condition inside a function argument: its quotes are doubled once more. */
export const conditionLiteral = (condition: string): string => stringLiteral(condition);

/** `(field eq a or field eq b)`: 1С has no `in`. */
export const oneOf = (field: string, literals: readonly string[]): string =>
  `(${literals.map((literal) => `${field} eq ${literal}`).join(' or ')})`;

/** Percent-encodes a part of a path or query; a space is %20, because 1С does not decode `+`. */
export const encodePart = (text: string): string =>
  encodeURIComponent(text).replaceAll('%24', '$').replaceAll('%2C', ',').replaceAll('%3D', '=').replaceAll('%2F', '/');

/** Query string; `%24` for `$` is accepted too, but logs of 1С are easier to read without it. */
export function queryString(parameters: Readonly<Record<string, string | undefined>>): string {
  const parts = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodePart(value)}`],
  );
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
