import { describe, expect, it } from 'vitest';
import { maskPersonal } from './personal-data.ts';

describe('personal data in content', () => {
  it('is left out by the name of its field, at any depth, with its place', () => {
    const content = {
      Номер: 'ЭТ00-014921',
      Контрагент: 'ООО «Электромонтаж»',
      ИНН: '6679048211',
      КонтактноеЛицо: 'Нечаева О. В.',
      Товары: [{ Артикул: 'mcb-1' }],
      customer: { name: 'ООО «Свет»', inn: '7701', phone: '+7 900 000-00-00' },
      initiator: { name: 'Власова И.', email: 'v@example.org' },
    };
    const { body, masked } = maskPersonal(content);
    expect(masked).toEqual(['/КонтактноеЛицо', '/customer/phone', '/initiator/name', '/initiator/email']);
    expect(body).toEqual({
      ...content,
      КонтактноеЛицо: null,
      customer: { ...content.customer, phone: null },
      initiator: { name: null, email: null },
    });
  });

  it('leaves empty values and everything else as they are', () => {
    const content = { Телефон: '', email: null, Сумма: 12.5, Проведен: true };
    expect(maskPersonal(content)).toEqual({ body: content, masked: [] });
    expect(maskPersonal(null)).toEqual({ body: null, masked: [] });
  });

  it('hides every text and number of a flow that carries people', () => {
    expect(maskPersonal({ 'a/b~c': 'Иванов', days: 14, posted: true, list: ['x'] }, { every: true })).toEqual({
      body: { 'a/b~c': null, days: null, posted: true, list: [null] },
      masked: ['/a~1b~0c', '/days', '/list/0'],
    });
  });
});

describe('content of a flow that carries people', () => {
  const open = ['Номер', 'Документ.Дата'];

  it('shows the open places alone, where the flow names them', () => {
    const content = {
      номер: 'КП-1',
      Дата: '2026-11-26',
      Документ: { Дата: '2026-11-26', Номер: 'П-7' },
      Паспорт: { Номер: '123456' },
      Сотрудник: 'Лаптева И. О.',
    };
    expect(maskPersonal(content, { every: true, open }).body).toEqual({
      номер: 'КП-1',
      Дата: null,
      Документ: { Дата: '2026-11-26', Номер: null },
      Паспорт: { Номер: null },
      Сотрудник: null,
    });
  });

  it('takes no long text for a number, whatever its place is called', () => {
    const text = 'Лаптева Инна Олеговна '.repeat(10);
    expect(maskPersonal({ Номер: text }, { every: true, open }).body).toEqual({ Номер: null });
  });

  it('shows in an open place only what has the form of a number, date, reference or kind of a document', () => {
    const shown = (value: unknown) =>
      (maskPersonal({ Номер: value }, { every: true, open }).body as { readonly Номер: unknown }).Номер;
    for (const value of [
      '0000-000041',
      'КП000012',
      '000000012',
      'ПриемНаРаботу',
      '8d1d7287-6240-11f1-9296-08002761f3c5',
      '2026-11-26T09:00:00',
      '26.11.2026 9:00:00',
      true,
      14,
    ])
      expect(shown(value)).toBe(value);
    for (const value of [
      '123456',
      '4510123456',
      '79001234567',
      '+7 900 123-45-67',
      '99887766500',
      '998-877-665 00',
      '667904821155',
      79001234567,
      123456,
      'Лаптева',
      'Заявление Лаптевой И. О.',
      'i.lapteva',
      'ЛаптеваИнна',
    ])
      expect(shown(value)).toBeNull();
  });

  it('shows nothing of an identity document or a card, which have a number and a kind, too', () => {
    for (const card of [{ ВидДокумента: 'Паспорт' }, { Серия: 'IV-АБ' }, { ТипДокумента: 'Свидетельство' }]) {
      const content = { ...card, Номер: 'АБ-123456', Дата: '1990-01-02' };
      expect(
        maskPersonal(content, { every: true, open: ['ВидДокумента', 'ТипДокумента', ...open, 'Дата'] }).body,
      ).toEqual(Object.fromEntries(Object.keys(content).map((name) => [name, null])));
    }
  });

  it('hides a personal field that somebody has called open', () => {
    expect(maskPersonal({ Телефон: '1' }, { every: true, open: ['Телефон'] }).body).toEqual({ Телефон: null });
  });
});
