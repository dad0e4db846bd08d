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
