import { auditList, auditVerify } from '@pult/shared/contracts/audit';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { useTranslation } from 'react-i18next';
import { callEndpoint } from '../../lib/api/client.ts';
import { momentOfInput } from '../../lib/format/house-time.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { usePermission } from '../../lib/session.ts';
import { oneOf, text, useUrlState } from '../../lib/url-state.ts';
import { Button, buttonLook } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Choice } from '../../ui/choice.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { TextField } from '../../ui/text-field.tsx';
import css from './audit.module.css';
import { AuditRow } from './audit-row.tsx';
import { namesOf } from './changes.ts';
import { DayFilter } from './day-filter.tsx';

/** First words of actions, as the modules write them. */
const KINDS = [
  '',
  'approval',
  'operation',
  'delivery',
  'quarantine',
  'cause',
  'message',
  'credential',
  'system',
  'session',
  'migration',
  'quiet',
  'edi',
  'automatic_retry',
] as const;
const URL_STATE = { who: text(200), kind: oneOf(KINDS, ''), object: text(300), from: text(10), to: text(10) };
const EMPTY = { who: '', kind: '', object: '', from: '', to: '' } as const;
const DAY_MS = 86_400_000;

/** Begin of a day of the house, ms; null for none. */
const dayAt = (day: string): number | null => momentOfInput(`${day}T00:00`);

/** Журнал: who did what, to what, why; the chain of hashes proves that nothing was changed or cut out. */
export function AuditPage() {
  const { t } = useTranslation();
  const may = usePermission('audit.read');
  if (!may) return <EmptyState title={t('common.forbidden')} text={t('common.forbiddenText')} />;
  return <AuditLog />;
}

function AuditLog() {
  const { t } = useTranslation();
  const [{ who, kind, object, from, to }, setUrl] = useUrlState(URL_STATE);
  const actor = useDeferredValue(who.trim());
  const objectId = useDeferredValue(object.trim());
  const [first, last] = [dayAt(from), dayAt(to)];
  const backwards = first !== null && last !== null && last < first;
  const filter = {
    ...(actor ? { actor } : {}),
    ...(kind ? { action: kind } : {}),
    ...(objectId ? { objectId } : {}),
    ...(first === null ? {} : { from: new Date(first).toISOString() }),
    ...(last === null ? {} : { to: new Date(last + DAY_MS).toISOString() }),
  };
  const query = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam }) =>
      callEndpoint(auditList, { query: { limit: 50, ...filter, ...(pageParam ? { cursor: pageParam } : {}) } }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  const names = namesOf(rows);
  const filtered = Object.keys(filter).length > 0;
  return (
    <>
      <PageHeader
        title={t('audit.title')}
        state={<ChainState />}
        actions={
          <a {...buttonLook()} href={`/api/audit/entries.csv?${new URLSearchParams(filter)}`}>
            {t('audit.csv')}
          </a>
        }
      />
      <Card>
        <div className={css.filters}>
          <TextField
            type="search"
            maxLength={200}
            value={who}
            aria-label={t('audit.who')}
            placeholder={t('audit.who')}
            onChange={(next) => setUrl({ who: next })}
          />
          <Choice
            label={t('audit.action')}
            value={kind}
            options={KINDS.map((one) => ({ value: one, label: one ? t(`audit.kind.${one}`) : t('audit.anyAction') }))}
            onChange={(next) => setUrl({ kind: next })}
          />
          <TextField
            type="search"
            maxLength={300}
            value={object}
            aria-label={t('audit.objectId')}
            placeholder={t('audit.objectId')}
            onChange={(next) => setUrl({ object: next })}
          />
          <DayFilter label={t('audit.from')} value={from} onChange={(day) => setUrl({ from: day })} />
          <DayFilter
            label={t('audit.to')}
            value={to}
            onChange={(day) => setUrl({ to: day })}
            problem={backwards && t('audit.backwards')}
          />
        </div>
        {query.isError && !query.data && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending && <Skeleton rows={8} />}
        {query.isSuccess && rows.length === 0 && (
          <EmptyState
            title={t('audit.empty')}
            text={filtered ? t('audit.emptyFilter') : t('audit.emptyText')}
            {...(filtered
              ? {
                  action: <Button onClick={() => setUrl(EMPTY)}>{t('audit.clear')}</Button>,
                }
              : {})}
          />
        )}
        {rows.length > 0 && (
          <PlainTable
            head={[t('audit.when'), t('audit.who'), t('audit.action'), t('audit.object'), t('audit.reason'), '№']}
          >
            {rows.map((entry) => (
              <AuditRow
                key={entry.id}
                entry={entry}
                known={names.get(entry.objectId) ?? null}
                onObject={(id) => setUrl({ object: id }, { push: true })}
              />
            ))}
          </PlainTable>
        )}
        {query.hasNextPage && (
          <div className={css.more}>
            <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t('audit.more')}
            </Button>
          </div>
        )}
      </Card>
    </>
  );
}

/** The chain as it was recomputed just now; broken, it names the first entry that does not fit. */
function ChainState() {
  const { t } = useTranslation();
  const { data, isFetching, refetch } = useQuery({
    queryKey: ['audit', 'verify'],
    queryFn: () => callEndpoint(auditVerify, {}),
    staleTime: 60_000,
  });
  return (
    <>
      {data && (
        <StateChip state={data.intact ? 'ok' : 'bad'} title={data.lastHash ?? ''}>
          {data.intact
            ? t('audit.intact', { count: data.checked, formatted: formatNumber(data.checked) })
            : t('audit.broken', { id: data.brokenId ?? 0 })}
        </StateChip>
      )}
      <Button size="small" type="link" loading={isFetching} onClick={() => void refetch()}>
        {t('audit.verify')}
      </Button>
    </>
  );
}
