import type { ApprovalCard } from '@pult/shared/contracts/approvals';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../lib/api/api-error.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { formatNumber, formatPoints } from '../../lib/format/number.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { SlaHeadTimer } from '../../ui/sla-timer.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './approvals.module.css';
import { CardBlocks } from './card-blocks.tsx';
import { ClockTape } from './clock-tape.tsx';
import { DecisionBar } from './decision-bar.tsx';
import { DecisionState } from './decision-state.tsx';
import { cardQuery } from './queries.ts';

export interface ApprovalCardProps {
  readonly approvalId: string;
  readonly phone: boolean;
  readonly onBack: () => void;
  readonly onNext: (() => void) | null;
}

/** Everything that decides a request on one card; the decision bar stays in reach. */
export function ApprovalCardView({ approvalId, phone, onBack, onNext }: ApprovalCardProps) {
  const { t } = useTranslation();
  const { data, error, isError, refetch } = useQuery(cardQuery(approvalId));
  const [tape, setTape] = useState(false);
  if (isError && !data) {
    const gone = error instanceof ApiError && error.status === 404;
    return (
      <div className={css.card}>
        <ErrorState error={error} {...(gone ? {} : { onRetry: () => void refetch() })} />
        <Button onClick={onBack}>{t('approvals.back')}</Button>
      </div>
    );
  }
  if (!data) return <Skeleton rows={14} />;
  const { row } = data;
  return (
    <article className={css.card} aria-label={`${row.customer.name}, ${row.document.number}`}>
      <div className={css.cardScroll}>
        <header className={css.cardHead}>
          {phone && (
            <Button type="text" aria-label={t('approvals.back')} onClick={onBack}>
              ‹
            </Button>
          )}
          <div className={css.cardTitle}>
            <h1>
              <StateChip state="run">{t(`approvals.kindOne.${row.kind}`)}</StateChip> {row.customer.name}
            </h1>
            <p>
              <b>{row.document.number}</b> · {t('approvals.card.version', { version: row.version })} ·{' '}
              {row.initiator.name} · {row.systems.map((system) => t(`approvals.system.${system}`)).join(' + ')}
            </p>
          </div>
          <div className={css.cardClock}>
            <SlaHeadTimer clock={row.clock} />
            <Button type="link" size="small" aria-expanded={tape} onClick={() => setTape(!tape)}>
              {t(tape ? 'approvals.card.hideTape' : 'approvals.card.tape')}
            </Button>
          </div>
        </header>
        {tape && <ClockTape approvalId={approvalId} />}
        <Numbers card={data} />
        <Notices card={data} />
        <CardBlocks card={data} />
      </div>
      <footer className={css.decision}>
        {data.decision && !data.decision.undone ? (
          <DecisionState card={data} onNext={onNext} />
        ) : (
          <DecisionBar card={data} onRefresh={() => void refetch()} />
        )}
      </footer>
    </article>
  );
}

function Numbers({ card }: { readonly card: ApprovalCard }) {
  const { t } = useTranslation();
  const { numbers } = card;
  const bad = numbers.deviationMax > 5;
  return (
    <dl className={css.numbers}>
      <div>
        <dt>{t('approvals.card.deviationMax')}</dt>
        <dd className={bad ? css.bad : undefined}>
          {bad && <StateShape state="bad" />} {t('approvals.points', { value: formatPoints(numbers.deviationMax) })}
        </dd>
        {numbers.requestedPercent !== null && numbers.allowedPercent !== null && (
          <small>
            {t('approvals.card.requested', {
              requested: formatNumber(numbers.requestedPercent, 2),
              allowed: formatNumber(numbers.allowedPercent, 2),
            })}
          </small>
        )}
      </div>
      <div>
        <dt>{t('approvals.card.deviationMean')}</dt>
        <dd>{t('approvals.points', { value: formatPoints(numbers.deviationMean) })}</dd>
        <small>{t('approvals.card.byAmount')}</small>
      </div>
      <div>
        <dt>{t('approvals.card.margin')}</dt>
        {numbers.margin ? (
          <>
            <dd>
              {formatNumber(numbers.margin.agreement.percent, 1)} → {formatNumber(numbers.margin.request.percent, 1)} %
            </dd>
            <small>
              {formatMoney(numbers.margin.request.amount)}, −{formatMoney(numbers.margin.lost)}
            </small>
          </>
        ) : (
          <>
            <dd>—</dd>
            <small>{t('approvals.card.noCost')}</small>
          </>
        )}
      </div>
      <div>
        <dt>{t(numbers.amountWithoutVat ? 'approvals.card.amountNoVat' : 'approvals.card.amountVat')}</dt>
        <dd>{numbers.amount === null ? '—' : formatMoney(numbers.amount)}</dd>
        {numbers.stock && (
          <small>
            {numbers.stock.ok < numbers.stock.of && <StateShape state="warn" size={10} />}{' '}
            {t('approvals.card.stock', { ok: numbers.stock.ok, of: numbers.stock.of })}
          </small>
        )}
      </div>
    </dl>
  );
}

function Notices({ card }: { readonly card: ApprovalCard }) {
  const { t } = useTranslation();
  const { change, question } = card;
  return (
    <div className={css.notices}>
      {card.comment && (
        <p className={css.reason}>
          <b>{t('approvals.card.reason')}</b> {card.comment}
        </p>
      )}
      {question && (
        <p className={css.question}>
          <b>
            {question.by?.name ?? t('approvals.card.someone')}: «{question.text}»
          </b>{' '}
          {question.answer ? `${card.row.initiator.name}: «${question.answer}»` : t('approvals.card.noAnswer')}
        </p>
      )}
      {change && (
        <div className={css.changed}>
          <b>
            <StateShape state="warn" /> {t('approvals.card.changed', { from: change.from, to: change.to })}
          </b>
          <ul>
            {change.lines.slice(0, 6).map((line) => (
              <li key={`${line.kind}${line.name}`}>
                {t(`approvals.change.${line.kind}`, { name: line.name })}{' '}
                {line.requestedPercent.was !== line.requestedPercent.now &&
                  line.requestedPercent.was !== null &&
                  line.requestedPercent.now !== null &&
                  `${formatNumber(line.requestedPercent.was, 2)} → ${formatNumber(line.requestedPercent.now, 2)} %`}{' '}
                {line.quantity.was !== line.quantity.now &&
                  line.quantity.was !== null &&
                  line.quantity.now !== null &&
                  t('approvals.change.quantity', { was: line.quantity.was, now: line.quantity.now })}
              </li>
            ))}
          </ul>
          <span>
            {t('approvals.card.deviationWas', {
              was: formatNumber(change.deviationMax.was, 2),
              now: formatNumber(change.deviationMax.now, 2),
            })}
          </span>
        </div>
      )}
    </div>
  );
}
