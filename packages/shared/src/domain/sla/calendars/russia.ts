import type { Calendar } from '../calendar.ts';
import { overridesOf, type ProductionYear } from '../production-calendar.ts';
import { RU_2024 } from './ru-2024.ts';
import { RU_2025 } from './ru-2025.ts';
import { RU_2026 } from './ru-2026.ts';
import { RU_2027 } from './ru-2027.ts';

/** Shipped production calendars of Russia. A year not yet decreed says `confirmed: false`. */
export const RUSSIAN_YEARS: readonly ProductionYear[] = [RU_2024, RU_2025, RU_2026, RU_2027];

const OFFICE_DAY = [
  { from: '09:00', to: '13:00' },
  { from: '14:00', to: '18:00' },
];

/** Monday to Friday 09–13 and 14–18 local time: 40 hours. */
export const FIVE_DAY_WEEK: Calendar['week'] = {
  1: OFFICE_DAY,
  2: OFFICE_DAY,
  3: OFFICE_DAY,
  4: OFFICE_DAY,
  5: OFFICE_DAY,
};

export interface RussianCalendarOptions {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  /** IANA zone of the branch. */
  readonly zone: string;
  readonly week?: Calendar['week'];
  readonly years?: readonly ProductionYear[];
}

/**
 * A calendar of Russia for one branch, by default the five-day week and every shipped year. A date outside these
 * years follows the week alone.
 */
export function russianCalendar(options: RussianCalendarOptions): Calendar {
  const { id, version, title, zone, week = FIVE_DAY_WEEK, years = RUSSIAN_YEARS } = options;
  return {
    id,
    version,
    title,
    zone,
    week,
    overrides: Object.assign({}, ...years.map((year) => overridesOf(year, week))),
    years: years.map(({ year, confirmed, source, publishedOn }) => ({ year, confirmed, source, publishedOn })),
  };
}
