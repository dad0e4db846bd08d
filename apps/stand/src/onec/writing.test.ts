import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Row, Wire } from './testing/wire.ts';

let wire: Wire;
beforeAll(async () => {
  wire = await Wire.start();
});
afterAll(() => wire.close());

const ORDERS = 'Document_ЗаказКлиента';
const ITEM = '11111111-0000-4000-8000-000000000001';
const create = (body: unknown, set = ORDERS): Promise<Row> => wire.json(set, { method: 'POST', body });
const line = (number: number | string, more: Row = {}): Row => ({
  LineNumber: String(number),
  Номенклатура_Key: ITEM,
  ...more,
});

describe('create', () => {
  it('answers 201 with the address and the whole entity', async () => {
    const answer = await wire.ask(ORDERS, { method: 'POST', body: { Комментарий: 'новый' } });
    expect(answer.status).toBe(201);
    expect(answer.type).toBe('application/atom+xml;type=entry;charset=utf-8');
    const location = decodeURI(answer.headers.get('location') ?? '');
    expect(location).toMatch(new RegExp(`^${wire.root}${ORDERS}\\(guid'[0-9a-f-]{36}'\\)$`));
    expect(await wire.json(location.slice(wire.root.length))).toMatchObject({ Комментарий: 'новый', Posted: false });
  });
  it('numbers by itself, starts with the first version, takes no reference from outside, ignores unknown names', async () => {
    const row = await create({ Ref_Key: ITEM, Поле: 1, DataVersion: 'x' });
    expect(row).toMatchObject({ DataVersion: 'AAAAAAAAAAA=', Number: expect.stringMatching(/^ЭТ00-\d{6}$/) });
    expect(row.Ref_Key).not.toBe(ITEM);
    expect(row).not.toHaveProperty('Поле');
  });
  it('accepts references to nothing, and references by address', async () => {
    expect(await create({ Контрагент_Key: ITEM })).toMatchObject({ Контрагент_Key: ITEM });
    const bound = { 'Контрагент@odata.bind': `Catalog_Контрагенты(guid'${ITEM}')` };
    expect(await create(bound)).toMatchObject({ Контрагент_Key: ITEM });
    expect(
      await wire.refusal(ORDERS, { method: 'POST', body: { 'Контрагент@odata.bind': 'Catalog_Контрагенты' } }),
    ).toBe('400/4');
  });
  it('adds a record to an independent register once', async () => {
    const set = 'InformationRegister_СостоянияИнтеграцииОбъектов';
    const body = { ИдентификаторОбъекта: 'a', УчетнаяСистема: 'b', Состояние: 'Ожидание' };
    const { status, text } = await wire.ask(set, { method: 'POST', body, headers: { accept: 'application/json' } });
    expect(status).toBe(200);
    expect(JSON.parse(text)).not.toHaveProperty('DataVersion');
    expect(await wire.refusal(set, { method: 'POST', body })).toBe('400/15');
    const path = `${set}(ИдентификаторОбъекта='a',УчетнаяСистема='b')`;
    expect(await wire.json(path, { method: 'PATCH', body: { Состояние: 'Ошибка' } })).toMatchObject({
      Состояние: 'Ошибка',
    });
    expect(await wire.refusal(`${set}(ИдентификаторОбъекта='a')`)).toBe('400/7');
  });
});

