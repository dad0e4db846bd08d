import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatPercent } from '../../lib/format/number.ts';
import { Card } from '../../ui/card.tsx';
import css from './analytics.module.css';
import { changeOf } from './range.ts';

/** «+18 % хуже»: the change against the period before, in words from ±10 % on. */
export function ChangeText(props: {
  readonly now: number;
  readonly before: number | null;
  readonly lowerIsBetter: boolean;
}) {
  const { t } = useTranslation();
  const { ratio, verdict } = changeOf(props.now, props.before, props.lowerIsBetter);
  if (ratio === null) return <span className={css.nothing}>{t('analytics.noPast')}</span>;
  const text = formatPercent(ratio, { sign: true });
  if (verdict === 'same') return <>{text}</>;
  return (
    <span className={css[verdict]}>
      {text} {t(`analytics.${verdict}`)}
    </span>
  );
}

export interface TileProps {
  readonly title: string;
  readonly value: string;
  readonly to?: string;
  readonly hint: ReactNode;
}

/** One figure with the way to its rows and its change. */
export function Tile({ title, value, to, hint }: TileProps) {
  return (
    <Card>
      <div className={css.tile}>
        <h3>{title}</h3>
        {to ? <Link to={to}>{value}</Link> : <strong>{value}</strong>}
        <p>{hint}</p>
      </div>
    </Card>
  );
}

/** Hours of the week: the fuller a cell, the more was applied in that hour. */
export function WeekHeat({ week, label }: { readonly week: readonly (readonly number[])[]; readonly label: string }) {
  const { i18n } = useTranslation();
  const top = Math.max(1, ...week.flat());
  // 2026-11-23 is a Monday; the names of the weekdays come from the locale.
  const dayName = (index: number) =>
    new Intl.DateTimeFormat(i18n.language, { weekday: 'short', timeZone: 'UTC' }).format(
      new Date(Date.UTC(2026, 10, 23 + index)),
    );
  const format = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 });
  return (
    <div className={css.heat} role="img" aria-label={label}>
      <span />
      {Array.from({ length: 24 }, (_, hour) => (
        <span key={hour}>{hour % 3 === 0 ? String(hour).padStart(2, '0') : ''}</span>
      ))}
      {week.map((hours, day) => [
        <span key={`day${day}`}>{dayName(day)}</span>,
        ...hours.map((value, hour) => (
          <div
            key={`${day}-${hour}`}
            className={css.cell}
            title={`${dayName(day)} ${String(hour).padStart(2, '0')}:00 · ${format.format(value)}`}
          >
            <i style={{ opacity: value / top }} />
          </div>
        )),
      ])}
    </div>
  );
}
