import type { EndpointResult } from '@pult/shared/contracts/endpoint';
import type { shadowReport } from '@pult/shared/contracts/migration';
import { useTranslation } from 'react-i18next';
import { formatLag, formatLatency } from '../../../lib/format/duration.ts';
import { formatShare } from '../../../lib/format/number.ts';
import css from './migration.module.css';

type Lag = NonNullable<EndpointResult<typeof shadowReport>['lag']>;

const HEIGHT = 64;
const TICKS = 5;

/** How much earlier or later the bus was: columns of equal time, zero and the median marked. */
export function LagChart({ lag }: { readonly lag: Lag }) {
  const { t } = useTranslation();
  const { columns, medianMs, earlierShare, latestMs } = lag;
  const [from, to] = [columns[0]?.from ?? 0, columns.at(-1)?.to ?? 1];
  const at = (ms: number): number => Math.min(100, Math.max(0, ((ms - from) / (to - from)) * 100));
  const top = Math.max(1, ...columns.map(({ count }) => count));
  const facts = { value: formatLag(medianMs), share: formatShare(earlierShare) };
  const late = 1 - earlierShare;
  return (
    <section className={css.part}>
      <div className={css.head}>
        <h3>{t('migration.shadow.who')}</h3>
        <small>
          {t('migration.shadow.whoText', { share: facts.share })}
          {latestMs > 0 && `; ${t('migration.shadow.whoLate', { latest: formatLatency(latestMs) })}`}
        </small>
      </div>
      <div className={css.lag}>
        <div className={css.above} aria-hidden="true">
          {at(medianMs) > 30 && (
            <span data-side="start" className={css.wideOnly}>
              {t('migration.shadow.earlier')}
            </span>
          )}
          <span data-side={at(medianMs) > 60 ? 'end' : 'start'} style={{ left: `${at(medianMs)}%` }}>
            {t('migration.shadow.median', { value: facts.value })}
          </span>
          {late > 0 && at(medianMs) < 55 && (
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
            const width = at(column.to) - at(column.from);
            return (
              <rect
                key={column.from}
                x={at(column.from) + width * 0.08}
                width={width * 0.84}
                y={HEIGHT - height}
                height={height}
                className={column.from >= 0 ? css.later : css.earlier}
              >
                <title>
                  {t('migration.shadow.column', {
                    from: formatLag(column.from),
                    to: formatLag(column.to),
                    count: column.count,
                  })}
                </title>
              </rect>
            );
          })}
        </svg>
        <i className={css.line} style={{ left: `${at(medianMs)}%` }} aria-hidden="true" />
        {from < 0 && to > 0 && (
          <i className={`${css.line} ${css.zero}`} style={{ left: `${at(0)}%` }} aria-hidden="true" />
        )}
        <div className={css.axis} aria-hidden="true">
          {ticksOf(columns).map((tick) => (
            <span key={tick} style={{ left: `${Math.min(96, Math.max(4, at(tick)))}%` }}>
              {formatLag(tick)}
            </span>
          ))}
        </div>
      </div>
    </section>
  );
}

/** Borders of columns to name, zero among them when it is one. */
function ticksOf(columns: Lag['columns']): number[] {
  const borders = [...columns.map(({ from }) => from), columns.at(-1)?.to ?? 0];
  const every = Math.max(1, Math.ceil(borders.length / TICKS));
  const zero = Math.max(0, borders.indexOf(0));
  return borders.filter((_, index) => (index - zero) % every === 0);
}
