import type { ClockView } from '@pult/shared/contracts/sla';
import { useTranslation } from 'react-i18next';
import { formatWorking } from '../../lib/format/duration.ts';
import { formatDay, formatInstant, formatTime } from '../../lib/format/instant.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './clock-tape.module.css';
import { wholeMinutes } from './tape-minutes.ts';
import { useReasonText } from './use-reason-text.ts';

type Part = ClockView['tape']['parts'][number];

/** Parts of the clock as a table: by the wall clock, counted, running total. The last line proves the sum. */
export function ClockParts({ view }: { readonly view: ClockView }) {
  const { t } = useTranslation();
  const reasonText = useReasonText();
  const { parts, addsUp } = view.tape;
  const minutes = wholeMinutes(parts);
  const sum = (of: (part: Part) => boolean, what: 'wallMs' | 'countedMs' = 'wallMs'): number =>
    parts.reduce((total, part, index) => total + (of(part) ? (minutes[index]?.[what] ?? 0) : 0), 0);
  const wall = sum(() => true);
  const counted = sum(() => true, 'countedMs');
  const notCounted = (['lunch', 'pause', 'night', 'day-off'] as const)
    .map((kind) => [kind, sum((part) => part.kind === kind)] as const)
    .filter(([, ms]) => ms > 0);
  // The claim is made of the figures on screen, not taken over: parts by the wall clock = counted + not counted.
  const proven = addsUp && wall === counted + notCounted.reduce((total, [, ms]) => total + ms, 0);
  const [first] = parts;
  const last = parts.at(-1);
  return (
    <>
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
            {parts.map((part, index) => (
              <tr key={`${part.from}${part.kind}`} data-counts={part.countedMs > 0}>
                <td>
                  <i className={css.swatch} data-kind={part.kind} />{' '}
                  {part.kind === 'pause'
                    ? t('approvals.tape.pauseOf', { working: formatWorking(part.workingMs) })
                    : t(`approvals.tape.kind.${part.kind}`)}
                </td>
                <td>{daysOf(part)}</td>
                <td title={`${formatInstant(part.from)} – ${formatInstant(part.to)}`}>
                  {formatTime(part.from)}–{formatTime(part.to)}
                </td>
                <td>{reasonText(part)}</td>
                <td>{formatWorking(minutes[index]?.wallMs ?? 0)}</td>
                <td>
                  {part.countedMs > 0 ? (
                    <b>{formatWorking(minutes[index]?.countedMs ?? 0)}</b>
                  ) : (
                    t('approvals.tape.notCounted')
                  )}
                </td>
                <td>{part.countedMs > 0 ? formatWorking(minutes[index]?.runningMs ?? 0) : '—'}</td>
                <td>{part.countedMs > 0 && part.percent !== null ? `${formatNumber(part.percent, 1)} %` : '—'}</td>
              </tr>
            ))}
          </tbody>
          {first && last && (
            <tfoot>
              <tr>
                <th scope="row">{t('approvals.tape.total')}</th>
                <td>{daysOf({ from: first.from, to: last.to })}</td>
                <td>
                  {formatTime(first.from)}–{formatTime(last.to)}
                </td>
                <td />
                <td>{formatWorking(wall)}</td>
                <td>{formatWorking(counted)}</td>
                <td>{formatWorking(counted)}</td>
                <td>{`${formatNumber(parts.findLast(({ percent }) => percent !== null)?.percent ?? 0, 1)} %`}</td>
              </tr>
            </tfoot>
          )}
        </table>
      </div>
      <p className={css.adds}>
        <StateShape state={proven ? 'ok' : 'bad'} />{' '}
        <b>{t(proven ? 'approvals.tape.addsUp' : 'approvals.tape.doesNotAddUp')}</b>{' '}
        {t('approvals.tape.equation', { wall: formatWorking(wall), counted: formatWorking(counted) })}
        {notCounted
          .map(([kind, ms]) => ` + ${t(`approvals.tape.share.${kind}`, { time: formatWorking(ms) })}`)
          .join('')}
      </p>
    </>
  );
}

function daysOf({ from, to }: Pick<Part, 'from' | 'to'>): string {
  // A range breaks between its days, never within one.
  const [first = '', last = ''] = [from, to].map((at) => formatDay(at).replaceAll(' ', '\u00a0'));
  return first === last ? first : `${first} – ${last}`;
}
