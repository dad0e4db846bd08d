import type { CauseRow, MessagesFilter } from '@pult/shared/contracts/messages';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { formatClockSeconds } from '../../lib/format/instant.ts';
import { paths } from '../../lib/paths.ts';
import { useMedia } from '../../lib/preferences.ts';
import { usePermission } from '../../lib/session.ts';
import { useKeys, useListKeys, useScreenKeys } from '../../lib/use-keys.ts';
import { useNames } from '../../lib/use-names.ts';
import { Card } from '../../ui/card.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { KeyHints } from '../../ui/kbd.tsx';
import { NewRowsPill } from '../../ui/new-rows-pill.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { SplitPanel } from '../../ui/split-panel.tsx';
import { StaleBadge } from '../../ui/stale-badge.tsx';
import { useCauseColumns } from './cause-columns.tsx';
import { CausePanel, CausePanelActions, CausePanelHead } from './cause-panel.tsx';
import { selectionOfCauses } from './cause-selection.ts';
import { type CauseLine, causesOf, causeTree, chosenCauses, toggleLine } from './cause-tree.ts';
import { csvHref } from './csv-href.ts';
import css from './messages.module.css';
import { OperationError } from './operation-error.tsx';
import { causesQuery, useOperation, useTriage, type Verb } from './queries.ts';
import { SelectionBar } from './selection-bar.tsx';
import { useSettledOrder } from './use-settled-order.ts';

export interface CausesTabProps {
  readonly filter: MessagesFilter;
  readonly on: string | null;
  readonly onFocus: (key: string | null) => void;
}

const SNOOZE_MS = 24 * 3_600_000;
const idOf = ({ id }: CauseRow): string => id;

