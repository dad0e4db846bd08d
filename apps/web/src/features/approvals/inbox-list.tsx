import type { ApprovalGroup, ApprovalRow, ApprovalSource } from '@pult/shared/contracts/approvals';
import { Fragment, useDeferredValue, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { formatMinutes } from '../../lib/format/duration.ts';
import { formatDue, formatInstant } from '../../lib/format/instant.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { Button } from '../../ui/button.tsx';
import { NewRowsPill } from '../../ui/new-rows-pill.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import type { StateName } from '../../ui/tokens.ts';
import css from './approvals.module.css';
import { InboxRow } from './inbox-row.tsx';
import { formatRoubles } from './roubles.ts';

const GROUP_SHAPE: Readonly<Record<ApprovalGroup, StateName>> = {
  breached: 'bad',
  breaching_today: 'warn',
  today: 'run',
  later: 'idle',
  waiting_others: 'idle',
  decided: 'ok',
};

interface Group {
  readonly group: ApprovalGroup;
  readonly count: number;
  readonly lastDueAt: string | null;
}

export interface InboxListProps {
  readonly rows: readonly ApprovalRow[];
  /** New rows that wait for a press. */
  readonly waiting: number;
  readonly onShowWaiting: () => void;
  readonly groups: readonly Group[];
  readonly total: { readonly count: number; readonly amount: string };
  readonly sources: readonly ApprovalSource[];
  readonly chosen: string | null;
  /** Search part of the address, kept when a row is opened. */
  readonly search: string;
  /** Null: rows cannot be ticked here. */
  readonly ticked: readonly string[] | null;
  readonly onTick: (id: string) => void;
  readonly onMore: (() => void) | null;
}

/** As many as a tall window shows. */
const FIRST_ROWS = 14;

/** The queue by urgency; a row as a whole opens the request: 56 px, 80 px on a phone. */
export function InboxList(props: InboxListProps) {
  const { rows, groups, total, chosen, ticked } = props;
  const { t } = useTranslation();
  const list = useRef<HTMLDivElement>(null);
  // The rows in sight are drawn first, the others behind the first paint (quality.md, P7).
  const whole = useDeferredValue(true, false);
  const seen = Math.max(FIRST_ROWS, rows.findIndex(({ id }) => id === chosen) + 1);
  useEffect(() => {
    if (!chosen) return;
    // With the next frame, which lays the list out anyway: asked at once it would be laid out twice.
    const frame = requestAnimationFrame(() =>
      list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' }),
    );
    return () => cancelAnimationFrame(frame);
  }, [chosen]);
  return (
    <section className={css.list} aria-label={t('approvals.title')}>
      <header className={css.listHead}>
        <b>{t('approvals.list.total', { count: total.count })}</b>
        <span title={formatRoubles(total.amount)}>{formatMoney(total.amount)}</span>
        <NewRowsPill count={props.waiting} onShow={props.onShowWaiting} />
      </header>
      <div className={css.listScroll} ref={list}>
        {(whole ? rows : rows.slice(0, seen)).map((row, index) => (
          <Fragment key={row.id}>
            {rows[index - 1]?.group !== row.group && (
              <GroupHead group={row.group} facts={groups.find(({ group }) => group === row.group)} />
            )}
            <InboxRow
              row={row}
              chosen={row.id === chosen}
              search={props.search}
              ticked={ticked === null ? null : ticked.includes(row.id)}
              onTick={props.onTick}
            />
          </Fragment>
        ))}
        {props.onMore && (
          <div className={css.more}>
            <Button onClick={props.onMore}>{t('approvals.list.more')}</Button>
          </div>
        )}
      </div>
      <Sources sources={props.sources} />
    </section>
  );
}

const SAYS_DUE: readonly ApprovalGroup[] = ['breaching_today', 'today'];

function GroupHead({ group, facts }: { readonly group: ApprovalGroup; readonly facts: Group | undefined }) {
  const { t } = useTranslation();
  return (
    <h2 className={css.group}>
      <StateShape state={GROUP_SHAPE[group]} /> {t(`approvals.group.${group}`)} <span>{facts?.count}</span>
      {facts?.lastDueAt && SAYS_DUE.includes(group) && (
        <span title={formatInstant(facts.lastDueAt)}>
          {t('approvals.list.dueTo', { due: formatDue(facts.lastDueAt) })}
        </span>
      )}
      {group === 'waiting_others' && <span>{t('approvals.list.waitsInitiator')}</span>}
    </h2>
  );
}

/** How fresh the data of each system is; a failing one says since when. */
function Sources({ sources }: { readonly sources: readonly ApprovalSource[] }) {
  const { t } = useTranslation();
  return (
    <footer className={css.sources}>
      {sources.map((source) => (
        <span key={source.system} title={source.error?.text ?? undefined}>
          <StateShape state={source.error ? 'warn' : source.freshAt ? 'ok' : 'idle'} />{' '}
          {t(`approvals.system.${source.system}`)}{' '}
          {source.error
            ? t('approvals.list.failing', { since: formatDue(source.error.since) })
            : source.freshAt
              ? t('approvals.list.fresh', { age: formatMinutes(Math.max(0, Date.now() - Date.parse(source.freshAt))) })
              : t('approvals.list.never')}
        </span>
      ))}
    </footer>
  );
}
