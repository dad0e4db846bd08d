import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { usePermission } from '../../lib/session.ts';
import { useNames } from '../../lib/use-names.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import css from './messages.module.css';
import { OperationError } from './operation-error.tsx';
import { quarantineQuery, useQuarantineAction } from './queries.ts';

/** Events that could not be accepted, each with every problem; accepted again after a repair or closed. */
export function QuarantineTab() {
  const { t } = useTranslation();
  const query = useInfiniteQuery(quarantineQuery());
  const act = useQuarantineAction();
  const names = useNames();
  const may = usePermission('messages.triage');
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  const why = may ? undefined : t('messages.forbiddenTriage');
  if (query.isError && !query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Card>
      <OperationError error={act.error} />
      {query.isPending && <Skeleton rows={6} />}
      {query.isSuccess && rows.length === 0 && (
        <EmptyState title={t('messages.quarantine.empty')} text={t('messages.quarantine.emptyText')} />
      )}
      {rows.length > 0 && (
        <PlainTable
          head={[
            t('messages.quarantine.when'),
            t('messages.quarantine.system'),
            t('messages.quarantine.reason'),
            t('messages.quarantine.event'),
            '',
          ]}
        >
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <Instant value={row.receivedAt} />
              </td>
              <td>{names.system(row.systemId)}</td>
              <td>
                <StateChip state="warn">{t(`messages.quarantine.why.${row.reason}`)}</StateChip>
                {row.issues.map((issue) => (
                  <small key={`${issue.path}${issue.message}`}>
                    <code>{issue.path}</code> {issue.message}
                  </small>
                ))}
              </td>
              <td>
                <details>
                  <summary>{row.eventType ?? row.eventId ?? '—'}</summary>
                  {row.event === null ? (
                    t('messages.payload.forbidden')
                  ) : (
                    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must be able to scroll it
                    <pre className={css.json} tabIndex={0}>
                      {JSON.stringify(row.event, null, 2)}
                    </pre>
                  )}
                </details>
              </td>
              <td className={css.chips}>
                <Button
                  size="small"
                  disabled={!may || act.isPending}
                  title={why}
                  onClick={() => act.mutate({ eventId: row.id, verb: 'replay' })}
                >
                  {t('messages.quarantine.replay')}
                </Button>
                <Button
                  size="small"
                  danger
                  disabled={!may || act.isPending}
                  title={why}
                  onClick={() => act.mutate({ eventId: row.id, verb: 'discard' })}
                >
                  {t('messages.quarantine.discard')}
                </Button>
              </td>
            </tr>
          ))}
        </PlainTable>
      )}
      {query.hasNextPage && (
        <p className={css.foot}>
          <Button onClick={() => void query.fetchNextPage()}>{t('messages.list.more')}</Button>
        </p>
      )}
    </Card>
  );
}
