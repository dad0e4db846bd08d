import type { MessageRow, MessagesFilter } from '@pult/shared/contracts/messages';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { formatDocumentNumber, formatDocumentType } from '../../lib/format/document.ts';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatClockSeconds } from '../../lib/format/instant.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { paths } from '../../lib/paths.ts';
import { useMedia } from '../../lib/preferences.ts';
import { usePermission } from '../../lib/session.ts';
import { useKeys, useListKeys, useScreenKeys } from '../../lib/use-keys.ts';
import { useNames } from '../../lib/use-names.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Choice } from '../../ui/choice.tsx';
import { type DataColumn, DataTable } from '../../ui/data-table.tsx';
import { DeliveryStatus } from '../../ui/delivery-status.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Instant } from '../../ui/instant.tsx';
import { KeyHints } from '../../ui/kbd.tsx';
import { Money } from '../../ui/money.tsx';
import { NewRowsPill } from '../../ui/new-rows-pill.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StaleBadge } from '../../ui/stale-badge.tsx';
import { csvHref } from './csv-href.ts';
import css from './messages.module.css';
import { OperationError } from './operation-error.tsx';
import { listQuery, type Sort, useOperation, type Verb } from './queries.ts';
import { SelectionBar } from './selection-bar.tsx';
import { StuckNote } from './stuck-note.tsx';
import { type MessagesUrl, tabFilter } from './url.ts';
import { useSettledOrder } from './use-settled-order.ts';

export interface MessagesTabProps {
  readonly tab: 'all' | 'stuck' | 'in_doubt';
  readonly filter: MessagesFilter;
  readonly sort: Sort;
  readonly on: string | null;
  readonly onChange: (change: Partial<MessagesUrl>) => void;
}

const idOf = ({ id }: MessageRow): string => id;
/** Below it the flow stands under the document: a column of its own would squeeze the others. */
const NARROW = '(max-width: 1280px)';

/** Messages by filter; rows on screen stay put, new ones wait behind «Показать новые». */
export function MessagesTab({ tab, filter, sort, on, onChange }: MessagesTabProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const whole = tabFilter(filter, tab);
  const query = useInfiniteQuery({ ...listQuery(whole, sort), refetchInterval: 15_000 });
  const mayRun = usePermission('operations.run');
  const names = useNames();
  const operation = useOperation();
  const narrow = useMedia(NARROW);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const fresh = query.data?.pages.flatMap((page) => page.rows) ?? [];
  const settled = useSettledOrder(fresh, {
    scope: JSON.stringify([whole, sort]),
    pages: query.data?.pages.length ?? 0,
    outdated: query.isPlaceholderData,
    idOf,
  });
  const { rows } = settled;
  // The page of a message steps through the list that it was opened from.
  const open = (id: string) => void navigate(paths.message(id), { state: { neighbours: rows.map(idOf) } });
  const hints = [
    ['j k', t('messages.keys.row')],
    ['x', t('messages.keys.select')],
    ['Enter', t('messages.keys.open')],
    ['r', t('messages.keys.retry')],
    ['Esc', t('messages.keys.close')],
    ['?', t('messages.keys.all')],
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
    onOpen: open,
  });
  const total = query.data?.pages[0]?.total;
  const shownAt = query.data?.pages[0]?.now;
  const columns: DataColumn<MessageRow>[] = [
    {
      key: 'number',
      title: t('messages.list.document'),
      width: 140,
      render: (row) => (
        <span className={css.cause}>
          <Link to={paths.message(row.id)} state={{ neighbours: rows.map(idOf) }}>
            {formatDocumentNumber(row.key.number)}
          </Link>
          <small>{formatDocumentType(row.key.type)}</small>
          {narrow && <small>{names.flow(row.flowId)}</small>}
        </span>
      ),
    },
    {
      key: 'state',
      title: t('messages.list.state'),
      // What is stuck says why under its state: a chip and a sentence.
      width: tab === 'stuck' ? 232 : 168,
      render: (row) => (
        <span className={css.when}>
          <DeliveryStatus state={row.state} />
          {row.stuck && <StuckNote stuck={row.stuck} />}
          {row.attempt > 1 && <small>{t('messages.one.attempt', { number: row.attempt })}</small>}
        </span>
      ),
    },
    ...(narrow
      ? []
      : [
          {
            key: 'flow',
            title: t('messages.list.flow'),
            width: 168,
            wideOnly: true,
            render: (row: MessageRow) => <Link to={paths.flow(row.flowId)}>{names.flow(row.flowId)}</Link>,
          },
        ]),
    {
      key: 'counterparty',
      title: t('messages.list.counterparty'),
      render: (row) => (row.personal ? t('messages.list.hidden') : (row.counterparty?.name ?? '—')),
    },
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
    // What is stuck has not failed.
    ...(tab === 'stuck'
      ? []
      : [
          {
            key: 'error',
            title: t('messages.list.error'),
            render: (row: MessageRow) => (
              <span className={css.errorText}>
                {row.personal && row.error?.text === '' ? t('messages.list.hiddenError') : (row.error?.text ?? '—')}
              </span>
            ),
          },
        ]),
  ];
  const run = (verb: Verb, everything: boolean) =>
    operation.mutate({ verb, selection: everything ? { filter: whole } : { deliveryIds: [...selected] } });
  const chosen = rows.filter(({ id }) => selected.has(id));
  useKeys({
    r: () => {
      if (mayRun && selected.size > 0) run('resend', false);
      else if (mayRun && on !== null) operation.mutate({ verb: 'resend', selection: { deliveryIds: [on] } });
    },
    Escape: () => (selected.size > 0 ? setSelected(new Set()) : onChange({ on: null })),
  });
  const why = mayRun ? undefined : t('messages.forbidden');
  if (query.isError && !query.data)
    return (
      <Card>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </Card>
    );
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
          <span className={css.chips}>
            <a href={csvHref({ ...whole })} download>
              {t('messages.action.csv')}
            </a>
            <Choice
              label={t('messages.sort.label')}
              value={sort}
              options={(['newest', 'oldest', 'amount'] as const).map((value) => ({
                value,
                label: t(`messages.sort.${value}`),
              }))}
              onChange={(value) => onChange({ sort: value })}
            />
          </span>
        }
      >
        {selected.size > 0 && (
          <SelectionBar
            what={t('messages.selectedMessages', { count: selected.size })}
            count={selected.size}
            amount={chosen.reduce((sum, { amount }) => sum + Number(amount ?? 0), 0)}
            busy={operation.isPending}
            csvHref={csvHref({ ids: [...selected] })}
            onRun={(verb) => run(verb, false)}
            onClear={() => setSelected(new Set())}
          >
            {total && total.count > selected.size && Object.keys(whole).length > 0 && (
              <Button type="link" disabled={!mayRun} denied={why} onClick={() => run('resend', true)}>
                {t(total.exact ? 'messages.action.everything' : 'messages.action.everythingAtLeast', {
                  count: total.count,
                  formatted: formatNumber(total.count),
                })}
              </Button>
            )}
          </SelectionBar>
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
            onOpen={({ id }) => open(id)}
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
          <NewRowsPill count={settled.waiting} onShow={settled.show} />
          {shownAt && (
            <span className={css.footEnd}>
              {query.isError ? (
                <StaleBadge at={shownAt} />
              ) : (
                t('messages.causes.asOf', { at: formatClockSeconds(shownAt) })
              )}
            </span>
          )}
        </p>
      </Card>
      <KeyHints keys={hints} />
    </>
  );
}
