import type { MessageRow, MessagesFilter } from '@pult/shared/contracts/messages';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { formatDocumentType } from '../../lib/format/document.ts';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { paths } from '../../lib/paths.ts';
import { usePermission } from '../../lib/session.ts';
import { useListKeys, useScreenKeys } from '../../lib/use-keys.ts';
import { Card } from '../../ui/card.tsx';
import { Choice } from '../../ui/choice.tsx';
import { type DataColumn, DataTable } from '../../ui/data-table.tsx';
import { DeliveryStatus } from '../../ui/delivery-status.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Instant } from '../../ui/instant.tsx';
import { Money } from '../../ui/money.tsx';
import { NewRowsPill } from '../../ui/new-rows-pill.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import css from './messages.module.css';
import { OperationError } from './operation-error.tsx';
import { listQuery, type Sort, useOperation, type Verb } from './queries.ts';
import { type MessagesUrl, tabFilter } from './url.ts';
import { useNames } from './use-names.ts';

export interface MessagesTabProps {
  readonly tab: 'all' | 'stuck' | 'in_doubt';
  readonly filter: MessagesFilter;
  readonly sort: Sort;
  readonly on: string | null;
  readonly onChange: (change: Partial<MessagesUrl>) => void;
}

/** Messages by filter; rows on screen stay put, new ones wait behind «Показать новые». */
export function MessagesTab({ tab, filter, sort, on, onChange }: MessagesTabProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const whole = tabFilter(filter, tab);
  const query = useInfiniteQuery({ ...listQuery(whole, sort), refetchInterval: 15_000 });
  const mayRun = usePermission('operations.run');
  const names = useNames();
  const operation = useOperation();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [frozen, setFrozen] = useState<{ key: string; ids: readonly string[] } | null>(null);
  const fresh = query.data?.pages.flatMap((page) => page.rows) ?? [];
  const key = JSON.stringify([whole, sort]);
  // What was shown first stays in its place; rows that came later wait until they are asked for.
  if (query.data && !query.isPlaceholderData && frozen?.key !== key) setFrozen({ key, ids: fresh.map(({ id }) => id) });
  const known = frozen?.key === key ? frozen.ids : fresh.map(({ id }) => id);
  const first = fresh.findIndex(({ id }) => known.includes(id));
  const waiting = first > 0 && sort === 'newest' ? first : 0;
  const rows = fresh.slice(waiting);
  const open = (row: MessageRow) => void navigate(paths.message(row.id));
  const hints = [
    ['j k', t('messages.keys.row')],
    ['x', t('messages.keys.select')],
    ['Enter', t('messages.keys.open')],
  ] as const;
  useScreenKeys(hints);
  useListKeys({
    rows: rows.map(({ id }) => id),
    focused: on,
    onFocus: (id) => onChange({ on: id }),
    onToggle: (id) => {
      const next = new Set(selected);
      if (!next.delete(id)) next.add(id);
      setSelected(next);
    },
    onOpen: (id) => void navigate(paths.message(id)),
  });
  const total = query.data?.pages[0]?.total;
  const columns: DataColumn<MessageRow>[] = [
    {
      key: 'number',
      title: t('messages.list.document'),
      width: 140,
      render: (row) => (
        <span className={css.cause}>
          <Link to={paths.message(row.id)}>{row.key.number}</Link>
          <small>{formatDocumentType(row.key.type)}</small>
        </span>
      ),
    },
    {
      key: 'state',
      title: t('messages.list.state'),
      width: 132,
      render: (row) => (
        <span className={css.when}>
          <DeliveryStatus state={row.state} />
          {row.stuck && <StateChip state="warn">{t(`messages.stuck.${row.stuck.cause}`)}</StateChip>}
          {row.attempt > 1 && <small>{t('messages.one.attempt', { number: row.attempt })}</small>}
        </span>
      ),
    },
    {
      key: 'flow',
      title: t('messages.list.flow'),
      width: 168,
      wideOnly: true,
      render: (row) => <Link to={paths.flow(row.flowId)}>{names.flow(row.flowId)}</Link>,
    },
    { key: 'counterparty', title: t('messages.list.counterparty'), render: (row) => row.counterparty?.name ?? '—' },
    {
      key: 'amount',
      title: t('messages.list.amount'),
      width: 112,
      align: 'right',
      render: (row) => (row.amount === null ? '—' : <Money value={row.amount} />),
    },
    {
      key: 'at',
      title: t('messages.list.at'),
      width: 116,
      render: (row) => (
        <span className={css.when}>
          <Instant value={row.acceptedAt} />
          {row.latencyMs !== null && <small>{t('messages.list.took', { time: formatLatency(row.latencyMs) })}</small>}
        </span>
      ),
    },
    {
      key: 'error',
      title: t('messages.list.error'),
      render: (row) => <span className={css.errorText}>{row.error?.text ?? '—'}</span>,
    },
  ];
  const run = (verb: Verb, everything: boolean) =>
    operation.mutate({ verb, selection: everything ? { filter: whole } : { deliveryIds: [...selected] } });
  const chosen = rows.filter(({ id }) => selected.has(id));
  const why = mayRun ? undefined : t('messages.forbidden');
  if (query.isError && !query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <>
      <OperationError error={operation.error} />
      <Card
        title={
          total
            ? t(total.exact ? 'messages.list.total' : 'messages.list.totalAtLeast', {
                count: total.count,
                formatted: formatNumber(total.count),
              })
            : t('messages.tab.all')
        }
        extra={
          <Choice
            label={t('messages.sort.label')}
            value={sort}
            options={(['newest', 'oldest', 'amount'] as const).map((value) => ({
              value,
              label: t(`messages.sort.${value}`),
            }))}
            onChange={(value) => onChange({ sort: value })}
          />
        }
      >
        {selected.size > 0 && (
          <div className={css.bar} role="status">
            <b>{t('messages.selectedMessages', { count: selected.size })}</b>
            <span>{formatMoney(String(chosen.reduce((sum, { amount }) => sum + Number(amount ?? 0), 0)))}</span>
            <span className={css.barButtons}>
              <Button
                type="primary"
                disabled={!mayRun}
                title={why}
                loading={operation.isPending}
                onClick={() => run('resend', false)}
              >
                {t('messages.action.resend', { count: selected.size, formatted: formatNumber(selected.size) })}
              </Button>
              <Button disabled={!mayRun} title={why} onClick={() => run('reExport', false)}>
                {t('messages.action.reExport')}
              </Button>
              <Button disabled={!mayRun} title={why} onClick={() => run('discard', false)}>
                {t('messages.action.discard')}
              </Button>
              {total && total.count > selected.size && (
                <Button type="link" disabled={!mayRun} title={why} onClick={() => run('resend', true)}>
                  {t('messages.action.everything', { count: total.count, formatted: formatNumber(total.count) })}
                </Button>
              )}
              <Button type="text" aria-label={t('messages.action.clear')} onClick={() => setSelected(new Set())}>
                ✕
              </Button>
            </span>
          </div>
        )}
        {query.isPending && <Skeleton rows={10} />}
        {query.isSuccess && rows.length === 0 && (
          <EmptyState title={t(`messages.list.empty.${tab}`)} text={t('messages.list.emptyText')} />
        )}
        {rows.length > 0 && (
          <DataTable<MessageRow>
            label={t(`messages.tab.${tab}`)}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            focused={on}
            onFocus={(id) => onChange({ on: id })}
            onOpen={open}
            selected={selected}
            onSelect={setSelected}
          />
        )}
        <p className={css.foot}>
          {query.hasNextPage && (
            <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t('messages.list.more')}
            </Button>
          )}
          <NewRowsPill count={waiting} onShow={() => setFrozen({ key, ids: fresh.map(({ id }) => id) })} />
        </p>
      </Card>
    </>
  );
}
