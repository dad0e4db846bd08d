import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Wire } from './testing/wire.ts';

let wire: Wire;
const ITEM = '11111111-0000-4000-8000-000000000001';
const STOCKS = ['22222222-0000-4000-8000-000000000001', '22222222-0000-4000-8000-000000000002'] as const;
const RECORDER = '33333333-0000-4000-8000-000000000001';
const GOODS = 'AccumulationRegister_ТоварыНаСкладах';
const PRICES = 'InformationRegister_ЦеныНоменклатуры';

beforeAll(async () => {
  wire = await Wire.start();
  const record = (line: number, at: string, stock: string, quantity: number, type = 'Receipt') => ({
    LineNumber: String(line),
    Period: at,
    RecordType: type,
    Номенклатура_Key: ITEM,
    Склад_Key: stock,
    ВНаличии: quantity,
  });
  await wire.json(`${GOODS}(Recorder='${RECORDER}')`, {
    method: 'PATCH',
    body: {
      Recorder_Type: 'StandardODATA.Document_РеализацияТоваровУслуг',
      RecordSet: [
        record(1, '2026-01-10T00:00:00', STOCKS[0], 100),
        record(2, '2026-02-10T00:00:00', STOCKS[0], 30, 'Expense'),
        record(3, '2026-03-10T00:00:00', STOCKS[1], 5),
      ],
    },
  });
});
afterAll(() => wire.close());

const CONDITION = `Condition='Номенклатура_Key eq guid''${ITEM}'''`;
const balance = (args: string) => wire.rows(`${GOODS}/Balance(${CONDITION}${args})`);

describe('accumulation registers', () => {
  it('adds receipts and takes expenses off, by the dimensions that are asked for', async () => {
    expect(await balance('')).toMatchObject([
      { Склад_Key: STOCKS[0], ВНаличииBalance: 70, КОтгрузкеBalance: 0 },
      { Склад_Key: STOCKS[1], ВНаличииBalance: 5 },
    ]);
    expect(await balance(`,Dimensions='Номенклатура'`)).toEqual([
      { Номенклатура_Key: ITEM, ВНаличииBalance: 75, КОтгрузкеBalance: 0 },
    ]);
  });
  it('knows the balance of a moment', async () => {
    expect(await balance(`,Dimensions='Номенклатура',Period=datetime'2026-01-31T00:00:00'`)).toMatchObject([
      { ВНаличииBalance: 100 },
    ]);
  });
  it('takes arguments from the query too', async () => {
    const query = `Condition=Номенклатура_Key eq guid'${ITEM}'&Dimensions=Склад`;
    expect(await wire.rows(`${GOODS}/Balance()?${query}`)).toHaveLength(2);
    expect(await wire.rows(`${GOODS}/Balance?${query}`)).toHaveLength(2);
  });
  it('has turnovers and both together within a range', async () => {
    const range = `StartPeriod=datetime'2026-02-01T00:00:00',EndPeriod=datetime'2026-02-28T00:00:00',Dimensions='Номенклатура'`;
    expect(await wire.rows(`${GOODS}/Turnovers(${CONDITION},${range})`)).toMatchObject([
      { ВНаличииTurnover: -30, ВНаличииReceipt: 0, ВНаличииExpense: 30 },
    ]);
    expect(await wire.rows(`${GOODS}/BalanceAndTurnovers(${CONDITION},${range})`)).toMatchObject([
      { ВНаличииOpeningBalance: 100, ВНаличииExpense: 30, ВНаличииClosingBalance: 70 },
    ]);
  });
  it('gives no balance of a turnover register, of a document, of something unknown', async () => {
    expect(await wire.refusal('AccumulationRegister_ВыручкаИСебестоимостьПродаж/Balance()')).toBe('400/6');
    expect(await wire.rows('AccumulationRegister_ВыручкаИСебестоимостьПродаж/Turnovers()')).not.toHaveLength(0);
    expect(await wire.refusal('Document_ЗаказКлиента/Balance()')).toBe('400/6');
    expect(await wire.refusal(`${GOODS}/Balance(Dimensions='Цвет')`)).toBe('400/6');
    expect(await wire.refusal(`${GOODS}/Остатки()`)).toBe('400/6');
  });
});

describe('slices', () => {
  const cost = `ВидЦены_Key eq guid''0b5a7d10-0000-11f1-8000-00155d000004''`;
  it('takes the last price before a moment, records of a register that documents write', async () => {
    const [now] = await wire.rows(`${PRICES}_RecordType/SliceLast(Condition='${cost}')?$top=1`);
    const item = String(now?.Номенклатура_Key);
    const all = await wire.rows(
      `${PRICES}_RecordType?$filter=Номенклатура_Key eq guid'${item}' and ВидЦены_Key eq guid'0b5a7d10-0000-11f1-8000-00155d000004'&$orderby=Period`,
    );
    expect(all).toHaveLength(2);
    expect(now).toEqual(all[1]);
    const between = `Period=datetime'${String(all[0]?.Period)}',Condition='${cost} and Номенклатура_Key eq guid''${item}'''`;
    expect(await wire.rows(`${PRICES}_RecordType/SliceLast(${between})`)).toEqual([all[0]]);
    const first = await wire.rows(
      `${PRICES}_RecordType/SliceFirst(Condition='${cost} and Номенклатура_Key eq guid''${item}''')`,
    );
    expect(first).toEqual([all[0]]);
  });
  it('is not there on the record sets, nor on registers without a period', async () => {
    expect(await wire.refusal(`${PRICES}/SliceLast()`)).toBe('400/6');
    expect(await wire.refusal('InformationRegister_СостоянияОбменовДанными/SliceLast()')).toBe('400/6');
    expect(await wire.refusal(`${GOODS}_RecordType/SliceLast()`)).toBe('400/6');
  });
  it('gives costs and prices for everything that is sold', async () => {
    const of = async (type: string): Promise<number> =>
      (await wire.rows(`${PRICES}_RecordType/SliceLast(Condition='ВидЦены_Key eq guid''${type}''')`)).length;
    const types = await wire.rows('Catalog_ВидыЦен?$orderby=Description&$select=Ref_Key,Description');
    expect(types.map((row) => row.Description)).toEqual([
      'Внутренняя себестоимость',
      'Плановая себестоимость',
      'Розничная (РРЦ)',
    ]);
    const [, costs, prices] = await Promise.all(types.map((row) => of(String(row.Ref_Key))));
    expect(costs).toBe(prices);
  });
});
