import type { OperationDetail } from '@pult/shared/contracts/operations';
import { useTranslation } from 'react-i18next';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatNumber, formatPercent } from '../../lib/format/number.ts';
import { Card } from '../../ui/card.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './operation.module.css';

const SHAPE = { waiting: 'idle', running: 'run', passed: 'ok', stopped: 'bad' } as const;

/** Canary stages and the rule by which the operation stops itself. */
export function StagesCard({ operation }: { readonly operation: OperationDetail }) {
  const { t } = useTranslation();
  const { stopRule } = operation;
  return (
    <Card title={t('operations.stages.title')}>
      <ol className={css.stages}>
        {operation.stages
          .filter(({ size }) => size > 0)
          .map((stage) => (
            <li key={stage.id}>
              <StateShape state={SHAPE[stage.state]} />
              <div>
                <b>{t(`operations.stages.${stage.id}`, { count: stage.size, formatted: formatNumber(stage.size) })}</b>
                <small>
                  {stage.failed > 0 || stage.inDoubt > 0
                    ? t('operations.stages.trouble', { failed: stage.failed, inDoubt: stage.inDoubt })
                    : t(`operations.stages.state.${stage.state}`)}
                </small>
              </div>
              <span>
                {t('operations.done', { done: formatNumber(stage.finished), total: formatNumber(stage.size) })}
                {stage.durationMs !== null && <small>{formatLatency(stage.durationMs)}</small>}
              </span>
            </li>
          ))}
      </ol>
      <div className={css.rule}>
        <header>
          <b>{t('operations.stopRule.title')}</b>
          <span>
            {t('operations.stopRule.now', {
              count: stopRule.failures,
              finished: stopRule.finished,
              share: formatPercent(stopRule.share),
            })}
          </span>
        </header>
        <div
          className={css.ruleBar}
          role="img"
          aria-label={t('operations.stopRule.limit', { share: formatPercent(stopRule.limitShare) })}
        >
          <span
            data-broken={stopRule.broken}
            style={{ width: `${Math.min(100, (stopRule.share / (stopRule.limitShare * 2)) * 100)}%` }}
          />
        </div>
        <small>{t('operations.stopRule.limit', { share: formatPercent(stopRule.limitShare) })}</small>
      </div>
    </Card>
  );
}
