import { useState } from 'react';

interface Settled<Row> {
  /** Rows that were on screen already, in the order in which they stood. */
  readonly rows: readonly Row[];
  /** Rows that came since and wait for a press. */
  readonly waiting: number;
  readonly show: () => void;
}

export interface SettledOptions<Row> {
  /** Filter, sort, tab: a new one takes everything as it comes. */
  readonly scope: string;
  /** Grows when the person asks for more; those rows follow the known ones. */
  readonly pages: number;
  /** The rows still belong to an earlier scope: they are shown, not remembered. */
  readonly outdated: boolean;
  readonly idOf: (row: Row) => string;
}

/**
 * Rows stay where they are while the list is being read: those that came later wait behind a press, those that changed keep
 * their place, those that are gone leave.
 */
export function useSettledOrder<Row>(rows: readonly Row[], options: SettledOptions<Row>): Settled<Row> {
  const { scope, pages, outdated, idOf } = options;
  const [known, setKnown] = useState<{ scope: string; pages: number; ids: readonly string[] }>({
    scope: '',
    pages: 0,
    ids: [],
  });
  const present = new Map(rows.map((row) => [idOf(row), row]));
  const take = (before: readonly string[]) => {
    const kept = before.filter((id) => present.has(id));
    const seen = new Set(kept);
    setKnown({ scope, pages, ids: [...kept, ...[...present.keys()].filter((id) => !seen.has(id))] });
  };
  const show = () => take([]);
  if (outdated) return { rows, waiting: 0, show };
  const shown = known.ids.flatMap((id) => present.get(id) ?? []);
  if (known.scope !== scope || (shown.length === 0 && rows.length > 0)) {
    show();
    return { rows, waiting: 0, show };
  }
  if (known.pages !== pages) {
    take(known.ids);
    return { rows: shown, waiting: 0, show };
  }
  return { rows: shown, waiting: present.size - shown.length, show };
}
