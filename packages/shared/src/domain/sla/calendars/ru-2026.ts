import type { ProductionYear } from '../production-calendar.ts';

/**
 * Russia 2026, five-day week: xmlcalendar edition of 2025-09-30.
 */
export const RU_2026: ProductionYear = {
  year: 2026,
  confirmed: true,
  source: 'xmlcalendar',
  publishedOn: '2025-09-30',
  days: [
    { date: '2026-01-01', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2026-01-02', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2026-01-03', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2026-01-04', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2026-01-05', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2026-01-06', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2026-01-07', kind: 'off', holiday: 'Рождество Христово', movedFrom: null },
    { date: '2026-01-08', kind: 'off', holiday: 'Новогодние каникулы', movedFrom: null },
    { date: '2026-01-09', kind: 'off', holiday: null, movedFrom: '2026-01-03' },
    { date: '2026-02-23', kind: 'off', holiday: 'День защитника Отечества', movedFrom: null },
    { date: '2026-03-08', kind: 'off', holiday: 'Международный женский день', movedFrom: null },
    { date: '2026-03-09', kind: 'off', holiday: null, movedFrom: '2026-03-08' },
    { date: '2026-04-30', kind: 'short', holiday: null, movedFrom: null },
    { date: '2026-05-01', kind: 'off', holiday: 'Праздник Весны и Труда', movedFrom: null },
    { date: '2026-05-08', kind: 'short', holiday: null, movedFrom: null },
    { date: '2026-05-09', kind: 'off', holiday: 'День Победы', movedFrom: null },
    { date: '2026-05-11', kind: 'off', holiday: null, movedFrom: '2026-05-09' },
    { date: '2026-06-11', kind: 'short', holiday: null, movedFrom: null },
    { date: '2026-06-12', kind: 'off', holiday: 'День России', movedFrom: null },
    { date: '2026-11-03', kind: 'short', holiday: null, movedFrom: null },
    { date: '2026-11-04', kind: 'off', holiday: 'День народного единства', movedFrom: null },
    { date: '2026-12-31', kind: 'off', holiday: null, movedFrom: '2026-01-04' },
  ],
};
