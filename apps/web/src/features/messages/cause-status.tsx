import type { CauseRow } from '@pult/shared/contracts/messages';
import { useTranslation } from 'react-i18next';
import css from './causes.module.css';

const MARK = { new: '+', ongoing: '→', regressed: '↻', quiet: '·' } as const;

/** New, ongoing, regressed or quiet: a sign and a word. */
export function CauseStatus({ status }: { readonly status: CauseRow['status'] }) {
  const { t } = useTranslation();
  return (
    <span className={css.status} data-status={status}>
      <i aria-hidden="true">{MARK[status]}</i> {t(`messages.causes.status.${status}`)}
    </span>
  );
}
