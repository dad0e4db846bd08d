import { type LandscapeFile, landscapeFile } from '@pult/shared/contracts/landscape-file';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { type Connectors, createConnectors } from './registry.ts';
import { restProbeFault } from './rest/client.ts';
import { type ScriptedAnswer, startScriptedServer } from './testing/scripted-server.ts';

let server: Awaited<ReturnType<typeof startScriptedServer>>;
let connectors: Connectors;
let landscape: LandscapeFile;
const title = { ru: 'а', en: 'a' };
const place = { column: 0, row: 0 };
beforeAll(async () => {
  server = await startScriptedServer(() => ({}));
  const verify = { protocol: 'onec-odata', system: 'ut', set: 'Document_ЗаказКлиента', filter: 'Номер eq {number}' };
  landscape = landscapeFile.parse({
    version: 1,
    systems: [
      {
        id: 'ut',
        title,
        kind: 'onec',
        place,
        connector: {
          protocol: 'onec-odata',
          url: `${server.url}/ut/odata/standard.odata`,
          servicesUrl: `${server.url}/ut/hs`,
          userEnv: 'U',
          passwordEnv: 'P',
        },
      },
      { id: 'site', title, kind: 'shop', place, connector: { protocol: 'rest', url: server.url, tokenEnv: 'T' } },
      {
        id: 'elma',
        title,
        kind: 'bpm',
        place,
        connector: { protocol: 'elma365', url: `${server.url}/pub/v1`, tokenEnv: 'T', approvalsApp: 'sales/a' },
      },
      { id: 'zup', title, kind: 'onec', place },
    ],
    flows: [
      { id: 'orders', title, what: title, from: ['site'], to: ['ut'], channel: 'rest', retry: { verify } },
      {
        id: 'sales',
        title,
        what: title,
        from: ['ut'],
        to: ['ut'],
        channel: 'http',
        retry: { verify: { ...verify, filter: 'substringof({messageId},Комментарий) and Основание_Key eq {ref}' } },
      },
      {
        id: 'stock',
        title,
        what: title,
        from: ['ut'],
        to: ['site'],
        channel: 'rest',
        retry: { verify: { protocol: 'rest', system: 'site', path: '/packages/{messageId}' } },
      },
      {
        id: 'approvals',
        title,
        what: title,
        from: ['ut'],
        to: ['elma'],
        channel: 'api',
        retry: { verify: { protocol: 'elma365', system: 'elma', app: 'sales/a', field: 'ref' } },
      },
      {
        id: 'books',
        title,
        what: title,
        from: ['site'],
        to: ['ut', 'site'],
        channel: 'http',
        retry: {
          verify: [
            { ...verify, types: ['Заказ'], set: 'Document_Заказ' },
            { ...verify, types: ['Оплата'], set: 'Document_Оплата', filter: 'Ref_Key eq {ref}' },
            { protocol: 'rest', system: 'site', types: ['Решение'], path: '/decisions/{messageId}' },
          ],
        },
      },
      { id: 'mute', title, what: title, from: ['ut'], to: ['zup'], channel: 'files' },
      {
        id: 'staff',
        title,
        what: title,
        from: ['ut'],
        to: ['ut'],
        channel: 'http',
        personalData: true,
        retry: { verify },
      },
    ],
  });
  connectors = createConnectors({
    landscape,
    secrets: { U: 'Обмен', P: 'пароль', T: 'token' },
    clock: systemClock,
  });
});
afterAll(() => server.close());

