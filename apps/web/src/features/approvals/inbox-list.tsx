import type { ApprovalGroup, ApprovalRow, ApprovalSource } from '@pult/shared/contracts/approvals';
import { Button } from 'antd';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { formatMinutes } from '../../lib/format/duration.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { formatPoints } from '../../lib/format/number.ts';
import { SlaQueueTimer } from '../../ui/sla-timer.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import type { StateName } from '../../ui/tokens.ts';
import css from './approvals.module.css';

const GROUP_SHAPE: Readonly<Record<ApprovalGroup, StateName>> = {
  breached: 'bad',
  breaching_today: 'warn',
  today: 'run',
  later: 'idle',
  waiting_others: 'idle',
  decided: 'ok',
};

export interface InboxListProps {
  readonly rows: readonly ApprovalRow[];
  readonly groups: readonly { readonly group: ApprovalGroup; readonly count: number }[];
  readonly total: { readonly count: number; readonly amount: string };
  readonly sources: readonly ApprovalSource[];
  readonly chosen: string | null;
  readonly onOpen: (id: string) => void;
  readonly onMore: (() => void) | null;
}

/** The queue by urgency; a row as a whole is a button of 56 px, 80 px on a phone. */
export function InboxList({ rows, groups, total, sources, chosen, onOpen, onMore }: InboxListProps) {
  const { t } = useTranslation();
  return (
    <section className={css.list} aria-label={t('approvals.title')}>
      <header className={css.listHead}>
        <b>{t('approvals.list.total', { count: total.count })}</b> <span>{formatMoney(total.amount)}</span>
      </header>
      {rows.map((row, index) => (
        <Fragment key={row.id}>
          {rows[index - 1]?.group !== row.group && (
            <h2 className={css.group}>
              <StateShape state={GROUP_SHAPE[row.group]} /> {t(`approvals.group.${row.group}`)}{' '}
              <span>{groups.find(({ group }) => group === row.group)?.count}</span>
            </h2>
          )}
          <InboxRow row={row} chosen={row.id === chosen} onOpen={onOpen} />
        </Fragment>
      ))}
      {onMore && (
        <div className={css.more}>
          <Button onClick={onMore}>{t('approvals.list.more')}</Button>
        </div>
      )}
      <footer className={css.sources}>
        {sources.map((source) => (
          <span key={source.system}>
            <StateShape state={source.error ? 'warn' : source.freshAt ? 'ok' : 'idle'} />{' '}
            {t(`approvals.system.${source.system}`)}{' '}
            {source.freshAt
              ? t('approvals.list.fresh', { age: formatMinutes(Math.max(0, Date.now() - Date.parse(source.freshAt))) })
              : t('approvals.list.never')}
          </span>
        ))}
      </footer>
    </section>
  );
}

function InboxRow({
  row,
  chosen,
  onOpen,
}: {
  readonly row: ApprovalRow;
  readonly chosen: boolean;
  readonly onOpen: (id: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <button type="button" className={css.row} aria-current={chosen ? 'true' : undefined} onClick={() => onOpen(row.id)}>
      <span className={css.rowMain}>
        <b>{row.customer.name}</b>
        <small>
          {t(`approvals.kindOne.${row.kind}`)} · {row.document.number} · {row.initiator.name}
        </small>
        {row.changedSinceSeen && <StateChip state="warn">{t('approvals.list.changed')}</StateChip>}
        {row.ownRequest && <StateChip state="idle">{t('approvals.list.own')}</StateChip>}
      </span>
      <span className={css.rowNumbers}>
        <b>{row.amount === null ? '—' : formatMoney(row.amount)}</b>
        <small>
          {row.kind === 'return'
            ? (row.reason ?? '')
            : t('approvals.points', { value: formatPoints(row.deviationMax) })}
        </small>
      </span>
      {row.decision && row.group === 'decided' ? (
        <span className={css.rowDecision}>
          <StateChip state={row.decision.verdict === 'approve' ? 'ok' : 'bad'}>
            {t(`approvals.verdict.${row.decision.verdict}`)}
          </StateChip>
          <small>{row.decision.by?.name}</small>
        </span>
      ) : (
        <SlaQueueTimer clock={row.clock} />
      )}
    </button>
  );
}
