import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import 'dayjs/locale/ru';
import { useTranslation } from 'react-i18next';
import css from './analytics.module.css';
import { lastDayOf, moscowDay } from './range.ts';

export interface PeriodPickerProps {
  /** Start of the period, inclusive. */
  readonly from: string;
  /** End of the period, exclusive. */
  readonly to: string;
  /** First and last day, both inside, `YYYY-MM-DD` in Moscow. */
  readonly onChange: (first: string, last: string) => void;
}

/** First and last day of a period, written as people of the house write dates, whatever the browser's language. */
export function PeriodPicker({ from, to, onChange }: PeriodPickerProps) {
  const { t } = useTranslation();
  return (
    <DatePicker.RangePicker
      allowClear={false}
      format="D MMM YYYY"
      style={{ width: 260 }}
      classNames={{ popup: { root: css.calendar ?? '' } }}
      value={[dayjs(moscowDay(from)), dayjs(lastDayOf(to))]}
      maxDate={dayjs(moscowDay(new Date().toISOString()))}
      aria-label={t('analytics.period')}
      onChange={(days) => {
        const [first, last] = days ?? [];
        if (first && last) onChange(first.format('YYYY-MM-DD'), last.format('YYYY-MM-DD'));
      }}
    />
  );
}
