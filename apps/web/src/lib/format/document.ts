import { formatLanguage } from './locale.ts';

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

/** Title of an operation: of one document it begins with the type as the system writes it, of a cause with words. */
export function formatOperationTitle(title: string): string {
  const [type = '', ...rest] = title.split(' ');
  return type in NAMES || /\p{Ll}\p{Lu}/u.test(type) ? [formatDocumentType(type), ...rest].join(' ') : title;
}
