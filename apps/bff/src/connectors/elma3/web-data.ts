/**
 * WebData, the form in which ELMA3 speaks of any object: named items, each a text value, a nested object or a list of them
 * (protocols D2). Everything is text; numbers and dates are in the invariant culture.
 */
import { isRecord } from '../port/raw-answer.ts';

export interface WebDataItem {
  readonly Name: string;
  readonly Value: string | null;
  readonly Data: WebData | null;
  readonly DataArray: readonly WebData[];
}
export interface WebData {
  readonly Items: readonly WebDataItem[];
  readonly Value: string | null;
}

/** What can be written: absent fields stay out. */
export type WebValue = string | number | boolean | null | WebObject | readonly WebObject[];
export interface WebObject {
  readonly [name: string]: WebValue;
}

/** Nesting that a server may answer with; deeper is no object of ELMA. */
const DEPTH_AT_MOST = 16;

/** Reads WebData; null when the value has not its form. What is missing in it counts as empty. */
export function readWebData(value: unknown, depth = 0): WebData | null {
  if (!isRecord(value) || depth > DEPTH_AT_MOST || !Array.isArray(value.Items)) return null;
  const items = value.Items.map((item) => readItem(item, depth));
  if (items.some((item) => item === null)) return null;
  return { Items: items.filter((item) => item !== null), Value: textOrNull(value.Value) };
}

function readItem(value: unknown, depth: number): WebDataItem | null {
  if (!isRecord(value) || typeof value.Name !== 'string') return null;
  const list: unknown[] = Array.isArray(value.DataArray) ? value.DataArray : [];
  const children = list.map((one) => readWebData(one, depth + 1));
  if (children.some((one) => one === null)) return null;
  return {
    Name: value.Name,
    Value: textOrNull(value.Value),
    Data: value.Data == null ? null : readWebData(value.Data, depth + 1),
    DataArray: children.filter((one) => one !== null),
  };
}

const textOrNull = (value: unknown): string | null =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;

const itemOf = (data: WebData, name: string): WebDataItem | undefined => data.Items.find(({ Name }) => Name === name);

/** Text of an item; null when it is missing, empty or an object. */
export const valueIn = (data: WebData, name: string): string | null => itemOf(data, name)?.Value ?? null;
/** Nested object of an item. */
export const dataIn = (data: WebData, name: string): WebData | null => itemOf(data, name)?.Data ?? null;
/** List of an item; empty when there is none. */
export const listIn = (data: WebData, name: string): readonly WebData[] => itemOf(data, name)?.DataArray ?? [];

/** Writes an object as WebData. */
export function writeWebData(object: WebObject): WebData {
  return { Items: Object.entries(object).map(([name, value]) => writeItem(name, value)), Value: null };
}

function writeItem(Name: string, value: WebValue): WebDataItem {
  const empty = { Name, Value: null, Data: null, DataArray: [] };
  if (value === null) return empty;
  if (isList(value)) return { ...empty, DataArray: value.map(writeWebData) };
  if (typeof value === 'object') return { ...empty, Data: writeWebData(value) };
  // .NET writes True and False and reads them in any case.
  return { ...empty, Value: typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value) };
}

const isList = (value: WebValue): value is readonly WebObject[] => Array.isArray(value);

const INVARIANT = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}):(\d{2}):(\d{2})$/;

/**
 * Instant of a date of ELMA3, ms since the epoch; null when it is none. `MM/dd/yyyy HH:mm:ss` and ISO without an offset are
 * times in the zone of the server.
 */
export function instantIn(text: string | null, zone: string): number | null {
  if (text === null) return null;
  const [, month, day, year, ...time] = INVARIANT.exec(text) ?? [];
  const local = year === undefined ? text : `${year}-${month}-${day}T${time.join(':')}`;
  if (/(Z|[+-]\d{2}:\d{2})$/.test(local)) {
    const at = Date.parse(local);
    return Number.isNaN(at) ? null : at;
  }
  try {
    return Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds;
  } catch {
    return null;
  }
}

/** `DateTime(2026,11,28,9,15,7)` of EQL in the zone of the server. */
export function eqlDate(at: number, zone: string): string {
  const { year, month, day, hour, minute, second } =
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return `DateTime(${[year, month, day, hour, minute, second].join(',')})`;
}

/** `'…'` of EQL with quotes doubled. */
export const eqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
