import { formatLanguage } from './locale.ts';

/** An object of which nobody says what it is: the type that Pult gives it. */
export const UNKNOWN_OBJECT = 'Объект';

/** How 1С calls its document types on screen; others are taken apart by their capitals. */
const NAMES: Readonly<Record<string, { readonly ru: string; readonly en: string }>> = {
  ЗаказКлиента: { ru: 'Заказ клиента', en: 'Customer order' },
  РеализацияТоваровУслуг: { ru: 'Реализация', en: 'Sale' },
  СогласованиеПродажи: { ru: 'Согласование продажи', en: 'Sale approval' },
  СогласованиеЗаявкиНаВозвратТоваровОтКлиента: { ru: 'Согласование возврата', en: 'Return approval' },
  ЗаявкаНаВозвратТоваровОтКлиента: { ru: 'Заявка на возврат', en: 'Return request' },
  ПоступлениеБезналичныхДенежныхСредств: { ru: 'Поступление денег', en: 'Incoming payment' },
  ЗаказСети: { ru: 'Заказ сети', en: 'Order of a chain' },
  ПриобретениеТоваровУслуг: { ru: 'Поступление', en: 'Goods receipt' },
  ПакетВнутреннихЦен: { ru: 'Пакет внутренних цен', en: 'Package of internal prices' },
  ПакетКонсолидации: { ru: 'Пакет консолидации', en: 'Consolidation package' },
  ПротоколКонтроляКачества: { ru: 'Протокол качества', en: 'Quality protocol' },
  ПриемНаРаботу: { ru: 'Приём на работу', en: 'Hiring' },
  Отпуск: { ru: 'Отпуск', en: 'Vacation' },
  КадровыйПеревод: { ru: 'Кадровый перевод', en: 'Transfer of an employee' },
  [UNKNOWN_OBJECT]: { ru: 'Объект 1С', en: '1C object' },
  Увольнение: { ru: 'Увольнение', en: 'Dismissal' },
  ПакетЦен: { ru: 'Пакет цен и остатков', en: 'Package of prices and stock' },
};

/** Name of a document type for people: «ЗаказКлиента» → «Заказ клиента». */
export function formatDocumentType(type: string): string {
  const known = NAMES[type];
  if (known) return known[formatLanguage()];
  const [first = '', ...rest] = type.split(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u);
  return [first, ...rest.map((word) => word.toLowerCase())].join(' ');
}

/** Name of a metadata object for people: «Справочник.Контрагенты» → «Справочник «Контрагенты»», of a document its type. */
export function formatMetadata(metadata: string): string {
  const [group = '', name] = metadata.split('.');
  if (name === undefined || group === 'Документ') return formatDocumentType(name ?? group);
  return `${formatDocumentType(group)} «${formatDocumentType(name)}»`;
}

const IDENTIFIER = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NO_NUMBER = { ru: 'без номера', en: 'no number' };

/** Whether a number of a document is none: an identifier says nothing to a person. */
export const isIdentifier = (number: string): boolean => IDENTIFIER.test(number);

/** Number of a document for people; of an object known by its identifier alone, its beginning: «без номера · 25d27b46». */
export const formatDocumentNumber = (number: string): string =>
  isIdentifier(number) ? `${NO_NUMBER[formatLanguage()]} · ${number.slice(0, 8)}` : number;

/** Title of an operation: of one document it begins with the type as the system writes it, of a cause with words. */
export function formatOperationTitle(title: string): string {
  const [type = '', ...rest] = title.split(' ');
  return type in NAMES || /\p{Ll}\p{Lu}/u.test(type)
    ? [formatDocumentType(type), ...rest.map(formatDocumentNumber)].join(' ')
    : title;
}
