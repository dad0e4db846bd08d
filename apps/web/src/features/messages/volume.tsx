import type { MessagesFilter } from '@pult/shared/contracts/messages';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatLatency, HOUR_MS } from '../../lib/format/duration.ts';
import { formatMoment } from '../../lib/format/instant.ts';
import { formatNumber } from '../../lib/format/number.ts';
import type { TimeSpan } from '../../lib/format/time-span.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { SegmentedTabs } from '../../ui/segmented-tabs.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { volumeQuery } from './queries.ts';
import css from './volume.module.css';
import {
  axisTop,
  type Drag,
  draggedSlots,
  gripOf,
  heightOf,
  type Scale,
  slotsOf,
  timeTicks,
  valueTicks,
} from './volume-scale.ts';

export interface VolumeProps {
  /** The filter without its time. */
  readonly filter: MessagesFilter;
  /** Start of the window, ISO 8601; it ends now. */
  readonly windowFrom: string;
  /** What the brush marks: the same as the condition «время». */
  readonly span: TimeSpan;
  readonly onSpan: (span: TimeSpan) => void;
  /** The list below has no beginning, while the chart always has one: it says so. */
  readonly listFromEver: boolean;
  /** Names of the systems that are down, for the legend. */
  readonly incidents: readonly string[];
}

const HEIGHT = 88;
/** Side of the brush under a pointer, as a share of the width. */
const GRIP_SHARE = 0.012;
const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;

