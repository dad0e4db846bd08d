/** Errors as the platform words them: code, HTTP status, text (1С, chapter 17.4, codes of the OData interface). */
export class OdataError extends Error {
  readonly code: number;
  readonly status: number;

  constructor(code: number, status: number, text: string) {
    super(text);
    this.code = code;
    this.status = status;
  }
}

export const errors = {
  unsupportedOption: (name: string) => new OdataError(0, 400, `The ${name} parameter is not supported`),
  badLiteral: (text: string, type: string) =>
    new OdataError(1, 400, `Не удалось разобрать строку '${text}' как значение типа ${type}!`),
  badFormat: (text: string) => new OdataError(2, 400, text),
  badRepresentation: () => new OdataError(3, 415, 'Представление данных не поддерживается'),
  badValue: (name: string) => new OdataError(4, 400, `Неверное значение свойства '${name}'`),
  missingValue: (name: string) => new OdataError(5, 400, `Не указано обязательное значение '${name}'`),
  badLineNumber: (number: string) => new OdataError(4, 400, `Неверный номер строки ${number}`),
  badSegment: (name: string) => new OdataError(6, 400, `Сегмент пути ${name} не найден!`),
  noMethod: (name: string) => new OdataError(6, 400, `Метод не найден (${name})`),
  missingKey: (name: string) => new OdataError(7, 400, `Не указан элемент ключа '${name}'`),
  noEntitySet: (name: string) => new OdataError(8, 404, `"${name}" entity is not found`),
  noInstance: () => new OdataError(9, 404, 'Экземпляр сущности не найден'),
  noProperty: (name: string) => new OdataError(10, 400, `Свойство '${name}' не найдено`),
  missingArgument: (name: string) => new OdataError(12, 400, `Не указан аргумент функции ${name}`),
  noTabularRows: () => new OdataError(13, 400, 'Создание строк табличной части не поддерживается'),
  badOption: (name: string) => new OdataError(14, 400, `Ошибка при разборе опции запроса ${name}`),
  keyExists: () => new OdataError(15, 400, 'Запись с таким ключом уже существует'),
  notAssignable: (name: string) => new OdataError(16, 400, `Нельзя присвоить значение свойству '${name}'`),
  methodForbidden: (method: string) => new OdataError(19, 405, `Метод ${method} запрещён`),
  noRights: () => new OdataError(20, 401, 'Нарушение прав доступа'),
  notImplemented: (name: string) => new OdataError(21, 501, `Функция ${name} не реализована`),
  /** The application or the platform below it: the transaction is rolled back. */
  handler: (text: string) => new OdataError(-1, 500, text),
  versionConflict: () => new OdataError(-1, 412, 'Версия данных не совпадает'),
} as const;
