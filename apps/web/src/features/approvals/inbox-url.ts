import type { ApprovalKind, ApprovalTab } from '@pult/shared/contracts/approvals';
import { ids, number, oneOf, optional, text, type UrlState } from '../../lib/url-state.ts';
import type { InboxFilter } from './queries.ts';

export const TABS: readonly ApprovalTab[] = ['mine', 'all', 'waiting', 'decided'];
export const KINDS: readonly ApprovalKind[] = ['discount', 'order', 'return'];

/** Letters of a search that the API takes. */
export const MOST_TEXT = 200;

/** What filters or selects in the inbox lives in the address; the open request is its path. */
export const INBOX_URL = {
  tab: oneOf(TABS, 'mine'),
  kind: oneOf([...KINDS, ''], ''),
  deviation: number(0, 100),
  segment: optional(),
  q: text(MOST_TEXT),
  by: oneOf(['anyone', 'me'], 'anyone'),
  ticked: ids(),
  clock: oneOf(['open', ''], ''),
} as const;

/** The filter that an address stands for. */
export const inboxFilterOf = (url: UrlState<typeof INBOX_URL>): InboxFilter => ({
  tab: url.tab,
  kind: url.kind === '' ? null : url.kind,
  minDeviation: url.deviation,
  segment: url.segment,
  q: url.q.trim(),
  by: url.by,
});
