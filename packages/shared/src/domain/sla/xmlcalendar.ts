import { epochDayOf } from './calendar.ts';
import type { ProductionDay, ProductionYear } from './production-calendar.ts';

export type XmlCalendarProblemCode =
  | 'calendar.missing'
  | 'year.invalid'
  | 'published.invalid'
  | 'days.missing'
  | 'day.date_unknown'
  | 'day.repeated'
  | 'day.kind_unknown'
  | 'day.holiday_unknown'
  | 'day.moved_from_unknown';

/** One thing wrong with a file: line (1-based), rule, the value that broke it. */
export interface XmlCalendarProblem {
  readonly line: number;
  readonly code: XmlCalendarProblemCode;
  readonly value: string;
}

export interface ParsedXmlCalendar {
  /** Null when anything is wrong: a year is taken whole or not at all. */
  readonly year: ProductionYear | null;
  readonly problems: readonly XmlCalendarProblem[];
}

/** Meaning of `t` (github.com/xmlcalendar/data): 1 day off, 2 short working day on any weekday, 3 working weekend. */
const KINDS: Readonly<Record<string, ProductionDay['kind']>> = { '1': 'off', '2': 'short', '3': 'working' };

const TAG = /<(calendar|holiday|day)\b((?:[^>"']|"[^"]*"|'[^']*')*)>/g;
const ATTRIBUTE = /([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

interface Tag {
  readonly name: string;
  readonly line: number;
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * Reads a `calendar.xml` of xmlcalendar.ru. The format is flat (three empty tags with attributes), so no XML library
 * is needed; comments are skipped, tags of other names are ignored. Every problem is reported with its line.
 *
 * @param options.confirmed whether the government has decreed the transfers of this year; the file does not say.
 */
export function parseXmlCalendar(xml: string, options: { confirmed: boolean }): ParsedXmlCalendar {
  const problems: XmlCalendarProblem[] = [];
  const tags = readTags(xml);
  const root = tags.find((tag) => tag.name === 'calendar');
  if (root === undefined) return { year: null, problems: [{ line: 1, code: 'calendar.missing', value: '' }] };

  const yearText = root.attributes.get('year') ?? '';
  const year = /^\d{4}$/.test(yearText) ? Number(yearText) : null;
  if (year === null) problems.push({ line: root.line, code: 'year.invalid', value: yearText });
  const publishedText = root.attributes.get('date');
  const publishedOn = publishedText?.replaceAll('.', '-') ?? null;
  if (publishedOn !== null && epochDayOf(publishedOn) === null)
    problems.push({ line: root.line, code: 'published.invalid', value: publishedText ?? '' });

  const holidays = new Map<string, string>();
  for (const tag of tags)
    if (tag.name === 'holiday') holidays.set(tag.attributes.get('id') ?? '', tag.attributes.get('title') ?? '');

  const days = new Map<string, ProductionDay>();
  for (const tag of tags) {
    if (tag.name !== 'day' || year === null) continue;
    const day = readDay(tag, { year, holidays, problems });
    if (day === null) continue;
    if (days.has(day.date)) problems.push({ line: tag.line, code: 'day.repeated', value: day.date });
    days.set(day.date, day);
  }
  if (year !== null && !tags.some((tag) => tag.name === 'day'))
    problems.push({ line: root.line, code: 'days.missing', value: yearText });

  if (year === null || problems.length > 0) return { year: null, problems };
  const sorted = [...days.values()].sort((a, b) => (a.date < b.date ? -1 : 1));
  return { year: { year, confirmed: options.confirmed, source: 'xmlcalendar', publishedOn, days: sorted }, problems };
}

function readDay(
  tag: Tag,
  context: { year: number; holidays: ReadonlyMap<string, string>; problems: XmlCalendarProblem[] },
): ProductionDay | null {
  const { year, holidays, problems } = context;
  const before = problems.length;
  const report = (code: XmlCalendarProblemCode, value: string) => problems.push({ line: tag.line, code, value });

  const dateText = tag.attributes.get('d') ?? '';
  const date = dateIn(year, dateText);
  if (date === null) report('day.date_unknown', dateText);
  const kindText = tag.attributes.get('t') ?? '';
  const kind = KINDS[kindText];
  if (kind === undefined) report('day.kind_unknown', kindText);
  const holidayId = tag.attributes.get('h');
  const holiday = holidayId === undefined ? null : (holidays.get(holidayId) ?? null);
  if (holidayId !== undefined && holiday === null) report('day.holiday_unknown', holidayId);
  const fromText = tag.attributes.get('f');
  const movedFrom = fromText === undefined ? null : dateIn(year, fromText);
  if (fromText !== undefined && movedFrom === null) report('day.moved_from_unknown', fromText);

  if (date === null || kind === undefined || problems.length > before) return null;
  return { date, kind, holiday, movedFrom };
}

/** `MM.DD` of a year as a date, or null when there is no such day. */
function dateIn(year: number, text: string): string | null {
  const date = `${year}-${text.replace('.', '-')}`;
  return /^\d{2}\.\d{2}$/.test(text) && epochDayOf(date) !== null ? date : null;
}

function readTags(xml: string): Tag[] {
  // Comments become spaces of the same shape, so that lines stay what the person sees in the file.
  const visible = xml.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, ' '));
  const tags: Tag[] = [];
  let line = 1;
  let scanned = 0;
  for (const match of visible.matchAll(TAG)) {
    line += visible.slice(scanned, match.index).split('\n').length - 1;
    scanned = match.index;
    const attributes = new Map<string, string>();
    for (const [, name, double, single] of (match[2] ?? '').matchAll(ATTRIBUTE))
      attributes.set(name ?? '', decode(double ?? single ?? ''));
    tags.push({ name: match[1] ?? '', line, attributes });
  }
  return tags;
}

function decode(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|#x([\da-f]{1,5})|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return ENTITIES[name] ?? whole;
  });
}
