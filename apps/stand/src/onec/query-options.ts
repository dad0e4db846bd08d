import { errors } from './odata-error.ts';

export interface QueryOptions {
  readonly filter: string | null;
  readonly select: readonly string[] | null;
  readonly expand: readonly string[];
  readonly orderby: string | null;
  readonly top: number | null;
  readonly skip: number;
  readonly count: boolean;
  readonly format: string | null;
  readonly allowedOnly: boolean;
  /** Arguments of functions given in the query. */
  readonly args: ReadonlyMap<string, string>;
}

const ARGUMENTS = [
  'Condition',
  'Period',
  'Dimensions',
  'StartPeriod',
  'EndPeriod',
  'PostingModeOperational',
  'DataExchangePoint',
  'MessageNo',
];
const KNOWN = new Set([
  '$filter',
  '$select',
  '$expand',
  '$orderby',
  '$top',
  '$skip',
  '$inlinecount',
  '$format',
  'allowedOnly',
  '$allowedOnly',
  ...ARGUMENTS,
]);

/** Reads the query string as 1С does: percent-decoded; a plus stays a plus unless the publication decodes it. */
export function readOptions(search: string, plusIsSpace: boolean): QueryOptions {
  const raw = new Map<string, string>();
  for (const pair of search.replace(/^\?/, '').split('&')) {
    if (pair === '') continue;
    const text = plusIsSpace ? pair.replaceAll('+', ' ') : pair;
    const at = text.indexOf('=');
    const name = decode(at < 0 ? text : text.slice(0, at));
    if (!KNOWN.has(name)) throw errors.unsupportedOption(name);
    raw.set(name, at < 0 ? '' : decode(text.slice(at + 1)));
  }
  const whole = (name: string): number | null => {
    const text = raw.get(name);
    if (text === undefined) return null;
    if (!/^\d+$/.test(text)) throw errors.badOption(name);
    return Number(text);
  };
  const names = (name: string): string[] | null =>
    raw
      .get(name)
      ?.split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '') ?? null;
  const count = raw.get('$inlinecount');
  if (count !== undefined && count !== 'allpages' && count !== 'none') throw errors.badOption('$inlinecount');
  return {
    filter: raw.get('$filter') ?? null,
    select: names('$select'),
    expand: names('$expand') ?? [],
    orderby: raw.get('$orderby') ?? null,
    top: whole('$top'),
    skip: whole('$skip') ?? 0,
    count: count === 'allpages',
    format: raw.get('$format') ?? null,
    allowedOnly: (raw.get('allowedOnly') ?? raw.get('$allowedOnly')) === 'true',
    args: new Map([...raw].filter(([name]) => ARGUMENTS.includes(name))),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw errors.badFormat('Неверная кодировка адреса');
  }
}
