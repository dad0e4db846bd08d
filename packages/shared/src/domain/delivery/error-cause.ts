/** Failures are grouped by cause: error class and normalised text (domain.md §1). Pure rules over raw texts of systems. */

export const ERROR_CLASSES = [
  'transport',
  'authorisation',
  'validation',
  'business',
  'mapping',
  'capacity',
  'unknown',
] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];

interface CauseRule {
  readonly matches: RegExp;
  /** Status of HTTP that says the same, where it stands as a status: three digits may be an amount or a number, too. */
  readonly statuses?: readonly string[];
  readonly errorClass: ErrorClass;
  readonly title: { readonly ru: string; readonly en: string };
}

/**
 * Known texts, first match wins. Gaps are bounded: `.*` behind a word that a hostile text repeats would take time with the
 * square of its length. Sources: platform texts of 1С OData, БСП exchange handlers, HTTP, Go services behind the bus.
 */
const RULES: readonly CauseRule[] = [
  { matches: /лицензи/i, errorClass: 'capacity', title: { ru: 'Нет свободной лицензии 1С', en: 'No free 1C licence' } },
  {
    matches: /технические работы|начало сеанса .{0,200}запрещено/i,
    errorClass: 'transport',
    title: { ru: 'Начало сеанса запрещено: работы в базе', en: 'Sessions forbidden: maintenance' },
  },
  {
    matches: /ожидание блокировки|конфликт блокировок|deadlock/i,
    errorClass: 'capacity',
    title: { ru: 'Конфликт блокировок', en: 'Lock conflict' },
  },
  {
    matches: /too many requests/i,
    statuses: ['429'],
    errorClass: 'capacity',
    title: { ru: 'Получатель просит подождать', en: 'Target asks to wait' },
  },
  {
    matches: /не найден[ао]? номенклатур|номенклатур\S{0,20} .{0,200}не найден|артикул .{0,200}не найден/i,
    errorClass: 'mapping',
    title: { ru: 'Не найдена номенклатура по артикулу', en: 'Item not found by article' },
  },
  {
    matches: /unknown unit of measure|единиц\S{0,10} измерения .{0,200}не найден/i,
    errorClass: 'mapping',
    title: { ru: 'Неизвестная единица измерения', en: 'Unknown unit of measure' },
  },
  {
    matches: /контрагент .{0,200}не найден|GLN .{0,200}не найден/i,
    errorClass: 'mapping',
    title: { ru: 'Контрагент не найден', en: 'Counterparty not found' },
  },
  {
    matches: /ставк\S{0,20} НДС/i,
    errorClass: 'mapping',
    title: { ru: 'Ставка НДС не сопоставлена', en: 'VAT rate not mapped' },
  },
  {
    matches: /период .{0,200}закрыт|изменени\S{0,20} данных .{0,200}запрещено|дата запрета/i,
    errorClass: 'business',
    title: { ru: 'Период закрыт для изменений', en: 'Period closed for changes' },
  },
  {
    matches: /не хватает|недостаточно .{0,200}остатк/i,
    errorClass: 'business',
    title: { ru: 'Не хватает свободного остатка', en: 'Not enough free stock' },
  },
  {
    matches: /не удалось провести|при проведении|обработкапроведения/i,
    errorClass: 'business',
    title: { ru: 'Документ не проводится', en: 'Document cannot be posted' },
  },
  {
    matches: /(?<!\p{L})ИНН(?!\p{L})/u,
    errorClass: 'validation',
    title: { ru: 'ИНН не прошёл проверку', en: 'INN failed validation' },
  },
  {
    matches: /не заполнен|не указан|обязательн/i,
    errorClass: 'validation',
    title: { ru: 'Не заполнено обязательное поле', en: 'Required field is empty' },
  },
  {
    matches: /<input[^<>]{1,200}type\s{0,5}=\s{0,5}["']?password|страниц\S{0,3} входа|login page|source\.login_page/i,
    errorClass: 'authorisation',
    title: { ru: 'Ответил страницей входа вместо данных', en: 'Answered with a login page instead of data' },
  },
  {
    matches: /нарушение прав|права доступа|access rights/i,
    statuses: ['403'],
    errorClass: 'authorisation',
    title: { ru: 'Не хватает прав', en: 'Access rights missing' },
  },
  {
    matches: /unauthorized|неверн\S{0,20} (логин|пароль)|идентификация пользователя/i,
    statuses: ['401'],
    errorClass: 'authorisation',
    title: { ru: 'Логин или пароль не приняты', en: 'Login refused' },
  },
  {
    matches: /service unavailable|bad gateway|gateway time-?out|source\.not_ready/i,
    statuses: ['502', '503', '504'],
    errorClass: 'transport',
    title: { ru: 'Сервер отвечает 50x', en: 'Server answers 50x' },
  },
  {
    matches:
      /couldn't connect|econnre|enotfound|socket hang up|fetch failed|connection (refused|reset)|нет соединения|не удалось установить соединение/i,
    errorClass: 'transport',
    title: { ru: 'Нет соединения с сервером', en: 'No connection to the server' },
  },
  {
    matches: /time-?out|timed out|превышено время|истекло время/i,
    errorClass: 'transport',
    title: { ru: 'Сервер не ответил вовремя', en: 'Server did not answer in time' },
  },
  {
    matches: /decode message|unmarshal|invalid character|unexpected end of json/i,
    errorClass: 'validation',
    title: { ru: 'Служба не разобрала запись', en: 'The service could not read the record' },
  },
  {
    matches: /map document/i,
    errorClass: 'mapping',
    title: { ru: 'Служба не сопоставила данные документа', en: 'The service could not map the document' },
  },
  {
    matches: /<html|<!doctype/i,
    errorClass: 'transport',
    title: { ru: 'Вместо данных пришла страница', en: 'A page came instead of data' },
  },
  {
    matches: /ошибка при выполнении обработчика|error running processor/i,
    errorClass: 'business',
    title: { ru: 'Ошибка обработчика в 1С', en: 'Handler failed in 1C' },
  },
];

/** Each in time linear in the text: what opens may not stand inside, and a run of digits is tried from its beginning only. */
const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  [/<[^<>]+>/g, ' '],
  [/\{?\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b\}?/gi, '‹guid›'],
  // A reference of 1С to what is gone: number of the table and the GUID without hyphens.
  [/(?:\b\d{1,6}:)?(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/gi, '‹guid›'],
  [/\bhttps?:\/\/\S+/gi, '‹адрес›'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '‹адрес›'],
  [/\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?/g, '‹дата›'],
  [/(?<![\d.])\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})(?![\d.]*\d)(?: \d{1,2}:\d{2}(?::\d{2})?)?/g, '‹дата›'],
  [
    /(?<!\d)\d{1,2} (?:январ|феврал|март|апрел|ма[яй]|июн|июл|август|сентябр|октябр|ноябр|декабр)[а-я]{0,2} \d{4}(?: ?г(?:ода|\.))?/gi,
    '‹дата›',
  ],
  // Quotes stand inside quotes in names of companies: «ООО «Ромашка»», "ООО "Ромашка"".
  [/«(?:[^«»]|«[^«»]*»)*»|[“„][^“”„]*[“”]/g, '‹текст›'],
  [/(?<![\p{L}\d])"(?:[^"\n]*[\s(]"[^"\s][^"\n]*"|[^"\n]*)"|'(?<![\p{L}\d]')[^']*'(?!\p{L})|\{[^{}]*\}/gu, '‹текст›'],
  [/(?:\b[a-z]:)?[\\/]{0,1}(?:[\\/][\p{L}\d.$~_-]+){2,}/giu, '‹путь›'],
  [/(?:[A-Za-zА-ЯЁа-яё]{1,6}\d*|(?<!\d)\d+)?(?:-\d{3,})+/g, '‹номер›'],
  [/(?<![\wа-яё])[-+]?\d[\d\u00a0\u202f ]*(?:[.,]\d+)?(?![\wа-яё])/gi, '‹число›'],
  [/\d+/g, '‹число›'],
  [/\s+/g, ' '],
];

