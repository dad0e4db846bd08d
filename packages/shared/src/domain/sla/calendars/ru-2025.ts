import type { ProductionYear } from '../production-calendar.ts';

/**
 * Russia 2025, five-day week: xmlcalendar edition of 2024-12-01.
 */
export const RU_2025: ProductionYear = {
  year: 2025,
  confirmed: true,
  source: 'xmlcalendar',
  publishedOn: '2024-12-01',
  days: [
    { date: '2025-01-01', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2025-01-02', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2025-01-03', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2025-01-04', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2025-01-05', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2025-01-06', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2025-01-07', kind: 'off', holiday: 'Рождество Христово', movedFrom: null },
    { date: '2025-01-08', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2025-02-23', kind: 'off', holiday: 'День защитника Отечества', movedFrom: null },
    { date: '2025-03-07', kind: 'short', holiday: null, movedFrom: null },
    { date: '2025-03-08', kind: 'off', holiday: 'Международный женский день', movedFrom: null },
    { date: '2025-04-30', kind: 'short', holiday: null, movedFrom: null },
    { date: '2025-05-01', kind: 'off', holiday: 'Праздник Весны и Труда', movedFrom: null },
    { date: '2025-05-02', kind: 'off', holiday: null, movedFrom: '2025-01-04' },
    { date: '2025-05-08', kind: 'off', holiday: null, movedFrom: '2025-02-23' },
    { date: '2025-05-09', kind: 'off', holiday: 'День Победы', movedFrom: null },
    { date: '2025-06-11', kind: 'short', holiday: null, movedFrom: null },
    { date: '2025-06-12', kind: 'off', holiday: 'День России', movedFrom: null },
    { date: '2025-06-13', kind: 'off', holiday: null, movedFrom: '2025-03-08' },
    { date: '2025-11-01', kind: 'short', holiday: null, movedFrom: null },
    { date: '2025-11-03', kind: 'off', holiday: null, movedFrom: '2025-11-01' },
    { date: '2025-11-04', kind: 'off', holiday: 'День народного единства', movedFrom: null },
    { date: '2025-12-31', kind: 'off', holiday: null, movedFrom: '2025-01-05' },
  ],
};
