import type { ApprovalCard } from '@pult/shared/contracts/approvals';
import { useTranslation } from 'react-i18next';
import { formatInstant, formatMoment } from '../../lib/format/instant.ts';
import { Button } from '../../ui/button.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { CarriedDecisions } from './carried-decisions.tsx';
import css from './decision.module.css';
import { Deliveries } from './deliveries.tsx';
import type { NextRequest } from './next-request.ts';
import type { ApprovalCommands } from './queries.ts';
import { RefusedCommand } from './refused-command.tsx';
import { useOwnDecision } from './use-own-decision.ts';
import { useSecondsLeft } from './use-seconds-left.ts';

export interface DecisionStateProps {
  readonly card: ApprovalCard;
  readonly commands: ApprovalCommands;
  readonly next: NextRequest | null;
  readonly onNext: (id: string) => void;
}

/** The decision that stands: who, when, how far it got to ELMA and 1С, and undo while that is possible. */
export function DecisionState({ card, commands, next, onNext }: DecisionStateProps) {
  const { t } = useTranslation();
  const { undo } = commands;
  const { decision } = card;
  const seconds = useSecondsLeft(decision?.undoUntil ?? null, card.serverNow);
  const own = useOwnDecision(decision);
  if (!decision) return null;
  const undoable = seconds > 0 && decision.decidedIn === 'pult';
  const said = [
    decision.reasonCode ? t(`approvals.reason.${decision.reasonCode}`) : null,
    decision.comment ? `«${decision.comment}»` : null,
  ].filter((text) => text !== null);
  return (
    <div className={css.decided}>
      <RefusedCommand commands={commands} verdict={decision.verdict} />
      <p title={formatInstant(decision.at)}>
        <StateShape state={decision.verdict === 'approve' ? 'ok' : 'bad'} />{' '}
        <b>{t(`approvals.verdict.${decision.verdict}`)}</b>
        {', '}
        {decision.by?.name ?? t('approvals.card.someone')}, {formatMoment(decision.at)}
        {decision.decidedIn !== 'pult' &&
          `, ${t('approvals.decidedIn', { system: t(`approvals.system.${decision.decidedIn}`) })}`}
        {said.length > 0 && ` · ${said.join(' · ')}`}
      </p>
      <Deliveries decision={decision} serverNow={card.serverNow} />
      <CarriedDecisions carried={card.carried} />
      <div className={css.buttons}>
        {undoable && own && (
          <Button loading={undo.isPending} onClick={() => undo.mutate(decision.id)}>
            {t('approvals.action.undo', { seconds })}
          </Button>
        )}
        {undoable && !own && decision.by && (
          <span>{t('approvals.action.undoBy', { name: decision.by.name, seconds })}</span>
        )}
        {next && (
          <Button type="primary" onClick={() => onNext(next.id)}>
            {t('approvals.action.nextNamed', { name: next.name })}
          </Button>
        )}
      </div>
    </div>
  );
}
