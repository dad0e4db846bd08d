import type { EndpointResult } from '@pult/shared/contracts/endpoint';
import type { shadowReport } from '@pult/shared/contracts/migration';
import { useTranslation } from 'react-i18next';
import { formatExactLag, formatLag, formatLatency } from '../../../lib/format/duration.ts';
import { formatShare } from '../../../lib/format/number.ts';
import { type LagColumn, lagScale, lagTicks } from './lag-scale.ts';
import css from './migration.module.css';

type Lag = NonNullable<EndpointResult<typeof shadowReport>['lag']>;

const HEIGHT = 64;

/** How much earlier or later the bus was: columns of equal time, zero and the median marked; what is far away apart. */
export function LagChart({ lag }: { readonly lag: Lag }) {
  const { t } = useTranslation();
  const { columns, medianMs, p95Ms, earlierShare, latestMs } = lag;
  const { at, boxOf, from, to } = lagScale(columns);
  const top = Math.max(1, ...columns.map(({ count }) => count));
  const facts = { value: formatLag(medianMs), p95: formatLag(p95Ms), share: formatShare(earlierShare) };
  const late = 1 - earlierShare;
  const median = at(medianMs);
  const columnText = (column: LagColumn): string => {
    const { count } = column;
    if (column.from === null) return t('migration.shadow.below', { to: formatExactLag(column.to ?? 0), count });
    if (column.to === null) return t('migration.shadow.above', { from: formatExactLag(column.from), count });
    return t('migration.shadow.column', { from: formatExactLag(column.from), to: formatExactLag(column.to), count });
  };
  return (
    <section className={css.part}>
      <div className={css.head}>
        <h3>{t('migration.shadow.who')}</h3>
        <small>
          {t('migration.shadow.whoText', facts)}
          {latestMs > 0 && `; ${t('migration.shadow.whoLate', { latest: formatLatency(latestMs) })}`}
        </small>
      </div>
      <div className={css.lag}>
        <div className={css.above} aria-hidden="true">
          {median > 30 && (
            <span data-side="start" className={css.wideOnly}>
              {t('migration.shadow.earlier')}
            </span>
          )}
          <span data-side={median > 60 ? 'end' : 'start'} style={{ left: `${median}%` }}>
            {t('migration.shadow.median', { value: facts.value })}
          </span>
          {late > 0 && median < 55 && (
            <span data-side="end" className={css.wideOnly} style={{ left: '100%', color: 'var(--warn-text)' }}>
              {t('migration.shadow.later', { share: formatShare(late) })}
            </span>
          )}
        </div>
        <svg
          className={css.plot}
          viewBox={`0 0 100 ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={t('migration.shadow.lagLabel', facts)}
        >
          {columns.map((column) => {
            const height = column.count === 0 ? 0 : Math.max(1.5, (column.count / top) * (HEIGHT - 4));
            const box = boxOf(column);
            return (
              <rect
                key={column.from}
                x={box.x + box.width * 0.08}
                width={box.width * 0.84}
                y={HEIGHT - height}
                height={height}
                className={(column.from ?? -1) >= 0 ? css.later : css.earlier}
                data-open={column.from === null || column.to === null}
              >
                <title>{columnText(column)}</title>
              </rect>
            );
          })}
        </svg>
        <i className={css.line} style={{ left: `${median}%` }} aria-hidden="true" />
        {from < 0 && to > 0 && (
          <i className={`${css.line} ${css.zero}`} style={{ left: `${at(0)}%` }} aria-hidden="true" />
        )}
        <div className={css.axis} aria-hidden="true">
          {lagTicks(columns).map((tick) => (
            <span key={`${tick.open} ${tick.ms}`} data-side={tick.side} style={{ left: `${tick.at}%` }}>
              {tick.open === null ? formatExactLag(tick.ms) : `${tick.open} ${formatExactLag(tick.ms)}: ${tick.count}`}
            </span>
          ))}
        </div>
      </div>
    </section>
  );
}
