/** Language of all formatting; set once by i18n when the language changes. */
export type Language = 'ru' | 'en';

/** Times on screen are of the house, wherever the browser is. */
export const ZONE = 'Europe/Moscow';
const ZONE_NAME: Readonly<Record<Language, string>> = { ru: 'МСК', en: 'MSK' };
/** Intl writes «нояб.»; a table has no room for it. */
const MONTHS: Readonly<Record<Language, readonly string[]>> = {
  ru: ['янв', 'фев', 'мар', 'апр', 'мая', 'июн', 'июл', 'авг', 'сен', 'окт', 'ноя', 'дек'],
  en: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec'],
};
/** As in a date that is written out. */
const MONTHS_LONG: Readonly<Record<Language, readonly string[]>> = {
  ru: [
    'января',
    'февраля',
    'марта',
    'апреля',
    'мая',
    'июня',
    'июля',
    'августа',
    'сентября',
    'октября',
    'ноября',
    'декабря',
  ],
  en: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
};
const WEEKDAYS: Readonly<Record<Language, readonly string[]>> = {
  ru: ['вс', 'пн', 'вт', 'ср', 'чт', 'пт', 'сб'],
  en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
};
/** Moscow is three hours ahead all year, since October 2014. */
export const ZONE_OFFSET_MS = 3 * 3_600_000;

/**
 * The instant whose parts in UTC are those of the house. A queue shows hundreds of times; a formatter of Intl for each
 * part costs the first paint a tenth of a second.
 */
export const houseTime = (at: Date): Date => new Date(at.getTime() + ZONE_OFFSET_MS);

let language: Language = 'ru';
const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

export function setFormatLanguage(next: Language): void {
  language = next;
  cache.clear();
}

export const formatLanguage = (): Language => language;

/** «МСК» */
export const zoneName = (): string => ZONE_NAME[language];

const kept = <T extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => T): T => {
  const found = cache.get(key) as T | undefined;
  if (found) return found;
  const made = make();
  cache.set(key, made);
  return made;
};

export const numberFormat = (options: Intl.NumberFormatOptions): Intl.NumberFormat =>
  kept(`n${JSON.stringify(options)}`, () => new Intl.NumberFormat(language, options));

export const dateFormat = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  kept(
    `d${JSON.stringify(options)}`,
    () => new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'ru', { timeZone: ZONE, ...options }),
  );

/** «26 ноя» */
export function dayAndMonth(at: Date): string {
  const house = houseTime(at);
  return `${house.getUTCDate()} ${MONTHS[language][house.getUTCMonth()] ?? ''}`;
}

/** «26 ноября 2026 г. в 14:32:05» */
export function writtenOut(at: Date): string {
  const house = houseTime(at);
  const day = `${house.getUTCDate()} ${MONTHS_LONG[language][house.getUTCMonth()] ?? ''} ${house.getUTCFullYear()}`;
  return `${day}${language === 'en' ? ' at' : ' г. в'} ${house.toISOString().slice(11, 19)}`;
}

/** «пт» */
export const weekday = (at: Date): string => WEEKDAYS[language][houseTime(at).getUTCDay()] ?? '';
