import type { ShadowPair } from '@pult/shared/contracts/migration';
import { OUTCOMES, type Outcome } from '@pult/shared/domain/migration/pairing';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { formatDocumentType } from '../../../lib/format/document.ts';
import { useLiveTopics } from '../../../lib/live/use-live-topics.ts';
import { paths } from '../../../lib/paths.ts';
import { usePermission } from '../../../lib/session.ts';
import { oneOf, optional, text, useUrlState } from '../../../lib/url-state.ts';
import { Button, buttonLook } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { Choice } from '../../../ui/choice.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Instant } from '../../../ui/instant.tsx';
import { ObjectError } from '../../../ui/object-error.tsx';
import { PageHeader } from '../../../ui/page-header.tsx';
import { PlainTable } from '../../../ui/plain-table.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { StateChip } from '../../../ui/state-chip.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { DiffTable } from './example-diff.tsx';
import { ExplainSheet } from './explain-sheet.tsx';
import css from './migration.module.css';
import { migrationQuery, type PairsQuery, pairsQuery, useMigrationCommands } from './queries.ts';
import { PairSide } from './recent-pairs.tsx';
import { OUTCOME_STATE, useFieldName, usePairWords } from './wording.ts';

const ALL = 'all';
const URL_SPEC = {
  outcome: oneOf([ALL, ...OUTCOMES], ALL),
  reason: oneOf([ALL, 'with', 'without'], ALL),
  field: optional(),
  q: text(100),
  from: optional(),
  to: optional(),
} as const;

/** Пары сравнения: every message with what both channels made of it; filters live in the address. */
export function PairsPage() {
  const { flowId = '' } = useParams();
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  useLiveTopics(['landscape']);
  const fieldName = useFieldName();
  const [url, setUrl] = useUrlState(URL_SPEC);
  const migration = useQuery(migrationQuery(flowId));
  const filter: PairsQuery = {
    ...(url.outcome === ALL ? {} : { outcome: url.outcome }),
    ...(url.reason === ALL ? {} : { reason: url.reason }),
    ...(url.field === null ? {} : { field: url.field }),
    ...(url.q.trim() === '' ? {} : { q: url.q.trim() }),
    ...(url.from === null ? {} : { from: url.from }),
    ...(url.to === null ? {} : { to: url.to }),
  };
  const query = useInfiniteQuery(pairsQuery(flowId, filter));
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  const clear = () => setUrl({ outcome: ALL, reason: ALL, field: null, q: '', from: null, to: null });
  const error = migration.error ?? query.error;
  if (error && !query.data)
    return (
      <ObjectError
        error={error}
        onRetry={() => void query.refetch()}
        page={t('migration.pairs.title')}
        missing={t('landscape.flow.missing')}
        list={{ title: t('landscape.flow.toList'), to: paths.flows() }}
      />
    );
  const search = new URLSearchParams(filter as Record<string, string>);
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { title: t('landscape.flows.title'), to: paths.flows() },
          { title: migration.data?.flow.title[language] ?? flowId, to: paths.flow(flowId) },
        ]}
        title={t('migration.pairs.title')}
        actions={
          <a {...buttonLook()} href={`/api/landscape/flows/${encodeURIComponent(flowId)}/shadow/pairs.csv?${search}`}>
            {t('migration.pairs.csv')}
          </a>
        }
      />
      <div className={css.filters}>
        <Choice<Outcome | typeof ALL>
          label={t('migration.pairs.outcome')}
          value={url.outcome}
          options={[ALL, ...OUTCOMES].map((one) => ({
            value: one as Outcome | typeof ALL,
            label: one === ALL ? t('migration.pairs.all') : t(`migration.shadow.names.${one as Outcome}`),
          }))}
          onChange={(outcome) => setUrl({ outcome })}
        />
        <Choice
          label={t('migration.pairs.reason')}
          value={url.reason}
          options={[
            { value: ALL, label: t('migration.pairs.anyReason') },
            { value: 'without', label: t('migration.pairs.without') },
            { value: 'with', label: t('migration.pairs.with') },
          ]}
          onChange={(reason) => setUrl({ reason })}
        />
        <TextField
          type="search"
          aria-label={t('migration.pairs.number')}
          placeholder={t('migration.pairs.number')}
          value={url.q}
          onChange={(q) => setUrl({ q })}
        />
        {url.field !== null && (
          <span className={css.tag}>{t('migration.pairs.field', { field: fieldName(url.field) })}</span>
        )}
        {search.size > 0 && (
          <Button type="text" onClick={clear}>
            {t('migration.pairs.clear')}
          </Button>
        )}
      </div>
      <Card>
        {query.isPending && <Skeleton rows={10} />}
        {query.isSuccess && rows.length === 0 && (
          <EmptyState title={t('migration.pairs.empty')} text={t('migration.pairs.emptyText')} />
        )}
        {rows.length > 0 && <PairsTable flowId={flowId} rows={rows} />}
        {query.hasNextPage && (
          <div className={css.foot}>
            <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t('migration.pairs.more')}
            </Button>
          </div>
        )}
      </Card>
    </>
  );
}

const EXPLAINABLE: readonly Outcome[] = ['differs', 'only_old', 'only_bus'];

function PairsTable({ flowId, rows }: { readonly flowId: string; readonly rows: readonly ShadowPair[] }) {
  const { t } = useTranslation();
  const words = usePairWords();
  const may = usePermission('migration.change');
  const { explain } = useMigrationCommands(flowId);
  const [explaining, setExplaining] = useState<ShadowPair | null>(null);
  return (
    <>
      <PlainTable
        head={[
          t('migration.recent.time'),
          t('migration.recent.document'),
          t('migration.shadow.old'),
          t('migration.shadow.bus'),
          t('migration.recent.comparison'),
          '',
        ]}
      >
        {rows.map((pair) => (
          <tr key={pair.id}>
            <td>
              <Instant value={pair.at} />
            </td>
            <td>
              {pair.number}
              <small>{formatDocumentType(pair.type)}</small>
            </td>
            <td>
              <PairSide side={pair.old} />
            </td>
            <td>
              <PairSide side={pair.bus} />
            </td>
            <td data-free="">
              <StateChip state={OUTCOME_STATE[pair.outcome]}>{words(pair)}</StateChip>
              {pair.explanationId && <small>{t('migration.shadow.hasReason')}</small>}
              {pair.differences.length > 0 && (
                <details>
                  <summary>{t('migration.pairs.details')}</summary>
                  <DiffTable pair={pair} shown={pair.differences.length} />
                </details>
              )}
            </td>
            <td>
              {EXPLAINABLE.includes(pair.outcome) && !pair.explanationId && (
                <Button
                  size="small"
                  disabled={!may}
                  denied={may ? undefined : t('migration.action.forbidden')}
                  onClick={() => setExplaining(pair)}
                >
                  {t('migration.shadow.explainLoss')}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </PlainTable>
      {explaining && <ExplainSheet pair={explaining} explain={explain} onClose={() => setExplaining(null)} />}
    </>
  );
}
