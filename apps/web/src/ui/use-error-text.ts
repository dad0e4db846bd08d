import { useTranslation } from 'react-i18next';
import { ApiError } from '../lib/api/api-error.ts';
import { socketFault } from './socket-words.ts';

/** Sentence of an error in the person's language: by code, with the data of the problem. */
export function useErrorText(): (error: unknown) => string {
  const { t, i18n } = useTranslation();
  return (error) => {
    if (!(error instanceof ApiError)) return t('errors.unknown');
    const key = `errors.${error.code.replace('.', '_')}`;
    return i18n.exists(key) ? t(key as 'errors.unknown', { ...error.data }) : t('errors.unknown');
  };
}

/** What is said when no answer came at all: the code says it already. */
const SAID_BY_CODE = 'no answer in time';

/**
 * What a system answered: our sentence by code, and its own words or code behind. Of a connection that failed the plain words
 * alone; whoever wants the code of the network finds it by {@link socketFault}.
 */
export function useSourceErrorText(): (error: { readonly code: string; readonly text: string | null }) => string {
  const { t } = useTranslation();
  const sentence = useErrorText();
  return ({ code, text }) => {
    const said = sentence(new ApiError({ code, status: 0 }));
    if (text === null || text === '' || text === SAID_BY_CODE) return said;
    const kind = socketFault(text);
    return `${said} ${kind ? t(`common.socket.${kind}`) : text}`;
  };
}
