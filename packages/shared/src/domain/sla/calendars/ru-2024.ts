import type { ProductionYear } from '../production-calendar.ts';

/**
 * Russia 2024, five-day week: xmlcalendar edition of 2023-09-30.
 */
export const RU_2024: ProductionYear = {
  year: 2024,
  confirmed: true,
  source: 'xmlcalendar',
  publishedOn: '2023-09-30',
  days: [
    { date: '2024-01-01', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2024-01-02', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2024-01-03', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2024-01-04', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2024-01-05', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2024-01-06', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2024-01-07', kind: 'off', holiday: 'Рождество Христово', movedFrom: null },
    { date: '2024-01-08', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2024-02-22', kind: 'short', holiday: null, movedFrom: null },
    { date: '2024-02-23', kind: 'off', holiday: 'День защитника Отечества', movedFrom: null },
    { date: '2024-03-07', kind: 'short', holiday: null, movedFrom: null },
    { date: '2024-03-08', kind: 'off', holiday: 'Международный женский день', movedFrom: null },
    { date: '2024-04-27', kind: 'working', holiday: null, movedFrom: null },
    { date: '2024-04-29', kind: 'off', holiday: null, movedFrom: '2024-04-27' },
    { date: '2024-04-30', kind: 'off', holiday: null, movedFrom: '2024-11-02' },
    { date: '2024-05-01', kind: 'off', holiday: 'Праздник Весны и Труда', movedFrom: null },
    { date: '2024-05-08', kind: 'short', holiday: null, movedFrom: null },
    { date: '2024-05-09', kind: 'off', holiday: 'День Победы', movedFrom: null },
    { date: '2024-05-10', kind: 'off', holiday: null, movedFrom: '2024-01-06' },
    { date: '2024-06-11', kind: 'short', holiday: null, movedFrom: null },
    { date: '2024-06-12', kind: 'off', holiday: 'День России', movedFrom: null },
    { date: '2024-11-02', kind: 'short', holiday: null, movedFrom: null },
    { date: '2024-11-04', kind: 'off', holiday: 'День народного единства', movedFrom: null },
    { date: '2024-12-28', kind: 'working', holiday: null, movedFrom: null },
    { date: '2024-12-30', kind: 'off', holiday: null, movedFrom: '2024-12-28' },
    { date: '2024-12-31', kind: 'off', holiday: null, movedFrom: '2024-01-07' },
  ],
};
