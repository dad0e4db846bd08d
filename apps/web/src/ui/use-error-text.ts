import { useTranslation } from 'react-i18next';
import { ApiError } from '../lib/api/api-error.ts';

/** Sentence of an error in the person's language: by code, with the data of the problem. */
export function useErrorText(): (error: unknown) => string {
  const { t, i18n } = useTranslation();
  return (error) => {
    if (!(error instanceof ApiError)) return t('errors.unknown');
    const key = `errors.${error.code.replace('.', '_')}`;
    return i18n.exists(key) ? t(key as 'errors.unknown', { ...error.data }) : t('errors.unknown');
  };
}

/** What a system answered: our sentence by code, and its own words or code behind. */
export function useSourceErrorText(): (error: { readonly code: string; readonly text: string | null }) => string {
  const sentence = useErrorText();
  return ({ code, text }) => {
    const own = text === null || text === '' ? '' : ` ${text}`;
    return `${sentence(new ApiError({ code, status: 0 }))}${own}`;
  };
}
