import { useTranslation } from 'react-i18next';
import { ApiError } from '../lib/api/api-error.ts';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { CopyButton } from './copy-button.tsx';
import { PageHeader } from './page-header.tsx';
import { StateShape } from './state-shape.tsx';
import css from './ui.module.css';
import { useErrorText } from './use-error-text.ts';

export interface ErrorStateProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
  /** Title of the screen, when the failure stands for the whole of it. */
  readonly page?: string | undefined;
}

/** What happened, what was kept, what to press; the trace id can be copied. */
export function ErrorState({ error, onRetry, page }: ErrorStateProps) {
  const { t } = useTranslation();
  const text = useErrorText();
  const traceId = error instanceof ApiError ? error.traceId : null;
  const said = (
    <div className={css.error} role="alert">
      <b>
        <StateShape state="bad" /> {text(error)}
      </b>
      <p>{t('common.errorKept')}</p>
      <div>
        {onRetry && (
          <Button type="primary" onClick={onRetry}>
            {t('common.retry')}
          </Button>
        )}
        {traceId && (
          <span className={css.trace}>
            <code>{traceId}</code> <CopyButton text={traceId} label={t('common.copyTrace')} />
          </span>
        )}
      </div>
    </div>
  );
  if (page === undefined) return said;
  return (
    <>
      <PageHeader title={page} />
      <Card>{said}</Card>
    </>
  );
}
