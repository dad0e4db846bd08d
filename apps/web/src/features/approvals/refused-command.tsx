import type { DecisionVerdict } from '@pult/shared/contracts/approvals';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../lib/api/api-error.ts';
import { formatClockSeconds } from '../../lib/format/instant.ts';
import { Button } from '../../ui/button.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import css from './decision.module.css';
import type { ApprovalCommands } from './queries.ts';

export interface RefusedCommandProps {
  readonly commands: ApprovalCommands;
  /** What stands instead, when somebody was first. */
  readonly verdict: DecisionVerdict | null;
}

/** Why the last command did not go through: who was first, when and with what; or what to look at again. */
export function RefusedCommand({ commands, verdict }: RefusedCommandProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { decide, ask, undo } = commands;
  const failure = decide.error ?? ask.error ?? undo.error;
  if (failure === null) return null;
  const dismiss = () => {
    decide.reset();
    ask.reset();
    undo.reset();
  };
  const data = failure instanceof ApiError ? failure.data : {};
  const first = failure instanceof ApiError && failure.code === 'approval.already_decided';
  const said = data.verdict === 'approve' || data.verdict === 'reject' ? data.verdict : verdict;
  return (
    <p className={css.failure} role="alert">
      <StateShape state="bad" />{' '}
      <span>
        {first
          ? t('approvals.first.text', {
              by: typeof data.by === 'string' ? data.by : t('approvals.card.someone'),
              at: typeof data.at === 'string' ? formatClockSeconds(data.at) : '',
              verdict: said === null ? '' : t(`approvals.verdict.${said}`),
            })
          : errorText(failure)}
      </span>
      <Button size="small" onClick={dismiss}>
        {t('approvals.first.understood')}
      </Button>
    </p>
  );
}
