import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  castLiteral,
  conditionLiteral,
  dateLiteral,
  guidLiteral,
  oneOf,
  queryString,
  stringLiteral,
} from './literals.ts';
import { dateOf, flagOf, int64Of, moneyOf, numberOf, refOf, rowsOf, textOf } from './values.ts';

const REF = 'b1c89d94-cb6a-11e6-aede-5404a6b4b8ed';

describe('literals', () => {
  it('keep any text inside its quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const literal = stringLiteral(text);
        // What is left between the outer quotes holds quotes only in pairs, and reads back as the text.
        const inner = literal.slice(1, -1);
        expect(inner.replaceAll("''", '').includes("'")).toBe(false);
        expect(inner.replaceAll("''", "'")).toBe(text);
      }),
    );
  });

  it('survive the way through a query string, spaces as %20', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const query = queryString({ $filter: `А eq ${stringLiteral(text)}` });
        expect(query).not.toMatch(/[+ #&]/);
        expect(decodeURIComponent(query.slice('?$filter='.length))).toBe(`А eq ${stringLiteral(text)}`);
      }),
    );
  });

  it('accept nothing but what they are for', () => {
    expect(guidLiteral(REF.toUpperCase())).toBe(`guid'${REF}'`);
    expect(() => guidLiteral(`${REF}' or true`)).toThrow('request.invalid');
    expect(() => dateLiteral('2026-01-01')).toThrow('request.invalid');
    expect(() => castLiteral(REF, "Document_X') or ('1'='1")).toThrow('request.invalid');
    expect(castLiteral(REF, 'Document_ЗаказКлиента')).toBe(`cast(guid'${REF}','Document_ЗаказКлиента')`);
    expect(oneOf('Ref_Key', ['a', 'b'])).toBe('(Ref_Key eq a or Ref_Key eq b)');
    expect(conditionLiteral(`Валюта_Key eq ${guidLiteral(REF)}`)).toBe(`'Валюта_Key eq guid''${REF}'''`);
  });
});

describe('values', () => {
  const entity = {
    Number: 'ТД00-1    ',
    LineNumber: '12',
    Сумма: 22729.17,
    Ссылка: '00000000-0000-0000-0000-000000000000',
    Партнер_Key: REF.toUpperCase(),
    Дата: '0001-01-01T00:00:00',
    Date: '2026-05-01T10:00:00',
    Posted: true,
    СерийныйУчет: null,
    Товары: [{ LineNumber: '1' }, 'нет'],
  };
  it('are read as 1С writes them', () => {
    expect([textOf(entity, 'Number'), textOf(entity, 'СерийныйУчет')]).toEqual(['ТД00-1', '']);
    expect([int64Of(entity, 'LineNumber'), numberOf(entity, 'Нет')]).toEqual([12, 0]);
    expect(moneyOf(entity, 'Сумма')).toBe('22729.17');
    expect([refOf(entity, 'Ссылка'), refOf(entity, 'Партнер_Key')]).toEqual([null, REF]);
    expect([dateOf(entity, 'Дата'), dateOf(entity, 'Date')]).toEqual([null, '2026-05-01T10:00:00']);
    expect([flagOf(entity, 'Posted'), flagOf(entity, 'Нет')]).toEqual([true, false]);
    expect(rowsOf(entity, 'Товары')).toEqual([{ LineNumber: '1' }]);
    expect(() => int64Of({ N: '9007199254740993' }, 'N')).toThrow(RangeError);
  });
});
