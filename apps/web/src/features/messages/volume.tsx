import type { MessagesFilter } from '@pult/shared/contracts/messages';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatMoment } from '../../lib/format/instant.ts';
import { Card } from '../../ui/card.tsx';
import { SegmentedTabs } from '../../ui/segmented-tabs.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import css from './messages.module.css';
import { volumeQuery } from './queries.ts';

const HEIGHT = 64;

/** Failures over time; dragging over the bars narrows the filter to that span. */
export function Volume({
  filter,
  onSpan,
}: {
  readonly filter: MessagesFilter;
  readonly onSpan: (from: string, to: string) => void;
}) {
  const { t } = useTranslation();
  const { data } = useQuery(volumeQuery(filter));
  const [scale, setScale] = useState<'lin' | 'log'>('log');
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  if (!data) return <Skeleton rows={3} />;
  const { buckets, bucketMs } = data;
  const measure = (value: number) => (scale === 'log' ? Math.log10(1 + value) : value);
  const top = Math.max(measure(1), ...buckets.map(({ failed }) => measure(failed)));
  const failed = buckets.reduce((sum, bucket) => sum + bucket.failed, 0);
  const slotAt = (event: React.PointerEvent<SVGSVGElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(
      buckets.length - 1,
      Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * buckets.length)),
    );
  };
  const labels = [0, 0.25, 0.5, 0.75].map((share) => buckets[Math.floor(share * buckets.length)]?.at ?? data.from);
  const chosen = drag && { from: Math.min(drag.from, drag.to), to: Math.max(drag.from, drag.to) };
  return (
    <Card
      className={css.volume}
      title={
        <>
          {t('messages.volume.title')} <small>{t('messages.volume.total', { count: failed })}</small>
        </>
      }
      extra={
        <SegmentedTabs
          label={t('messages.volume.scale')}
          value={scale}
          options={[
            { value: 'lin', label: t('messages.volume.lin') },
            { value: 'log', label: t('messages.volume.log') },
          ]}
          onChange={setScale}
        />
      }
    >
      <svg
        className={css.bars}
        viewBox={`0 0 ${buckets.length * 10} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('messages.volume.label')}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ from: slotAt(event), to: slotAt(event) });
        }}
        onPointerMove={(event) => drag && setDrag({ ...drag, to: slotAt(event) })}
        onPointerUp={() => {
          const first = chosen && buckets[chosen.from];
          const last = chosen && buckets[chosen.to];
          setDrag(null);
          if (first && last) onSpan(first.at, new Date(Date.parse(last.at) + bucketMs).toISOString());
        }}
      >
        {chosen && (
          <rect
            className={css.brush}
            x={chosen.from * 10}
            y={0}
            width={(chosen.to - chosen.from + 1) * 10}
            height={HEIGHT}
          />
        )}
        {buckets.map((bucket, index) => {
          const height = bucket.failed === 0 ? 1 : Math.max(3, (measure(bucket.failed) / top) * (HEIGHT - 4));
          return (
            <g key={bucket.at}>
              <title>
                {t('messages.volume.bar', {
                  at: formatMoment(bucket.at),
                  failed: bucket.failed,
                  applied: bucket.applied,
                })}
              </title>
              <rect className={css.hit} x={index * 10} y={0} width={10} height={HEIGHT} />
              <rect
                className={bucket.failed > 0 ? css.failedBar : css.quietBar}
                x={index * 10 + 1}
                y={HEIGHT - height}
                width={8}
                height={height}
              />
            </g>
          );
        })}
      </svg>
      <div className={css.axis} aria-hidden="true">
        {labels.map((at, index) => (
          <span key={at} style={{ left: `${index * 25}%` }}>
            {formatMoment(at)}
          </span>
        ))}
      </div>
    </Card>
  );
}
