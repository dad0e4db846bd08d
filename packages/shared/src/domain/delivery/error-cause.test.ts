import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { causeOf, normaliseErrorText } from './error-cause.ts';

describe('normaliseErrorText', () => {
  it.each([
    ['Экземпляр 8d1d7287-6240-11f1-9296-08002761f3c5 не найден', 'Экземпляр ‹guid› не найден'],
    ["Couldn't connect to http://10.0.0.5:80/ut", "Couldn't connect to ‹адрес›"],
    ['Изменение данных до 30.09.2026 запрещено', 'Изменение данных до ‹дата› запрещено'],
    ['Не удалось провести "Заказ клиента ТДЦБ-000002 от 07.06.2026"!', 'Не удалось провести ‹текст›!'],
    ['Строка 3: не хватает 12,5 шт', 'Строка ‹число›: не хватает ‹число› шт'],
  ])('%s → %s', (text, pattern) => expect(normaliseErrorText(text)).toBe(pattern));
  it.each([
    ['Контрагент "ООО "Ромашка"" не найден', 'Контрагент "ООО "Лютик"" не найден'],
    ['Контрагент «ООО «Ромашка»» не найден', 'Контрагент «Иванов И. И.» не найден'],
    ['Контрагент “Ромашка” не найден', 'Контрагент “Лютик” не найден'],
    ['Контрагент „Ромашка“ не найден', 'Контрагент „Лютик“ не найден'],
    ["couldn't find 'Ромашка' and can't go on", "couldn't find 'Лютик' and can't go on"],
    ['Период закрыт с 12 марта 2026 г.', 'Период закрыт с 1 января 2027 г.'],
    [
      '<Объект не найден> (84:8e83005056a3c0b311ee1c4a5d6f7a01)',
      '<Объект не найден> (151:00aa11bb22cc33dd44ee55ff66778899)',
    ],
    ['Ссылка {8d1d7287-6240-11f1-9296-08002761f3c5} битая', 'Ссылка {00000000-6240-11f1-9296-08002761f3c5} битая'],
    ['Файл C:\\Обмен\\Входящие\\Заказ.xml занят', 'Файл D:\\Обмен\\Исходящие\\Чек22.xml занят'],
    ['Нет файла \\\\srv\\обмен\\а.xml', 'Нет файла \\\\srv2\\обмен\\б.xml'],
    ['Срок 2026-11-24T12:00:00+03:00 прошёл', 'Срок 2026-11-25 прошёл'],
    ['Срок 1.2.2026 прошёл', 'Срок 24.11.26 прошёл'],
  ])('%s and %s are one cause', (one, other) => expect(normaliseErrorText(one)).toBe(normaliseErrorText(other)));
  it('keeps causes apart that differ in words', () =>
    expect(
      new Set(
        ['Контрагент «А» не найден', 'Договор «А» не найден', 'Контрагент «А» заблокирован'].map(normaliseErrorText),
      ).size,
    ).toBe(3));
  it('never cuts a character in two: the database refuses half of one', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 200, maxLength: 300 }), (text) => {
        expect(normaliseErrorText(text).isWellFormed()).toBe(true);
      }),
    ));
  it('gives one pattern for messages that differ in their values only', () =>
    expect(normaliseErrorText('Артикул «mcb4763» не найден в строке 4')).toBe(
      normaliseErrorText('Артикул «x-1» не найден в строке 17'),
    ));
  it.each([
    ['Ошибка {ОбщийМодуль.Обмен(12)}: {"код": {"а": 1}}', 'Ошибка ‹текст›: {‹текст›: ‹текст›}'],
    ['<p>нет <b>связи</b> с 1 < 2', 'нет связи с ‹число›< ‹число›'],
    ['Партия НР-261129-123 не найдена', 'Партия ‹номер› не найдена'],
    ['Заказ ТДЦБ-000002, ЗК12-345, 12-3456 и -777', 'Заказ ‹номер›, ‹номер›, ‹номер› и ‹номер›'],
  ])('%s → %s', (text, pattern) => expect(normaliseErrorText(text)).toBe(pattern));
});

