import { useTranslation } from 'react-i18next';
import { formatInstant, formatRelative } from '../lib/format/instant.ts';
import { StateChip } from './state-chip.tsx';

/** Says how old the data is that stays on screen while the source is silent. */
export function StaleBadge({ at }: { readonly at: string }) {
  const { t } = useTranslation();
  return (
    <StateChip state="warn" title={formatInstant(at)}>
      {t('common.fresh.stale', { age: formatRelative(at) })}
    </StateChip>
  );
}
