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
  unsupportedOption: (name: string) => new OdataError(0, 400, `Параметр ${name} не поддерживается`),
  badGuid: (text: string) =>
    new OdataError(1, 400, `Не удалось разобрать строку '${text}' как значение типа Edm.Guid!`),
  badBody: (text: string) => new OdataError(-1, 500, text),
  badSegment: (name: string) => new OdataError(6, 400, `Сегмент пути ${name} не найден!`),
  noMethod: (name: string) => new OdataError(6, 400, `Метод не найден (${name})`),
  noEntitySet: (name: string) => new OdataError(8, 404, `"${name}" entity is not found`),
  noInstance: () => new OdataError(9, 404, 'Экземпляр сущности не найден'),
  noProperty: (name: string) => new OdataError(10, 400, `Свойство '${name}' не найдено`),
  badOption: (name: string) => new OdataError(14, 400, `Ошибка при разборе опции запроса ${name}`),
  keyExists: () => new OdataError(15, 400, 'Запись с таким ключом уже существует'),
  methodForbidden: (method: string) => new OdataError(19, 405, `Метод ${method} запрещён`),
  noRights: () => new OdataError(20, 401, 'Нарушение прав доступа'),
  notImplemented: (name: string) => new OdataError(21, 501, `Функция ${name} не реализована`),
  handler: (text: string) => new OdataError(-1, 500, text),
} as const;
