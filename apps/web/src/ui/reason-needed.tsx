import { useTranslation } from 'react-i18next';
import css from './controls.module.css';

/** Letters below which a reason says nothing; the API refuses it too. */
const LEAST_REASON = 3;
export const isReason = (text: string): boolean => text.trim().length >= LEAST_REASON;

/** Stands below the field of a reason while it holds none: why the button of the form is off. */
export function ReasonNeeded({ reason, id }: { readonly reason: string; readonly id: string }) {
  const { t } = useTranslation();
  if (isReason(reason)) return null;
  return (
    <span id={id} className={css.needed}>
      {t('common.confirm.reasonNeeded')}
    </span>
  );
}
