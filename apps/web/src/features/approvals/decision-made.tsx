import type { ApprovalCard } from '@pult/shared/contracts/approvals';
import { UNDO_WINDOW_MS } from '@pult/shared/domain/approval/admission';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatClockSeconds, formatDue } from '../../lib/format/instant.ts';
import { formatPoints } from '../../lib/format/number.ts';
import { paths } from '../../lib/paths.ts';
import { Button } from '../../ui/button.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import css from './decision-made.module.css';
import { Deliveries } from './deliveries.tsx';
import { formatMarginPercent } from './margin-percent.ts';
import type { NextRequest } from './next-request.ts';
import { type ApprovalCommands, ownDecisionsQuery } from './queries.ts';
import { useOwnDecision } from './use-own-decision.ts';
import { useTimeLeft } from './use-seconds-left.ts';

export interface DecisionMadeProps {
  readonly card: ApprovalCard;
  readonly undo: ApprovalCommands['undo'];
  readonly next: NextRequest | null;
  readonly onNext: (id: string) => void;
  readonly onClose: () => void;
}

/** The screen of a phone after a decision: ten seconds to take it back, where it goes, the next request. */
export function DecisionMade({ card, undo, next, onNext, onClose }: DecisionMadeProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const title = useRef<HTMLHeadingElement>(null);
  // The screen replaces the pressed button: without this a screen reader is left nowhere.
  useEffect(() => title.current?.focus(), []);
  const { row, decision, numbers } = card;
  const left = useTimeLeft(decision?.undoUntil ?? null, card.serverNow);
  const own = useOwnDecision(decision);
  if (!decision) return null;
  const discounted = row.kind === 'discount';
  return (
    <article className={css.made} aria-label={`${row.customer.name}, ${row.document.number}`}>
      <header>
        <button type="button" aria-label={t('approvals.back')} onClick={onClose}>
          ✕
        </button>
        <h1 ref={title} tabIndex={-1}>
          {t('approvals.made.title')}
        </h1>
      </header>
      <section className={css.verdict}>
        <Ring left={left} verdict={decision.verdict} />
        <h2>
          {t(`approvals.made.${decision.verdict}`)}
          {discounted && ` ${t('approvals.points', { value: formatPoints(row.deviationMax) })}`}
        </h2>
        <p>
          {row.customer.name}, {row.document.number}
        </p>
        {discounted && numbers.margin && (
          <p>
            {t('approvals.card.margin')}:{' '}
            {t('approvals.card.marginFromTo', {
              from: formatMarginPercent(numbers.margin.agreement.percent),
              to: formatMarginPercent(numbers.margin.request.percent),
            })}
          </p>
        )}
        {decision.reasonCode && <p>{t(`approvals.reason.${decision.reasonCode}`)}</p>}
      </section>
      <section className={css.block}>
        <h2>{t('approvals.made.delivery')}</h2>
        <p className={css.kept}>
          <StateShape state="ok" /> <b>{t('approvals.made.pult')}</b>
          <span>{t('approvals.made.kept', { version: decision.version })}</span>
          <time dateTime={decision.at}>{formatClockSeconds(decision.at)}</time>
        </p>
        <Deliveries decision={decision} serverNow={card.serverNow} />
      </section>
      <EarlierDecisions except={row.id} />
      {undo.error && (
        <p className={css.failure} role="alert">
          <StateShape state="bad" /> {errorText(undo.error)}
        </p>
      )}
      <footer>
        {left > 0 && own && (
          <Button size="large" block loading={undo.isPending} onClick={() => undo.mutate(decision.id)}>
            {t('approvals.action.undo', { seconds: Math.ceil(left) })}
          </Button>
        )}
        {next ? (
          <Button type="primary" size="large" block onClick={() => onNext(next.id)}>
            {t('approvals.action.nextNamed', { name: next.name })}
          </Button>
        ) : (
          <Button type="primary" size="large" block onClick={onClose}>
            {t('approvals.back')}
          </Button>
        )}
      </footer>
    </article>
  );
}

const RADIUS = 40;
const LENGTH = 2 * Math.PI * RADIUS;

/** Seconds that undo still works, drawn as what is left of a ring; afterwards the sign of the decision. */
function Ring({ left, verdict }: { readonly left: number; readonly verdict: 'approve' | 'reject' }) {
  const { t } = useTranslation();
  const share = Math.min(1, (left * 1000) / UNDO_WINDOW_MS);
  if (left <= 0) return <StateShape state={verdict === 'approve' ? 'ok' : 'bad'} size={48} />;
  return (
    <svg width="96" height="96" viewBox="0 0 96 96" role="timer" aria-label={t('approvals.made.ring')}>
      <circle className={css.ringGround} cx="48" cy="48" r={RADIUS} />
      <circle
        className={css.ring}
        cx="48"
        cy="48"
        r={RADIUS}
        strokeDasharray={LENGTH}
        strokeDashoffset={LENGTH * (1 - share)}
        transform="rotate(-90 48 48)"
      />
      <text x="48" y="55" textAnchor="middle">
        {t('approvals.made.seconds', { seconds: Math.ceil(left) })}
      </text>
    </svg>
  );
}

/** The person's own decisions before this one and where they got to. */
function EarlierDecisions({ except }: { readonly except: string }) {
  const { t } = useTranslation();
  const { data } = useQuery(ownDecisionsQuery());
  const rows = data?.rows.filter(({ id }) => id !== except).slice(0, 3) ?? [];
  if (rows.length === 0) return null;
  return (
    <section className={css.block}>
      <h2>
        {t('approvals.made.earlier')}{' '}
        <Link to={`${paths.approvals()}?tab=decided&by=me`}>{t('approvals.made.all')}</Link>
      </h2>
      <ul className={css.earlier}>
        {rows.map((row) => (
          <li key={row.id}>
            <StateShape state={row.decision?.verdict === 'reject' ? 'bad' : 'ok'} />
            <p>
              <Link to={paths.approval(row.id)}>{row.document.number}</Link>,{' '}
              {row.decision && t(`approvals.verdict.${row.decision.verdict}`)}
              <small>
                {row.decision?.deliveries
                  .map(({ system, state }) => `${t(`approvals.system.${system}`)} ${t(`approvals.delivery.${state}`)}`)
                  .join(' · ')}
              </small>
            </p>
            {row.decision && <time dateTime={row.decision.at}>{formatDue(row.decision.at)}</time>}
          </li>
        ))}
      </ul>
    </section>
  );
}
