import { calendarGet, calendarsList, policiesList } from '@pult/shared/contracts/sla';
import { AppError } from '@pult/shared/errors/app-error';
import type { Clock } from '../../platform/clock.ts';
import { type Route, route } from '../../platform/http/mount.ts';
import type { SlaBook } from './book.ts';
import { calendarSummary, calendarYear, policyView } from './view.ts';

export function createSlaRoutes({ book, clock }: { book: SlaBook; clock: Clock }): Route[] {
  return [
    route(calendarsList, async () => ({ calendars: book.calendars.map(calendarSummary) })),
    route(calendarGet, async ({ params, query }) => {
      const { calendarId } = params;
      const calendar =
        query.version === undefined
          ? book.newest(calendarId)
          : book.calendarOf({ id: calendarId, version: query.version });
      if (calendar === undefined) throw new AppError('calendar.not_found', { calendar: calendarId });
      const year =
        query.year ?? Temporal.Instant.fromEpochMilliseconds(clock.now()).toZonedDateTimeISO(calendar.zone).year;
      return calendarYear(calendar, year);
    }),
    route(policiesList, async () => ({ policies: book.policies.map(policyView) })),
  ];
}
