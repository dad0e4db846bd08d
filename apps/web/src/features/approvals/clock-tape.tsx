import type { ClockView } from '@pult/shared/contracts/sla';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { formatWorking } from '../../lib/format/duration.ts';
import { formatDay, formatTime } from '../../lib/format/instant.ts';
import { formatPercent } from '../../lib/format/number.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './clock-tape.module.css';
import { clockQuery } from './queries.ts';

type Part = ClockView['tape']['parts'][number];

/** The clock opened: days as strips, the parts as a table that adds up to the goal and to the wall clock. */
export function ClockTape({ approvalId }: { readonly approvalId: string }) {
  const { t } = useTranslation();
  const { data, error, isError, refetch } = useQuery(clockQuery(approvalId));
  if (isError && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={5} />;
  const counted = data.tape.parts.filter((part) => part.countedMs > 0);
  return (
    <section className={css.tape} aria-label={t('approvals.tape.title')}>
      <p className={css.sum}>
        <b>{formatWorking(data.summary.goalMs)}</b> =
        {counted.map((part, index) => (
          <span key={part.from} data-projected={part.projected}>
            {index > 0 && <i>+</i>} {formatWorking(part.countedMs)}
            {part.projected && ` ${t('approvals.tape.left')}`}
          </span>
        ))}
      </p>
      <Days view={data} />
      <div className={css.scroll}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{t('approvals.tape.part')}</th>
              <th scope="col">{t('approvals.tape.day')}</th>
              <th scope="col">{t('approvals.tape.hours')}</th>
              <th scope="col">{t('approvals.tape.why')}</th>
              <th scope="col">{t('approvals.tape.wall')}</th>
              <th scope="col">{t('approvals.tape.counted')}</th>
              <th scope="col">{t('approvals.tape.running')}</th>
              <th scope="col">{t('approvals.tape.goal')}</th>
            </tr>
          </thead>
          <tbody>
            {data.tape.parts.map((part) => (
              <tr key={`${part.from}${part.kind}`} data-projected={part.projected}>
                <td>
                  <i className={css.swatch} data-kind={part.kind} /> {t(`approvals.tape.kind.${part.kind}`)}
                </td>
                <td>{formatDay(part.from)}</td>
                <td>
                  {formatTime(part.from)}–{formatTime(part.to)}
                </td>
                <td>
                  <Why part={part} />
                </td>
                <td>{formatWorking(part.wallMs)}</td>
                <td>{part.countedMs > 0 ? formatWorking(part.countedMs) : t('approvals.tape.notCounted')}</td>
                <td>{part.cumulativeMs === null ? '—' : formatWorking(part.cumulativeMs)}</td>
                <td>{part.percent === null ? '—' : formatPercent(part.percent / 100)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={css.adds}>
        <StateShape state={data.tape.addsUp ? 'ok' : 'bad'} />{' '}
        {t(data.tape.addsUp ? 'approvals.tape.addsUp' : 'approvals.tape.doesNotAddUp', {
          wall: formatWorking(data.tape.wallMs),
          counted: formatWorking(data.tape.countedMs),
        })}{' '}
        {data.policy && t('approvals.tape.rule', { policy: data.policy.title, version: data.policy.version })}{' '}
        {t('approvals.tape.calendar', { calendar: data.calendar.title, version: data.calendar.version })}
      </p>
    </section>
  );
}

function Why({ part }: { readonly part: Part }) {
  const { t } = useTranslation();
  const texts = part.reasons.flatMap((reason) => {
    const days = reason.days.flatMap(({ reason: why }) => {
      if (why === null) return [];
      const moved = why.movedFrom && t('approvals.tape.moved', { date: formatDay(`${why.movedFrom}T09:00:00Z`) });
      return [why.title, moved].filter((text) => typeof text === 'string' && text !== '');
    });
    if (days.length > 0) return days;
    if (typeof reason.reason === 'string' && reason.reason !== '') return [`«${reason.reason}»`];
    return [];
  });
  return <>{texts.length > 0 ? texts.join(', ') : t(`approvals.tape.because.${part.kind}`)}</>;
}

const HOURS_FROM = 8;
const HOURS_TO = 19;
const HOUR_MS = 3_600_000;

/** Each day as a strip from 08:00 to 19:00; days off are hatched and narrow. */
function Days({ view }: { readonly view: ClockView }) {
  const { t } = useTranslation();
  const span = (HOURS_TO - HOURS_FROM) * HOUR_MS;
  return (
    <div className={css.days} role="img" aria-label={t('approvals.tape.title')}>
      {view.tape.days.map((day) => {
        const from = Date.parse(day.startsAt) + HOURS_FROM * HOUR_MS;
        const place = (at: string) => Math.min(100, Math.max(0, ((Date.parse(at) - from) / span) * 100));
        const off = day.segments.length === 0;
        return (
          <div key={day.date} className={css.day} data-off={off}>
            <b>{formatDay(day.startsAt)}</b>
            <small>{day.reason?.title ?? t(`approvals.tape.dayKind.${day.kind}`)}</small>
            <div className={css.strip}>
              {day.segments.map((segment) => (
                <i
                  key={segment.from}
                  className={css.open}
                  style={{ left: `${place(segment.from)}%`, width: `${place(segment.to) - place(segment.from)}%` }}
                />
              ))}
              {day.pieces.map((piece) => (
                <i
                  key={`${piece.from}${piece.kind}`}
                  className={css.piece}
                  data-kind={piece.kind}
                  style={{
                    left: `${place(piece.from)}%`,
                    width: `${Math.max(0, place(piece.to) - place(piece.from))}%`,
                  }}
                />
              ))}
            </div>
          </div>
        );
      })}
    </div>
  );
}
