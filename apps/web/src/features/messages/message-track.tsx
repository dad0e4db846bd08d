import type { MessageDetail } from '@pult/shared/contracts/messages';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatClockSeconds, formatInstant, formatMoment } from '../../lib/format/instant.ts';
import { useNames } from '../../lib/use-names.ts';
import { Card } from '../../ui/card.tsx';
import { DELIVERY_SHAPE } from '../../ui/delivery-status.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './message-track.module.css';
import { layoutTrack, type TrackEdge, type TrackNode } from './track-layout.ts';

const LEAST_COLUMN = 112;
const LANE = [22, 112] as const;
const RADIUS = 12;

/** States with their times on a track: the usual path above, what left it below, what may still come dashed. */
export function MessageTrack({ detail }: { readonly detail: MessageDetail }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  const { nodes, edges, columns, hidden, hiddenAfter } = layoutTrack(detail.track);
  const column = Math.max(LEAST_COLUMN, width / columns);
  // Whole pixels: what stands between them is drawn with soft edges.
  const xOf = (node: TrackNode): number => Math.round((node.column + 0.5) * column);
  const now = nodes.find(({ current }) => current);
  const nowAt = now === undefined ? 0 : xOf(now);
  // A story that is longer than the card begins where the message is now.
  useLayoutEffect(() => {
    if (box.current && width > 0) box.current.scrollLeft = nowAt + LEAST_COLUMN - width;
  }, [nowAt, width]);
  const low = nodes.some(({ lane }) => lane === 1);
  const first = detail.track[0];
  const age = first ? Date.parse(detail.row.appliedAt ?? detail.now) - Date.parse(first.at) : 0;
  return (
    <Card
      title={
        <>
          {t('messages.one.track')}{' '}
          <small>
            {t(detail.row.appliedAt ? 'messages.one.tookWhole' : 'messages.one.age', {
              time: formatLatency(Math.max(0, age)),
            })}
            , {t('messages.one.attemptsCount', { count: detail.attempts.length })}
          </small>
        </>
      }
      extra={
        edges.some(({ passed }) => !passed) && (
          <span className={css.legend}>
            <span>
              <i /> {t('messages.one.passed')}
            </span>
            <span>
              <i data-possible="true" /> {t('messages.one.possible')}
            </span>
          </span>
        )
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must be able to scroll a long story sideways */}
      <section ref={box} className={css.track} tabIndex={0} aria-label={t('messages.one.track')}>
        <div className={css.plane} style={{ width: column * columns, height: (low ? LANE[1] : LANE[0]) + 82 }}>
          <svg width={column * columns} height="100%" aria-hidden="true">
            {edges.map((edge) => {
              const [from, to] = [nodes[edge.from], nodes[edge.to]];
              if (!from || !to) return null;
              return (
                <path
                  key={`${edge.from}-${edge.to}`}
                  data-passed={edge.passed}
                  d={pathOf(xOf(from), from.lane, xOf(to), to.lane)}
                />
              );
            })}
          </svg>
          {edges.map((edge) => (
            <EdgeLabel
              key={`${edge.from}-${edge.to}`}
              edge={edge}
              hidden={edge.from === hiddenAfter ? hidden : 0}
              at={placeOf(nodes, edge, xOf)}
            />
          ))}
          <ol>
            {nodes.map((node) => (
              <Node key={`${node.column}${node.lane}`} node={node} left={xOf(node)} width={column} />
            ))}
          </ol>
        </div>
      </section>
    </Card>
  );
}

function pathOf(x1: number, lane1: 0 | 1, x2: number, lane2: 0 | 1): string {
  const [y1, y2] = [LANE[lane1], LANE[lane2]];
  if (y1 === y2) return `M${x1 + RADIUS} ${y1}H${x2 - RADIUS}`;
  const middle = (x1 + x2) / 2;
  return `M${x1 + RADIUS} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2 - RADIUS} ${y2}`;
}

function placeOf(nodes: readonly TrackNode[], edge: TrackEdge, xOf: (node: TrackNode) => number) {
  const [from, to] = [nodes[edge.from], nodes[edge.to]];
  if (!from || !to) return { left: 0, top: 0 };
  return { left: Math.round((xOf(from) + xOf(to)) / 2), top: (LANE[from.lane] + LANE[to.lane]) / 2 };
}

function EdgeLabel(props: {
  readonly edge: TrackEdge;
  readonly hidden: number;
  readonly at: { readonly left: number; readonly top: number };
}) {
  const { t } = useTranslation();
  const { edge, hidden } = props;
  const text =
    hidden > 0
      ? t('messages.one.hiddenSteps', { count: hidden })
      : edge.choice
        ? t(`messages.one.choice.${edge.choice}`)
        : edge.ms === null
          ? null
          : formatLatency(Math.max(0, edge.ms));
  if (text === null) return null;
  return (
    <span className={css.edge} style={props.at}>
      <span>{text}</span>
    </span>
  );
}

function Node({ node, left, width }: { readonly node: TrackNode; readonly left: number; readonly width: number }) {
  const { t } = useTranslation();
  const names = useNames();
  const { step, state } = node;
  // What a message has passed went well, whatever the state is called.
  const shape = step && !node.current && node.lane === 0 ? 'ok' : DELIVERY_SHAPE[state];
  const today = step !== null && Date.now() - Date.parse(step.at) < 20 * 3_600_000;
  return (
    <li
      className={css.node}
      data-possible={step === null}
      data-current={node.current}
      style={{ left: left - width / 2, top: LANE[node.lane] - RADIUS, width, color: `var(--${shape})` }}
      aria-current={node.current ? 'step' : undefined}
    >
      <span className={css.dot}>
        <StateShape state={shape} size={10} />
      </span>
      <b>{t(`common.delivery.${state}`)}</b>
      {step && (
        <>
          <small title={formatInstant(step.at)}>{today ? formatClockSeconds(step.at) : formatMoment(step.at)}</small>
          <small>
            {step.who === null ? '' : names.system(step.who)}
            {step.attempt !== null && step.attempt > 1 && ` ${t('messages.one.attempt', { number: step.attempt })}`}
          </small>
        </>
      )}
      {node.current && step && state !== 'applied' && <em>{t('messages.causes.now')}</em>}
    </li>
  );
}
