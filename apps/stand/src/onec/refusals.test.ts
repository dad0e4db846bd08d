import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { calmQuirks, type Quirks } from './quirks.ts';
import { Wire } from './testing/wire.ts';

let wire: Wire;
beforeAll(async () => {
  wire = await Wire.start();
});
afterEach(() => wire.quirks(calmQuirks()));
afterAll(() => wire.close());

const SET = 'Catalog_Номенклатура';

describe('errors of the interface', () => {
  it('are JSON or XML as the answer would have been', async () => {
    const json = await wire.ask('CatalogПоставщики', { headers: { accept: 'application/json' } });
    expect(json.status).toBe(404);
    expect(JSON.parse(json.text)).toEqual({
      'odata.error': { code: '8', message: { lang: 'ru', value: '"CatalogПоставщики" entity is not found' } },
    });
    const xml = await wire.ask(`${SET}(guid'00000000-0000-4000-8000-000000000000')`);
    expect([xml.status, xml.type]).toEqual([404, 'application/xml;charset=utf-8']);
    expect(xml.text).toContain('<m:code>9</m:code><m:message>Экземпляр сущности не найден</m:message>');
    expect(xml.text).toContain('<m:error xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">');
  });
  it.each([
    [`${SET}?$expan=Parent`, '400/0'],
    [`${SET}?$apply=x`, '400/0'],
    [`${SET}('abc')`, '400/1'],
    [`${SET}?$select=Поле`, '400/6'],
    [`${SET}?$orderby=Поле`, '400/6'],
    [`${SET}?$orderby=Code вниз`, '400/6'],
    [`${SET}?$expand=Поле`, '400/6'],
    [`${SET}/Поле`, '400/6'],
    [`${SET}?$top=много`, '400/14'],
    [`${SET}?$inlinecount=some`, '400/14'],
    ['Document_ЗаказКлиента_Товары(LineNumber=1)', '400/7'],
  ])('%s → %s', async (path, refusal) => {
    expect(await wire.refusal(path)).toBe(refusal);
  });
  it.each([
    ['DELETE', SET],
    ['PATCH', SET],
    ['POST', `${SET}/$count`],
    ['GET', 'SelectChanges?MessageNo=1'],
  ])('%s %s is not allowed', async (method, path) => {
    expect(await wire.refusal(path, { method })).toBe('405/19');
  });
});

describe('access', () => {
  it('asks for a password with its realm', async () => {
    const { status, headers } = await wire.ask(SET, { headers: { authorization: '' } });
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Basic realm="1C:Enterprise 8.3"']);
    wire.quirks({ platform: '8.5' });
    const wrong = await wire.ask(SET, {
      headers: { authorization: `Basic ${Buffer.from('pult:нет').toString('base64')}` },
    });
    expect(wrong.headers.get('www-authenticate')).toBe('Basic realm="1C:Enterprise 8.5"');
  });
  it('knows passwords in UTF-8 only', async () => {
    expect((await wire.ask(SET)).status).toBe(200);
    const cp1251 = Buffer.from(
      [...'pult:'].map((letter) => letter.charCodeAt(0)).concat([0xef, 0xe0, 0xf0, 0xee, 0xeb, 0xfc]),
    );
    expect((await wire.ask(SET, { headers: { authorization: `Basic ${cp1251.toString('base64')}` } })).status).toBe(
      401,
    );
  });
});

describe('sessions', () => {
  const start = { IBSession: 'start' };
  it('knows no cookies unless the publication reuses sessions', async () => {
    expect((await wire.ask(SET, { headers: start })).headers.get('set-cookie')).toBeNull();
  });
  it('starts, reuses, ends, and refuses one too many', async () => {
    wire.quirks({ ibSession: 'cookie', maxSessions: 1 });
    const cookie = (await wire.ask(SET, { headers: start })).headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(cookie).toMatch(/^ibsession=/);
    expect((await wire.ask(SET, { headers: start })).status).toBe(406);
    expect((await wire.ask(SET, { headers: { cookie } })).status).toBe(200);
    expect((await wire.ask(SET, { headers: { cookie, IBSession: 'finish' } })).status).toBe(200);
    expect((await wire.ask(SET, { headers: { cookie } })).status).toBe(400);
  });
});

describe('answers that are no OData', () => {
  const BOM = '\ufeff';
  it.each<[string, Partial<Quirks>, number, RegExp]>([
    [
      'technical works',
      { maintenance: true },
      403,
      new RegExp(`^${BOM}\\{"#exception".*Начало сеанса с информационной базой запрещено`),
    ],
    ['no licence', { licence: true }, 500, new RegExp(`^${BOM}\\{.*Не обнаружено свободной лицензии!`)],
    [
      'the platform broke',
      { platformError: true },
      500,
      /<title>1C:Enterprise 8 application error<\/title>.*by reason:/,
    ],
    ['a page to sign in', { html200: true }, 200, /^<!DOCTYPE html>.*type="password"/],
    ['the web server: bad gateway', { gateway: 502 }, 502, /502 Bad Gateway/],
    ['the web server: unavailable', { gateway: 503 }, 503, /503 Service Unavailable/],
    ['password refused', { unauthorized: true }, 401, /^$/],
  ])('%s', async (_, quirk, status, body) => {
    wire.quirks(quirk);
    const answer = await wire.ask(SET, { headers: { accept: 'application/json' } });
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(body);
  });
  it('breaks the connection when the base is down', async () => {
    wire.quirks({ down: true });
    await expect(wire.ask(SET)).rejects.toThrow('fetch failed');
  });
  it('takes its time', async () => {
    const took = async (change: Partial<Quirks>, path: string): Promise<number> => {
      wire.quirks({ ...calmQuirks(), ...change });
      const start = performance.now();
      await wire.ask(path);
      return performance.now() - start;
    };
    expect(await took({ slowMs: 120 }, SET)).toBeGreaterThanOrEqual(115);
    expect(await took({ metadataDelayMs: 120 }, '$metadata')).toBeGreaterThanOrEqual(115);
    const fresh = await Wire.start();
    Object.assign(fresh.onec.bases.get('ut')?.quirks ?? {}, { firstRequestDelayMs: 120 });
    const start = performance.now();
    await fresh.ask(SET);
    expect(performance.now() - start).toBeGreaterThanOrEqual(115);
    await fresh.close();
  });
  it('knows only its bases and its interface', async () => {
    for (const path of ['/нет/odata/standard.odata/', '/ut/odata/other/'])
      expect(
        (
          await fetch(`${wire.onec.url}${encodeURI(path)}`, {
            headers: { authorization: `Basic ${Buffer.from('pult:пароль').toString('base64')}` },
          })
        ).status,
      ).toBe(404);
    const services = await fetch(`${wire.onec.url}/ut/hs/x`, {
      headers: { authorization: `Basic ${Buffer.from('pult:пароль').toString('base64')}` },
    });
    expect([services.status, services.headers.get('retry-after')]).toEqual([503, '5']);
  });
});
