import { SourceError } from '@pult/shared/errors/app-error';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testConnection } from '../testing/connection.ts';
import { startScriptedServer } from '../testing/scripted-server.ts';
import { createOnecClient, type OnecClient } from './client.ts';
import { stringLiteral } from './literals.ts';

const REF = 'b1c89d94-cb6a-11e6-aede-5404a6b4b8ed';
let server: Awaited<ReturnType<typeof startScriptedServer>>;
let client: OnecClient;
beforeAll(async () => {
  server = await startScriptedServer(() => ({ body: { value: [] } }));
  client = createOnecClient({ connection: testConnection(server.url), url: `${server.url}/ut/odata/standard.odata` });
});
afterAll(() => server.close());

describe('requests', () => {
  it('writes spaces as %20, quotes doubled, JSON without metadata asked for', async () => {
    server.answer(() => ({ body: { value: [] } }));
    await client.list('Document_ЗаказКлиента', {
      filter: `НомерПоДаннымКлиента eq ${stringLiteral("О'Нил + Ко & сын")}`,
      select: ['Ref_Key', 'Number'],
      top: 2,
    });
    const [request] = server.seen;
    expect(request?.rawUrl).not.toContain('+');
    expect(request?.rawUrl).toContain('%20eq%20');
    expect(request?.url).toContain("eq 'О''Нил + Ко & сын'");
    expect(request?.url).toContain('$format=application/json;odata=nometadata');
    expect(request?.url).toContain('$select=Ref_Key,Number');
  });

  it('asks for a balance with its arguments as literals inside the path', async () => {
    server.answer(() => ({ body: { value: [{ КоличествоBalance: 5 }] } }));
    const condition = "Склад eq 'О''Нил'";
    const rows = await client.balance('AccumulationRegister_Х', { dimensions: ['Номенклатура', 'Склад'], condition });
    expect(rows).toEqual([{ КоличествоBalance: 5 }]);
    expect(server.seen[0]?.url).toContain(
      "/AccumulationRegister_Х/Balance(Condition='Склад eq ''О''''Нил''',Dimensions='Номенклатура,Склад')?",
    );
  });

  it('refuses what is no guid before anything leaves', async () => {
    server.answer(() => ({ body: {} }));
    await expect(client.get('Catalog_X', "x') or (1 eq 1")).rejects.toMatchObject({ code: 'request.invalid' });
    expect(server.seen).toEqual([]);
  });

  it('says null for a missing instance and fails for an unpublished set', async () => {
    server.answer(() => ({ status: 404, body: { 'odata.error': { code: '9', message: { value: 'нет' } } } }));
    expect(await client.get('Catalog_X', REF)).toBeNull();
    server.answer(() => ({ status: 404, body: { 'odata.error': { code: '8', message: { value: 'нет' } } } }));
    await expect(client.get('Catalog_X', REF)).rejects.toMatchObject({
      code: 'source.not_found',
      data: { odataCode: '8' },
    });
  });
});

describe('pages', () => {
  it('go by the value of the field, lose and repeat nothing even where many rows share it', async () => {
    const dates = ['2026-01-01', '2026-01-02', '2026-01-02', '2026-01-02', '2026-01-02', '2026-01-02', '2026-01-03'];
    const rows = dates.map((date, index) => ({ Ref_Key: `r${index}`, Date: `${date}T00:00:00` }));
    server.answer(({ url }) => {
      const from = /Date ge datetime'([^']+)'/.exec(url)?.[1] ?? '';
      const top = Number(/\$top=(\d+)/.exec(url)?.[1]);
      return { body: { value: rows.filter((row) => row.Date >= from).slice(0, top) } };
    });
    const seen: unknown[] = [];
    for await (const page of client.pages('Document_X', { by: 'Date', pageSize: 2 }))
      seen.push(...page.map((row) => row.Ref_Key));
    expect(seen).toEqual(rows.map((row) => row.Ref_Key));
    expect(server.seen.every(({ url }) => !url.includes('$skip'))).toBe(true);
  });
});

describe('pages of a register', () => {
  it('tell its rows apart by their dimensions: it has no Ref_Key', async () => {
    const rows = Array.from({ length: 5 }, (_, index) => ({ Узел: `n${index}`, Дата: '2026-01-02T00:00:00' }));
    server.answer(({ url }) => {
      if (url.includes('Ref_Key'))
        return { status: 400, body: { 'odata.error': { code: '10', message: { value: '' } } } };
      return { body: { value: rows.slice(0, Number(/\$top=(\d+)/.exec(url)?.[1])) } };
    });
    const seen: unknown[] = [];
    const query = { by: 'Дата', key: ['Узел'], select: ['Причина'], pageSize: 2 };
    for await (const page of client.pages('InformationRegister_X', query)) seen.push(...page.map((row) => row.Узел));
    expect(seen).toEqual(rows.map((row) => row.Узел));
    expect(server.seen[0]?.url).toContain('$select=Узел,Дата,Причина');
  });
});

describe('writes', () => {
  it('compares the version itself, because 1С ignores If-Match', async () => {
    server.answer(() => ({ body: { Ref_Key: REF, DataVersion: 'AAAAAgAAAAA=' } }));
    await expect(
      client.patch('Task_X', REF, { Комментарий: 'а' }, { expectVersion: 'AAAAAQAAAAA=' }),
    ).rejects.toMatchObject({ code: 'source.conflict', canRetry: false });
    expect(server.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  it('sends the version along where the publication honours it', async () => {
    server.answer(() => ({ body: { Ref_Key: REF, DataVersion: 'AAAAAgAAAAA=' } }));
    await client.patch('Task_X', REF, { Комментарий: 'а' }, { expectVersion: 'AAAAAgAAAAA=' });
    expect(server.seen.map(({ method, headers }) => [method, headers['if-match']])).toEqual([
      ['GET', undefined],
      ['PATCH', 'AAAAAgAAAAA='],
    ]);
  });

  it('executes a task with an empty answer', async () => {
    server.answer(() => ({ body: '' }));
    await client.executeTask('Task_ЗадачаИсполнителя', REF);
    expect(server.seen[0]?.url).toContain(`/Task_ЗадачаИсполнителя(guid'${REF}')/ExecuteTask`);
  });

  it('never repeats a write and says that it may have arrived', async () => {
    server.answer((_request, response) => {
      response.destroy();
      return null;
    });
    const error = await client.create('Document_X', {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({ code: 'source.unreachable', canRetry: false, maybeSent: true });
    expect(server.seen).toHaveLength(1);
  });
});
