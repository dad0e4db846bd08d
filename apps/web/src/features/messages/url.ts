/** The screen's address: tab, filter, sort, focused row. Other screens link with the same names. */
import {
  type DeliveryStateName,
  deliveryState,
  type ErrorClassName,
  errorClass,
  type MessagesFilter,
} from '@pult/shared/contracts/messages';
import { ids, number, oneOf, optional, text, type UrlState } from '../../lib/url-state.ts';

export const TABS = ['causes', 'all', 'stuck', 'in_doubt', 'quarantine'] as const;
export const RANGES = ['1h', '6h', '24h', '7d', 'any'] as const;
const RANGE_MS = { '1h': 3_600_000, '6h': 6 * 3_600_000, '24h': 24 * 3_600_000, '7d': 7 * 24 * 3_600_000 } as const;

/** Letters of free text that the API takes. */
export const MOST_TEXT = 200;

export const URL_SPEC = {
  tab: oneOf(TABS, 'causes'),
  range: oneOf(RANGES, 'any'),
  flow: ids(),
  source: ids(),
  state: ids(),
  cause: ids(),
  errorClass: optional(),
  q: text(MOST_TEXT),
  timeField: oneOf(['default', 'accepted', 'applied', 'failed', 'state'], 'default'),
  from: optional(),
  to: optional(),
  minAmount: number(0, 1e12),
  sort: oneOf(['newest', 'oldest', 'amount'], 'newest'),
  operation: optional(),
  on: optional(),
} as const;
export type MessagesUrl = UrlState<typeof URL_SPEC>;

const isState = (value: string): value is DeliveryStateName => deliveryState.options.some((one) => one === value);
const classOf = (value: string | null): ErrorClassName | undefined => errorClass.options.find((one) => one === value);

/** Filter of the address; a range counts back from `now`, rounded to the minute so that the query stays the same. */
export function filterOf(url: MessagesUrl, now: number): MessagesFilter {
  const state = url.state.filter(isState);
  const chosen = classOf(url.errorClass);
  const since =
    url.range === 'any' ? null : new Date(Math.floor(now / 60_000) * 60_000 - RANGE_MS[url.range]).toISOString();
  const from = url.from ?? since;
  return {
    ...(url.flow.length > 0 ? { flow: [...url.flow] } : {}),
    ...(url.source.length > 0 ? { source: [...url.source] } : {}),
    ...(state.length > 0 ? { state } : {}),
    ...(url.cause.length > 0 ? { cause: [...url.cause] } : {}),
    ...(chosen ? { errorClass: chosen } : {}),
    ...(url.q.trim() ? { q: url.q.trim() } : {}),
    ...(from ? { from } : {}),
    ...(url.to ? { to: url.to } : {}),
    ...(url.timeField === 'default' ? {} : { timeField: url.timeField }),
    ...(url.minAmount === null ? {} : { minAmount: url.minAmount }),
    ...(url.operation ? { operation: url.operation } : {}),
  };
}

const DAY_MS = 24 * 3_600_000;

/** Start of the volume's window: the range, or the last day; a chosen span that is older is always inside. */
export function windowFromOf(url: MessagesUrl, now: number): string {
  const range = now - (url.range === 'any' ? DAY_MS : RANGE_MS[url.range]);
  const chosen = url.from === null ? Number.POSITIVE_INFINITY : Date.parse(url.from);
  const length = (url.to === null ? now : Date.parse(url.to)) - chosen;
  const from = chosen < range ? chosen - length / 4 : range;
  return new Date(Math.floor(from / 60_000) * 60_000).toISOString();
}

/** The filter without its time: what the volume shows over its window. */
export const timeless = ({ from: _from, to: _to, timeField: _field, ...rest }: MessagesFilter): MessagesFilter => rest;

/** What a tab adds to the filter. */
export function tabFilter(filter: MessagesFilter, tab: MessagesUrl['tab']): MessagesFilter {
  if (tab === 'stuck') return { ...filter, stuck: 'true' };
  if (tab === 'in_doubt') return { ...filter, state: ['in_doubt'] };
  return filter;
}
