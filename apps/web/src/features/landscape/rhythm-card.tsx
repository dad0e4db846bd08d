import type { CadenceHealth, RhythmDay } from '@pult/shared/contracts/rhythm';
import { useQuery } from '@tanstack/react-query';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { formatLatency, HOUR_MS } from '../../lib/format/duration.ts';
import { formatDay, formatTime } from '../../lib/format/instant.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { rhythmQuery } from './queries.ts';
import css from './rhythm-card.module.css';
import { lateMarks, percentOf, restOf } from './rhythm-model.ts';

const LEGEND = ['on_time', 'late', 'missing', 'ahead'] as const;
const HOURS = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24];

/** «Ритм»: what was due today and the four days before, and what came for it; each source for itself. */
export function RhythmCard({
  flowId,
  nameOf,
  className,
}: {
  readonly flowId: string;
  readonly nameOf: (systemId: string) => string;
  readonly className?: string | undefined;
}) {
  const { t } = useTranslation();
  const cadenceText = useCadenceText();
  const { data, error, isError, refetch } = useQuery(rhythmQuery(flowId));
  if (isError && !data)
    return (
      <Card className={className} title={t('quiet.rhythm.title')}>
        <ErrorState error={error} onRetry={() => void refetch()} />
      </Card>
    );
  if (data && data.cadence === null) return null;
  return (
    <Card
      className={className}
      title={
        <span className={css.title}>
          {t('quiet.rhythm.title')} {data?.cadence && <small>{cadenceText(data.cadence)}</small>}
        </span>
      }
      extra={
        <span className={css.legend}>
          {LEGEND.map((state) => (
            <span key={state}>
              <svg width="12" height="12" aria-hidden="true">
                <Mark state={state} x="6" y={6} />
              </svg>
              {t(`quiet.rhythm.state.${state}`)}
            </span>
          ))}
        </span>
      }
    >
      {!data && <Skeleton rows={6} />}
      {data?.sources.map(({ systemId, days }) => (
        <section key={systemId} className={css.source} aria-label={nameOf(systemId)}>
          {data.sources.length > 1 && <h3>{nameOf(systemId)}</h3>}
          <Hours day={days[0]} />
          {days.map((day, index) => (
            <DayLine key={day.from} day={day} now={data.now} today={index === 0} />
          ))}
          <RhythmTable days={days} />
        </section>
      ))}
    </Card>
  );
}

/** What the flow promises, as one sentence. */
export function useCadenceText(): (cadence: CadenceHealth) => string {
  const { t } = useTranslation();
  return ({ everyMs, graceMs, during, hours, offHoursEveryMs }) => {
    // «раз в час», not «раз в 1 ч».
    const stepOf = (ms: number): string => (ms === HOUR_MS ? t('quiet.rhythm.hour') : formatLatency(ms));
    const step = stepOf(everyMs);
    const grace = formatLatency(graceMs);
    if (during === 'always') return t('quiet.rhythm.always', { step, grace });
    const off = offHoursEveryMs === null ? null : stepOf(offHoursEveryMs);
    if (hours === null)
      return off === null
        ? t('quiet.rhythm.working', { step, grace })
        : t('quiet.rhythm.workingOff', { step, grace, off });
    const span = { from: hours.from, to: hours.to };
    return off === null
      ? t('quiet.rhythm.hours', { step, grace, ...span })
      : t('quiet.rhythm.hoursOff', { step, grace, off, ...span });
  };
}

function Hours({ day }: { readonly day: RhythmDay | undefined }) {
  const { t } = useTranslation();
  return (
    <div className={css.hours} aria-hidden="true">
      <span className={css.label}>{day && day.working.length > 0 && t('quiet.rhythm.workday')}</span>
      <span className={css.scale}>
        {day?.working.map((span) => (
          <span
            key={span.from}
            className={css.band}
            style={{
              left: `${percentOf(day, span.from)}%`,
              width: `${percentOf(day, span.to) - percentOf(day, span.from)}%`,
            }}
          >
            {formatTime(span.from)}–{formatTime(span.to)}
          </span>
        ))}
        {HOURS.map((hour) => (
          <span key={hour} className={css.hour} data-minor={hour % 6 !== 0} style={{ left: `${(hour / 24) * 100}%` }}>
            {`${String(hour).padStart(2, '0')}:00`}
          </span>
        ))}
      </span>
    </div>
  );
}

