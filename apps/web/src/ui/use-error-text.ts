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

type SourceErrorText = (
  error: { readonly code: string; readonly text: string | null },
  /** What the system is: where its server only says «503», it decides what to look at. */
  kind?: string,
) => string;

/**
 * What a system answered: our sentence by code, what to look at, and its own words or code behind. Of a connection that failed
 * the plain words alone; whoever wants the code of the network finds it by {@link socketFault}.
 */
export function useSourceErrorText(): SourceErrorText {
  const sentence = useErrorText();
  const { t } = useTranslation();
  return ({ code, text }, kind) => {
    const hint = code === 'source.not_ready' && kind !== undefined ? ` ${t(`common.notReady.${groupOf(kind)}`)}` : '';
    const said = `${sentence(new ApiError({ code, status: 0 }))}${hint}`;
    if (text === null || text === '' || text === SAID_BY_CODE) return said;
    const fault = socketFault(text);
    return `${said} ${fault ? t(`common.socket.${fault}`) : text}`;
  };
}

const groupOf = (kind: string): 'onec' | 'service' | 'other' =>
  kind === 'onec' || kind === 'service' ? kind : 'other';
