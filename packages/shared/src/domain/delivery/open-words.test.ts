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
  });

  it('are nothing where only a name stood, and everything in a flow without people', () => {
    expect(withoutPeople('Лаптева Инна')).toBe('');
    expect(withoutPeople('не найден')).toBe('не найден');
    expect(shownText('Лаптева Инна', { personalData: true })).toBe('');
    expect(shownText('Лаптева Инна', { personalData: false })).toBe('Лаптева Инна');
    expect(shownText('Лаптева Инна', undefined)).toBe('Лаптева Инна');
  });
});
