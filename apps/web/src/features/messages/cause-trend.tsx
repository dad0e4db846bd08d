import type { CauseRow } from '@pult/shared/contracts/messages';
import { useTranslation } from 'react-i18next';
import { formatMoment } from '../../lib/format/instant.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { Sparkline } from '../../ui/sparkline.tsx';
import css from './causes.module.css';

const HOURS = 3;

/** How the cause goes on, in a sentence and hour by hour. */
export function CauseTrend({ cause }: { readonly cause: CauseRow }) {
  const { t } = useTranslation();
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const recent = sum(cause.sparkline.slice(-HOURS));
  const before = sum(cause.sparkline.slice(-2 * HOURS, -HOURS));
  const silent = Math.floor((Date.now() - Date.parse(cause.lastSeenAt)) / 3_600_000);
  const course = recent === 0 ? 'quiet' : recent > before ? 'grows' : recent < before ? 'falls' : 'level';
  return (
    <>
      <h3>
        {t('messages.causes.trend')}
        <small>
          {t(`messages.causes.course.${course}`, {
            count: recent,
            formatted: formatNumber(recent),
            hours: course === 'quiet' ? Math.max(HOURS, silent) : HOURS,
          })}
        </small>
      </h3>
      <div className={css.trend}>
        <Sparkline values={cause.sparkline} label={t('messages.causes.spark')} tone="bad" />
        <div aria-hidden="true">
          <span>{t('messages.causes.dayAgo')}</span>
          <span>{t('messages.causes.now')}</span>
        </div>
      </div>
      <p className={css.quiet}>
        {t('messages.causes.seen', {
          first: formatMoment(cause.firstSeenAt),
          last: formatMoment(cause.lastSeenAt),
        })}
      </p>
    </>
  );
}
