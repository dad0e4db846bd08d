import type { OperationDetail } from '@pult/shared/contracts/operations';
import { estimateMs } from '@pult/shared/domain/operation/rate';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import css from './operation.module.css';
import { isFinished } from './queries.ts';

export interface RateCardProps {
  readonly operation: OperationDetail;
  readonly mayRun: boolean;
  readonly onRate: (value: number) => void;
}

const STEP = 0.5;

/** How fast: chosen before or during the run, never above what the flow allows. */
export function RateCard({ operation, mayRun, onRate }: RateCardProps) {
  const { t } = useTranslation();
  const sliderId = useId();
  const { rate } = operation;
  // While it is dragged the slider is ahead of the server.
  const [dragged, setDragged] = useState<number | null>(null);
  const shown = dragged ?? rate.perSecond;
  const least = Math.min(STEP, rate.maxPerSecond);
  const off = !mayRun || isFinished(operation.state);
  const choose = (value: number) => {
    setDragged(null);
    const wanted = Math.min(rate.maxPerSecond, Math.max(least, value));
    if (wanted !== rate.perSecond) onRate(wanted);
  };
  // The same sum as the plan's: stages still to come add their round trips.
  const waiting = operation.stages.filter(({ state, size }) => state === 'waiting' && size > 0).length;
  const planned = operation.state === 'planned';
  const begun = operation.stages.some(({ state }) => state !== 'waiting');
  const stagesAhead = begun ? waiting : Math.max(0, waiting - 1);
  const left = operation.counts.pending + operation.counts.waitingPrevious;
  return (
    <Card title={t('operations.rate.title')} extra={<small className={css.hint}>{t('operations.rate.shield')}</small>}>
      <div className={css.rate}>
        <b>{formatNumber(shown, 1)}</b>
        <label htmlFor={sliderId}>{t('operations.rate.unit')}</label>
        <Button
          aria-label={t('operations.rate.slower')}
          disabled={off || shown <= least}
          onClick={() => choose(shown - STEP)}
        >
          −
        </Button>
        <Button
          aria-label={t('operations.rate.faster')}
          disabled={off || shown >= rate.maxPerSecond}
          onClick={() => choose(shown + STEP)}
        >
          +
        </Button>
        <input
          id={sliderId}
          type="range"
          min={least}
          max={rate.maxPerSecond}
          step={STEP}
          value={shown}
          disabled={off}
          onChange={(event) => setDragged(Number(event.target.value))}
          onPointerUp={() => dragged !== null && choose(dragged)}
          onKeyUp={() => dragged !== null && choose(dragged)}
          onBlur={() => dragged !== null && choose(dragged)}
        />
      </div>
      <dl className={css.facts}>
        <dt>{t('operations.rate.limit')}</dt>
        <dd>{t('operations.perSecond', { value: formatNumber(rate.maxPerSecond, 1) })}</dd>
        {left > 0 && !isFinished(operation.state) && (
          <>
            <dt>{t(planned ? 'operations.rate.atThis' : 'operations.rate.restAtThis')}</dt>
            <dd>~{formatLatency(estimateMs({ remaining: left, ratePerSecond: shown, stagesAhead }))}</dd>
          </>
        )}
        {rate.measuredPerSecond !== null && (
          <>
            <dt>{t('operations.rate.mean')}</dt>
            <dd>{t('operations.perSecond', { value: formatNumber(rate.measuredPerSecond, 1) })}</dd>
          </>
        )}
        {rate.effectivePerSecond < rate.perSecond && (
          <>
            <dt>{t('operations.rate.effective')}</dt>
            <dd>{t('operations.perSecond', { value: formatNumber(rate.effectivePerSecond, 1) })}</dd>
          </>
        )}
        {operation.p95Ms !== null && (
          <>
            <dt>{t('operations.rate.p95')}</dt>
            <dd>{formatLatency(operation.p95Ms)}</dd>
          </>
        )}
      </dl>
      <p className={css.explain}>{t('operations.rate.adapts')}</p>
    </Card>
  );
}
