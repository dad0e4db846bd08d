import type { ApprovalRow } from '@pult/shared/contracts/approvals';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatDue, formatInstant } from '../../lib/format/instant.ts';
import { formatPoints } from '../../lib/format/number.ts';
import { paths } from '../../lib/paths.ts';
import { SlaQueueTimer } from '../../ui/sla-timer.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './approvals.module.css';
import { formatRoubles } from './roubles.ts';
import { familyName } from './short-name.ts';

export interface InboxRowProps {
  readonly row: ApprovalRow;
  readonly chosen: boolean;
  readonly search: string;
  /** Null: no box to tick. */
  readonly ticked: boolean | null;
  readonly onTick: (id: string) => void;
}

/** Ticking a row does not open it. */
export function InboxRow({ row, chosen, search, ticked, onTick }: InboxRowProps) {
  const { t } = useTranslation();
  const { name } = row.customer;
  return (
    <div className={css.row} data-row-key={row.id} data-chosen={chosen}>
      {ticked !== null && (
        <label className={css.tick}>
          <input
            type="checkbox"
            aria-label={t('approvals.list.tick', { number: row.document.number, customer: name })}
            checked={ticked}
            disabled={row.ownRequest || row.state === 'decided'}
            onChange={() => onTick(row.id)}
          />
        </label>
      )}
      <Link
        to={`${paths.approval(row.id)}${search ? `?${search}` : ''}`}
        className={css.rowLink}
        aria-current={chosen ? 'true' : undefined}
      >
        <span className={css.rowMain}>
          <b title={name}>{name}</b>
          <small>
            {t(`approvals.kindOne.${row.kind}`)} · {row.document.number} · {familyName(row.initiator.name)}
          </small>
          <Marks row={row} />
        </span>
        <span className={css.rowNumbers}>
          <b>{row.amount === null ? '—' : formatRoubles(row.amount)}</b>
          <small title={row.reason ?? undefined}>
            {row.kind === 'discount'
              ? t('approvals.points', { value: formatPoints(row.deviationMax) })
              : firstWords(row.reason)}
          </small>
        </span>
        {row.decision && row.group === 'decided' ? (
          <span className={css.rowDecision} title={formatInstant(row.decision.at)}>
            <b data-verdict={row.decision.verdict}>
              <StateShape state={row.decision.verdict === 'approve' ? 'ok' : 'bad'} size={10} />{' '}
              {t(`approvals.verdict.${row.decision.verdict}`)}
            </b>
            <small>
              {row.decision.by ? `${familyName(row.decision.by.name)}, ` : ''}
              {formatDue(row.decision.at)}
            </small>
          </span>
        ) : (
          <SlaQueueTimer clock={row.clock} />
        )}
      </Link>
    </div>
  );
}

function Marks({ row }: { readonly row: ApprovalRow }) {
  const { t } = useTranslation();
  if (!row.changedSinceSeen && !row.ownRequest) return null;
  return (
    <span className={css.marks}>
      {row.changedSinceSeen && <StateChip state="warn">{t('approvals.list.changed')}</StateChip>}
      {row.ownRequest && <StateChip state="idle">{t('approvals.list.own')}</StateChip>}
    </span>
  );
}

/** «Брак партии, 12 шт.» → «Брак партии»: a column of the list has room for the first thought. */
const firstWords = (reason: string | null): string => reason?.split(/[,.;:(]/)[0]?.trim() ?? '';
