import type { ApprovalKind, ApprovalTab } from '@pult/shared/contracts/approvals';
import { ids, number, oneOf, optional, text } from '../../lib/url-state.ts';

export const TABS: readonly ApprovalTab[] = ['mine', 'all', 'waiting', 'decided'];
export const KINDS: readonly ApprovalKind[] = ['discount', 'order', 'return'];

/** What filters or selects in the inbox lives in the address; the open request is its path. */
export const INBOX_URL = {
  tab: oneOf(TABS, 'mine'),
  kind: oneOf([...KINDS, ''], ''),
  deviation: number(0, 100),
  segment: optional(),
  q: text(),
  by: oneOf(['anyone', 'me'], 'anyone'),
  ticked: ids(),
  clock: oneOf(['open', ''], ''),
} as const;
