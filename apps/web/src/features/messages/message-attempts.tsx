import type { MessageDetail } from '@pult/shared/contracts/messages';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatClockSeconds, formatInstant, formatMoment } from '../../lib/format/instant.ts';
import { paths } from '../../lib/paths.ts';
import { Card } from '../../ui/card.tsx';
import { DeliveryStatus } from '../../ui/delivery-status.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import css from './messages.module.css';

const DAY_MS = 20 * 3_600_000;

/** Every attempt, newest first: numbered, never overwritten. */
export function MessageAttempts({ detail }: { readonly detail: MessageDetail }) {
  const { t } = useTranslation();
  const start = (at: string): string =>
    Date.parse(detail.now) - Date.parse(at) < DAY_MS ? formatClockSeconds(at) : formatMoment(at);
  return (
    <Card
      title={
        <>
          {t('messages.one.attempts')} <small>{detail.attempts.length}</small>
        </>
      }
      extra={<small className={css.hint}>{t('messages.one.newestFirst')}</small>}
    >
      <PlainTable
        head={[
          '№',
          t('messages.one.start'),
          t('messages.one.took'),
          t('messages.one.outcome'),
          t('messages.one.answer'),
          t('messages.one.asked'),
          t('messages.one.rev'),
        ]}
      >
        {detail.attempts.map((attempt) => (
          <tr key={attempt.number}>
            <td>
              <b>{attempt.number}</b>
            </td>
            <td title={formatInstant(attempt.startedAt)}>{start(attempt.startedAt)}</td>
            <td title={attempt.fromRegister ? t('messages.one.endUnknown') : undefined}>
              {attempt.finishedAt
                ? formatLatency(Math.max(0, Date.parse(attempt.finishedAt) - Date.parse(attempt.startedAt)))
                : '—'}
            </td>
            <td>
              <DeliveryStatus state={attempt.outcome} />
            </td>
            <td className={css.answer}>
              {attempt.error?.text || (attempt.error?.code ?? '—')}
              {attempt.fromRegister && <small>{t('messages.one.fromRegister')}</small>}
            </td>
            <td className={css.when}>
              {attempt.askedBy ?? t(attempt.operationId === null ? 'messages.one.source' : 'messages.one.askedByPult')}
              <small>
                {attempt.operationId ? (
                  <Link to={paths.operation(attempt.operationId)}>
                    {attempt.operationNumber === null
                      ? t('messages.one.operation')
                      : t('messages.one.operationNumber', { number: attempt.operationNumber })}
                  </Link>
                ) : (
                  t('messages.one.usual')
                )}
              </small>
            </td>
            <td>{attempt.revision}</td>
          </tr>
        ))}
      </PlainTable>
    </Card>
  );
}
