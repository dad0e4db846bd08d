import { calendarGet, calendarsList } from '@pult/shared/contracts/sla';
import { useQuery } from '@tanstack/react-query';
import { Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { callEndpoint } from '../../lib/api/client.ts';
import { formatWorking } from '../../lib/format/duration.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import css from './settings.module.css';

/** Production calendars: a year at a glance, every day with its reason; an unconfirmed year says so. */
export function CalendarsTab() {
  const { t } = useTranslation();
  const list = useQuery({ queryKey: ['sla', 'calendars'], queryFn: () => callEndpoint(calendarsList, {}) });
  if (list.isError && !list.data) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.data) return <Skeleton rows={8} />;
  return (
    <>
      {list.data.calendars.map((calendar) => (
        <Calendar key={calendar.id} id={calendar.id} years={calendar.years.map(({ year }) => year)} />
      ))}
      {list.data.calendars.length === 0 && <p>{t('settings.calendars.none')}</p>}
    </>
  );
}

function Calendar({ id, years }: { readonly id: string; readonly years: readonly number[] }) {
  const { t, i18n } = useTranslation();
  const present = new Date().getFullYear();
  const [year, setYear] = useState(years.includes(present) ? present : (years.at(-1) ?? present));
  const { data } = useQuery({
    queryKey: ['sla', 'calendar', id, year],
    queryFn: () => callEndpoint(calendarGet, { params: { calendarId: id }, query: { year } }),
  });
  if (!data) return <Skeleton rows={8} />;
  const monthName = (month: number) =>
    new Intl.DateTimeFormat(i18n.language, { month: 'long', timeZone: 'UTC' }).format(
      new Date(Date.UTC(year, month - 1, 1)),
    );
  return (
    <Card
      title={
        <>
          {data.calendar.title}, {t('settings.calendars.version', { version: data.calendar.version })}
          {!data.confirmed && <StateChip state="warn">{t('settings.calendars.unconfirmed')}</StateChip>}
        </>
      }
      extra={
        <Segmented value={year} options={years.map((one) => ({ value: one, label: String(one) }))} onChange={setYear} />
      }
    >
      <p className={css.note}>
        {t('settings.calendars.totals', {
          days: data.totals.workingDays,
          hours: Math.round(data.totals.workingMs / 3_600_000),
          short: data.totals.shortDays,
          zone: data.calendar.zone,
        })}
      </p>
      <div className={css.months}>
        {data.months.map(({ month, workingDays, workingMs }) => {
          const days = data.days.filter(({ date }) => Number(date.slice(5, 7)) === month);
          const [first] = days;
          return (
            <section key={month} className={css.month}>
              <h3>
                {monthName(month)}{' '}
                <small>{t('settings.calendars.month', { days: workingDays, time: formatWorking(workingMs) })}</small>
              </h3>
              <div className={css.monthGrid}>
                {Array.from({ length: (first?.isoWeekday ?? 1) - 1 }, (_, index) => (
                  <span key={`empty${index}`} />
                ))}
                {days.map((day) => (
                  <span
                    key={day.date}
                    data-kind={day.kind}
                    title={[
                      t(`approvals.tape.dayKind.${day.kind}`),
                      day.reason?.title,
                      day.reason?.movedFrom ? t('approvals.tape.moved', { date: day.reason.movedFrom }) : null,
                      day.intervals.map(({ from, to }) => `${from}–${to}`).join(', '),
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  >
                    {Number(day.date.slice(8))}
                  </span>
                ))}
              </div>
            </section>
          );
        })}
      </div>
    </Card>
  );
}
