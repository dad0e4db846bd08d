import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Row, Wire } from './testing/wire.ts';

let wire: Wire;
beforeAll(async () => {
  wire = await Wire.start();
});
afterAll(() => wire.close());

const RECORDED = '8d1d7287-6240-11f1-9296-08002761f3c5';
const ORDERS = 'Document_ЗаказКлиента';
const ORDER = `${ORDERS}(guid'${RECORDED}')`;
/** Filter for an order whose customer is in the base: recorded ones refer to customers that were not recorded. */
const COMPLETE = "startswith(Number,'ЭТ00')";

describe('paging and counting', () => {
  it('skips first, then takes the top', async () => {
    const all = await wire.rows(`${ORDERS}?$orderby=Number&$select=Number`);
    expect(await wire.rows(`${ORDERS}?$orderby=Number&$select=Number&$skip=3&$top=2`)).toEqual(all.slice(3, 5));
  });
  it('counts as a bare number, also what a filter leaves', async () => {
    const { type, text } = await wire.ask(`${ORDERS}/$count?$filter=Согласован eq false`);
    expect(type).toContain('text/plain');
    expect(Number(text)).toBe((await wire.rows(`${ORDERS}?$filter=Согласован eq false`)).length);
  });
  it('gives the whole number beside a page; a switch takes the documentation at its word', async () => {
    const ask = () => wire.json(`Catalog_Номенклатура?$inlinecount=allpages&$top=2`);
    const page = await ask();
    const total = String((await wire.rows('Catalog_Номенклатура')).length);
    expect(page).toMatchObject({ 'odata.count': total });
    expect(page.value).toHaveLength(2);
    expect((await wire.ask('Catalog_Номенклатура?$inlinecount=allpages&$top=1')).text).toContain(
      `<m:count>${total}</m:count>`,
    );
    wire.quirks({ inlineCount: 'ignoresPage' });
    expect((await ask()).value).toHaveLength(Number(total));
    wire.quirks({ inlineCount: 'page' });
    expect(await wire.json('Catalog_Склады?$inlinecount=none')).not.toHaveProperty(['odata.count']);
  });
});

describe('$select', () => {
  it('takes properties, all of them, all without tabular sections, fields of lines', async () => {
    expect(await wire.first(`${ORDERS}?$top=1&$select=Number,СуммаДокумента`)).toEqual({
      Number: expect.any(String),
      СуммаДокумента: expect.any(Number),
    });
    expect(await wire.first(`${ORDERS}?$top=1&$select=*`)).toHaveProperty('Товары');
    expect(await wire.first(`${ORDERS}?$top=1&$select=**`)).not.toHaveProperty('Товары');
    const { Товары: lines } = await wire.first(
      `${ORDERS}?$filter=Ref_Key eq guid'${RECORDED}'&$select=Товары/Цена,Товары/Количество`,
    );
    expect(lines).toEqual([
      { Цена: 10_000, Количество: 2 },
      { Цена: 5_000, Количество: 1 },
    ]);
  });
  it('gives presentations only when asked for them', async () => {
    const row = await wire.first(`${ORDERS}?$filter=${COMPLETE}&$top=1&$select=Number,Контрагент____Presentation`);
    expect(row).toEqual({ Number: expect.any(String), Контрагент____Presentation: expect.stringMatching(/\S/) });
    expect(await wire.first(`${ORDERS}?$top=1`)).not.toHaveProperty('Контрагент____Presentation');
    expect(await wire.first(`${ORDERS}?$top=1&$select=*____Presentation`)).toHaveProperty('Партнер____Presentation');
    expect(await wire.refusal(`${ORDERS}?$select=Товары____Presentation`)).toBe('400/6');
  });
});

describe('$expand', () => {
  it('brings the referenced object along in collections', async () => {
    const row = await wire.first(`${ORDERS}?$filter=${COMPLETE}&$top=1&$expand=Контрагент`);
    expect(row.Контрагент).toMatchObject({ Ref_Key: row.Контрагент_Key, Description: expect.any(String) });
    expect(await wire.first(`${ORDERS}?$top=1&$expand=*`)).toHaveProperty('Партнер');
  });
  it('works with $select only when the reference is selected', async () => {
    const without = await wire.first(`${ORDERS}?$top=1&$select=Number&$expand=Контрагент`);
    expect(Object.keys(without)).toEqual(['Number']);
    const selected = await wire.first(
      `${ORDERS}?$filter=${COMPLETE}&$top=1&$select=Number,Контрагент&$expand=Контрагент`,
    );
    expect(selected.Контрагент).toMatchObject({ Description: expect.any(String) });
  });
  it('follows a composite reference by the type that it has', async () => {
    const row = await wire.first(`BusinessProcess_СогласованиеПродажи?$top=1&$expand=Предмет/${ORDERS}/Number`);
    expect(row.Предмет_Expanded).toEqual({ Number: expect.any(String) });
  });
  it('is not for single entities and not for tabular sections', async () => {
    expect(await wire.refusal(`${ORDER}?$expand=Контрагент`)).toBe('400/0');
    expect(await wire.refusal(`${ORDERS}?$expand=Товары`)).toBe('400/6');
  });
});

