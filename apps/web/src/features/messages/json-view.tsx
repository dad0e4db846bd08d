import { useTranslation } from 'react-i18next';
import { type JsonLine, jsonLines } from './json-lines.ts';
import css from './payload.module.css';

/** One line of content; what is personal stands as a chip. */
export function JsonText({ line }: { readonly line: JsonLine }) {
  const { t } = useTranslation();
  return (
    <>
      {line.text}
      {line.masked && <span className={css.masked}>{t('messages.payload.masked')}</span>}
      {line.tail}
    </>
  );
}

/** Content with line numbers. */
export function JsonView({ body, masked }: { readonly body: unknown; readonly masked: readonly string[] }) {
  const { t } = useTranslation();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must be able to scroll it
    <section className={css.json} tabIndex={0} aria-label={t('messages.payload.title')}>
      {jsonLines(body, new Set(masked)).map((line, index) => (
        <span key={`${index}${line.pointer}`} className={css.line}>
          <i aria-hidden="true">{index + 1}</i>
          <span>
            <JsonText line={line} />
          </span>
        </span>
      ))}
    </section>
  );
}
