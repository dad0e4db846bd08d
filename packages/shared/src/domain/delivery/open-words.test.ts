import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HIDDEN, openWords, shownText, withoutPeople } from './open-words.ts';

describe('words that may be shown where people are carried', () => {
  it('say what is wrong and name nobody', () => {
    expect(openWords('Сотрудник Лаптева Инна Олеговна не найден по СНИЛС 998-877-665 00')).toBe(
      'Сотрудник ‹…› не найден по СНИЛС ‹…›',
    );
    expect(openWords('Сотрудник 0000-00008: не заполнен СНИЛС, документ не принят к подписанию')).toBe(
      'Сотрудник ‹…›: не заполнен СНИЛС, документ не принят к подписанию',
    );
    expect(openWords('Отпуск 0000-000041: сотрудник не подписал документ за 5 дней')).toBe(
      'Отпуск ‹…›: сотрудник не подписал документ за ‹…› дней',
    );
    expect(openWords('Не заполнено поле «ДатаРождения» (Документ_Отпуск)')).toBe(
      'Не заполнено поле «ДатаРождения» (Документ_Отпуск)',
    );
  });

  it('hide logins, addresses, initials, double names and names in any case', () => {
    for (const text of [
      'i.lapteva@example.org',
      'ЛАПТЕВА ИННА',
      'лаптева инна',
      'Иванова-Петрова А. Б.',
      '+7 (900) 123-45-67',
      'ЛаптеваИнна',
      'o’Нил',
    ])
      expect(openWords(`Сотрудник ${text} не найден`)).toMatch(/^Сотрудник [^\p{L}\p{N}]+ не найден$/u);
  });

  it('take a word of the list for a surname where it looks like one', () => {
    expect(openWords('Документ Отделов Реквизитов')).toBe('Документ ‹…›');
    expect(openWords('нет реквизитов')).toBe('нет реквизитов');
  });

  it('show a word of the list that is a name, too, only where it is written small', () => {
    for (const name of [
      'Ли',
      'Но',
      'Им Том',
      'Со',
      'Сам',
      'Тём',
      'Ключ',
      'Верный',
      'Данных',
      'May Long',
      'Field',
      'А. О. Ключ',
    ])
      expect(openWords(`Сотрудник ${name} не найден`)).toBe('Сотрудник ‹…› не найден');
    for (const name of ['Ли', 'Но', 'Им', 'Том', 'Ключ', 'Новый', 'Дата', 'May', 'Long'])
      for (const text of [`${name} не найден`, `Отказ. ${name} не найден`, `«${name}» не найден`])
        expect(openWords(text)).not.toContain(name);
    expect(openWords('не найден ли ключ, но сам документ есть')).toBe('не найден ли ключ, но сам документ есть');
    expect(openWords('Не Вин не найден')).toBe('‹…› не найден');
  });

  it('show a capital letter at the beginning of a sentence and in compounds, capitals in abbreviations', () => {
    for (const text of [
      'Не найден документ. Причина: нет подписи',
      'Сертификат подписанта истек\nСервер недоступен',
      'Не заполнено поле «Должность»',
      'ВидДокумента: ПриемНаРаботу',
      'КадровыйПеревод, БольничныйЛист, ОтпускПоУходуЗаРебенком',
      'СНИЛС и ИНН не заполнены в ЗУП, документ не принят в VK HR Tek',
      'Invalid input: expected string',
    ])
      expect(openWords(text)).toBe(text);
    expect(openWords('не найден Документ')).toBe('не найден ‹…›');
    expect(openWords('Лаптева. Документ не найден')).toBe('‹…› не найден');
    expect(openWords('НЕ НАЙДЕН СНИЛС')).toBe('‹…› СНИЛС');
  });

  it('show no name of people among its words, in no writing of names and in no place', () => {
    const names = `отделов часов кадров сотрудников реквизитов документов символов данных паспортных
      ли но им со том сам тем ключ новый старый верный первый последний`.split(/\s+/);
    const around = fc.array(fc.constantFrom('сотрудник', 'Отказ', 'не', '.', '«', ': ', '\n', 'А.', '12'));
    const upper = (name: string) => name.toUpperCase();
    const title = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.constantFrom(upper, title),
        around,
        around,
        (name, write, left, right) => {
          expect(openWords([...left, write(name), ...right].join(' ')).split(/[^\p{L}]+/u)).not.toContain(write(name));
        },
      ),
    );
    // Surnames in capitals, of the list or not.
    fc.assert(
      fc.property(fc.stringMatching(/^[А-Я]{2,8}(?:ОВ|ЕВ|ОВА|ЕВА)$/u), around, (name, left) => {
        expect(openWords([...left, name].join(' '))).not.toContain(name);
      }),
    );
  });

  it('keep a status of HTTP, no other number', () => {
    expect(openWords('HTTP 503: сервер недоступен')).toBe('HTTP 503: сервер недоступен');
    expect(openWords('код 503')).toBe('код ‹…›');
    expect(openWords('HTTP 1234567')).toBe('HTTP ‹…›');
  });

  it('let nothing through that is on no list, wherever it stands', () => {
    const stranger = fc.stringMatching(/^[А-ЯЁ][а-яё]{2,12}щук$/u);
    fc.assert(
      fc.property(
        stranger,
        fc.array(fc.constantFrom('сотрудник', 'не', 'найден', ',', '«', '»', '12', '\n')),
        (name, rest) => {
          const shown = openWords([...rest, name, ...rest].join(' '));
          expect(shown).not.toContain(name);
          expect(shown).toContain(HIDDEN);
        },
      ),
    );
  });

  it('are the same when masked once more', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(openWords(openWords(text))).toBe(openWords(text));
      }),
    );
    const piece = fc.constantFrom(
      ...[
        'Сотрудник',
        'Не',
        'не',
        'найден',
        'Лаптева',
        'HTTP',
        '503',
        'HR',
        'Tek',
        'А',
        '.',
        '. ',
        ' ',
        '\n',
        '«',
        '»',
        HIDDEN,
      ],
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const once = openWords(pieces.join(' '));
        expect(openWords(once)).toBe(once);
        const joined = openWords(pieces.join(''));
        expect(openWords(joined)).toBe(joined);
      }),
    );
  });

  it('are nothing where only a name stood, and everything in a flow without people', () => {
    expect(withoutPeople('Лаптева Инна')).toBe('');
    expect(withoutPeople('не найден')).toBe('не найден');
    expect(shownText('Лаптева Инна', { personalData: true })).toBe('');
    expect(shownText('Лаптева Инна', { personalData: false })).toBe('Лаптева Инна');
    expect(shownText('Лаптева Инна', undefined)).toBe('Лаптева Инна');
  });
});
