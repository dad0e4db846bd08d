import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Wire } from './testing/wire.ts';

let wire: Wire;
beforeAll(async () => {
  wire = await Wire.start();
  for (const [name, inn] of [
    ['Альфа-Тест', '7700000001'],
    ["Тест О'Хара", '7700000002'],
    ['тест+плюс', '7700000003'],
  ])
    await wire.json('Catalog_Контрагенты', { method: 'POST', body: { Description: name, ИНН: inn } });
});
afterAll(() => wire.close());

const RECORDED = '8d1d7287-6240-11f1-9296-08002761f3c5';
const ORDERS = 'Document_ЗаказКлиента';
const names = async (filter: string): Promise<unknown[]> =>
  (await wire.rows(`Catalog_Контрагенты?$filter=startswith(ИНН,'770000000') and (${filter})&$orderby=ИНН`)).map((row) =>
    String(row.ИНН).at(-1),
  );
/** Whether the recorded order fits: 07.06.2026 10:14:42, 25 000, unposted, two lines at 10 000 and 5 000. */
const fits = async (filter: string): Promise<boolean> =>
  (await wire.rows(`${ORDERS}?$filter=Ref_Key eq guid'${RECORDED}' and (${filter})&$select=Number`)).length === 1;

describe('operators', () => {
  it.each([
    ["ИНН eq '7700000002'", ['2']],
    ["ИНН ne '7700000002'", ['1', '3']],
    ["ИНН gt '7700000002'", ['3']],
    ["ИНН ge '7700000002'", ['2', '3']],
    ["ИНН lt '7700000002'", ['1']],
    ["ИНН le '7700000002'", ['1', '2']],
    ["not (ИНН eq '7700000001' or ИНН eq '7700000003')", ['2']],
    ["Description eq 'Тест О''Хара'", ['2']],
  ])('%s', async (filter, found) => {
    expect(await names(filter)).toEqual(found);
  });
  it.each([
    'СуммаДокумента add 5 eq 25005',
    'СуммаДокумента sub 5 eq 24995',
    'СуммаДокумента mul 2 div 4 eq 12500',
    'СуммаДокумента eq 25000.00',
    'Согласован eq false and Posted ne true',
    "Date gt datetime'2026-06-07T10:14:41' and Date lt datetime'2026-06-08'",
    "Контрагент_Key eq guid'DEE6E19D-55BC-11D9-848A-00112F43529A'",
    "Статус eq 'КОбеспечению'",
  ])('%s', async (filter) => {
    expect(await fits(filter)).toBe(true);
  });
});

describe('functions', () => {
  it.each([
    "substringof('ДЦБ',Number)",
    "startswith(Number,'ТДЦБ')",
    "endswith(Number,'002')",
    "concat(Number,'!') eq 'ТДЦБ-000002!'",
    "like(Number,'%Б-0000_2')",
    'year(Date) eq 2026 and quarter(Date) eq 2 and month(Date) eq 6 and day(Date) eq 7',
    'hour(Date) eq 10 and minute(Date) eq 14 and second(Date) eq 42',
    'dayofweek(Date) eq 7 and dayofyear(Date) eq 158',
    "dateadd(Date,'day',1) eq datetime'2026-06-08T10:14:42'",
    "datedifference(Date,datetime'2026-08-01T00:00:00','month') eq 2",
    'round(СуммаДокумента div 3) eq 8333',
  ])('%s', async (filter) => {
    expect(await fits(filter)).toBe(true);
    expect(await fits(`not (${filter})`)).toBe(false);
  });
  it.each(['length', 'indexof', 'replace', 'tolower', 'toupper', 'trim', 'floor', 'ceiling'])(
    '%s is not supported',
    async (name) => {
      expect(await wire.refusal(`${ORDERS}?$filter=${name}(Number) eq 1`)).toBe('501/21');
    },
  );
  it('refuses an unknown one and one with too few arguments', async () => {
    expect(await wire.refusal(`${ORDERS}?$filter=soundex(Number) eq 1`)).toBe('400/14');
    expect(await wire.refusal(`${ORDERS}?$filter=startswith(Number)`)).toBe('400/12');
  });
});

describe('paths, lines, composite references', () => {
  it('goes through a reference', async () => {
    const { ИНН: inn, Ref_Key: ref } = await wire.first(
      `Catalog_Контрагенты?$filter=startswith(Code,'НФ') eq false and ИНН ne ''&$skip=9&$top=1`,
    );
    const orders = await wire.rows(`${ORDERS}?$filter=Контрагент/ИНН eq '${String(inn)}'&$select=Контрагент_Key`);
    expect(orders.length).toBeGreaterThan(0);
    for (const order of orders) expect(order.Контрагент_Key).toBe(ref);
  });
  it('looks into lines', async () => {
    expect(await fits('Товары/any(d: d/Цена ge 10000)')).toBe(true);
    expect(await fits('Товары/all(d: d/Цена ge 10000)')).toBe(false);
    expect(await fits('Товары/all(d: d/Цена ge 5000 and d/Количество gt 0)')).toBe(true);
    expect(await fits("Товары/any(d: d/Номенклатура/Description eq 'нет такого')")).toBe(false);
    expect(await fits('Товары/any()')).toBe(true);
  });
  it('finds a composite reference with cast only, of the right type', async () => {
    const { Предмет: ref } = await wire.first('BusinessProcess_СогласованиеПродажи');
    const found = (value: string) => wire.rows(`BusinessProcess_СогласованиеПродажи?$filter=Предмет eq ${value}`);
    expect(await found(`cast(guid'${String(ref)}','${ORDERS}')`)).toHaveLength(1);
    expect(await found(`guid'${String(ref)}'`)).toHaveLength(0);
    expect(await found(`cast(guid'${String(ref)}','Document_РеализацияТоваровУслуг')`)).toHaveLength(0);
    expect(
      (await wire.rows(`BusinessProcess_СогласованиеПродажи?$filter=isof(Предмет,'${ORDERS}')`)).length,
    ).toBeGreaterThan(1);
  });
});

describe('encoding', () => {
  it('does not decode a plus; a publication that does can be switched on', async () => {
    const filter = "{%24}filter=Description{+}eq{+}'Альфа-Тест'";
    expect(await wire.refusal(`Catalog_Контрагенты?${filter}`)).toBe('400/14');
    expect(await wire.rows("Catalog_Контрагенты?$filter=Description eq 'тест{+}плюс'")).toHaveLength(1);
    wire.quirks({ plusDecoding: 'on' });
    expect(await wire.rows(`Catalog_Контрагенты?${filter}`)).toHaveLength(1);
    wire.quirks({ plusDecoding: 'off' });
  });
});

describe('refusals', () => {
  it.each([
    ['Поле eq 1', '400/10'],
    ['Контрагент/Поле eq 1', '400/10'],
    ['Товары/any(d: d/Поле eq 1)', '400/10'],
    ['Number eq', '400/14'],
    ['Number eq 1 2', '400/14'],
    ['(Number eq 1', '400/14'],
    ["Ref_Key eq guid'не guid'", '400/1'],
    ["Date gt datetime'вчера'", '400/1'],
    [`Ref_Key gt guid'${RECORDED}'`, '500/-1'],
  ])('%s → %s', async (filter, refusal) => {
    expect(await wire.refusal(`${ORDERS}?$filter=${filter}`)).toBe(refusal);
  });
});
