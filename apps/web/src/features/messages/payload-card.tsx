import type { MessageDetail } from '@pult/shared/contracts/messages';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../lib/format/number.ts';
import { usePermission } from '../../lib/session.ts';
import { Card } from '../../ui/card.tsx';
import { Choice } from '../../ui/choice.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import css from './messages.module.css';
import { payloadQuery } from './queries.ts';

/** Content of a revision as it was sent; only for those who may see it. */
export function PayloadCard({
  deliveryId,
  revisions,
}: {
  readonly deliveryId: string;
  readonly revisions: MessageDetail['revisions'];
}) {
  const { t } = useTranslation();
  const may = usePermission('messages.payload');
  const [chosen, setChosen] = useState<string | null>(null);
  const last = revisions.at(-1)?.revision ?? null;
  const revision = chosen === null ? last : Number(chosen);
  const { data, error, isError, refetch } = useQuery({
    ...payloadQuery(deliveryId, revision ?? 1),
    enabled: may && revision !== null,
  });
  const text = data ? JSON.stringify(data.body, null, 2) : '';
  return (
    <Card
      title={t('messages.payload.title')}
      extra={
        data && (
          <span className={css.chips}>
            {revisions.length > 1 && (
              <Choice
                label={t('messages.payload.revision')}
                value={String(revision)}
                options={revisions.map((one) => ({
                  value: String(one.revision),
                  label: t('messages.one.revision', { revision: one.revision }),
                }))}
                onChange={setChosen}
              />
            )}
            {t('messages.payload.size', { size: formatNumber(data.sizeBytes / 1024, 1) })}
            <CopyButton text={text} label={t('messages.payload.copy')} />
          </span>
        )
      }
    >
      {!may && <p className={css.foot}>{t('messages.payload.forbidden')}</p>}
      {may && revision === null && <p className={css.foot}>{t('messages.payload.none')}</p>}
      {may && isError && <ErrorState error={error} onRetry={() => void refetch()} />}
      {may && revision !== null && !data && !isError && <Skeleton rows={6} />}
      {data &&
        (data.truncated ? (
          <p className={css.foot}>{t('messages.payload.truncated')}</p>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must be able to scroll it
          <pre className={css.json} tabIndex={0}>
            {text}
          </pre>
        ))}
    </Card>
  );
}
