import { isRecord } from '../port/raw-answer.ts';
import { EMPTY_DATE, isEmptyRef } from './literals.ts';

/** One object of 1С as OData gives it; the order of its fields means nothing. */
export type OnecEntity = Readonly<Record<string, unknown>>;

/** Text without the padding of fixed-length strings; '' when absent. */
export function textOf(entity: OnecEntity, field: string): string {
  const value = entity[field];
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

/** Reference; null when empty. */
export function refOf(entity: OnecEntity, field: string): string | null {
  const value = entity[field];
  return typeof value === 'string' && !isEmptyRef(value) ? value.toLowerCase() : null;
}

/** Edm.Double and Edm.Int64 alike: the second comes as a string. 0 when absent. */
export function numberOf(entity: OnecEntity, field: string): number {
  const value = Number(entity[field] ?? 0);
  return Number.isFinite(value) ? value : 0;
}

/** Int64, which 1С writes as a string. @throws RangeError when it does not fit a number exactly */
export function int64Of(entity: OnecEntity, field: string): number {
  const value = Number(entity[field] ?? 0);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${field} is no safe integer: ${String(entity[field])}`);
  return value;
}

/** Amount as a decimal string with kopecks: Edm.Double is a binary float and must not travel on. */
export const moneyOf = (entity: OnecEntity, field: string): string => numberOf(entity, field).toFixed(2);

export const flagOf = (entity: OnecEntity, field: string): boolean =>
  entity[field] === true || entity[field] === 'true';

/** Date in local time of the base, without a zone; null for the empty date. */
export function dateOf(entity: OnecEntity, field: string): string | null {
  const value = entity[field];
  return typeof value === 'string' && value !== '' && value !== EMPTY_DATE ? value : null;
}

/** Instant of a date in local time of the base, ms since the epoch; null for the empty date. */
export const instantOf = (local: string | null, zone: string): number | null =>
  local === null ? null : Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds;

/** Rows of a tabular section. */
export function rowsOf(entity: OnecEntity, field: string): OnecEntity[] {
  const value = entity[field];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
