import type { CauseRow, MessagesFilter } from '@pult/shared/contracts/messages';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatMoment, formatRelative } from '../../lib/format/instant.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { usePermission } from '../../lib/session.ts';
import { useKeys, useListKeys, useScreenKeys } from '../../lib/use-keys.ts';
import { Card } from '../../ui/card.tsx';
import { type DataColumn, DataTable } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { KeyHints } from '../../ui/kbd.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { SplitPanel } from '../../ui/split-panel.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { CausePanel } from './cause-panel.tsx';
import { type CauseLine, causeTree, chosenCauses } from './cause-tree.ts';
import css from './messages.module.css';
import { OperationError } from './operation-error.tsx';
import { causesQuery, useOperation } from './queries.ts';
import { useNames } from './use-names.ts';

export interface CausesTabProps {
  readonly filter: MessagesFilter;
  readonly on: string | null;
  readonly onFocus: (key: string | null) => void;
}

const STATUS_STATE = { new: 'bad', ongoing: 'idle', regressed: 'warn' } as const;

/** Failures grouped by cause; focus (j, k) drives the panel, selection (x) is for operations. */
export function CausesTab({ filter, on, onFocus }: CausesTabProps) {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const query = useQuery(causesQuery(filter));
  const names = useNames();
  const mayRun = usePermission('operations.run');
  const operation = useOperation();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [folded, setFolded] = useState<readonly string[]>([]);
  const lines = causeTree(query.data?.rows ?? []);
  const expanded = lines.flatMap((line) => (line.kind === 'incident' && !folded.includes(line.key) ? [line.key] : []));
  const order = lines.flatMap((line) => [
    line.key,
    ...(line.kind === 'incident' && expanded.includes(line.key) ? line.causes.map(({ id }) => id) : []),
  ]);
  const toggle = (key: string) => {
    const next = new Set(selected);
    if (!next.delete(key)) next.add(key);
    setSelected(next);
  };
  const chosen = chosenCauses(lines, selected);
  const focusedCause = query.data?.rows.find(({ id }) => id === on) ?? null;
  const retry = (verb: 'resend' | 'reExport' | 'discard', causes: readonly CauseRow[]) => {
    if (mayRun && causes.length > 0) operation.mutate({ verb, selection: { causeIds: causes.map(({ id }) => id) } });
  };
  const hints = [
    ['j k', t('messages.keys.row')],
    ['x', t('messages.keys.select')],
    ['Enter', t('messages.keys.open')],
    ['r', t('messages.keys.retry')],
    ['Esc', t('messages.keys.close')],
  ] as const;
  useScreenKeys(hints);
  useListKeys({ rows: order, focused: on, onFocus, onToggle: toggle });
  useKeys({
    r: () => retry('resend', chosen.length > 0 ? chosen : focusedCause ? [focusedCause] : []),
    Escape: () => (selected.size > 0 ? setSelected(new Set()) : onFocus(null)),
  });

  if (query.isError && !query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton rows={10} />;
  if (lines.length === 0)
    return <EmptyState title={t('messages.causes.empty')} text={t('messages.causes.emptyText')} />;
  const sum = (line: CauseLine, pick: (cause: CauseRow) => number) =>
    line.kind === 'incident' ? line.causes.reduce((total, cause) => total + pick(cause), 0) : pick(line.cause);
  const columns: DataColumn<CauseLine>[] = [
    {
      key: 'cause',
      title: t('messages.causes.cause'),
      render: (line) =>
        line.kind === 'incident' ? (
          <span className={css.cause}>
            <StateShape state="bad" /> <b>{t('messages.causes.down', { system: names.system(line.systemId) })}</b>
            <small>
              {t('messages.causes.incident', { since: formatRelative(line.since), count: line.causes.length })}
            </small>
          </span>
        ) : (
          <span className={css.cause}>
            <StateShape state={line.cause.snoozedUntil ? 'idle' : 'bad'} /> <b>{line.cause.title[language]}</b>
            <code>{line.cause.pattern}</code>
          </span>
        ),
    },
    {
      key: 'flow',
      title: t('messages.causes.flow'),
      width: 168,
      render: (line) =>
        line.kind === 'incident'
          ? [...new Set(line.causes.map(({ flowId }) => names.flow(flowId)))].join(', ')
          : names.flow(line.cause.flowId),
    },
    {
      key: 'count',
      title: t('messages.causes.count'),
      width: 132,
      align: 'right',
      render: (line) => (
        <span className={css.count}>
          {line.kind === 'cause' && (
            <Sparkline values={line.cause.sparkline} label={t('messages.causes.spark')} tone="bad" />
          )}
          <b>{formatNumber(sum(line, ({ count }) => count))}</b>
        </span>
      ),
    },
    {
      key: 'when',
      title: t('messages.causes.when'),
      width: 168,
      render: (line) =>
        line.kind === 'incident' ? (
          formatMoment(line.since)
        ) : (
          <span className={css.when}>
            <StateChip state={STATUS_STATE[line.cause.status]}>
              {t(`messages.causes.status.${line.cause.status}`)}
            </StateChip>
            <small>
              {formatMoment(line.cause.firstSeenAt)} – {formatMoment(line.cause.lastSeenAt)}
            </small>
          </span>
        ),
    },
    {
      key: 'amount',
      title: t('messages.causes.amount'),
      width: 136,
      align: 'right',
      render: (line) => (
        <span className={css.money}>
          {formatMoney(String(sum(line, ({ amount }) => Number(amount))))}
          {line.kind === 'cause' && (
            <small>{t('messages.causes.counterparties', { count: line.cause.counterparties })}</small>
          )}
        </span>
      ),
    },
    {
      key: 'owner',
      title: t('messages.causes.owner'),
      width: 132,
      wideOnly: true,
      render: (line) => (line.kind === 'incident' ? '' : (line.cause.owner?.name ?? t('messages.causes.nobody'))),
    },
  ];
  const total = chosen.reduce((count, cause) => count + cause.count, 0);
  const holding = chosen.some(({ incident }) => incident !== null);
  return (
    <>
      <OperationError error={operation.error} />
      <SplitPanel
        label={t('messages.causes.panel')}
        title={focusedCause?.title[language] ?? ''}
        panel={focusedCause && <CausePanel key={focusedCause.id} causeId={focusedCause.id} />}
        actions={
          focusedCause && (
            <>
              <Button
                disabled={!mayRun || operation.isPending || focusedCause.count === 0}
                title={mayRun ? undefined : t('messages.forbidden')}
                onClick={() => retry('resend', [focusedCause])}
              >
                {t('messages.action.resend', {
                  count: focusedCause.count,
                  formatted: formatNumber(focusedCause.count),
                })}
              </Button>
              <Button
                disabled={!mayRun || operation.isPending || focusedCause.count === 0}
                title={mayRun ? undefined : t('messages.forbidden')}
                onClick={() => retry('reExport', [focusedCause])}
              >
                {t('messages.action.reExport')}
              </Button>
            </>
          )
        }
        onClose={() => onFocus(null)}
      >
        <Card>
          {chosen.length > 0 && (
            <div className={css.bar} role="status">
              <b>{t('messages.selected', { count: chosen.length })}</b>
              <span>{formatMoney(String(chosen.reduce((sumOf, { amount }) => sumOf + Number(amount), 0)))}</span>
              <span className={css.barButtons}>
                <Button
                  type="primary"
                  disabled={!mayRun}
                  title={mayRun ? undefined : t('messages.forbidden')}
                  loading={operation.isPending}
                  onClick={() => retry('resend', chosen)}
                >
                  {t('messages.action.resend', { count: total, formatted: formatNumber(total) })}
                </Button>
                <Button
                  disabled={!mayRun}
                  title={mayRun ? undefined : t('messages.forbidden')}
                  onClick={() => retry('reExport', chosen)}
                >
                  {t('messages.action.reExport')}
                </Button>
                <Button
                  disabled={!mayRun}
                  title={mayRun ? undefined : t('messages.forbidden')}
                  onClick={() => retry('discard', chosen)}
                >
                  {t('messages.action.discard')}
                </Button>
                <Button type="text" aria-label={t('messages.action.clear')} onClick={() => setSelected(new Set())}>
                  ✕
                </Button>
              </span>
              {holding && <small>{t('messages.holding')}</small>}
            </div>
          )}
          <DataTable<CauseLine>
            label={t('messages.tab.causes')}
            columns={columns}
            rows={lines}
            rowKey={(line) => line.key}
            focused={on}
            onFocus={onFocus}
            selected={selected}
            onSelect={setSelected}
            childrenOf={(line) =>
              line.kind === 'incident'
                ? line.causes.map((cause): CauseLine => ({ kind: 'cause', key: cause.id, cause }))
                : undefined
            }
            expanded={expanded}
            onExpand={(open) =>
              setFolded(
                lines.flatMap((line) => (line.kind === 'incident' && !open.includes(line.key) ? [line.key] : [])),
              )
            }
          />
          <p className={css.foot}>
            {t('messages.causes.shown', { count: query.data.rows.length, at: formatMoment(query.data.now) })}
          </p>
        </Card>
      </SplitPanel>
      <KeyHints keys={hints} />
    </>
  );
}
