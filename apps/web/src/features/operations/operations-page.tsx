import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatOperationTitle } from '../../lib/format/document.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { useLiveTopics } from '../../lib/live/use-live-topics.ts';
import { paths } from '../../lib/paths.ts';
import { oneOf, useUrlState } from '../../lib/url-state.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { SegmentedTabs } from '../../ui/segmented-tabs.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import css from './operation.module.css';
import { confirmed, OPERATION_STATE } from './outcome.ts';
import { operationsQuery } from './queries.ts';
import { useAuthor } from './use-author.ts';

const URL_SPEC = { show: oneOf(['all', 'open'], 'all'), by: oneOf(['all', 'pult', 'people'], 'all') } as const;

/** Операции: every bulk retry as an object, newest first, seen by everybody. */
export function OperationsPage() {
  const { t } = useTranslation();
  const authorOf = useAuthor();
  const [{ show, by }, setUrl] = useUrlState(URL_SPEC);
  useLiveTopics(['operations']);
  const query = useInfiniteQuery(operationsQuery({ open: show === 'open', by }));
  const isFiltered = show !== 'all' || by !== 'all';
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <>
      <PageHeader
        title={t('operations.title')}
        actions={
          <>
            <SegmentedTabs
              label={t('operations.list.byWhom')}
              value={by}
              options={[
                { value: 'all', label: t('operations.list.ofAll') },
                { value: 'pult', label: t('operations.list.automatic') },
                { value: 'people', label: t('operations.list.ofPeople') },
              ]}
              onChange={(value) => setUrl({ by: value })}
            />
            <SegmentedTabs
              label={t('operations.title')}
              value={show}
              options={[
                { value: 'all', label: t('operations.list.all') },
                { value: 'open', label: t('operations.list.open') },
              ]}
              onChange={(value) => setUrl({ show: value })}
            />
          </>
        }
      />
      <Card>
        {query.isError && !query.data && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending && <Skeleton rows={8} />}
        {query.isSuccess && rows.length === 0 && isFiltered && (
          <EmptyState
            title={t('operations.list.emptyFilter')}
            text={t('operations.list.emptyFilterText')}
            action={<Button onClick={() => setUrl({ show: 'all', by: 'all' })}>{t('operations.list.showAll')}</Button>}
          />
        )}
        {query.isSuccess && rows.length === 0 && !isFiltered && (
          <EmptyState
            title={t('operations.list.empty')}
            text={t('operations.list.emptyText')}
            action={<Link to={paths.messages()}>{t('operations.list.toMessages')}</Link>}
          />
        )}
        {rows.length > 0 && (
          <PlainTable
            head={[
              t('operations.list.what'),
              t('operations.list.state'),
              { title: t('operations.list.progress'), align: 'end' },
              { title: t('operations.outcome.failed'), align: 'end' },
              t('operations.list.who'),
              t('operations.list.when'),
              t('operations.list.reason'),
            ]}
          >
            {rows.map((row) => (
              <tr key={row.id}>
                <td data-free>
                  <Link to={paths.operation(row.id)}>{t(`operations.name.${row.verb}`, { number: row.number })}</Link>
                  {row.title && <small>{formatOperationTitle(row.title)}</small>}
                </td>
                <td>
                  <StateChip state={OPERATION_STATE[row.state]}>{t(`operations.state.${row.state}`)}</StateChip>
                </td>
                <td className={css.end}>
                  {t('operations.done', {
                    done: formatNumber(confirmed(row.counts)),
                    total: formatNumber(row.counts.total),
                  })}
                </td>
                <td className={css.end}>{formatNumber(row.counts.failed + row.counts.inDoubt)}</td>
                <td data-free>{authorOf(row.startedBy ?? row.createdBy)}</td>
                <td>
                  <Instant value={row.startedAt ?? row.createdAt} />
                </td>
                <td data-free>{row.reason ?? (row.createdBy.kind === 'pult' ? t('operations.list.byRule') : '—')}</td>
              </tr>
            ))}
          </PlainTable>
        )}
        {query.hasNextPage && (
          <div className={css.more}>
            <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t('operations.items.more')}
            </Button>
          </div>
        )}
      </Card>
    </>
  );
}
