import type { AutomaticRetry } from '@pult/shared/contracts/automatic-retries';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAutomaticRetryCommands } from '../../lib/automatic-retry.ts';
import { usePermission } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import css from './automatic-card.module.css';

/** Longest reason that the flow keeps. */
const MOST_REASON = 300;

export interface AutomaticSwitch {
  readonly busy: boolean;
  /** Why the last command was refused; null when it was not. */
  readonly error: unknown;
  readonly pause: (reason: string, done: () => void) => void;
  readonly resume: () => void;
}

/** Pausing and resuming as one switch: each takes the refusal of the other away. */
export function useAutomaticSwitch(flowId: string): AutomaticSwitch {
  const { pause, resume } = useAutomaticRetryCommands(flowId);
  return {
    busy: pause.isPending || resume.isPending,
    error: pause.error ?? resume.error,
    pause: (reason, done) => {
      resume.reset();
      pause.mutate(reason, { onSettled: done });
    },
    resume: () => {
      pause.reset();
      resume.mutate();
    },
  };
}

/**
 * «Приостановить автоповтор…» asks why; «Возобновить автоповтор» goes at once: it ends a pause, and the wait after an operation
 * that stopped.
 */
export function AutomaticButtons({
  data: { pause, hold },
  choice,
}: {
  readonly data: Pick<AutomaticRetry, 'pause' | 'hold'>;
  readonly choice: AutomaticSwitch;
}) {
  const { t } = useTranslation();
  const may = usePermission('operations.run');
  const [asking, setAsking] = useState(false);
  const denied = may ? undefined : t('automatic.forbidden');
  return (
    <span className={css.buttons}>
      {(pause !== null || hold?.kind === 'stopped') && (
        <Button size="small" disabled={!may} denied={denied} loading={choice.busy} onClick={choice.resume}>
          {t('automatic.resume')}
        </Button>
      )}
      {pause === null && (
        <Button size="small" disabled={!may} denied={denied} loading={choice.busy} onClick={() => setAsking(true)}>
          {t('automatic.pause.button')}
        </Button>
      )}
      <ConfirmDialog
        open={asking}
        title={t('automatic.pause.title')}
        confirmLabel={t('automatic.pause.confirm')}
        reason
        mostReason={MOST_REASON}
        busy={choice.busy}
        onConfirm={(reason) => choice.pause(reason, () => setAsking(false))}
        onClose={() => setAsking(false)}
      >
        <p>{t('automatic.pause.text')}</p>
      </ConfirmDialog>
    </span>
  );
}

/** Why the command was refused: somebody else was faster, or the answer did not come. */
export function AutomaticRefusal({ error }: { readonly error: unknown }) {
  const errorText = useErrorText();
  if (!error) return null;
  return (
    <p className={css.refusal} role="alert">
      <StateShape state="bad" /> {errorText(error)}
    </p>
  );
}
