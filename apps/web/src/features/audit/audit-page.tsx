import { type AuditEntry, auditList, auditVerify } from '@pult/shared/contracts/audit';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { callEndpoint } from '../../lib/api/client.ts';
import { usePermission } from '../../lib/session.ts';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import css from './audit.module.css';

/** Журнал: who did what, to what, why; the chain of hashes proves that nothing was changed or cut out. */
export function AuditPage() {
  const { t } = useTranslation();
  const may = usePermission('audit.read');
  if (!may) return <EmptyState title={t('common.forbidden')} text={t('common.forbiddenText')} />;
  return <AuditLog />;
}

function AuditLog() {
  const { t } = useTranslation();
  const [actor, setActor] = useState('');
  const [action, setAction] = useState('');
  const filter = useDeferredValue(`${actor.trim()}\n${action.trim()}`);
  const [actorQuery = '', actionQuery = ''] = filter.split('\n');
  const query = useInfiniteQuery({
    queryKey: ['audit', actorQuery, actionQuery],
    queryFn: ({ pageParam }) =>
      callEndpoint(auditList, {
        query: {
          limit: 50,
          ...(actorQuery ? { actor: actorQuery } : {}),
          ...(actionQuery ? { action: actionQuery } : {}),
          ...(pageParam ? { cursor: pageParam } : {}),
        },
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  const chain = useQuery({
    queryKey: ['audit', 'verify'],
    queryFn: () => callEndpoint(auditVerify, {}),
    staleTime: 60_000,
  });
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <>
      <PageHeader
        title={t('audit.title')}
        state={
          chain.data && (
            <StateChip state={chain.data.intact ? 'ok' : 'bad'}>
              {chain.data.intact
                ? t('audit.intact', { count: chain.data.checked })
                : t('audit.broken', { id: chain.data.brokenId ?? 0 })}
            </StateChip>
          )
        }
        actions={
          <Button loading={chain.isFetching} onClick={() => void chain.refetch()}>
            {t('audit.verify')}
          </Button>
        }
      />
      <Card>
        <div className={css.filters}>
          <Input
            allowClear
            value={actor}
            aria-label={t('audit.who')}
            placeholder={t('audit.who')}
            onChange={(event) => setActor(event.target.value)}
          />
          <Input
            allowClear
            value={action}
            aria-label={t('audit.action')}
            placeholder={t('audit.action')}
            onChange={(event) => setAction(event.target.value)}
          />
        </div>
        {query.isError && !query.data && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending && <Skeleton rows={8} />}
        {query.isSuccess && rows.length === 0 && <EmptyState title={t('audit.empty')} text={t('audit.emptyText')} />}
        {rows.length > 0 && (
          <PlainTable
            head={['№', t('audit.when'), t('audit.who'), t('audit.action'), t('audit.object'), t('audit.reason')]}
          >
            {rows.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </PlainTable>
        )}
        {query.hasNextPage && (
          <div className={css.filters}>
            <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t('audit.more')}
            </Button>
          </div>
        )}
      </Card>
    </>
  );
}

function Entry({ entry }: { readonly entry: AuditEntry }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <tr>
      <td>{entry.id}</td>
      <td>
        <Instant value={entry.at} />
      </td>
      <td>
        {entry.actor.name ?? entry.actor.id ?? t('audit.pult')}
        {entry.actor.onBehalfOf && <small>{t('audit.onBehalfOf', { name: entry.actor.onBehalfOf })}</small>}
      </td>
      <td>
        <code>{entry.action}</code>
      </td>
      <td>
        <button type="button" className={css.link} aria-expanded={open} onClick={() => setOpen(!open)}>
          {entry.objectKind} {entry.objectId}
        </button>
        {open && (
          <pre className={css.diff}>
            {JSON.stringify(
              { before: entry.before, after: entry.after, requestId: entry.requestId, hash: entry.hash },
              null,
              2,
            )}
          </pre>
        )}
      </td>
      <td>{entry.reason ?? '—'}</td>
    </tr>
  );
}
