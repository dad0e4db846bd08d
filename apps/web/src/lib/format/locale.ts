/** Language of all formatting; set once by i18n when the language changes. */
export type Language = 'ru' | 'en';

let language: Language = 'ru';
const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

export function setFormatLanguage(next: Language): void {
  language = next;
  cache.clear();
}

export const formatLanguage = (): Language => language;

const kept = <T extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => T): T => {
  const found = cache.get(key) as T | undefined;
  if (found) return found;
  const made = make();
  cache.set(key, made);
  return made;
};

export const numberFormat = (options: Intl.NumberFormatOptions): Intl.NumberFormat =>
  kept(`n${JSON.stringify(options)}`, () => new Intl.NumberFormat(language, options));

/** Times on screen are of the house: Moscow. */
export const dateFormat = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  kept(
    `d${JSON.stringify(options)}`,
    () => new Intl.DateTimeFormat(language, { timeZone: 'Europe/Moscow', ...options }),
  );