/** Failures grouped by cause; focus (j, k) drives the panel, selection (x) is for operations. */
export function CausesTab({ filter, on, onFocus }: CausesTabProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useQuery(causesQuery(filter));
  const names = useNames();
  const mayRun = usePermission('operations.run');
  const mayTriage = usePermission('messages.triage');
  const operation = useOperation();
  const triage = useTriage();
  const small = useMedia('(max-width: 1280px)');
  // There the panel lies over the table.
  const overlaid = useMedia('(max-width: 1080px)');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [folded, setFolded] = useState<readonly string[]>([]);
  const settled = useSettledOrder(query.data?.rows ?? [], {
    scope: JSON.stringify(filter),
    pages: 1,
    outdated: query.isPlaceholderData,
    idOf,
  });
  const lines = causeTree(settled.rows);
  const expanded = lines.flatMap((line) => (line.kind === 'incident' && !folded.includes(line.key) ? [line.key] : []));
  const order = lines.flatMap((line) => [
    line.key,
    ...(line.kind === 'incident' && expanded.includes(line.key) ? line.causes.map(idOf) : []),
  ]);
  const chosen = chosenCauses(lines, selected);
  const focusedLine = lines.find(({ key }) => key === on);
  const focused = focusedLine ? causesOf(focusedLine) : settled.rows.filter(({ id }) => id === on);
  const focusedCause = settled.rows.find(({ id }) => id === on) ?? null;
  const acted = chosen.length > 0 ? chosen : focused;
  const run = (verb: Verb, causes: readonly CauseRow[]) => {
    if (mayRun && causes.length > 0) operation.mutate({ verb, selection: selectionOfCauses(causes.map(idOf), filter) });
  };
  const take = (causes: readonly CauseRow[]) => {
    if (mayTriage && causes.length > 0) triage.mutate({ causeIds: causes.map(idOf), owner: 'take' });
  };
  const snooze = (causes: readonly CauseRow[]) => {
    if (!mayTriage || causes.length === 0) return;
    const asleep = causes.every(({ snoozedUntil }) => snoozedUntil !== null);
    const snoozeUntil = asleep ? null : new Date(Date.now() + SNOOZE_MS).toISOString();
    triage.mutate({ causeIds: causes.map(idOf), snoozeUntil });
  };
  const hints = [
    ['j k', t('messages.keys.row')],
    ['x', t('messages.keys.select')],
    ['Enter', t('messages.keys.open')],
    ['r', t('messages.keys.retry')],
    ['a', t('messages.keys.take')],
    ['z', t('messages.keys.snooze')],
    ['Esc', t('messages.keys.close')],
    ['?', t('messages.keys.all')],
  ] as const;
  useScreenKeys(hints);
  const listOf = (causes: readonly CauseRow[]): string =>
    paths.messages(`?tab=all&state=failed&cause=${causes.map(idOf).join(',')}`);
  useListKeys({
    rows: order,
    focused: on,
    onFocus,
    onToggle: (key) => setSelected(toggleLine(lines, selected, key)),
    onOpen: () => focused.length > 0 && void navigate(listOf(focused)),
  });
  useKeys({
    r: () => run('resend', acted),
    a: () => take(acted),
    z: () => snooze(acted),
    Escape: () => (selected.size > 0 ? setSelected(new Set()) : onFocus(null)),
  });
  const beside = focusedCause !== null && !overlaid;
  const room = small && beside ? 'tight' : small || beside ? 'narrow' : 'wide';
  const columns = useCauseColumns({ mayTriage, room, onTake: take, onSnooze: snooze });

  if (query.isError && !query.data)
    return (
      <Card>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </Card>
    );
  if (!query.data) return <Skeleton rows={10} />;
  if (lines.length === 0)
    return <EmptyState title={t('messages.causes.empty')} text={t('messages.causes.emptyText')} />;
  const count = chosen.reduce((sum, cause) => sum + cause.count, 0);
  const down = [...new Set(chosen.flatMap(({ incident }) => (incident ? [names.system(incident.systemId)] : [])))];
  const snoozedCount = settled.rows.filter(({ snoozedUntil }) => snoozedUntil !== null).length;
  const step = (by: 1 | -1) => {
    const next = order[order.indexOf(on ?? '') + by];
    if (next !== undefined) onFocus(next);
  };
  return (
    <>
      <OperationError error={operation.error ?? triage.error} />
      <SplitPanel
        label={t('messages.causes.panel')}
        title={
          focusedCause && (
            <CausePanelHead
              position={settled.rows.indexOf(focusedCause) + 1}
              total={settled.rows.length}
              onStep={step}
            />
          )
        }
        panel={focusedCause && <CausePanel key={focusedCause.id} row={focusedCause} />}
        actions={
          focusedCause && (
            <CausePanelActions
              cause={focusedCause}
              busy={operation.isPending}
              listHref={listOf([focusedCause])}
              onRun={(verb) => run(verb, [focusedCause])}
              onTake={() => take([focusedCause])}
            />
          )
        }
        onClose={() => onFocus(null)}
      >
        <Card>
          {chosen.length > 0 && (
            <SelectionBar
              what={t('messages.selected', { count: chosen.length })}
              count={count}
              amount={chosen.reduce((sum, { amount }) => sum + Number(amount), 0)}
              busy={operation.isPending}
              warning={down.length > 0 ? t('messages.holding', { system: down.join(', ') }) : null}
              csvHref={csvHref({ ...filter, cause: chosen.map(idOf), state: ['failed'] })}
              onTake={() => take(chosen)}
              onRun={(verb) => run(verb, chosen)}
              onClear={() => setSelected(new Set())}
            />
          )}
          <DataTable<CauseLine>
            label={t('messages.tab.causes')}
            columns={columns}
            rows={lines}
            rowKey={(line) => line.key}
            focused={on}
            onFocus={onFocus}
            onOpen={(line) => void navigate(listOf(causesOf(line)))}
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
            {t('messages.causes.shown', { count: settled.rows.length })}
            {snoozedCount > 0 && t('messages.causes.shownSnoozed', { count: snoozedCount })}
            <NewRowsPill count={settled.waiting} onShow={settled.show} />
            <span className={css.footEnd}>
              {query.isError ? (
                <StaleBadge at={query.data.now} />
              ) : (
                t('messages.causes.asOf', { at: formatClockSeconds(query.data.now) })
              )}
            </span>
          </p>
        </Card>
      </SplitPanel>
      <KeyHints keys={hints} />
    </>
  );
}
