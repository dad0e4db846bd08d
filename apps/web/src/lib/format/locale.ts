/** Language of all formatting; set once by i18n when the language changes. */
export type Language = 'ru' | 'en';

/** Times on screen are of the house, wherever the browser is. */
export const ZONE = 'Europe/Moscow';
const ZONE_NAME: Readonly<Record<Language, string>> = { ru: 'МСК', en: 'MSK' };
/** Intl writes «нояб.»; a table has no room for it. */
const MONTHS_RU = ['янв', 'фев', 'мар', 'апр', 'мая', 'июн', 'июл', 'авг', 'сен', 'окт', 'ноя', 'дек'] as const;

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
  if (language === 'en') return dateFormat({ day: 'numeric', month: 'short' }).format(at);
  const month = Number(dateFormat({ month: 'numeric' }).format(at));
  return `${dateFormat({ day: 'numeric' }).format(at)} ${MONTHS_RU[month - 1] ?? ''}`;
}
