import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { isMissing } from '../lib/api/api-error.ts';
import { EmptyState } from './empty-state.tsx';
import { ErrorState } from './error-state.tsx';

export interface ObjectErrorProps {
  readonly error: unknown;
  readonly onRetry: () => void;
  /** «Такого сообщения нет». */
  readonly missing: string;
  /** Title of the screen, when it is another than that of the object. */
  readonly page?: string;
  /** The list to look in. */
  readonly list: { readonly title: string; readonly to: string };
}

/** A page of one object that cannot be shown: there is none by this address, or it could not be read now. */
export function ObjectError({ error, onRetry, missing, page, list }: ObjectErrorProps) {
  const { t } = useTranslation();
  if (!isMissing(error)) return <ErrorState page={page} error={error} onRetry={onRetry} />;
  return (
    <EmptyState page title={missing} text={t('common.notFoundText')} action={<Link to={list.to}>{list.title}</Link>} />
  );
}
