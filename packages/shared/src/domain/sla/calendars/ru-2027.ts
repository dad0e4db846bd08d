import type { ProductionYear } from '../production-calendar.ts';

/**
 * Russia 2027, five-day week: xmlcalendar edition of 2026-09-02.
 * Not decreed by the government yet: shown as unconfirmed until it is.
 */
export const RU_2027: ProductionYear = {
  year: 2027,
  confirmed: false,
  source: 'xmlcalendar',
  publishedOn: '2026-09-02',
  days: [
    { date: '2027-01-01', kind: 'off', holiday: null, movedFrom: null },
    { date: '2027-01-02', kind: 'off', holiday: null, movedFrom: null },
    { date: '2027-01-03', kind: 'off', holiday: null, movedFrom: null },
    { date: '2027-01-04', kind: 'off', holiday: null, movedFrom: null },
    { date: '2027-01-05', kind: 'off', holiday: null, movedFrom: null },
    { date: '2027-01-06', kind: 'off', holiday: null, movedFrom: null },
    { date: '2027-01-07', kind: 'off', holiday: null, movedFrom: null },
    { date: '2027-01-08', kind: 'off', holiday: null, movedFrom: null },
    { date: '2027-02-20', kind: 'short', holiday: null, movedFrom: null },
    { date: '2027-02-22', kind: 'off', holiday: null, movedFrom: '2027-02-20' },
    { date: '2027-02-23', kind: 'off', holiday: null, movedFrom: null },
    { date: '2027-03-08', kind: 'off', holiday: null, movedFrom: null },
    { date: '2027-04-30', kind: 'short', holiday: null, movedFrom: null },
    { date: '2027-05-01', kind: 'off', holiday: null, movedFrom: null },
    { date: '2027-05-03', kind: 'off', holiday: null, movedFrom: '2027-05-01' },
    { date: '2027-05-09', kind: 'off', holiday: null, movedFrom: null },
    { date: '2027-05-10', kind: 'off', holiday: null, movedFrom: '2027-05-09' },
    { date: '2027-06-11', kind: 'short', holiday: null, movedFrom: null },
    { date: '2027-06-12', kind: 'off', holiday: null, movedFrom: null },
    { date: '2027-06-14', kind: 'off', holiday: null, movedFrom: '2027-06-12' },
    { date: '2027-11-03', kind: 'short', holiday: null, movedFrom: null },
    { date: '2027-11-04', kind: 'off', holiday: null, movedFrom: null },
    { date: '2027-11-05', kind: 'off', holiday: null, movedFrom: '2027-01-02' },
    { date: '2027-12-31', kind: 'off', holiday: null, movedFrom: '2027-01-03' },
  ],
};
