import type { Calendar, CalendarRef } from '@pult/shared/domain/sla/calendar';
import { RUSSIAN_YEARS, russianCalendar } from '@pult/shared/domain/sla/calendars/russia';
import type { CalendarBook } from '@pult/shared/domain/sla/clock';
import { defaultPolicies } from '@pult/shared/domain/sla/default-policies';
import type { SlaPolicy } from '@pult/shared/domain/sla/policy';

/** Calendars and policies that clocks are started under and read with. */
export interface SlaBook {
  readonly policies: readonly SlaPolicy[];
  /** Newest version of each calendar. */
  readonly calendars: readonly Calendar[];
  /** One instance per version for the whole process: what is computed per day is kept on it. */
  readonly calendarOf: CalendarBook;
  newest(id: string): Calendar | undefined;
  /** Calendar of the house: for everything that no policy says. */
  readonly house: Calendar;
}

const HOUSE_ZONE = 'Europe/Moscow';
const HOUSE_CALENDAR = 'russia';

/** The shipped book: Russian production calendars 2024–2027 and the default policies. */
export function createSlaBook(policies: readonly SlaPolicy[] = defaultPolicies(HOUSE_CALENDAR)): SlaBook {
  const ids = [...new Set(policies.map(({ calendarId }) => calendarId))];
  const calendars = (ids.length === 0 ? [HOUSE_CALENDAR] : ids).map((id) =>
    russianCalendar({ id, version: 1, title: 'Россия', zone: HOUSE_ZONE, years: RUSSIAN_YEARS }),
  );
  const [house] = calendars;
  if (house === undefined) throw new Error('an SLA book without a calendar');
  const byRef = new Map(calendars.map((calendar) => [keyOf(calendar), calendar]));
  return {
    policies,
    calendars,
    house,
    calendarOf: (ref) => byRef.get(keyOf(ref)),
    newest: (id) => calendars.find((calendar) => calendar.id === id),
  };
}

const keyOf = (ref: CalendarRef): string => `${ref.id}@${ref.version}`;
