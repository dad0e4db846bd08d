import type { MessageDetail } from '@pult/shared/contracts/messages';
import { useTranslation } from 'react-i18next';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Instant } from '../../ui/instant.tsx';
import css from './dead-letter.module.css';

/** Where the record lies that the consumer gave up on, its key and headers; the newest open, earlier ones folded. */
export function DeadLetterCard({ letters }: { readonly letters: MessageDetail['deadLetters'] }) {
  const { t } = useTranslation();
  if (letters.length === 0) return null;
  return (
    <Card title={t('messages.deadLetter.title')}>
      {letters.map((letter, index) => {
        const place = `${letter.topic} ${letter.partition} ${letter.offset}`;
        return (
          <details key={place} open={index === 0} className={css.letter}>
            <summary>
              {t('messages.quarantine.place', {
                topic: letter.topic,
                partition: letter.partition,
                offset: letter.offset,
              })}
            </summary>
            <dl className={css.facts}>
              <dt>{t('messages.deadLetter.at')}</dt>
              <dd>
                <Instant value={letter.at} />
              </dd>
              {letter.original && (
                <>
                  <dt>{t('messages.deadLetter.original')}</dt>
                  <dd>
                    {letter.original.partition === null || letter.original.offset === null
                      ? letter.original.topic
                      : t('messages.quarantine.place', {
                          topic: letter.original.topic,
                          partition: letter.original.partition,
                          offset: letter.original.offset,
                        })}
                  </dd>
                </>
              )}
              <dt>{t('messages.deadLetter.key')}</dt>
              <dd>
                {letter.key === null ? (
                  t('messages.deadLetter.noKey')
                ) : (
                  <>
                    <code>{letter.key}</code> <CopyButton text={letter.key} label={t('messages.deadLetter.copyKey')} />
                  </>
                )}
              </dd>
              <dt>{t('messages.deadLetter.error')}</dt>
              <dd>{letter.error}</dd>
            </dl>
            {!letter.kept && <p>{t('messages.deadLetter.tooLarge', { size: letter.sizeBytes })}</p>}
            {letter.headers.length > 0 && (
              <dl className={css.facts} aria-label={t('messages.deadLetter.headers')}>
                {letter.headers.map(({ name, value }, position) => (
                  <div key={`${name} ${position}`}>
                    <dt>
                      <code>{name}</code>
                    </dt>
                    <dd>{value ?? t('messages.payload.masked')}</dd>
                  </div>
                ))}
              </dl>
            )}
          </details>
        );
      })}
    </Card>
  );
}
