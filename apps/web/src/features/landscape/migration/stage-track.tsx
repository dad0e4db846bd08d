import type { MigrationView } from '@pult/shared/contracts/migration';
import { STAGES } from '@pult/shared/domain/migration/stages';
import { useTranslation } from 'react-i18next';
import { formatDate, formatDayOf } from '../../../lib/format/instant.ts';
import css from './migration.module.css';

/** The four stages with the dates of those behind and, as far as days alone decide, of the next one. */
export function StageTrack({ view }: { readonly view: MigrationView }) {
  const { t } = useTranslation();
  const now = STAGES.indexOf(view.stage);
  /** End of a stage: the begin of the first one behind it that the flow has reached. */
  const leftAt = (rank: number): string | null =>
    rank + 1 === now
      ? view.since
      : (view.history.find(({ stage, from }) => STAGES.indexOf(stage) > rank && STAGES.indexOf(from) === rank)?.at ??
        null);
  const dateOf = (rank: number): string => {
    if (rank < now) {
      const end = leftAt(rank);
      return end ? t('migration.until', { date: formatDayOf(end) }) : '';
    }
    if (rank === now)
      return view.since ? t('migration.since', { date: formatDayOf(view.since) }) : t('migration.fromStart');
    if (rank === now + 1 && view.notBefore) return t('migration.notBefore', { date: formatDate(view.notBefore) });
    return t('migration.ahead');
  };
  return (
    <ol className={css.track}>
      {STAGES.map((stage, rank) => {
        const at = rank < now ? 'past' : rank === now ? 'now' : 'ahead';
        return (
          <li key={stage} className={css.step} data-at={at} aria-current={at === 'now' ? 'step' : undefined}>
            <span className={css.dot} aria-hidden="true" />
            <b>{t(`migration.stage.${stage}`)}</b>
            {dateOf(rank)}
          </li>
        );
      })}
    </ol>
  );
}