function DayLine({ day, now, today }: { readonly day: RhythmDay; readonly now: string; readonly today: boolean }) {
  const { t } = useTranslation();
  const { due, onTime, late, missing } = day.counts;
  const name = formatDay(day.from);
  const y = today ? 12 : 8;
  const next = day.slots.find(({ state, cameAt }) => state === 'ahead' && cameAt === null);
  return (
    <div className={css.day} data-today={today}>
      <span className={css.label}>
        <b>{name}</b> {today ? t('quiet.rhythm.today') : day.kind === 'off' && (day.holiday ?? t('quiet.rhythm.off'))}
      </span>
      <span className={css.strip}>
        {restOf(day).map(({ from, width }) => (
          <span key={from} className={css.rest} style={{ left: `${from}%`, width: `${width}%` }} />
        ))}
        <svg
          className={css.marks}
          role="img"
          aria-label={t('quiet.rhythm.dayLabel', { day: name, due, onTime, late, missing })}
        >
          <line x1="0" x2="100%" y1={y} y2={y} className={css.line} />
          {day.slots.map((slot) => (
            <Mark key={slot.dueAt} state={slot.state} x={`${percentOf(day, slot.dueAt)}%`} y={y} small={!today} />
          ))}
          {today && (
            <line
              x1={`${percentOf(day, now)}%`}
              x2={`${percentOf(day, now)}%`}
              y1="0"
              y2="100%"
              className={css.nowLine}
            />
          )}
        </svg>
        {today && (
          <span className={css.notes}>
            {lateMarks(day).map((slot) => (
              <span key={slot.dueAt} style={{ left: `${percentOf(day, slot.dueAt)}%` }}>
                {slot.cameAt && formatTime(slot.cameAt)}
              </span>
            ))}
            <b data-end={percentOf(day, now) > 70} style={{ '--at': `${percentOf(day, now)}%` } as CSSProperties}>
              {t('quiet.rhythm.now', { time: formatTime(now) })}
              {next && <small> {t('quiet.rhythm.waits', { time: formatTime(next.dueAt) })}</small>}
            </b>
          </span>
        )}
      </span>
      <span className={css.counts}>
        {due === 0 ? (
          t('quiet.rhythm.nothingDue')
        ) : (
          <>
            <b data-all={onTime === due}>{t('quiet.rhythm.kept', { onTime, due })}</b>
            {onTime === due
              ? ` ${t('quiet.rhythm.onTime')}`
              : [
                  late > 0 && t('quiet.rhythm.late', { count: late }),
                  missing > 0 && t('quiet.rhythm.missing', { count: missing }),
                ]
                  .filter(Boolean)
                  .map((part) => `, ${part}`)
                  .join('')}
          </>
        )}
      </span>
    </div>
  );
}

type MarkState = RhythmDay['slots'][number]['state'];

/** Shape and colour of one due moment; `x` may be a share of the width, which only positions can be. */
function Mark({ state, x, y, small = false }: { state: MarkState; x: string; y: number; small?: boolean }) {
  const size = small ? 0.75 : 1;
  switch (state) {
    case 'on_time':
      return <circle cx={x} cy={y} r={3 * size} className={css.onTime} />;
    case 'ahead':
      return <circle cx={x} cy={y} r={2.6 * size} className={css.ahead} />;
    case 'unwatched':
      return <circle cx={x} cy={y} r={1} className={css.unwatched} />;
    case 'late':
      return (
        <svg x={x} y={y} overflow="visible" aria-hidden="true">
          <path d="M0-4.5 4.8 4h-9.6z" transform={`scale(${size})`} className={css.late} />
        </svg>
      );
    case 'missing':
      return (
        <svg x={x} y={y} overflow="visible" aria-hidden="true">
          <rect x={-4 * size} y={-4 * size} width={8 * size} height={8 * size} className={css.missing} />
        </svg>
      );
  }
}

/** The same as rows, for who cannot see marks and for who wants the times. */
function RhythmTable({ days }: { readonly days: readonly RhythmDay[] }) {
  const { t } = useTranslation();
  const times = (day: RhythmDay, state: MarkState): string =>
    day.slots
      .filter((slot) => slot.state === state)
      .map(({ dueAt, cameAt }) =>
        cameAt === null
          ? formatTime(dueAt)
          : t('quiet.rhythm.came', { due: formatTime(dueAt), came: formatTime(cameAt) }),
      )
      .join(', ') || t('quiet.rhythm.none');
  return (
    <details className={css.table}>
      <summary>{t('quiet.rhythm.table')}</summary>
      <PlainTable
        head={[
          t('quiet.rhythm.day'),
          { title: t('quiet.rhythm.dueColumn'), align: 'end' },
          { title: t('quiet.rhythm.onTimeColumn'), align: 'end' },
          t('quiet.rhythm.lateColumn'),
          t('quiet.rhythm.missingColumn'),
        ]}
      >
        {days.map((day) => (
          <tr key={day.from}>
            <td>{formatDay(day.from)}</td>
            <td className={css.number}>{day.counts.due}</td>
            <td className={css.number}>{day.counts.onTime}</td>
            <td>{times(day, 'late')}</td>
            <td>{times(day, 'missing')}</td>
          </tr>
        ))}
      </PlainTable>
    </details>
  );
}
