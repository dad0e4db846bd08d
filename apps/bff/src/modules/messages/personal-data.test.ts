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

  it('hides a personal field that somebody has called open', () => {
    expect(maskPersonal({ Телефон: '1' }, { every: true, open: ['Телефон'] }).body).toEqual({ Телефон: null });
  });
});