const flow = (id: string) => {
  const found = landscape.flows.find((one) => one.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};
const subject = { messageId: 'b1c89d94-cb6a-11e6-aede-5404a6b4b8ed', type: 'Заказ', number: "ЗК-'1", ref: null };

describe('asking a source', () => {
  const request = {
    flow: 'sales',
    messageId: 'm',
    consumer: 'ut',
    attempt: 3,
    operationId: 'o',
    idempotencyKey: 'o:d',
  };

  it('sends key and attempt to the HTTP service with UTF-8 credentials', async () => {
    server.answer(() => ({ status: 202, body: { accepted: true, attempt: 3 } }));
    expect(await connectors.ask('ut', '/pult-exchange/v1/resend', request)).toEqual({ attempt: 3, duplicate: false });
    const [seen] = server.seen;
    expect(seen?.rawUrl).toBe('/ut/hs/pult-exchange/v1/resend');
    expect(seen?.headers['idempotency-key']).toBe('o:d');
    expect(Buffer.from(seen?.headers.authorization?.slice(6) ?? '', 'base64').toString('utf8')).toBe('Обмен:пароль');
    expect(JSON.parse(seen?.body ?? '')).toEqual(request);
  });

  it.each([
    [404, { error: 'unknown' }, 'source.not_found', false],
    [409, { error: 'still being sent' }, 'source.conflict', false],
    [503, '', 'source.not_ready', true],
    [200, { ok: true }, 'source.bad_answer', true],
  ] as const)('answer %i', async (status, body, code, canRetry) => {
    server.answer(() => ({ status, body }));
    await expect(connectors.ask('site', '/resend', request)).rejects.toMatchObject({ code, canRetry });
  });

  it('keeps of an answer about a message that carries people the words that name nobody, wherever health is shown', async () => {
    const fresh = createConnectors({ landscape, secrets: { U: 'u', P: 'p', T: 't' }, clock: systemClock });
    const words = 'Сотрудник Гусева Алла не найден';
    server.answer(({ method }) => ({ status: method === 'POST' ? 200 : 500, body: words }));
    const people = { ...request, flow: 'staff' };
    const text = 'Сотрудник ‹…› не найден';
    const refused = { code: 'source.bad_answer', data: { text } };
    await expect(fresh.ask('ut', '/pult-exchange/v1/resend', people)).rejects.toMatchObject(refused);
    expect(fresh.state('ut')?.lastError).toEqual({ code: 'source.bad_answer', text });
    await expect(fresh.verify(flow('staff'), subject)).rejects.toMatchObject({ data: { text } });
    expect(JSON.stringify(fresh.state('ut'))).not.toContain('Гусева');
    await expect(fresh.ask('ut', '/pult-exchange/v1/resend', request)).rejects.toMatchObject({ data: { text: words } });
    expect(fresh.state('ut')?.lastError?.text).toBe(words);
  });

  it('refuses systems without a connection of that kind', async () => {
    await expect(connectors.ask('zup', '/x', request)).rejects.toMatchObject({ code: 'system.not_found' });
    await expect(connectors.ask('elma', '/x', request)).rejects.toMatchObject({ code: 'operation.verb_unsupported' });
    expect(() => connectors.onec('site')).toThrow('system.not_found');
  });
});

describe('asking a target', () => {
  it.each([
    [[], 'absent', 0],
    [[{ Ref_Key: 'r', Number: '1 ', Posted: true, DeletionMark: false }], 'applied', 0],
    [[{ Ref_Key: 'r', Number: '1', Posted: false, DeletionMark: false }], 'present', 0],
    [[{ Ref_Key: 'r', Number: '1', Posted: true, DeletionMark: true }], 'absent', 0],
    [
      [
        { Ref_Key: 'a', Posted: false },
        { Ref_Key: 'b', Posted: true },
      ],
      'applied',
      1,
    ],
  ] as const)('reads the documents of 1С: %j', async (value, outcome, duplicates) => {
    server.answer(() => ({ body: { value } }));
    expect(await connectors.verify(flow('orders'), subject)).toMatchObject({ outcome, duplicates, system: 'ut' });
    expect(server.seen[0]?.url).toContain("$filter=(Номер eq 'ЗК-''1') and DeletionMark eq false");
  });

  it('quotes ids by their kind', async () => {
    server.answer(() => ({ body: { value: [] } }));
    await connectors.verify(flow('sales'), subject);
    expect(server.seen[0]?.url).toContain(
      `substringof('${subject.messageId}',Комментарий) and Основание_Key eq guid'${subject.messageId}'`,
    );
  });

  it('asks a shop by path and ELMA by field', async () => {
    server.answer(() => ({ status: 404 }));
    expect(await connectors.verify(flow('stock'), subject)).toMatchObject({ outcome: 'absent' });
    server.answer(() => ({ body: { number: '15' } }));
    expect(await connectors.verify(flow('stock'), subject)).toMatchObject({ outcome: 'applied', number: '15' });
    server.answer(({ rawUrl }) => ({
      body: rawUrl.endsWith('/list')
        ? {
            success: true,
            result: {
              total: 1,
              result: [
                { __id: 'i', __name: 'З', ref: subject.messageId },
                { __id: 'j', ref: 'other' },
              ],
            },
          }
        : { success: true, statusItems: [] },
    }));
    expect(await connectors.verify(flow('approvals'), subject)).toMatchObject({
      outcome: 'applied',
      ref: 'i',
      duplicates: 0,
    });
  });

  it('never takes an answer that is no answer for «not there»', async () => {
    server.answer(() => ({
      status: 404,
      body: '<html><body>404 Not Found</body></html>',
      headers: { 'content-type': 'text/html' },
    }));
    await expect(connectors.verify(flow('stock'), subject)).rejects.toMatchObject({ code: 'source.bad_answer' });
    server.answer(() => ({ status: 200, body: '' }));
    await expect(connectors.verify(flow('stock'), subject)).rejects.toMatchObject({ code: 'source.bad_answer' });
    server.answer((seen) =>
      seen.rawUrl.includes('status')
        ? { status: 200, body: { success: true, error: '', statusItems: [] } }
        : { status: 200, body: { success: true, error: '' } },
    );
    await expect(connectors.verify(flow('approvals'), subject)).rejects.toMatchObject({ code: 'source.bad_answer' });
  });

  it('finds the document behind others that only look like it', async () => {
    const item = (id: string, ref: string) => ({ __id: id, __name: id, __version: 1, ref });
    const all = [
      ...Array.from({ length: 130 }, (_, n) => item(`x${n}`, `${subject.messageId}${n}`)),
      item('mine', subject.messageId),
    ];
    server.answer((seen) => {
      if (seen.rawUrl.includes('status')) return { status: 200, body: { success: true, error: '', statusItems: [] } };
      const { from, size } = JSON.parse(seen.body) as { from: number; size: number };
      return {
        status: 200,
        body: { success: true, error: '', result: { result: all.slice(from, from + size), total: all.length } },
      };
    });
    expect(await connectors.verify(flow('approvals'), subject)).toMatchObject({ outcome: 'applied', ref: 'mine' });
    server.answer(() => ({ status: 200, body: { value: [] } }));
    await connectors.verify(flow('orders'), subject);
    expect(decodeURIComponent(server.seen.at(-1)?.rawUrl ?? '')).toContain(
      "(Номер eq 'ЗК-''1') and DeletionMark eq false",
    );
  });

  it('asks about each document type by its own question, and asks nothing about a type that has none', async () => {
    server.answer(({ rawUrl }) => (rawUrl.startsWith('/decisions') ? { body: { id: 'd' } } : { body: { value: [] } }));
    const ask = (type: string) => connectors.verify(flow('books'), { ...subject, type });
    expect(await ask('Заказ')).toMatchObject({ outcome: 'absent', system: 'ut' });
    expect(await ask('Оплата')).toMatchObject({ outcome: 'absent', system: 'ut' });
    expect(await ask('Решение')).toMatchObject({ outcome: 'applied', system: 'site' });
    expect(server.seen.map(({ url }) => url.split('?')[0])).toEqual([
      expect.stringContaining('/Document_Заказ'),
      expect.stringContaining('/Document_Оплата'),
      `/decisions/${subject.messageId}`,
    ]);
    await expect(ask('Возврат')).rejects.toMatchObject({ code: 'operation.verb_unsupported' });
    expect(server.seen).toHaveLength(3);
  });

  it('asks ELMA3 in the zone that the landscape gives it', async () => {
    const one = { protocol: 'elma3', url: server.url, userEnv: 'U', passwordEnv: 'P', applicationTokenEnv: 'T' };
    const files = ['Europe/Moscow', 'Asia/Omsk'].map((zone) =>
      landscapeFile.parse({
        version: 1,
        systems: [{ id: 'elma', title: { ru: 'а', en: 'a' }, kind: 'bpm', zone, connector: one }],
        flows: [
          {
            id: 'x',
            title: { ru: 'а', en: 'a' },
            what: { ru: 'а', en: 'a' },
            from: ['elma'],
            to: ['elma'],
            channel: 'api',
          },
        ],
      }),
    );
    server.answer(({ url }) => ({
      body: url.includes('Authorization') ? { AuthToken: 'a', SessionToken: 's', CurrentUserId: '1', Lang: 'ru' } : [],
    }));
    const asked: string[] = [];
    for (const file of files) {
      const own = createConnectors({ landscape: file, secrets: { U: 'u', P: 'p', T: 't' }, clock: systemClock });
      server.seen.length = 0;
      const since = { tf: { __updatedAt: { min: '2026-11-24T20:30:00.000Z' } } };
      await own.elma('elma').list('6c1f6a1e-6f0d-4a4e-9a55-0d6b7f7c3a01', { filter: since });
      asked.push(server.seen.map(({ url }) => /DateTime\([^)]*\)/.exec(url)?.[0] ?? '').join(''));
    }
    expect(asked).toEqual(['DateTime(2026,11,24,23,30,0)', 'DateTime(2026,11,25,2,30,0)']);
  });

  it('says when a flow offers no way', async () => {
    await expect(connectors.verify(flow('mute'), subject)).rejects.toMatchObject({
      code: 'operation.verb_unsupported',
    });
  });
});

