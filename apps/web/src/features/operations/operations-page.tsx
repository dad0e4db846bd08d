import { useInfiniteQuery } from '@tanstack/react-query';
import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { formatNumber } from '../../lib/format/number.ts';
import { useLiveTopics } from '../../lib/live/use-live-topics.ts';
import { paths } from '../../lib/paths.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import css from './operation.module.css';
import { confirmed, OPERATION_STATE } from './outcome.ts';
import { operationsQuery } from './queries.ts';

/** Операции: every bulk retry as an object, newest first, seen by everybody. */
export function OperationsPage() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  useLiveTopics(['operations']);
  const open = params.get('show') === 'open';
  const query = useInfiniteQuery(operationsQuery(open));
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <>
      <PageHeader
        title={t('operations.title')}
        actions={
          <Segmented
            value={open ? 'open' : 'all'}
            options={[
              { value: 'all', label: t('operations.list.all') },
              { value: 'open', label: t('operations.list.open') },
            ]}
            onChange={(value) => setParams(value === 'open' ? { show: 'open' } : {}, { replace: true })}
          />
        }
      />
      <Card>
        {query.isError && !query.data && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending && <Skeleton rows={8} />}
        {query.isSuccess && rows.length === 0 && (
          <EmptyState
            title={t('operations.list.empty')}
            text={t('operations.list.emptyText')}
            action={<Link to={paths.messages()}>{t('operations.list.toMessages')}</Link>}
          />
        )}
        {rows.length > 0 && (
          <div className={css.scroll}>
            <table className={css.table}>
              <thead>
                <tr>
                  <th scope="col">№</th>
                  <th scope="col">{t('operations.list.what')}</th>
                  <th scope="col">{t('operations.list.state')}</th>
                  <th scope="col" className={css.number}>
                    {t('operations.list.progress')}
                  </th>
                  <th scope="col" className={css.number}>
                    {t('operations.outcome.failed')}
                  </th>
                  <th scope="col">{t('operations.list.who')}</th>
                  <th scope="col">{t('operations.list.when')}</th>
                  <th scope="col">{t('operations.list.reason')}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.id}>
                    <td>{row.number}</td>
                    <td>
                      <Link to={paths.operation(row.id)}>
                        {t(`operations.name.${row.verb}`, { number: row.number })}
                      </Link>
                      {row.title && <div>{row.title}</div>}
                    </td>
                    <td>
                      <StateChip state={OPERATION_STATE[row.state]}>{t(`operations.state.${row.state}`)}</StateChip>
                    </td>
                    <td className={css.number}>
                      {t('operations.done', {
                        done: formatNumber(confirmed(row.counts)),
                        total: formatNumber(row.counts.total),
                      })}
                    </td>
                    <td className={css.number}>{formatNumber(row.counts.failed + row.counts.inDoubt)}</td>
                    <td>{(row.startedBy ?? row.createdBy).name ?? t('operations.pult')}</td>
                    <td>
                      <Instant value={row.startedAt ?? row.createdAt} />
                    </td>
                    <td className={css.detail}>{row.reason ?? '—'}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
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
