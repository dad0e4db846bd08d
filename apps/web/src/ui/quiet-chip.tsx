import type { QuietMark } from '@pult/shared/contracts/quiet';
import { useTranslation } from 'react-i18next';
import { formatInstant, formatMoment } from '../lib/format/instant.ts';
import css from './ui.module.css';

/** Why nothing calls about this now: until when, for which reason, by whom. `short`: only the word, the rest on hover. */
export function QuietChip({ quiet, short = false }: { readonly quiet: QuietMark; readonly short?: boolean }) {
  const { t } = useTranslation();
  const whole = t(`quiet.chip.${quiet.kind}`, {
    until: formatMoment(quiet.until),
    reason: quiet.reason,
    by: quiet.by,
  });
  return (
    <span className={css.quietChip} title={short ? whole : formatInstant(quiet.until)}>
      <svg width="10" height="10" viewBox="0 0 12 12" aria-hidden="true">
        <path d="M2 8V5a4 4 0 0 1 8 0v3l1 1H1zM1 1l10 10" fill="none" stroke="currentColor" strokeWidth="1.4" />
      </svg>
      <span>{short ? t(`quiet.short.${quiet.kind}`) : whole}</span>
    </span>
  );
}
