import type { ApprovalCard, DecisionDelivery } from '@pult/shared/contracts/approvals';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatClockSeconds, formatMoment } from '../../lib/format/instant.ts';
import { StateShape } from '../../ui/state-shape.tsx';
import type { StateName } from '../../ui/tokens.ts';
import { useErrorText } from '../../ui/use-error-text.ts';
import css from './approvals.module.css';
import { useApprovalCommands } from './queries.ts';

const DELIVERY_SHAPE: Readonly<Record<DecisionDelivery['state'], StateName>> = {
  pending: 'idle',
  delivering: 'run',
  delivered: 'ok',
  failed: 'bad',
  conflict: 'doubt',
  undone: 'idle',
};

/** The decision that stands: who, when, how far it got to ELMA and 1С, and undo while that is possible. */
export function DecisionState({ card, onNext }: { readonly card: ApprovalCard; readonly onNext: (() => void) | null }) {
  const { t } = useTranslation();
  const { undo } = useApprovalCommands(card.row.id);
  const errorText = useErrorText();
  const { decision } = card;
  const left = useSecondsLeft(decision?.undoUntil ?? null, card.serverNow);
  if (!decision) return null;
  return (
    <div className={css.decided}>
      <p>
        <StateShape state={decision.verdict === 'approve' ? 'ok' : 'bad'} />{' '}
        <b>{t(`approvals.verdict.${decision.verdict}`)}</b>
        {', '}
        {decision.by?.name ?? t('approvals.card.someone')}, {formatMoment(decision.at)}
        {decision.decidedIn !== 'pult' && `, ${t(`approvals.system.${decision.decidedIn}`)}`}
        {decision.reasonCode && ` · ${t(`approvals.reason.${decision.reasonCode}`)}`}
        {decision.comment && ` · «${decision.comment}»`}
      </p>
      <ul className={css.deliveries}>
        {decision.deliveries.map((delivery) => (
          <li key={delivery.system}>
            <StateShape state={DELIVERY_SHAPE[delivery.state]} /> <b>{t(`approvals.system.${delivery.system}`)}</b>{' '}
            {t(`approvals.delivery.${delivery.state}`)}
            {delivery.state === 'delivered' && delivery.at && ` ${formatClockSeconds(delivery.at)}`}
            {delivery.state === 'failed' &&
              ` · ${t('approvals.delivery.attempt', { count: delivery.attempts })}${delivery.error?.text ? ` · ${delivery.error.text}` : ''}`}
            {delivery.conflict &&
              ` · ${t('approvals.delivery.conflictText', { by: delivery.conflict.by ?? t('approvals.card.someone'), decision: delivery.conflict.decision ?? '' })}`}
          </li>
        ))}
      </ul>
      {undo.error && (
        <p className={css.failure} role="alert">
          <StateShape state="bad" /> {errorText(undo.error)}
        </p>
      )}
      <div className={css.buttons}>
        {left > 0 && decision.decidedIn === 'pult' && (
          <Button loading={undo.isPending} onClick={() => undo.mutate(decision.id)}>
            {t('approvals.action.undo', { seconds: left })}
          </Button>
        )}
        {onNext && (
          <Button type="primary" onClick={onNext}>
            {t('approvals.action.next')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Whole seconds until an instant by the server's clock. */
function useSecondsLeft(until: string | null, serverNow: string): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (!until) {
      setLeft(0);
      return;
    }
    const end = Date.now() + (Date.parse(until) - Date.parse(serverNow));
    const tick = () => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000)));
    tick();
    const timer = setInterval(tick, 250);
    return () => clearInterval(timer);
  }, [until, serverNow]);
  return left;
}