describe('background probe of a JSON API', () => {
  const HTML = { 'content-type': 'text/html' };
  const absent = { status: 404, body: { error: 'not found' } };
  /** The root answers anybody, as a web server does; only the API behind it says how the system is. */
  async function probed() {
    let now = 1_000_000;
    let probe = async (): Promise<unknown> => undefined;
    const own = createConnectors({ landscape, secrets: { T: 'token' }, clock: { now: () => now } });
    own.start({
      every: (_ms: number, name: string, work: () => Promise<unknown>) => {
        if (name === 'connections.probe') probe = work;
      },
    } as unknown as Parameters<Connectors['start']>[0]);
    const round = async (answer: ScriptedAnswer) => {
      server.answer(({ url }) => (url.startsWith('/packages/') ? answer : { body: { name: 'API' } }));
      now += 15_000;
      await probe();
      return own.state('site');
    };
    return { round, now: () => now };
  }

  it.each([
    [{ status: 503, headers: HTML, body: '<h1>Service Unavailable</h1>' }, 'source.not_ready'],
    [{ status: 500, body: { error: 'x' } }, 'source.bad_answer'],
    [{ status: 401, body: { message: 'API-KEY expired' } }, 'source.unauthorized'],
    [{ status: 403, body: { message: 'API-KEY expired' } }, 'source.unauthorized'],
    [{ status: 404, headers: HTML, body: '<h1>Not Found</h1>' }, 'source.bad_answer'],
    [{ status: 200, headers: HTML, body: '<h1>It works!</h1>' }, 'source.bad_answer'],
  ])(
    'takes %j for a failure within one round, and the last good answer stays the newest news',
    async (answer, code) => {
      const { round, now } = await probed();
      const wellAt = 1_015_000;
      expect(await round(absent)).toMatchObject({ lastOkAt: wellAt, downSince: null });
      expect(await round(answer)).toMatchObject({ lastOkAt: wellAt, downSince: now(), lastError: { code } });
      expect(await round(answer)).toMatchObject({ lastOkAt: wellAt, downSince: now() - 15_000 });
      expect(await round(absent)).toMatchObject({ lastOkAt: now(), downSince: null });
    },
  );

  it('takes «not this way» of a command for an answer', () => {
    const html = { status: 404, contentType: 'text/html', text: '<h1>Cannot GET</h1>', retryAfterMs: null };
    expect(restProbeFault(html, { isLookup: false })).toBeNull();
    expect(restProbeFault(html, { isLookup: true })).not.toBeNull();
    expect(restProbeFault({ ...html, status: 405 }, { isLookup: false })).toBeNull();
    expect(restProbeFault({ ...html, status: 502 }, { isLookup: false })).not.toBeNull();
  });
});
