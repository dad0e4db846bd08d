/**
 * Dates as people of the house type them, «26.11.2026» and «26.11.2026, 14:30», whatever the language of the browser: its own
 * date field would ask a Russian screen for mm/dd/yyyy. Values are those of `<input type="date">` and `datetime-local`, in the
 * time of the house. Pure.
 */
import { ZONE_OFFSET_MS } from './locale.ts';

export type DateKind = 'day' | 'minute';
export type DatePart = 'day' | 'month' | 'year' | 'hour' | 'minute';

const PARTS: readonly { readonly part: DatePart; readonly digits: number; readonly before: string }[] = [
  { part: 'day', digits: 2, before: '' },
  { part: 'month', digits: 2, before: '.' },
  { part: 'year', digits: 4, before: '.' },
  { part: 'hour', digits: 2, before: ', ' },
  { part: 'minute', digits: 2, before: ':' },
];
const partsOf = (kind: DateKind) => (kind === 'day' ? PARTS.slice(0, 3) : PARTS);
const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0');

/** A value as it stands in the field; empty for an empty one. */
export function writeDate(value: string, kind: DateKind): string {
  const [, year, month, day, time] = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d))?$/.exec(value) ?? [];
  if (year === undefined) return '';
  return `${day}.${month}.${year}${kind === 'minute' ? `, ${time ?? '00:00'}` : ''}`;
}

/** Year that two digits or none mean: the present century, the present year. */
function yearOf(text: string | undefined, now: number): number {
  const present = new Date(now + ZONE_OFFSET_MS).getUTCFullYear();
  if (text === undefined || text === '') return present;
  return text.length === 2 ? Math.floor(present / 100) * 100 + Number(text) : Number(text);
}

/**
 * The value that a text names; null while it names no date that exists. Takes dots, slashes, hyphens or spaces, a date without
 * its year (this one), and the way of machines: `2026-11-26`, `2026-11-26T14:30`.
 */
export function readDate(text: string, kind: DateKind, now = Date.now()): string | null {
  const machine = /^(\d{4})-(\d{1,2})-(\d{1,2})(.*)$/.exec(text.trim());
  const plain = machine
    ? `${machine[3]}.${machine[2]}.${machine[1]}${(machine[4] ?? '').replace(/^T/, ' ')}`
    : text.trim();
  const found = /^(\d{1,2})[./ -](\d{1,2})(?:[./ -](\d{4}|\d{2}))?\.?(?:[, ]+(\d{1,2})[:.](\d{2}))?$/.exec(plain);
  if (found === null) return null;
  const [, day, month, yearText, hour, minute] = found;
  if ((kind === 'minute') !== (hour !== undefined)) return null;
  const at = new Date(Date.UTC(yearOf(yearText, now), Number(month) - 1, Number(day)));
  // The 31st of November would be the 1st of December.
  if (at.getUTCMonth() !== Number(month) - 1 || at.getUTCDate() !== Number(day)) return null;
  if (Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59) return null;
  const date = `${pad(at.getUTCFullYear(), 4)}-${pad(at.getUTCMonth() + 1)}-${pad(at.getUTCDate())}`;
  return kind === 'day' ? date : `${date}T${pad(Number(hour))}:${pad(Number(minute))}`;
}

/**
 * Puts the points between the digits while somebody types at the end: keyboards of phones that show digits show nothing else.
 * What is not made of digits and points, and what becomes shorter, stays as it is.
 */
export function maskDate(before: string, after: string, kind: DateKind): string {
  if (!after.startsWith(before) || after.length <= before.length || !/^[\d.,: /-]*$/.test(after)) return after;
  if (/^\d{4}-/.test(after)) return after;
  const parts = partsOf(kind);
  const groups: string[] = [];
  let closed = true;
  for (const sign of after) {
    if (!/\d/.test(sign)) {
      closed = true;
      continue;
    }
    const last = groups.length - 1;
    if (closed || (groups[last]?.length ?? 0) >= (parts[last]?.digits ?? 0)) groups.push(sign);
    else groups[last] += sign;
    closed = false;
  }
  if (groups.length > parts.length) return before;
  const text = groups
    .map((group, index) => {
      const { part, digits, before: point } = parts[index] ?? { part: 'day', digits: 2, before: '' };
      // A single digit that was closed by a point.
      const isClosed = index < groups.length - 1 || closed;
      return point + (isClosed && part !== 'year' && group.length < digits ? group.padStart(digits, '0') : group);
    })
    .join('');
  const last = groups.length - 1;
  const isFull = (groups[last]?.length ?? 0) >= (parts[last]?.digits ?? 0);
  return groups.length > 0 && (isFull || closed) ? text + (parts[groups.length]?.before ?? '') : text;
}

/** The part of a written date in which a place of the text lies. */
export function partAt(
  place: number,
  kind: DateKind,
): { readonly part: DatePart; readonly from: number; readonly to: number } {
  let from = 0;
  const spans = partsOf(kind).map(({ part, digits, before }) => {
    const start = from + before.length;
    from = start + digits;
    return { part, from: start, to: from };
  });
  return spans.find(({ to }) => place <= to) ?? spans.at(-1) ?? { part: 'day', from: 0, to: 2 };
}

/** The value one step on: a day, a month of which the day is kept where it can be, a year, an hour, a minute. */
export function stepDate(value: string, part: DatePart, by: 1 | -1): string {
  const isDay = !value.includes('T');
  const at = new Date(`${value}${isDay ? 'T00:00' : ''}:00Z`);
  if (Number.isNaN(at.getTime())) return value;
  switch (part) {
    case 'day':
      at.setUTCDate(at.getUTCDate() + by);
      break;
    case 'month':
    case 'year': {
      const day = at.getUTCDate();
      at.setUTCDate(1);
      if (part === 'month') at.setUTCMonth(at.getUTCMonth() + by);
      else at.setUTCFullYear(at.getUTCFullYear() + by);
      const length = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
      at.setUTCDate(Math.min(day, length));
      break;
    }
    case 'hour':
      at.setUTCHours(at.getUTCHours() + by);
      break;
    case 'minute':
      at.setUTCMinutes(at.getUTCMinutes() + by);
      break;
  }
  return at.toISOString().slice(0, isDay ? 10 : 16);
}
