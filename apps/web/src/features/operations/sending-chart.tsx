import type { EndpointResult } from '@pult/shared/contracts/endpoint';
import type { OperationDetail, operationsSeries } from '@pult/shared/contracts/operations';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatClockSeconds } from '../../lib/format/instant.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { Card } from '../../ui/card.tsx';
import { isFinished, seriesQuery } from './queries.ts';
import css from './sending-chart.module.css';
import { ratePath, sendingSpan } from './sending-scale.ts';

const HEIGHT = 132;
const ANSWER_HEIGHT = 40;

type Series = EndpointResult<typeof operationsSeries>;
type Bucket = Series['buckets'][number];
const KINDS = ['applied', 'alreadyApplied', 'failed', 'inDoubt'] as const;
const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

/** How the sending went: outcomes per second, the chosen rate as a line, answers of the asked system, what is left. */
export function SendingChart({ operation }: { readonly operation: OperationDetail }) {
  const { t } = useTranslation();
  const hatch = useId();
  const { data } = useQuery(seriesQuery(operation.id, isFinished(operation.state)));
  if (!data || operation.startedAt === null || data.buckets.length === 0) return null;
  const now = operation.finishedAt === null ? Date.now() : Date.parse(operation.finishedAt);
  const span = sendingSpan({
    startedAt: Date.parse(operation.startedAt),
    now,
    etaMs: isFinished(operation.state) ? null : operation.etaMs,
    bucketMs: data.bucketMs,
  });
  const perSecond = (count: number): number => count / (data.bucketMs / 1000);
  const total = (bucket: Bucket): number => KINDS.reduce((sum, kind) => sum + bucket[kind], 0);
  const top = Math.max(
    operation.rate.maxPerSecond,
    ...data.buckets.map((bucket) => perSecond(total(bucket))),
    ...data.rates.map((rate) => rate.perSecond),
  );
  const xOf = (at: number): number => (at - span.from) / (span.to - span.from);
  const yOf = (rate: number): number => HEIGHT - (rate / top) * (HEIGHT - 8);
  const width = data.bucketMs / (span.to - span.from);
  const nowX = xOf(now);
  // What is over has no forecast: the rest of the picture is only ground.
  const ahead = !isFinished(operation.state) && nowX < 0.995;
  const slowest = Math.max(0, ...data.buckets.map(({ p95Ms }) => p95Ms ?? 0));
  return (
    <Card
      title={t('operations.chart.title')}
      extra={
        <span className={css.legend}>
          {KINDS.filter((kind) => data.buckets.some((bucket) => bucket[kind] > 0)).map((kind) => (
            <span key={kind}>
              <i data-kind={kind} /> {t(`operations.chart.${kind}`)}
            </span>
          ))}
          <span>
            <i data-kind="rate" /> {t('operations.chart.rate')}
          </span>
        </span>
      }
    >
      <div className={css.plot}>
        <div className={css.values} style={{ height: HEIGHT }} aria-hidden="true">
          {[0, top / 2, top].map((value) => (
            <span key={value} style={{ top: yOf(value) }}>
              {formatNumber(value, 1)}
            </span>
          ))}
        </div>
        <svg className={css.bars} height={HEIGHT} role="img" aria-label={t('operations.chart.label')}>
          <defs>
            <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width="5" height="5" className={css.hatchGround} />
              <rect width="2.5" height="5" className={css.hatchLine} />
            </pattern>
          </defs>
          {ahead && <rect className={css.ahead} x={percent(nowX)} width={percent(1 - nowX)} height={HEIGHT} />}
          <line
            className={css.limit}
            x1="0"
            x2="100%"
            y1={yOf(operation.rate.maxPerSecond)}
            y2={yOf(operation.rate.maxPerSecond)}
          />
          {data.buckets.map((bucket) => (
            <g key={bucket.at}>
              <title>
                {t('operations.chart.bar', {
                  at: formatClockSeconds(bucket.at),
                  done: formatNumber(bucket.applied + bucket.alreadyApplied),
                  failed: formatNumber(bucket.failed + bucket.inDoubt),
                  p95: bucket.p95Ms === null ? '—' : formatLatency(bucket.p95Ms),
                })}
              </title>
              <rect
                className={css.hit}
                x={percent(xOf(Date.parse(bucket.at)))}
                width={percent(width)}
                height={HEIGHT}
              />
              {stack(bucket).map(({ kind, below, count }) => (
                <rect
                  key={kind}
                  data-kind={kind}
                  {...(kind === 'alreadyApplied' ? { fill: `url(#${hatch})` } : {})}
                  x={percent(xOf(Date.parse(bucket.at)) + width * 0.08)}
                  width={percent(width * 0.84)}
                  y={yOf(perSecond(below + count))}
                  height={yOf(perSecond(below)) - yOf(perSecond(below + count))}
                />
              ))}
            </g>
          ))}
          {ratePath(data.rates, { now, to: ahead ? span.to : now }).map((piece) => (
            <line
              key={`${piece.kind}${piece.from}${piece.perSecond}`}
              className={css.rate}
              data-ahead={piece.ahead}
              x1={percent(xOf(piece.from))}
              x2={percent(xOf(piece.to))}
              y1={yOf(piece.fromPerSecond)}
              y2={yOf(piece.perSecond)}
            />
          ))}
          {ahead && <line className={css.now} x1={percent(nowX)} x2={percent(nowX)} y1="0" y2={HEIGHT} />}
        </svg>
        {slowest > 0 && (
          <>
            <div className={css.values} style={{ height: ANSWER_HEIGHT }} aria-hidden="true">
              <span style={{ top: 6 }}>{formatLatency(slowest)}</span>
            </div>
            <svg className={css.answers} height={ANSWER_HEIGHT} role="img" aria-label={t('operations.chart.answers')}>
              {data.buckets.map((bucket) =>
                bucket.p95Ms === null ? null : (
                  <rect
                    key={bucket.at}
                    x={percent(xOf(Date.parse(bucket.at)) + width * 0.08)}
                    width={percent(width * 0.84)}
                    y={ANSWER_HEIGHT - (bucket.p95Ms / slowest) * (ANSWER_HEIGHT - 6)}
                    height={Math.max(1, (bucket.p95Ms / slowest) * (ANSWER_HEIGHT - 6))}
                  />
                ),
              )}
            </svg>
          </>
        )}
        <div className={css.times}>
          <span>{formatClockSeconds(new Date(span.from).toISOString())}</span>
          {slowest > 0 && <span>{t('operations.chart.answers')}</span>}
          <span>
            {ahead
              ? t('operations.chart.forecast', { at: formatClockSeconds(new Date(span.to).toISOString()) })
              : formatClockSeconds(new Date(span.to).toISOString())}
          </span>
        </div>
      </div>
    </Card>
  );
}

function stack(bucket: Bucket): { kind: (typeof KINDS)[number]; below: number; count: number }[] {
  let below = 0;
  return KINDS.flatMap((kind) => {
    const count = bucket[kind];
    const part = { kind, below, count };
    below += count;
    return count > 0 ? [part] : [];
  });
}
