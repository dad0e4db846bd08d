import type { ApprovalRow } from '@pult/shared/contracts/approvals';
import { useState } from 'react';

interface Settled {
  /** Rows that were on screen already, in the order of the server. */
  readonly rows: readonly ApprovalRow[];
  /** Rows that came since and wait for a press. */
  readonly waiting: number;
  readonly show: () => void;
}

/**
 * Rows that came while the list was being read wait behind a press, so that nothing moves under the pointer. A new
 * filter and an empty list take everything at once. `pages` grows when the person asks for more.
 */
export function useSettledRows(rows: readonly ApprovalRow[], filter: string, pages: number): Settled {
  const scope = `${filter} ${pages}`;
  const [known, setKnown] = useState<{ readonly scope: string; readonly ids: ReadonlySet<string> }>(() => ({
    scope,
    ids: new Set(),
  }));
  const shown = rows.filter(({ id }) => known.ids.has(id));
  const takeAll = () => setKnown({ scope, ids: new Set(rows.map(({ id }) => id)) });
  if (known.scope !== scope || (shown.length === 0 && rows.length > 0)) {
    takeAll();
    return { rows, waiting: 0, show: takeAll };
  }
  return { rows: shown, waiting: rows.length - shown.length, show: takeAll };
}
