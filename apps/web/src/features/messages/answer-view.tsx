import type { MessageDetail } from '@pult/shared/contracts/messages';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Instant } from '../../ui/instant.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import css from './payload.module.css';

/** The last refusal in the words of the system, whole. */
export function AnswerView({
  attempt,
  personal,
}: {
  readonly attempt: MessageDetail['attempts'][number] | null;
  /** The words may name a person: they are shown with the personal data of the message. */
  readonly personal: boolean;
}) {
  const { t } = useTranslation();
  if (!attempt?.error) return null;
  const { error } = attempt;
  return (
    <>
      <div className={css.head}>
        <StateChip state="bad">{t(`messages.class.${error.class}`)}</StateChip>
        {error.code && <code>{error.code}</code>}
        <span className={css.grow}>
          {t('messages.one.attempt', { number: attempt.number })},{' '}
          <Instant value={attempt.finishedAt ?? attempt.startedAt} />
        </span>
        {error.text !== '' && <CopyButton text={error.text} label={t('messages.payload.copyAnswer')} />}
      </div>
      {error.text !== '' && <pre className={css.answer}>{error.text}</pre>}
      {personal && <p className={css.note}>{t('messages.payload.hiddenAnswer')}</p>}
    </>
  );
}