describe('change', () => {
  let ref = '';
  let path = '';
  beforeEach(async () => {
    ref = String((await create({ Комментарий: 'было', Товары: [line(1, { Количество: 2 }), line(2)] })).Ref_Key);
    path = `${ORDERS}(guid'${ref}')`;
  });
  const patch = (body: unknown, headers: Record<string, string> = {}) =>
    wire.json(path, { method: 'PATCH', body, headers });

  it('gives the whole entity back; the version grows with every write, also without a change', async () => {
    const first = await patch({ НеОтгружатьЧастями: true });
    expect(first).toMatchObject({ Комментарий: 'было', НеОтгружатьЧастями: true, DataVersion: 'AAAAAAAAAAE=' });
    expect(await patch({ НеОтгружатьЧастями: true })).toMatchObject({ DataVersion: 'AAAAAAAAAAI=' });
  });
  it('cuts long texts in silence and lets a text fall where a whole number belongs', async () => {
    const long = 'номер заказа у клиента длиннее тридцати знаков';
    expect(await patch({ НомерПоДаннымКлиента: long })).toMatchObject({ НомерПоДаннымКлиента: long.slice(0, 30) });
    const { Товары: lines } = await patch({ Товары: [line(1, { КодСтроки: 'семь' })] });
    expect(lines).toMatchObject([{ КодСтроки: '0' }]);
  });
  it('replaces a tabular section as a whole', async () => {
    expect((await patch({ Товары: [line(1, { Количество: 7 })] })).Товары).toMatchObject([
      { LineNumber: '1', Количество: 7 },
    ]);
    expect((await patch({ Комментарий: 'иначе' })).Товары).toHaveLength(1);
  });
  it('wants lines numbered from one: a gap is refused, no number at all breaks', async () => {
    expect(await wire.refusal(path, { method: 'PATCH', body: { Товары: [line(2), line(3)] } })).toBe('400/4');
    expect(await wire.refusal(path, { method: 'PATCH', body: { Товары: [{ Количество: 1 }] } })).toBe('500/-1');
    expect((await wire.json(path)).Товары).toHaveLength(2);
  });
  it('empties what a PUT does not name', async () => {
    const row = await wire.json(path, { method: 'PUT', body: { Date: '2026-11-01T10:00:00', Number: 'ЭТ00-777777' } });
    expect(row).toMatchObject({ Number: 'ЭТ00-777777', Комментарий: '', Товары: [], Ref_Key: ref });
  });
  it('breaks on broken bodies', async () => {
    for (const body of ['{"Комментарий":', '[]', { Комментарий: ['массив'] }, { Товары: 'нет' }])
      expect(await wire.refusal(path, { method: 'PATCH', body })).toBe('500/-1');
    expect(await wire.refusal(path, { method: 'PATCH', body: { Контрагент_Key: 'не guid' } })).toBe('400/1');
    expect(await wire.refusal(path, { method: 'PATCH', body: { Согласован: 'да' } })).toBe('400/4');
    expect(await wire.json(path)).toMatchObject({ Комментарий: 'было', DataVersion: 'AAAAAAAAAAA=' });
  });
  it('ignores If-Match as live publications do; as documented it is 412', async () => {
    const foreign = { 'if-match': 'AAAAAAAAAAk=' };
    expect(await patch({ Комментарий: 'раз' }, foreign)).toMatchObject({ Комментарий: 'раз' });
    wire.quirks({ ifMatch: 'documented' });
    expect(await wire.refusal(path, { method: 'PATCH', body: { Комментарий: 'два' }, headers: foreign })).toBe(
      '412/-1',
    );
    expect(await wire.refusal(path, { method: 'DELETE', headers: foreign })).toBe('412/-1');
    expect(await patch({ Комментарий: 'три' }, { 'if-match': 'AAAAAAAAAAE=' })).toMatchObject({ Комментарий: 'три' });
    wire.quirks({ ifMatch: 'ignored' });
  });
  it('deletes for good', async () => {
    expect((await wire.ask(path, { method: 'DELETE' })).status).toBe(204);
    expect(await wire.refusal(path)).toBe('404/9');
    expect(await wire.refusal(path, { method: 'DELETE' })).toBe('404/9');
  });
  it('marks for deletion by a field, but not a posted document', async () => {
    expect(await patch({ DeletionMark: true })).toMatchObject({ DeletionMark: true });
    expect(await wire.refusal(`${path}/Post`, { method: 'POST' })).toBe('500/-1');
    await patch({ DeletionMark: false });
    await wire.ask(`${path}/Post`, { method: 'POST' });
    expect(await wire.refusal(path, { method: 'PATCH', body: { DeletionMark: true } })).toBe('500/-1');
  });
});

describe('record sets', () => {
  it('replaces the records of a recorder', async () => {
    const recorder = '33333333-0000-4000-8000-000000000009';
    const path = `AccumulationRegister_РасчетыСКлиентами(Recorder='${recorder}', Recorder_Type='StandardODATA.${ORDERS}')`;
    const write = (...sums: readonly number[]) =>
      wire.json(path, {
        method: 'PATCH',
        body: {
          Recorder_Type: `StandardODATA.${ORDERS}`,
          RecordSet: sums.map((Сумма) => ({ Период: null, Сумма, RecordType: 'Receipt' })),
        },
      });
    expect((await write(10, 20)).RecordSet).toHaveLength(2);
    expect((await write(30)).RecordSet).toMatchObject([{ Сумма: 30, Recorder: recorder, LineNumber: '1' }]);
    expect(await wire.refusal(path, { method: 'PATCH', body: {} })).toBe('400/5');
    expect(await wire.refusal(`${ORDERS}_Товары`, { method: 'POST', body: {} })).toBe('400/13');
  });
});

describe('durability', () => {
  it('keeps what was answered when the process is killed', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'pult-onec-'));
    const before = await Wire.start(dataDir);
    const row = await before.json(ORDERS, {
      method: 'POST',
      body: { Комментарий: 'на диске', Товары: [line(1, { Количество: 3 })] },
    });
    const gone = await before.json(ORDERS, { method: 'POST', body: {} });
    await before.ask(`${ORDERS}(guid'${String(gone.Ref_Key)}')`, { method: 'DELETE' });
    const seeded = (await before.rows(`Task_ЗадачаИсполнителя?$orderby=Date`)).length;
    // Nothing is flushed on the way out: the second process sees what the first had on disk when it answered.
    const after = await Wire.start(dataDir);
    expect(await after.json(`${ORDERS}(guid'${String(row.Ref_Key)}')`)).toMatchObject({
      Комментарий: 'на диске',
      Number: row.Number,
      Товары: [{ Количество: 3 }],
    });
    expect(await after.refusal(`${ORDERS}(guid'${String(gone.Ref_Key)}')`)).toBe('404/9');
    expect(await after.rows('Task_ЗадачаИсполнителя')).toHaveLength(seeded);
    const next = await after.json(ORDERS, { method: 'POST', body: {} });
    expect(Number(String(next.Number).slice(5))).toBeGreaterThan(Number(String(row.Number).slice(5)));
    await before.close();
    await after.close();
  });
});
