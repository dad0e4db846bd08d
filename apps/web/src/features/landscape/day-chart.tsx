import { useTranslation } from 'react-i18next';
import { formatTime } from '../../lib/format/instant.ts';
import css from './day-chart.module.css';
import { dayTicks } from './day-ticks.ts';

/** A tick further right would run out of the card. */
const LAST_TICK = 0.9;

export interface DayChartProps {
  readonly from: string;
  readonly to: string;
  readonly now: string;
  readonly bucketMs: number;
  readonly buckets: readonly { readonly at: string; readonly applied: number; readonly failed: number }[];
  readonly working: readonly { readonly from: string; readonly to: string }[];
  /** Px of the bars; the axis stands below. */
  readonly height?: number;
  /** What the picture shows, for those who do not see it. */
  readonly label: string;
  readonly onPick: (from: string, to: string) => void;
}

/** A day's volume: bars by bucket, non-working time shaded, failures on top; a bar opens its messages. */
export function DayChart({ from, to, now, bucketMs, buckets, working, label, height = 72, onPick }: DayChartProps) {
  const { t } = useTranslation();
  const start = Date.parse(from);
  const span = Date.parse(to) - start;
  const share = (at: number) => ((at - start) / span) * 100;
  const top = Math.max(1, ...buckets.map((bucket) => bucket.applied + bucket.failed));
  const scale = (value: number) => (value === 0 ? 0 : Math.max(1.5, (value / top) * (height - 8)));
  const shaded = gapsOf(working, start, start + span);
  const width = (bucketMs / span) * 100;
  return (
    <div className={css.chart}>
      <svg
        className={css.plot}
        viewBox={`0 0 100 ${height}`}
        preserveAspectRatio="none"
        height={height}
        role="img"
        aria-label={label}
      >
        {shaded.map((gap) => (
          <rect
            key={gap.from}
            x={share(gap.from)}
            y={0}
            width={share(gap.to) - share(gap.from)}
            height={height}
            className={css.shade}
          />
        ))}
        {buckets.map((bucket) => {
          const x = share(Date.parse(bucket.at));
          const ok = scale(bucket.applied);
          const bad = scale(bucket.failed);
          return (
            // The keyboard reaches the same rows through the numbers above the chart.
            // biome-ignore lint/a11y/noStaticElementInteractions: pointer shortcut beside the links of the title
            <g
              key={bucket.at}
              onClick={() => onPick(bucket.at, new Date(Date.parse(bucket.at) + bucketMs).toISOString())}
            >
              <title>
                {t('landscape.day.bar', {
                  from: formatTime(bucket.at),
                  to: formatTime(new Date(Date.parse(bucket.at) + bucketMs).toISOString()),
                  applied: bucket.applied,
                  failed: bucket.failed,
                })}
              </title>
              <rect x={x} y={0} width={width} height={height} className={css.hit} />
              <rect x={x + width * 0.1} y={height - ok} width={width * 0.8} height={ok} className={css.ok} />
              <rect x={x + width * 0.1} y={height - ok - bad} width={width * 0.8} height={bad} className={css.bad} />
            </g>
          );
        })}
        <line
          x1={share(Date.parse(now))}
          x2={share(Date.parse(now))}
          y1={0}
          y2={height}
          className={css.now}
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      <div className={css.axis} aria-hidden="true">
        {dayTicks(start, start + span)
          .filter((tick) => tick.share < LAST_TICK)
          .map((tick) => (
            <span key={tick.at} style={{ left: `${tick.share * 100}%` }}>
              {formatTime(new Date(tick.at).toISOString())}
            </span>
          ))}
      </div>
    </div>
  );
}

function gapsOf(working: DayChartProps['working'], from: number, to: number): { from: number; to: number }[] {
  const gaps: { from: number; to: number }[] = [];
  let at = from;
  for (const span of working) {
    if (Date.parse(span.from) > at) gaps.push({ from: at, to: Date.parse(span.from) });
    at = Math.max(at, Date.parse(span.to));
  }
  if (at < to) gaps.push({ from: at, to });
  // Lunch is a gap of the calendar but no quiet time of the exchanges: only gaps over two hours are shaded.
  return gaps.filter((gap) => gap.to - gap.from > 2 * 3_600_000);
}
