import type { ClockView } from '@pult/shared/contracts/sla';
import { useTranslation } from 'react-i18next';
import { formatWorking } from '../../lib/format/duration.ts';
import { formatDay, formatInstant, formatTime } from '../../lib/format/instant.ts';
import css from './clock-tape.module.css';
import { type DayPlace, tapeScale } from './tape-scale.ts';

const DAY_PX = 220;
/** A label narrower than this would be cut. */
const LABEL_PX = 52;
const TOP_AT_MOST = 150;

/** Days side by side with what each hour was, and below them how the goal was used up. */
export function ClockChart({ view }: { readonly view: ClockView }) {
  const { t } = useTranslation();
  const scale = tapeScale(view.tape.days);
  const widthPx = scale.weight * DAY_PX;
  const { summary, serverNow } = view;
  const due = summary.dueAt ?? summary.dueIfResumedAt;
  return (
    <div className={css.chartScroll}>
      <div
        className={css.chart}
        style={{ minWidth: widthPx }}
        role="img"
        aria-label={t('approvals.tape.chart', {
          elapsed: formatWorking(summary.elapsedMs),
          goal: formatWorking(summary.goalMs),
        })}
      >
        {scale.days.map((one) => (
          <Day key={one.day.date} place={one} />
        ))}
        <div className={css.strip}>
          {scale.days.flatMap(({ day }) => [
            ...day.segments.map((segment) => (
              <i
                key={`open ${segment.from}`}
                className={css.open}
                style={spanOf(scale.place(segment.from), scale.place(segment.to))}
              />
            )),
            ...day.pieces
              .filter(({ workingMs }) => workingMs > 0)
              .map((piece) => {
                const [from, to] = [scale.place(piece.from), scale.place(piece.to)];
                return (
                  <i
                    key={`${piece.kind} ${piece.from}`}
                    className={css.piece}
                    data-kind={piece.kind}
                    style={spanOf(from, to)}
                    title={`${formatTime(piece.from)}–${formatTime(piece.to)}`}
                  >
                    {((to - from) / 100) * widthPx > LABEL_PX && <span>{formatWorking(piece.workingMs)}</span>}
                  </i>
                );
              }),
          ])}
        </div>
        <Curve view={view} place={scale.place} />
        <Mark at={summary.startedAt} kind="start" left={scale.place(summary.startedAt)} />
        {summary.closedAt ? (
          <Mark at={summary.closedAt} kind="stop" left={scale.place(summary.closedAt)} />
        ) : (
          <Mark at={serverNow} kind="now" left={scale.place(serverNow)} />
        )}
        {due && !summary.closedAt && <Mark at={due} kind={summary.dueAt ? 'due' : 'would'} left={scale.place(due)} />}
      </div>
    </div>
  );
}

const spanOf = (from: number, to: number) => ({ left: `${from}%`, width: `${Math.max(0, to - from)}%` });

function Day({ place }: { readonly place: DayPlace }) {
  const { t } = useTranslation();
  const { day } = place;
  const name = day.reason?.title ?? t(`approvals.tape.dayKind.${day.kind}`);
  const moved = day.reason?.movedFrom
    ? t('approvals.tape.moved', { date: formatDay(`${day.reason.movedFrom}T09:00:00Z`) })
    : null;
  const words = [moved ?? name, day.normMs > 0 ? formatWorking(day.normMs) : null].filter((text) => text !== null);
  return (
    <>
      <div
        className={css.day}
        data-off={day.segments.length === 0}
        style={{ left: `${place.leftPercent}%`, width: `${place.widthPercent}%` }}
      >
        <b>{formatDay(day.startsAt)}</b>
        <small title={[name, moved].filter((text) => text !== null).join(', ')}>{words.join(', ')}</small>
      </div>
      {place.hours.map(({ hour, leftPercent }) => (
        <span key={hour} className={css.hour} style={{ left: `${leftPercent}%` }}>
          {String(hour).padStart(2, '0')}
        </span>
      ))}
    </>
  );
}

function Mark({
  at,
  kind,
  left,
}: {
  readonly at: string;
  readonly kind: 'start' | 'now' | 'stop' | 'due' | 'would';
  readonly left: number;
}) {
  const { t } = useTranslation();
  return (
    <div className={css.mark} data-kind={kind} data-side={left > 80 ? 'left' : 'right'} style={{ left: `${left}%` }}>
      <b title={formatInstant(at)}>{t(`approvals.tape.mark.${kind}`, { at: formatTime(at) })}</b>
    </div>
  );
}

/** Share of the goal used up over the same days, with the thresholds that were and will be crossed. */
function Curve({ view, place }: { readonly view: ClockView; readonly place: (at: string) => number }) {
  const { t } = useTranslation();
  const { parts } = view.tape;
  const goal = view.summary.goalMs;
  const total = parts.reduce((sum, part) => sum + part.countedMs, 0);
  // Far past the goal the thresholds would lie on each other: then the curve leaves at the top.
  const top = Math.min(TOP_AT_MOST, Math.max(110, (total / goal) * 105));
  const height = (percent: number): number => 100 - (percent / top) * 100;
  let used = 0;
  const behind: string[] = [];
  const ahead: string[] = [];
  for (const part of parts) {
    const line = part.projected ? ahead : behind;
    const from = `${place(part.from)},${height((used / goal) * 100)}`;
    used += part.countedMs;
    if (line.length === 0) line.push(from);
    line.push(from, `${place(part.to)},${height((used / goal) * 100)}`);
  }
  return (
    <div className={css.curve}>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        {view.thresholds.map(({ percent }) => (
          <line key={percent} x1="0" x2="100" y1={height(percent)} y2={height(percent)} data-goal={percent >= 100} />
        ))}
        <polyline points={behind.join(' ')} />
        <polyline points={ahead.join(' ')} data-ahead="true" />
      </svg>
      {view.thresholds.map(({ percent, at, atIfResumed, passed }) => {
        const when = at ?? atIfResumed;
        return (
          <span
            key={percent}
            className={css.threshold}
            style={{ top: `${height(percent)}%`, left: `${when ? place(when) : 0}%` }}
            data-passed={passed}
            data-side={when && place(when) > 25 ? 'left' : 'right'}
          >
            {t('approvals.tape.threshold', { percent })}
            {when && ` · ${formatDay(when)}, ${formatTime(when)}`}
          </span>
        );
      })}
    </div>
  );
}