describe('$orderby', () => {
  it('sorts by several properties and both ways', async () => {
    const rows = await wire.rows(`${ORDERS}?$select=Date,Number&$orderby=Date desc,Number`);
    const keys = rows.map(({ Date: at, Number: number }) => [String(at), String(number)] as const);
    const sorted = [...keys].sort(([a, n], [b, m]) => (a === b ? (n < m ? -1 : 1) : a < b ? 1 : -1));
    expect(keys).toEqual(sorted);
  });
  it('sorts numbers by size and a reference by what people read', async () => {
    const sums = (await wire.rows(`${ORDERS}?$select=СуммаДокумента&$orderby=СуммаДокумента`)).map((row) =>
      Number(row.СуммаДокумента),
    );
    expect(sums).toEqual([...sums].sort((a, b) => a - b));
    const by = async (order: string): Promise<Row[]> =>
      wire.rows(`${ORDERS}?$select=Контрагент____Presentation&$orderby=${order}`);
    const names = (await by('Контрагент')).map((row) => String(row.Контрагент____Presentation));
    expect(names).toEqual([...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    expect((await by('Контрагент_Key')).map((row) => row.Контрагент____Presentation)).toEqual(names);
    expect(await by('Контрагент/Description desc')).toHaveLength(names.length);
  });
});

describe('addresses', () => {
  it('reads an entity by its key and follows its references to a property', async () => {
    expect(await wire.json(ORDER)).toMatchObject({ Ref_Key: RECORDED, Number: 'ТДЦБ-000002' });
    const order = await wire.first(`${ORDERS}?$filter=${COMPLETE}&$top=1`);
    const path = `${ORDERS}(guid'${String(order.Ref_Key)}')/Контрагент`;
    expect(await wire.json(path)).toMatchObject({ Ref_Key: order.Контрагент_Key });
    expect(await wire.json(`${path}/Description`)).toMatchObject({ value: expect.any(String) });
    expect(await wire.refusal(`${ORDER}/Контрагент`)).toBe('404/9');
    expect(await wire.rows(`${ORDER}/Товары`)).toHaveLength(2);
  });
  it('has a set of its own for a tabular section, keyed by owner and line', async () => {
    const lines = await wire.rows(`${ORDERS}_Товары?$filter=Ref_Key eq guid'${RECORDED}'`);
    expect(lines).toMatchObject([{ Ref_Key: RECORDED, LineNumber: '1' }, { LineNumber: '2' }]);
    expect(await wire.json(`${ORDERS}_Товары(Ref_Key=guid'${RECORDED}',LineNumber=2)`)).toMatchObject({ Цена: 5_000 });
  });
  it('reads records of registers by composite key and record sets by their recorder', async () => {
    const [state] = await wire.rows('InformationRegister_СостоянияОбменовДанными');
    const key = ['УзелИнформационнойБазы', 'УзелИнформационнойБазы_Type', 'ДействиеПриОбмене'].map(
      (name) => `${name}='${String(state?.[name])}'`,
    );
    expect(await wire.json(`InformationRegister_СостоянияОбменовДанными(${key.join(',')})`)).toMatchObject({
      ДатаНачала: state?.ДатаНачала,
    });
    const [set] = await wire.rows('AccumulationRegister_ЗаказыКлиентов');
    expect(set).toMatchObject({ Recorder: expect.any(String), Recorder_Type: `StandardODATA.${ORDERS}` });
    const records = await wire.rows(
      `AccumulationRegister_ЗаказыКлиентов_RecordType?$filter=Recorder eq cast(guid'${String(set?.Recorder)}','${ORDERS}')`,
    );
    expect(records.length).toBeGreaterThan(1);
    expect(set?.RecordSet).toEqual(records);
    const path = `AccumulationRegister_ЗаказыКлиентов(Recorder='${String(set?.Recorder)}', Recorder_Type='${String(set?.Recorder_Type)}')`;
    expect(await wire.json(path)).toMatchObject({ RecordSet: set?.RecordSet });
  });
  it('reads and writes a constant', async () => {
    const path = "Constant_ЗаголовокСистемы(guid'00000000-0000-0000-0000-000000000000')";
    await wire.json(path, { method: 'PATCH', body: { Value: 'УТ, демонстрация' } });
    expect(await wire.json(path)).toMatchObject({ SurrogateKey: 0, Value: 'УТ, демонстрация' });
  });
});

describe('rights', () => {
  it('refuses a list with hidden rows unless only allowed ones are asked for', async () => {
    const all = (await wire.rows(ORDERS)).length;
    wire.quirks({ rls: true });
    expect(await wire.refusal(ORDERS)).toBe('401/20');
    const some = (await wire.rows(`${ORDERS}?allowedOnly=true`)).length;
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(all);
    expect(await wire.rows(`${ORDERS}?$allowedOnly=true`)).toHaveLength(some);
    wire.quirks({ rls: false });
  });
});