const MAX_PATTERN = 240;

/** The first `length` units of a text, less half a character at the end: the database refuses halves. */
export const wellCut = (text: string, length: number): string =>
  /[\ud800-\udbff]/.test(text.charAt(length - 1)) ? text.slice(0, length - 1) : text.slice(0, length);

/** Text of an error with everything that differs from message to message replaced by a placeholder. */
export function normaliseErrorText(text: string): string {
  const pattern = REPLACEMENTS.reduce((now, [what, by]) => now.replace(what, by), wellCut(text, 4_000)).trim();
  return pattern.length > MAX_PATTERN ? `${wellCut(pattern, MAX_PATTERN)}…` : pattern;
}

export interface Cause {
  readonly errorClass: ErrorClass;
  readonly pattern: string;
  readonly title: { readonly ru: string; readonly en: string };
}

const isErrorClass = (value: string | null | undefined): value is ErrorClass =>
  ERROR_CLASSES.some((one) => one === value);

/** A status where HTTP says it: as the code of the error, behind «HTTP», «status», «код», «ответил», or before its own words. */
const HTTP_STATUS =
  /(?:^|\bHTTP(?:\/[\d.]+)?[ :]{1,2}|\bstatus(?: code)?[ :=]{1,2}|код(?: состояния| ответа| ошибки)?[ :=]{1,2}|ответил[аи]?(?: кодом)? )([45]\d{2})(?=\s|$|[.,;:)])/i;

/** Cause of a failure: the class that the reporter gave, else the one of the first known text; title or the pattern. */
export function causeOf(error: {
  readonly text: string;
  readonly code?: string | null;
  readonly class?: string | null;
}): Cause {
  const whole = `${error.code ?? ''} ${error.text}`;
  const status = HTTP_STATUS.exec(whole)?.[1] ?? '';
  const rule = RULES.find(({ matches, statuses = [] }) => statuses.includes(status) || matches.test(whole));
  const pattern = normaliseErrorText(error.text) || '—';
  return {
    errorClass: isErrorClass(error.class) ? error.class : (rule?.errorClass ?? 'unknown'),
    pattern,
    title: rule?.title ?? { ru: pattern, en: pattern },
  };
}
