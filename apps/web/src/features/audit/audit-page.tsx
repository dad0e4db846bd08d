import { type AuditEntry, auditList, auditVerify } from '@pult/shared/contracts/audit';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { callEndpoint } from '../../lib/api/client.ts';
import { usePermission } from '../../lib/session.ts';
import { text, useUrlState } from '../../lib/url-state.ts';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import css from './audit.module.css';
import { changesOf } from './changes.ts';

const URL_SPEC = { actor: text(), action: text(), objectKind: text(), objectId: text() };

/** Журнал: who did what, to what, why; the chain of hashes proves that nothing was changed or cut out. */
export function AuditPage() {
  const { t } = useTranslation();
  const may = usePermission('audit.read');
  if (!may) return <EmptyState title={t('common.forbidden')} text={t('common.forbiddenText')} />;
  return <AuditLog />;
}

function AuditLog() {
  const { t } = useTranslation();
  const [filter, setFilter] = useUrlState(URL_SPEC);
  const wanted = useDeferredValue(filter);
  const query = useInfiniteQuery({
    queryKey: ['audit', wanted],
    queryFn: ({ pageParam }) =>
      callEndpoint(auditList, {
        query: {
          limit: 50,
          ...Object.fromEntries(Object.entries(wanted).filter(([, value]) => value.trim() !== '')),
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
          {(
            [
              ['actor', t('audit.who')],
              ['action', t('audit.action')],
              ['objectKind', t('audit.objectKind')],
              ['objectId', t('audit.objectId')],
            ] as const
          ).map(([name, label]) => (
            <Input
              key={name}
              allowClear
              value={filter[name]}
              aria-label={label}
              placeholder={label}
              onChange={(event) => setFilter({ [name]: event.target.value })}
            />
          ))}
        </div>
        {query.isError && !query.data && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending && <Skeleton rows={8} />}
        {query.isSuccess && rows.length === 0 && <EmptyState title={t('audit.empty')} text={t('audit.emptyText')} />}
        {rows.length > 0 && (
          <PlainTable
            head={[t('audit.when'), t('audit.who'), t('audit.action'), t('audit.object'), t('audit.reason'), '№']}
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
        {open && <EntryFacts entry={entry} />}
      </td>
      <td>{entry.reason ?? '—'}</td>
      <td>{entry.id}</td>
    </tr>
  );
}

/** What changed, field by field, and what ties the entry to the chain and to the request's log lines. */
function EntryFacts({ entry }: { readonly entry: AuditEntry }) {
  const { t } = useTranslation();
  const changes = changesOf(entry.before, entry.after);
  return (
    <div className={css.facts}>
      {changes.length === 0 && <p>{t('audit.noChanges')}</p>}
      <dl>
        {changes.map(({ path, before, after }) => (
          <div key={path}>
            <dt>{path}</dt>
            <dd>
              {before !== null && <del>{before}</del>} {after !== null && <ins>{after}</ins>}
            </dd>
          </div>
        ))}
        <div>
          <dt>{t('audit.requestId')}</dt>
          <dd>{entry.requestId ?? '—'}</dd>
        </div>
        <div>
          <dt>{t('audit.hash')}</dt>
          <dd>
            <code>{entry.hash}</code>
          </dd>
        </div>
      </dl>
    </div>
  );
}
