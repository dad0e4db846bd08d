import type { ApprovalCard } from '@pult/shared/contracts/approvals';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDue } from '../../lib/format/instant.ts';
import { formatNumber, formatPoints } from '../../lib/format/number.ts';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './card.module.css';
import { formatRoubles } from './roubles.ts';
import { shortName } from './short-name.ts';

/** Why it is asked for, what was asked back, what changed since the person looked. */
export function CardNotices({ card }: { readonly card: ApprovalCard }) {
  const { t } = useTranslation();
  const { change, question } = card;
  if (!card.comment && !question && !change) return null;
  return (
    <div className={css.notices}>
      {card.comment && (
        <p>
          <b>{t('approvals.card.reason')}</b> {card.comment}
        </p>
      )}
      {question && (
        <p className={css.question}>
          <b>
            {question.by ? shortName(question.by.name) : t('approvals.card.someone')}, {formatDue(question.at)}: «
            {question.text}»
          </b>{' '}
          {question.answer
            ? `${shortName(card.row.initiator.name)}${question.answeredAt ? `, ${formatDue(question.answeredAt)}` : ''}: «${question.answer}»`
            : t('approvals.card.noAnswer')}
        </p>
      )}
      {change && <Changed card={card} change={change} />}
    </div>
  );
}

function Changed({
  card,
  change,
}: {
  readonly card: ApprovalCard;
  readonly change: NonNullable<ApprovalCard['change']>;
}) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <section className={css.changed} data-worse={change.worse}>
      <p>
        <b>
          <StateShape state="warn" />{' '}
          {card.changeSeenAt
            ? t('approvals.change.sinceAt', { at: formatDue(card.changeSeenAt) })
            : t('approvals.change.since')}
        </b>{' '}
        {t('approvals.change.summary', {
          version: change.to,
          at: formatDue(change.at),
          was: formatPoints(change.deviationMax.was),
          now: formatPoints(change.deviationMax.now),
        })}{' '}
        {t(change.worse ? 'approvals.change.worse' : 'approvals.change.better')}{' '}
        <button type="button" className={css.link} aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? 'approvals.change.hide' : 'approvals.change.compare')}
        </button>
      </p>
      {open && (
        <div className={css.wideScroll}>
          <table className={css.table}>
            <thead>
              <tr>
                <th scope="col">{t('approvals.lines.item')}</th>
                <th scope="col">{t('approvals.lines.quantity')}</th>
                <th scope="col">{t('approvals.change.discount')}</th>
                <th scope="col">{t('approvals.lines.deviation')}</th>
                <th scope="col">{t('approvals.lines.amount')}</th>
              </tr>
            </thead>
            <tbody>
              {change.lines.map((line) => (
                <tr
                  key={`${line.kind}${line.name}${line.article ?? ''}${line.amount.was ?? ''}${line.amount.now ?? ''}`}
                >
                  <td>
                    {t(`approvals.change.${line.kind}`, { name: line.name })}
                    {line.article && <small>{line.article}</small>}
                  </td>
                  <td>{wasNow(line.quantity, (value) => formatNumber(value, 3))}</td>
                  <td>{wasNow(line.requestedPercent, (value) => formatNumber(value, 2))}</td>
                  <td>{wasNow(line.deviation, formatPoints)}</td>
                  <td>{wasNow(line.amount, formatRoubles)}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row">{t('approvals.change.whole')}</th>
                <td />
                <td />
                <td>{wasNow(change.deviationMax, formatPoints)}</td>
                <td>{wasNow(change.amount, formatRoubles)}</td>
              </tr>
            </tfoot>
          </table>
        </div>
      )}
    </section>
  );
}

/** «25 → 29», one value where nothing changed. */
function wasNow<Value>(
  { was, now }: { readonly was: Value | null; readonly now: Value | null },
  format: (value: Value) => string,
): string {
  const [before, after] = [was === null ? '—' : format(was), now === null ? '—' : format(now)];
  return before === after ? after : `${before} → ${after}`;
}