describe('a text that repeats the words of the rules', () => {
  // A gap without a bound takes minutes here, and the time-out says so.
  it.each([
    'номенклатур ',
    'артикул ',
    'период ',
    'GLN ',
    'контрагент ',
    'изменений данных ',
    'начало сеанса ',
    'неверн',
    '{',
    '«',
    '1',
  ])(
    '%s costs no more than its length',
    (word) => {
      const text = word.repeat(150_000 / word.length);
      expect(causeOf({ text }).pattern.length).toBeLessThanOrEqual(241);
    },
    10_000,
  );
});

describe('causeOf', () => {
  it.each([
    ["Couldn't connect to server", 'transport'],
    ['503 Service Unavailable', 'transport'],
    ['Начало сеанса с информационной базой запрещено.\nВедутся технические работы', 'transport'],
    ['Не обнаружено свободной лицензии!', 'capacity'],
    ['429 Too Many Requests', 'capacity'],
    ['Договор не согласован, документ 1016429', 'unknown'],
    ['Истекло ожидание блокировки таблицы', 'capacity'],
    ['Не найдена номенклатура по артикулу «mcb-1»', 'mapping'],
    ['Период закрыт для изменений до 30.09.2026', 'business'],
    ['Не удалось провести "Реализация"', 'business'],
    ['ИНН 6679048212 не прошёл проверку контрольной суммы', 'validation'],
    ['Нарушение прав доступа', 'authorisation'],
    ['Ошибка при выполнении обработчика - ‘ПриЗаписи’', 'business'],
    ['map document: unknown unit of measure "bundle" in line 1', 'mapping'],
    ['decode message: invalid character at offset 12', 'validation'],
    ['map document: no price kind', 'mapping'],
    ['что-то невиданное', 'unknown'],
  ])('%s is %s', (text, errorClass) => expect(causeOf({ text }).errorClass).toBe(errorClass));
  it.each([
    'Заказ ЗК-000429 не записан',
    'Заказ 429 не записан',
    'Строка 503: сумма 403 руб.',
    'Контрагент ООО «ИННОВАЦИИ» не записан',
  ])('%s says nothing about its class by its numbers and names', (text) =>
    expect(causeOf({ text }).errorClass).toBe('unknown'),
  );
  it.each([
    ['HTTP 429', null, 'capacity'],
    ['429 Too Many Requests', null, 'capacity'],
    ['Код состояния: 503', null, 'transport'],
    ['Сервер ответил 502', null, 'transport'],
    ['Ошибка HTTP: 504', null, 'transport'],
    ['status 403', null, 'authorisation'],
    ['отказ', '503', 'transport'],
    ['отказ', '403', 'authorisation'],
    ['отказ', 'HTTP 401', 'authorisation'],
    ['HTTP/1.1 401 Unauthorized', null, 'authorisation'],
  ])('%s with code %s is %s', (text, code, errorClass) => expect(causeOf({ text, code }).errorClass).toBe(errorClass));
  it('believes the class of the reporter', () =>
    expect(causeOf({ text: 'x', class: 'capacity' }).errorClass).toBe('capacity'));
  it('says what a service behind the bus does not understand in the words of the reader', () =>
    expect(causeOf({ text: 'map document: unknown unit of measure "bundle" in line 1' }).title).toEqual({
      ru: 'Неизвестная единица измерения',
      en: 'Unknown unit of measure',
    }));
  it('falls back to the pattern as the title', () =>
    expect(causeOf({ text: 'нечто 42' }).title.ru).toBe('нечто ‹число›'));
});

describe('a login page in the place of data', () => {
  it.each([
    ['Ответ не JSON: <html><form><input name="u"><input type="password" name="p"></form></html>', null],
    ['Сайт ответил страницей входа', null],
    ['', 'source.login_page'],
  ])('is called so and not a refused password: «%s» %s', (text, code) => {
    expect(causeOf({ text, code })).toMatchObject({
      errorClass: 'authorisation',
      title: { ru: 'Ответил страницей входа вместо данных' },
    });
  });
});
