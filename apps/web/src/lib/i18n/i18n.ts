import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { type Language, setFormatLanguage } from '../format/locale.ts';
import { TEXT_LOADERS } from './loaders.ts';
import { common } from './ru/common.ts';
import { errors } from './ru/errors.ts';
import type { TextArea } from './texts.ts';

const KEY = 'pult.language';
const NAMESPACE = 'translation';

/** Areas of the shell: Russian comes with the first script, English with one request each. */
const CORE: readonly TextArea[] = ['common', 'errors'];

const wanted = new Set<TextArea>(CORE);
const loaded = new Map<string, Promise<void>>();
const ready = Promise.withResolvers<void>();

/** Language that was chosen on this device; Russian first. */
export const storedLanguage = (): Language => (localStorage.getItem(KEY) === 'en' ? 'en' : 'ru');

function loadArea(language: Language, area: TextArea): Promise<void> {
  const key = `${language}/${area}`;
  const load = TEXT_LOADERS[language][area];
  const running = loaded.get(key);
  if (running) return running;
  if (!load) return Promise.resolve();
  const started = (async () => {
    const [texts] = await Promise.all([load(), ready.promise]);
    i18next.addResourceBundle(language, NAMESPACE, { [area]: texts }, true, true);
  })();
  loaded.set(key, started);
  // A failed load (a dropped connection) may be tried again with the next navigation.
  started.catch(() => loaded.delete(key));
  return started;
}

const loadAll = async (language: Language, areas: Iterable<TextArea>): Promise<void> => {
  await Promise.all([...areas].map((area) => loadArea(language, area)));
};

/** Loads the texts of areas in the present language; routes do it beside loading their screen. */
export async function loadTexts(areas: readonly TextArea[]): Promise<void> {
  for (const area of areas) wanted.add(area);
  await loadAll(storedLanguage(), areas);
}

function apply(language: Language): void {
  setFormatLanguage(language);
  document.documentElement.lang = language;
}

/** Starts translations. */
export async function startI18n(): Promise<void> {
  const language = storedLanguage();
  apply(language);
  await i18next.use(initReactI18next).init({
    resources: { ru: { [NAMESPACE]: { common, errors } } },
    lng: language,
    fallbackLng: 'ru',
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  ready.resolve();
  if (language !== 'ru') await loadAll(language, CORE);
}

/** Switches the language for this device; everything on screen has its texts before it changes. */
export async function changeLanguage(language: Language): Promise<void> {
  await loadAll(language, wanted);
  localStorage.setItem(KEY, language);
  apply(language);
  await i18next.changeLanguage(language);
}
