import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASES, SITES } from './bases.ts';
import { Wire } from './testing/wire.ts';

let wire: Wire;
beforeAll(async () => {
  wire = await Wire.start();
});
afterAll(() => wire.close());

describe('the bases of the landscape', () => {
  it.each(BASES)('%s keeps the registers of its exchange, its own node and those of its partners', async (base) => {
    const plan = 'ExchangePlan_СинхронизацияДанныхЧерезУниверсальныйФормат';
    const nodes = await wire.rows(plan, base);
    expect(nodes.filter((row) => row.ThisNode === true)).toHaveLength(1);
    expect(nodes.length).toBeGreaterThan(1);
    const states = await wire.rows('InformationRegister_СостоянияОбменовДанными', base);
    const known = new Set(nodes.map((row) => row.Ref_Key));
    expect(states).toHaveLength((nodes.length - 1) * 2);
    for (const row of states) expect(known).toContain(row.УзелИнформационнойБазы);
    for (const row of await wire.rows('InformationRegister_РезультатыОбменаДанными', base))
      expect(known).toContain(row.УзелИнформационнойБазы);
    const integration = await wire.rows('InformationRegister_СостоянияИнтеграцииОбъектов', base);
    expect(integration.length).toBeGreaterThan(0);
    for (const row of integration) expect(['Интегрирован', 'Ожидание', 'Ошибка']).toContain(row.Состояние);
  });

  it.each([
    ['erp-1', 'Document_ПриобретениеТоваровУслуг', 'Document_ЗаказКлиента'],
    ['erp-2', 'Document_УстановкаЦенНоменклатуры', 'BusinessProcess_СогласованиеПродажи'],
    ['zup', 'Document_ПриемНаРаботу', 'Catalog_Номенклатура'],
    ['zup', 'Document_Отпуск', 'Document_РеализацияТоваровУслуг'],
    ['uh', 'Document_НастраиваемыйОтчет', 'Catalog_Контрагенты'],
  ])('%s publishes %s and not %s', async (base, present, absent) => {
    expect((await wire.ask('$metadata', {}, base)).text).toContain(`EntitySet Name="${present}"`);
    expect((await wire.ask(present, {}, base)).status).toBe(200);
    expect((await wire.ask(absent, {}, base)).status).toBe(404);
  });

  it('lets each site make a third of the goods that trade sells, under the same cards', async () => {
    const select = 'Catalog_Номенклатура?$select=Ref_Key,Артикул';
    const trade = new Map((await wire.rows(select)).map((row) => [row.Ref_Key, row.Артикул]));
    const made = (await Promise.all(SITES.map((site) => wire.rows(select, site)))).flat();
    for (const row of made) expect(trade.get(row.Ref_Key)).toBe(row.Артикул);
    expect(new Set(made.map((row) => row.Ref_Key)).size).toBe(made.length);
    expect(made.length).toBe(150);
  });

  it('gives documents numbers of their own', async () => {
    const body = { Date: '2026-11-27T10:00:00' };
    const made = await Promise.all(
      SITES.map(async (site) => {
        const headers = { accept: 'application/json' };
        const set = 'Document_ПриобретениеТоваровУслуг';
        return JSON.parse((await wire.ask(set, { method: 'POST', body, headers }, site)).text) as { Number: string };
      }),
    );
    expect(made.map(({ Number: number }) => number.slice(0, 5))).toEqual(['П100-', 'П200-', 'П300-']);
  });

  it('keeps people with numbers that check, and a few cards without one', async () => {
    const people = await wire.rows('Catalog_ФизическиеЛица', 'zup');
    const numbers = people.map((row) => String(row.СтраховойНомерПФР));
    expect(numbers.filter((number) => number === '').length).toBeGreaterThan(0);
    for (const number of numbers.filter((one) => one !== '')) {
      const digits = number.replace(/\D/g, '');
      const sum = [...digits.slice(0, 9)].reduce((total, digit, index) => total + Number(digit) * (9 - index), 0);
      expect(Number(digits.slice(9))).toBe((sum % 101) % 100);
    }
  });

  it('has its own quirks: one base fails, the others answer', async () => {
    Object.assign(wire.onec.bases.get('erp-2')?.quirks ?? {}, { licence: true });
    expect((await wire.ask('Catalog_Номенклатура', {}, 'erp-2')).status).toBe(500);
    expect((await wire.ask('Catalog_Номенклатура', {}, 'erp-1')).status).toBe(200);
    Object.assign(wire.onec.bases.get('uh')?.quirks ?? {}, { periodClosed: true });
    const headers = { accept: 'application/json' };
    const answer = await wire.ask(
      'Document_НастраиваемыйОтчет',
      { method: 'POST', body: { Posted: true }, headers },
      'uh',
    );
    expect(answer.text).toContain('период закрыт для изменений');
  });
});