/** First failures over time; the brush and the condition «время» are one state. */
export function Volume({ filter, windowFrom, span, onSpan, listFromEver, incidents }: VolumeProps) {
  const { t } = useTranslation();
  const hatch = useId();
  const { data, isError } = useQuery(volumeQuery({ ...filter, from: windowFrom }));
  const [chosenScale, setScale] = useState<Scale | null>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  // The list below says what went wrong.
  if (!data) return isError ? null : <Skeleton rows={4} />;
  const { buckets, bucketMs } = data;
  const start = Date.parse(buckets[0]?.at ?? data.from);
  const end = start + bucketMs * buckets.length;
  const largest = Math.max(1, ...buckets.map(({ failed }) => failed));
  // One cause that towers over the rest would flatten everything else.
  const median = middleOf(buckets.flatMap(({ failed }) => (failed > 0 ? [failed] : [])));
  const scale = chosenScale ?? (largest > 20 * median ? 'log' : 'lin');
  const top = axisTop(largest, scale);
  const total = buckets.reduce((sum, { failed }) => sum + failed, 0);
  const known = slotsOf(
    { from: span.from === null ? null : Date.parse(span.from), to: span.to === null ? null : Date.parse(span.to) },
    { start, bucketMs, count: buckets.length },
  );
  const brush = drag ? draggedSlots(drag, known) : known;
  const inside = brush ? buckets.slice(brush.from, brush.to + 1).reduce((sum, { failed }) => sum + failed, 0) : total;
  const slotAt = (event: React.PointerEvent<Element>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    const slot = Math.floor(((event.clientX - box.left) / box.width) * buckets.length);
    return Math.min(buckets.length - 1, Math.max(0, slot));
  };
  const release = () => {
    if (!drag) return;
    const { from, to } = draggedSlots(drag, known);
    setDrag(null);
    // A press without a drag inside the brush takes it away; elsewhere it marks the bar that was hit.
    if (drag.kind === 'new' && from === to && known && from >= known.from && from <= known.to)
      return onSpan({ from: null, to: null });
    onSpan({
      from: new Date(start + from * bucketMs).toISOString(),
      to: new Date(start + (to + 1) * bucketMs).toISOString(),
    });
  };
  const hours = Math.max(1, Math.round((Date.now() - Date.parse(windowFrom)) / HOUR_MS));
  const spanText =
    hours > 48
      ? t('messages.volume.days', { count: Math.round(hours / 24) })
      : t('messages.volume.hours', { count: hours });
  const xOf = (at: number): string => percent((at - start) / (end - start));
  return (
    <Card
      className={css.volume}
      title={
        <>
          {t('messages.volume.title')}{' '}
          <small>
            {brush
              ? t('messages.volume.chosen', {
                  span: formatLatency((brush.to - brush.from + 1) * bucketMs),
                  count: inside,
                  formatted: formatNumber(inside),
                  total: formatNumber(total),
                })
              : t('messages.volume.total', {
                  count: total,
                  formatted: formatNumber(total),
                  span: spanText,
                  since: formatMoment(data.from),
                })}
            {!brush && listFromEver && `; ${t('messages.volume.listFromEver')}`}
          </small>
        </>
      }
      extra={
        <span className={css.legend}>
          {incidents.length > 0 && (
            <span>
              <i data-kind="incident" /> {t('messages.volume.incident', { systems: incidents.join(', ') })}
            </span>
          )}
          {incidents.length > 0 && (
            <span>
              <i data-kind="other" /> {t('messages.volume.others')}
            </span>
          )}
          {known && (
            <Button size="small" type="text" onClick={() => onSpan({ from: null, to: null })}>
              {t('messages.volume.clear')}
            </Button>
          )}
          <SegmentedTabs
            label={t('messages.volume.scale')}
            value={scale}
            options={[
              { value: 'lin', label: t('messages.volume.lin') },
              { value: 'log', label: t('messages.volume.log') },
            ]}
            onChange={setScale}
          />
        </span>
      }
    >
      <div className={css.plot}>
        <div className={css.values} aria-hidden="true">
          {valueTicks(top, scale).map((value) => (
            <span key={value} style={{ bottom: `${heightOf(value, top, scale) * HEIGHT}px` }}>
              {formatNumber(value)}
            </span>
          ))}
        </div>
        <svg
          className={css.bars}
          data-incident={incidents.length > 0}
          height={HEIGHT}
          role="img"
          aria-label={t('messages.volume.label')}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            const slot = slotAt(event);
            setDrag({ kind: gripOf(slot, known, GRIP_SHARE * buckets.length), start: slot, now: slot });
          }}
          onPointerMove={(event) => drag && setDrag({ ...drag, now: slotAt(event) })}
          onPointerUp={release}
          onPointerCancel={() => setDrag(null)}
        >
          <defs>
            <pattern id={hatch} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width="5" height="5" className={css.hatchGround} />
              <rect width="2.5" height="5" className={css.stripe} />
            </pattern>
          </defs>
          {brush && (
            <rect
              className={css.brush}
              x={percent(brush.from / buckets.length)}
              width={percent((brush.to - brush.from + 1) / buckets.length)}
              height={HEIGHT}
            />
          )}
          {valueTicks(top, scale).map((value) => {
            const y = HEIGHT - heightOf(value, top, scale) * HEIGHT;
            return <line key={value} className={css.grid} x1="0" x2="100%" y1={y} y2={y} />;
          })}
          {buckets.map((bucket, index) => {
            const height = heightOf(bucket.failed, top, scale) * HEIGHT;
            // Both parts keep their share of the bar, whatever the scale.
            const incident = bucket.failed === 0 ? 0 : height * (bucket.incident / bucket.failed);
            const x = percent((index + 0.1) / buckets.length);
            const width = percent(0.8 / buckets.length);
            const quiet = brush !== null && (index < brush.from || index > brush.to);
            return (
              <g key={bucket.at} data-quiet={quiet}>
                <title>
                  {t('messages.volume.bar', {
                    at: formatMoment(bucket.at),
                    failed: formatNumber(bucket.failed),
                    applied: formatNumber(bucket.applied),
                  })}
                </title>
                <rect
                  className={css.hit}
                  x={percent(index / buckets.length)}
                  width={percent(1 / buckets.length)}
                  height={HEIGHT}
                />
                <rect className={css.failed} x={x} width={width} y={HEIGHT - height} height={height - incident} />
                <rect fill={`url(#${hatch})`} x={x} width={width} y={HEIGHT - incident} height={incident} />
              </g>
            );
          })}
          {brush &&
            [brush.from, brush.to + 1].map((slot) => (
              <g key={slot} className={css.handle}>
                <line x1={percent(slot / buckets.length)} x2={percent(slot / buckets.length)} y1="0" y2={HEIGHT} />
                <rect x={percent(slot / buckets.length)} y={HEIGHT / 2 - 8} width="6" height="16" rx="3" />
              </g>
            ))}
        </svg>
        <div className={css.times} aria-hidden="true">
          {timeTicks(start, end).map((at) => (
            <span key={at} style={{ left: xOf(at) }} data-edge={edgeOf((at - start) / (end - start))}>
              {formatMoment(new Date(at).toISOString(), end)}
            </span>
          ))}
        </div>
      </div>
    </Card>
  );
}

/** At which end of the axis a time would be cut were it centred. */
const edgeOf = (share: number): 'start' | 'end' | undefined =>
  share < 0.05 ? 'start' : share > 0.95 ? 'end' : undefined;

function middleOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
