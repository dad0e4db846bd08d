import type { ClockView } from '@pult/shared/contracts/sla';
import { useTranslation } from 'react-i18next';
import { formatWorking } from '../../lib/format/duration.ts';
import { dateFormat } from '../../lib/format/locale.ts';
import { formatNumber } from '../../lib/format/number.ts';
import css from './clock-tape.module.css';

const HOUR_MS = 3_600_000;
/** 5 January 2026 is a Monday. */
const weekdayName = (isoWeekday: number): string =>
  dateFormat({ weekday: 'short' }).format(new Date(Date.UTC(2026, 0, 4 + isoWeekday, 9)));

/** Policy and calendar that the clock has had since its start, with the year's totals to check them by. */
export function ClockRule({ view }: { readonly view: ClockView }) {
  const { t } = useTranslation();
  const { policy, calendar, summary } = view;
  const years = new Set(view.tape.days.map(({ date }) => Number(date.slice(0, 4))));
  const facts: (readonly [string, string])[] = [
    ...(policy
      ? [
          [
            t('approvals.rule.policy'),
            t('approvals.rule.policyOf', { title: policy.title, version: policy.version }),
          ] as const,
        ]
      : []),
    [t('approvals.rule.goal'), t('approvals.rule.goalOf', { goal: formatWorking(summary.goalMs) })],
    ...(policy
      ? [
          [t('approvals.rule.thresholds'), `${policy.thresholds.join(', ')} %`] as const,
          [
            t('approvals.rule.pauses'),
            policy.pausesOn.map((cause) => t(`approvals.rule.cause.${cause}`)).join(', ') || '—',
          ] as const,
        ]
      : []),
    [t('approvals.rule.week'), weekText(calendar.week)],
    [t('approvals.rule.zone'), calendar.zone],
    [
      t('approvals.rule.calendar'),
      t('approvals.rule.calendarOf', { title: calendar.title, version: calendar.version }),
    ],
    ...calendar.years
      .filter(({ year }) => years.has(year))
      .map(
        ({ year, confirmed, totals }) =>
          [
            String(year),
            `${t('approvals.rule.totals', {
              days: totals.workingDays,
              hours: formatNumber(totals.workingMs / HOUR_MS, 1),
              short: totals.shortDays,
            })}${confirmed ? '' : `, ${t('approvals.rule.unconfirmed')}`}`,
          ] as const,
      ),
  ];
  return (
    <section className={css.panel}>
      <h3>
        {t('approvals.rule.title')} <span>{t('approvals.rule.pinned')}</span>
      </h3>
      <dl>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** «пн–пт 09:00–13:00, 14:00–18:00»: neighbouring days with the same hours are one range. */
function weekText(week: ClockView['calendar']['week']): string {
  const ranges: { from: number; to: number; hours: string }[] = [];
  for (const { isoWeekday, intervals } of week) {
    const hours = intervals.map(({ from, to }) => `${from}–${to}`).join(', ');
    const last = ranges.at(-1);
    if (last?.hours === hours) last.to = isoWeekday;
    else ranges.push({ from: isoWeekday, to: isoWeekday, hours });
  }
  return ranges
    .filter(({ hours }) => hours !== '')
    .map(({ from, to, hours }) =>
      from === to ? `${weekdayName(from)} ${hours}` : `${weekdayName(from)}–${weekdayName(to)} ${hours}`,
    )
    .join('; ');
}
