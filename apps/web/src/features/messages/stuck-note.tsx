import type { MessageRow } from '@pult/shared/contracts/messages';
import { useTranslation } from 'react-i18next';
import { formatMinutes } from '../../lib/format/duration.ts';
import { StateChip } from '../../ui/state-chip.tsx';
import css from './causes.module.css';

/** Why a message is stuck and by how much it is past the budget of its flow. */
export function StuckNote({ stuck }: { readonly stuck: NonNullable<MessageRow['stuck']> }) {
  const { t } = useTranslation();
  return (
    <span className={css.lines}>
      <StateChip state="warn">{t(`messages.stuck.${stuck.cause}`)}</StateChip>
      <small>
        {t('messages.stuck.past', {
          budget: formatMinutes(stuck.budgetMs),
          over: formatMinutes(Math.max(0, Date.now() - Date.parse(stuck.since))),
        })}
      </small>
    </span>
  );
}
