import { useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { useTranslation } from 'react-i18next';
import { callEndpoint } from '../lib/api/client.ts';
import { formatDocumentNumber } from '../lib/format/document.ts';
import { paths } from '../lib/paths.ts';

/** A line of the search box or of the command palette. */
export interface Hit {
  readonly key: string;
  readonly title: string;
  readonly hint: string;
  readonly to: string;
}

const LEAST_LETTERS = 2;

export interface SearchHits {
  /** Whether the text is long enough to search for. */
  readonly searching: boolean;
  /** The search is done and has found no document. */
  readonly nothing: boolean;
  readonly hits: readonly Hit[];
}

/** Messages by document number, ИНН, counterparty or error text; the last line leads to all matches. */
export function useSearchHits(text: string, enabled: boolean): SearchHits {
  const { t } = useTranslation();
  const wanted = useDeferredValue(text.trim());
  const searching = enabled && wanted.length >= LEAST_LETTERS;
  const found = useQuery({
    queryKey: ['messages', 'search', wanted],
    // The contract comes with the first search: the first load of a screen does not carry it.
    queryFn: async () => {
      const { searchAll } = await import('@pult/shared/contracts/messages');
      return callEndpoint(searchAll, { query: { q: wanted } });
    },
    enabled: searching,
  });
  if (!searching) return { searching, nothing: false, hits: [] };
  const rows = found.data?.rows ?? [];
  return {
    searching,
    nothing: found.isSuccess && rows.length === 0,
    hits: [
      ...rows.map((row) => ({
        key: row.id,
        title: formatDocumentNumber(row.key.number),
        hint: [row.counterparty?.name, row.flowTitle].filter(Boolean).join(' · '),
        to: paths.message(row.id),
      })),
      {
        key: 'all',
        title: t('common.search.all'),
        hint: wanted,
        to: paths.messages(`?tab=all&q=${encodeURIComponent(wanted)}`),
      },
    ],
  };
}
