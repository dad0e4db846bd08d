import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Wire } from './testing/wire.ts';

let wire: Wire;
beforeAll(async () => {
  wire = await Wire.start();
});
afterAll(() => wire.close());

const ORDERS = 'Document_ЗаказКлиента';
const newOrder = async (): Promise<string> =>
  `${ORDERS}(guid'${String((await wire.json(ORDERS, { method: 'POST', body: {} })).Ref_Key)}')`;
const isPosted = async (path: string): Promise<unknown> => (await wire.json(path)).Posted;

describe('posting', () => {
  it.each(['/Post', '/Post()', '/Post()?PostingModeOperational=false', '/Post?PostingModeOperational=true'])(
    'takes POST …%s, answers empty, may be repeated',
    async (tail) => {
      const path = await newOrder();
      for (const _ of [1, 2]) {
        const { status, text } = await wire.ask(`${path}${tail}`, { method: 'POST' });
        expect([status, text]).toEqual([200, '']);
        expect(await isPosted(path)).toBe(true);
      }
      expect((await wire.ask(`${path}/Unpost()`, { method: 'POST' })).status).toBe(200);
      expect(await isPosted(path)).toBe(false);
    },
  );
  it('follows the field Posted too', async () => {
    const path = await newOrder();
    expect(await wire.json(path, { method: 'PATCH', body: { Posted: true, Комментарий: 'проведён' } })).toMatchObject({
      Posted: true,
      Комментарий: 'проведён',
    });
    await wire.json(path, { method: 'PATCH', body: { Posted: false } });
    expect(await isPosted(path)).toBe(false);
  });
  it('is run by GET as well, unless that is switched off', async () => {
    const path = await newOrder();
    await wire.ask(`${path}/Post`);
    expect(await isPosted(path)).toBe(true);
    wire.quirks({ getExecutesPost: 'off' });
    expect(await wire.refusal(`${path}/Unpost`)).toBe('405/19');
    wire.quirks({ getExecutesPost: 'on' });
  });
  it('fails in its handler: code −1 with the text; nothing is posted; load mode skips the handler', async () => {
    const path = await newOrder();
    wire.quirks({ postingError: 1 });
    const { status, text } = await wire.ask(`${path}/Post`, {
      method: 'POST',
      headers: { accept: 'application/json' },
    });
    expect(status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({
      'odata.error': {
        code: '-1',
        message: { lang: 'ru', value: expect.stringMatching(/Не удалось провести|Ошибка при выполнении обработчика/) },
      },
    });
    expect(await isPosted(path)).toBe(false);
    expect(
      (await wire.ask(`${path}/Post`, { method: 'POST', headers: { '1C_OData-DataLoadMode': 'true' } })).status,
    ).toBe(200);
    wire.quirks({ postingError: 0 });
  });
  it('is for documents only', async () => {
    const { Ref_Key: ref } = await wire.first('Catalog_Склады');
    expect(await wire.refusal(`Catalog_Склады(guid'${String(ref)}')/Post`, { method: 'POST' })).toBe('500/-1');
  });
});

describe('processes and tasks', () => {
  const open = (): Promise<Record<string, unknown>> =>
    wire.first("Task_ЗадачаИсполнителя?$filter=Executed eq false and isof(Предмет,'Document_ЗаказКлиента')&$top=1");
  const at = (set: unknown, ref: unknown): string =>
    `${String(set).replace('StandardODATA.', '')}(guid'${String(ref)}')`;

  it.each([
    ['Согласовано', 'Согласовано', true, 'КОбеспечению'],
    ['Не согласовано: маржа ниже допустимой', 'НеСогласовано', false, 'НеСогласован'],
  ])('ExecuteTask with «%s» ends the process and decides the order', async (text, result, approved, state) => {
    const task = await open();
    const path = at('Task_ЗадачаИсполнителя', task.Ref_Key);
    await wire.json(path, { method: 'PATCH', body: { РезультатВыполнения: text } });
    expect((await wire.ask(`${path}/ExecuteTask`, { method: 'POST' })).status).toBe(200);
    expect(await wire.json(path)).toMatchObject({ Executed: true });
    const process = await wire.json(at(task.BusinessProcess_Type, task.BusinessProcess));
    expect(process).toMatchObject({
      Completed: true,
      РезультатСогласования: result,
      РезультатыСогласования: [{ Комментарий: text }],
    });
    expect(await wire.json(at(task.Предмет_Type, task.Предмет))).toMatchObject({ Согласован: approved, Статус: state });
    expect(await wire.refusal(`${path}/ExecuteTask`, { method: 'POST' })).toBe('500/-1');
  });
  it('starts a process once', async () => {
    const set = 'BusinessProcess_СогласованиеПродажи';
    const { Ref_Key: ref } = await wire.json(set, { method: 'POST', body: {} });
    expect((await wire.ask(`${at(set, ref)}/Start`, { method: 'POST' })).status).toBe(200);
    expect(await wire.json(at(set, ref))).toMatchObject({ Started: true });
    expect(await wire.refusal(`${at(set, ref)}/Start`, { method: 'POST' })).toBe('500/-1');
  });
  it('lets the open requests be of every kind, with waits of every length', async () => {
    const tasks = await wire.rows('Task_ЗадачаИсполнителя?$filter=Executed eq false&$select=BusinessProcess_Type');
    const returns = tasks.filter((row) => String(row.BusinessProcess_Type).includes('Возврат'));
    expect(returns).toHaveLength(4);
    const orders = await wire.rows(
      'BusinessProcess_СогласованиеПродажи?$filter=Completed eq false&$select=ЕстьОтклоненияОтЦеновыхУсловий',
    );
    expect(orders.some((row) => row.ЕстьОтклоненияОтЦеновыхУсловий === false)).toBe(true);
    expect(orders.some((row) => row.ЕстьОтклоненияОтЦеновыхУсловий === true)).toBe(true);
  });
});

describe('exchange plan', () => {
  it('gives changes as messages until they are confirmed', async () => {
    const plan = 'ExchangePlan_СинхронизацияДанныхЧерезУниверсальныйФормат';
    const { Ref_Key: node } = await wire.first(`${plan}?$filter=Code eq 'БП'`);
    const point = `DataExchangePoint='${wire.root}${plan}(guid'${String(node)}')'`;
    const select = (number: number) => wire.ask(`SelectChanges?${point}&MessageNo=${number}`, { method: 'POST' });
    await wire.ask(`NotifyChangesReceived?${point}&MessageNo=1`, { method: 'POST' });
    await select(9_001);
    await wire.ask(`NotifyChangesReceived?${point}&MessageNo=9001`, { method: 'POST' });
    const kept = await newOrder();
    const gone = await newOrder();
    await wire.ask(gone, { method: 'DELETE' });
    const { type, text } = await select(9_002);
    expect(type).toContain('type=feed');
    expect(text).toContain(`<id>${wire.root}${kept}</id>`);
    expect(text).toContain(`<at:deleted-entry ref="${wire.root}${gone}"`);
    expect((await select(9_003)).text).toContain(kept);
    const confirmed = await wire.ask(`NotifyChangesReceived?${point}&MessageNo=9003`, { method: 'POST' });
    expect([confirmed.status, confirmed.text]).toEqual([200, '']);
    expect((await select(9_004)).text).not.toContain('<entry>');
    expect(await wire.first(`${plan}?$filter=Code eq 'БП'`)).toMatchObject({ ReceivedNo: '9003', SentNo: '9004' });
    expect(await wire.rows(`${plan}?$filter=ThisNode eq true`)).toHaveLength(1);
    expect(await wire.refusal(`SelectChanges?MessageNo=1`, { method: 'POST' })).toBe('400/12');
  });
});
