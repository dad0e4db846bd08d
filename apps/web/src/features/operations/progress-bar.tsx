import type { OperationCounts } from '@pult/shared/contracts/operations';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../lib/format/number.ts';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './operation.module.css';
import { OUTCOME_STATE, outcomeCounts } from './outcome.ts';

export interface ProgressBarProps {
  readonly counts: OperationCounts;
  readonly chosen: string | null;
  readonly onChoose: (outcome: string | null) => void;
}

/** The bar covers the eligible items; a count is a filter of the table below. */
export function ProgressBar({ counts, chosen, onChoose }: ProgressBarProps) {
  const { t } = useTranslation();
  const parts = outcomeCounts(counts).filter(
    ([outcome, count]) => count > 0 || outcome === 'applied' || outcome === 'failed',
  );
  return (
    <>
      <div className={css.bar} aria-hidden="true">
        {parts
          .filter(([outcome, count]) => count > 0 && outcome !== 'pending')
          .map(([outcome, count]) => (
            <span
              key={outcome}
              data-outcome={outcome}
              style={{ flexGrow: count, background: `var(--${OUTCOME_STATE[outcome]})` }}
            />
          ))}
        <span style={{ flexGrow: counts.pending, background: 'transparent' }} />
      </div>
      <div className={css.counts}>
        {parts.map(([outcome, count]) => (
          <button
            key={outcome}
            type="button"
            className={css.countCell}
            aria-pressed={chosen === outcome}
            onClick={() => onChoose(chosen === outcome ? null : outcome)}
          >
            <b>{formatNumber(count)}</b>
            <span>
              <StateShape state={OUTCOME_STATE[outcome]} /> {t(`operations.outcome.${outcome}`)}
            </span>
          </button>
        ))}
      </div>
    </>
  );
}
