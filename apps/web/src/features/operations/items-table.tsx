import type { OperationCounts, OperationItem } from '@pult/shared/contracts/operations';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ApiError } from '../../lib/api/api-error.ts';
import { pollEvery } from '../../lib/api/failed-query.ts';
import { formatDocumentNumber, formatDocumentType } from '../../lib/format/document.ts';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatClockSeconds } from '../../lib/format/instant.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { paths } from '../../lib/paths.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Choice } from '../../ui/choice.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import css from './operation.module.css';
import { OUTCOME_STATE, outcomeCounts } from './outcome.ts';
import { type ItemSort, itemsQuery } from './queries.ts';

export interface ItemsTableProps {
  readonly operationId: string;
  readonly counts: OperationCounts;
  /** Items still change. */
  readonly live: boolean;
  readonly outcome: string | null;
  readonly onOutcome: (outcome: string | null) => void;
}

/** Items in their frozen order; rows change in place while the operation runs. */
export function ItemsTable({ operationId, counts, live, outcome, onOutcome }: ItemsTableProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const search = useDeferredValue(typed.trim());
  const [sort, setSort] = useState<ItemSort>('position');
  const errorText = useErrorText();
  const query = useInfiniteQuery({
    ...itemsQuery(operationId, { outcome, search, sort }),
    refetchInterval: live ? pollEvery(3_000) : false,
  });
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  const detailOf = ({ error, waitsFor, reason, confirmedBy }: OperationItem): string => {
    if (error?.text) return error.text;
    // An answer of Pult itself has a code and no words of a system.
    if (error)
      return error.code === 'target.absent' || error.code === 'target.not_posted'
        ? t(error.code === 'target.absent' ? 'operations.items.absent' : 'operations.items.notPosted')
        : errorText(new ApiError({ code: error.code, status: 0 }));
    if (waitsFor) return t('operations.items.waitsFor', { number: formatDocumentNumber(waitsFor.number) });
    if (reason) return t(`operations.ineligible.${reason}`);
    return confirmedBy ? t(`operations.confirmedBy.${confirmedBy}`) : '—';
  };
  return (
    <Card>
      <div className={css.filters}>
        <Button size="small" aria-pressed={outcome === null} onClick={() => onOutcome(null)}>
          {t('operations.items.all', { count: counts.total })}
        </Button>
        {outcomeCounts(counts)
          .filter(([, count]) => count > 0)
          .map(([name, count]) => (
            <Button key={name} size="small" aria-pressed={outcome === name} onClick={() => onOutcome(name)}>
              {t(`operations.outcome.${name}`)} {formatNumber(count)}
            </Button>
          ))}
        {counts.ineligible > 0 && (
          <Button size="small" aria-pressed={outcome === 'ineligible'} onClick={() => onOutcome('ineligible')}>
            {t('operations.outcome.ineligible')} {formatNumber(counts.ineligible)}
          </Button>
        )}
        <Choice
          label={t('operations.items.sort')}
          value={sort}
          options={[
            { value: 'position', label: t('operations.items.byPosition') },
            { value: 'trouble', label: t('operations.items.byTrouble') },
          ]}
          onChange={setSort}
        />
        <Input
          size="small"
          allowClear
          maxLength={200}
          value={typed}
          aria-label={t('operations.items.search')}
          placeholder={t('operations.items.search')}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      {query.isError && !query.data && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Skeleton rows={6} />}
      <PlainTable
        head={[
          t('operations.items.message'),
          t('operations.items.counterparty'),
          { title: t('operations.items.amount'), align: 'end' },
          t('operations.items.outcome'),
          t('operations.items.detail'),
          t('operations.items.startedAt'),
          { title: t('operations.items.duration'), align: 'end' },
          { title: '№', align: 'end' },
        ]}
      >
        {rows.map((row) => (
          <tr key={row.position}>
            <td>
              <Link to={paths.message(row.deliveryId)}>{formatDocumentNumber(row.number)}</Link>
              <small>{formatDocumentType(row.documentType)}</small>
            </td>
            <td data-free>{row.counterparty ?? '—'}</td>
            <td className={css.end}>{row.amount === null ? '—' : formatMoney(row.amount)}</td>
            <td>
              <StateChip state={OUTCOME_STATE[row.outcome]}>{t(`operations.outcome.${row.outcome}`)}</StateChip>
            </td>
            <td data-free>{detailOf(row)}</td>
            <td>{row.startedAt ? formatClockSeconds(row.startedAt) : '—'}</td>
            <td className={css.end}>{row.durationMs === null ? '—' : formatLatency(row.durationMs)}</td>
            <td className={css.end}>{row.position}</td>
          </tr>
        ))}
      </PlainTable>
      <p className={css.explain}>
        {t('operations.items.shown', { count: rows.length, total: formatNumber(counts.total) })}
      </p>
      {query.hasNextPage && (
        <div className={css.more}>
          <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('operations.items.more')}
          </Button>
        </div>
      )}
    </Card>
  );
}
