import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermission } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Instant } from '../../ui/instant.tsx';
import { OperationError } from './operation-error.tsx';
import css from './payload.module.css';
import { useReveal } from './queries.ts';

/** How long personal data stay on the screen: a view, not a state of the page. */
const SHOWN_MS = 5 * 60_000;

/** Personal data of one message, shown for a reason and for a while; leaving the page forgets them. */
export function usePersonal(deliveryId: string) {
  const reveal = useReveal(deliveryId);
  const { data, reset } = reveal;
  useEffect(() => {
    if (!data) return;
    const timer = setTimeout(reset, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [data, reset]);
  return reveal;
}

export interface PersonalRevealProps {
  readonly reveal: ReturnType<typeof usePersonal>;
  readonly revision: number;
  /** Values that are left out of the content. */
  readonly hidden: number;
}

/** «Показать персональные данные…» with the reason, and what is known besides the content. */
export function PersonalReveal({ reveal, revision, hidden }: PersonalRevealProps) {
  const { t } = useTranslation();
  const may = usePermission('messages.personal');
  const [asking, setAsking] = useState(false);
  const { data } = reveal;
  return (
    <>
      {data && (data.counterparty || data.errors.length > 0) && (
        <dl className={css.personal}>
          {data.counterparty && (
            <div>
              <dt>{t('messages.list.counterparty')}</dt>
              <dd>
                {data.counterparty.name}
                {data.counterparty.inn && ` · ${t('messages.one.inn')} ${data.counterparty.inn}`}
              </dd>
            </div>
          )}
          {data.errors.map((error) => (
            <div key={`${error.at} ${error.attempt}`}>
              <dt>
                {t('messages.one.attempt', { number: error.attempt })}, <Instant value={error.at} />
              </dt>
              <dd>{error.text}</dd>
            </div>
          ))}
        </dl>
      )}
      <p className={css.foot}>
        {data ? (
          <>
            {t('messages.payload.revealed')}
            <Button type="link" size="small" onClick={reveal.reset}>
              {t('messages.payload.hide')}
            </Button>
          </>
        ) : (
          <>
            {hidden > 0 ? t('messages.payload.hidden', { count: hidden }) : t('messages.payload.hiddenAll')}
            <Button
              type="link"
              size="small"
              disabled={!may}
              denied={may ? undefined : t('messages.payload.forbiddenPersonal')}
              onClick={() => setAsking(true)}
            >
              {t('messages.payload.reveal')}
            </Button>
            {!may && <span>{t('messages.payload.forbiddenPersonal')}</span>}
          </>
        )}
      </p>
      <OperationError error={reveal.error} />
      <ConfirmDialog
        open={asking}
        title={t('messages.payload.revealTitle')}
        confirmLabel={t('messages.payload.revealConfirm')}
        reason
        busy={reveal.isPending}
        onConfirm={(reason) => reveal.mutate({ revision, reason }, { onSettled: () => setAsking(false) })}
        onClose={() => setAsking(false)}
      >
        <p>{t('messages.payload.revealText')}</p>
      </ConfirmDialog>
    </>
  );
}
