import type { ApprovalDecision, DecisionDelivery } from '@pult/shared/contracts/approvals';
import { useTranslation } from 'react-i18next';
import { formatClockSeconds, formatInstant } from '../../lib/format/instant.ts';
import { StateShape } from '../../ui/state-shape.tsx';
import type { StateName } from '../../ui/tokens.ts';
import css from './decision.module.css';
import { useSecondsLeft } from './use-seconds-left.ts';

const SHAPE: Readonly<Record<DecisionDelivery['state'], StateName>> = {
  pending: 'idle',
  delivering: 'run',
  delivered: 'ok',
  failed: 'warn',
  conflict: 'doubt',
  undone: 'idle',
};

/** How far a decision got to each system; a failing one says why, which try it was and when the next is. */
export function Deliveries({
  decision,
  serverNow,
}: {
  readonly decision: ApprovalDecision;
  readonly serverNow: string;
}) {
  const { t } = useTranslation();
  return (
    <ul className={css.deliveries} aria-label={t('approvals.made.delivery')}>
      {decision.deliveries.map((delivery) => (
        <li key={delivery.system}>
          <StateShape state={SHAPE[delivery.state]} />
          <p>
            <b>{t(`approvals.system.${delivery.system}`)}</b>{' '}
            <DeliveryWords delivery={delivery} serverNow={serverNow} />
          </p>
          {delivery.state === 'delivered' && delivery.at && (
            <time dateTime={delivery.at} title={formatInstant(delivery.at)}>
              {formatClockSeconds(delivery.at)}
            </time>
          )}
        </li>
      ))}
    </ul>
  );
}

const SAYS_SECONDS_UP_TO = 60;

function DeliveryWords({ delivery, serverNow }: { readonly delivery: DecisionDelivery; readonly serverNow: string }) {
  const { t, i18n } = useTranslation();
  const { state, error, conflict, nextAt, attempts } = delivery;
  const seconds = useSecondsLeft(nextAt, serverNow);
  // Nothing has been tried yet: it waits for the end of undo, or for its turn.
  const untried = attempts === 0 && (state === 'pending' || state === 'failed');
  const words: string[] = [];
  if (!untried) words.push(t(`approvals.delivery.${state}`));
  else if (seconds > SAYS_SECONDS_UP_TO && nextAt)
    words.push(t('approvals.delivery.after', { at: formatClockSeconds(nextAt) }));
  else words.push(seconds > 0 ? t('approvals.delivery.soon', { seconds }) : t('approvals.delivery.now'));
  if (!untried && state === 'pending' && nextAt)
    words.push(t('approvals.delivery.after', { at: formatClockSeconds(nextAt) }));
  if (attempts > 1 || (state === 'failed' && !untried))
    words.push(t('approvals.delivery.attempt', { count: attempts }));
  if (state === 'failed' && nextAt && !untried)
    words.push(t('approvals.delivery.next', { at: formatClockSeconds(nextAt) }));
  if (state === 'failed' && error) {
    const key = `errors.${error.code.replace('.', '_')}`;
    words.push(i18n.exists(key) ? t(key as 'errors.unknown') : (error.text ?? error.code));
  }
  if (conflict)
    words.push(
      t('approvals.delivery.conflictText', {
        by: conflict.by ?? t('approvals.card.someone'),
        at: conflict.at ? formatClockSeconds(conflict.at) : '',
        decision: conflict.decision ?? '',
      }),
    );
  return <span title={error?.text ?? undefined}>{words.join(' · ')}</span>;
}
