import type { CheckFault } from '@pult/shared/contracts/connection-checks';
import { type LandscapeFile, landscapeFile } from '@pult/shared/contracts/landscape-file';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Elma, startElma } from '../../../stand/src/elma/server.ts';
import { calmQuirks, type Quirks } from '../../../stand/src/onec/quirks.ts';
import { type OneC, startOneC } from '../../../stand/src/onec/server.ts';
import { SITE } from '../../../stand/src/site/identity.ts';
import { type Site, startSite } from '../../../stand/src/site/server.ts';
import { systemClock } from '../platform/clock.ts';
import { type Connectors, createConnectors } from './registry.ts';
import { startScriptedServer } from './testing/scripted-server.ts';

/** Steps of a check over the wire: the stand behaves as its switches say, and each failure is told from the others. */

const PASSWORD = 'пароль';
const ORDERS = 'Document_ЗаказКлиента';
let onec: OneC;
let elma: Elma;
let site: Site;
let web: Awaited<ReturnType<typeof startScriptedServer>>;
const title = { ru: 'а', en: 'a' };
const place = { column: 0, row: 0 };

beforeAll(async () => {
  const login = { user: 'pult', password: PASSWORD };
  [onec, elma, site, web] = await Promise.all([
    startOneC({ port: 0, seed: 1, dataDir: null, users: { ut: login, bp: login }, workersPort: null }),
    startElma({ port: 0, token: 'token', journal: null, webhook: null }),
    startSite({
      identity: SITE,
      port: 0,
      token: 'token',
      journal: null,
      exchange: { system: 'site', port: null },
    }),
    startScriptedServer(() => ({})),
  ]);
});
afterAll(async () => {
  await Promise.all([onec.close(), elma.close(), site.close(), web.close()]);
});
beforeEach(() => {
  Object.assign(onec.bases.get('ut')?.quirks ?? {}, calmQuirks());
  Object.assign(elma.faults, { down: false, mode: 'socket', slowMs: 0 });
  site.faults.down = false;
  web.answer(() => ({ status: 405 }));
});

const quirks = (change: Partial<Quirks>): void => {
  Object.assign(onec.bases.get('ut')?.quirks ?? {}, change);
};

interface Change {
  readonly ut?: object;
  readonly elma?: object;
  readonly site?: object;
  readonly filter?: string;
  readonly secrets?: Readonly<Record<string, string>>;
}
const file = (change: Change): LandscapeFile =>
  landscapeFile.parse({
    version: 1,
    systems: [
      {
        id: 'ut',
        title,
        kind: 'onec',
        place,
        connector: {
          protocol: 'onec-odata',
          url: `${onec.url}/ut/odata/standard.odata`,
          servicesUrl: `${web.url}/hs`,
          userEnv: 'U',
          passwordEnv: 'P',
          limits: { concurrency: 1, timeoutMs: '2s', pollMs: '10s' },
          polls: ['approvals', 'exchange-registers'],
          ...change.ut,
        },
      },
      {
        id: 'elma',
        title,
        kind: 'bpm',
        place,
        connector: {
          protocol: 'elma365',
          url: `${elma.url}/pub/v1`,
          tokenEnv: 'T',
          approvalsApp: 'sales/discount_approvals',
          ...change.elma,
        },
      },
      {
        id: 'site',
        title,
        kind: 'shop',
        place,
        connector: { protocol: 'rest', url: site.url, tokenEnv: 'T', ...change.site },
      },
    ],
    flows: [
      {
        id: 'orders',
        title,
        what: title,
        from: ['site'],
        to: ['ut'],
        channel: 'rest',
        retry: {
          resend: { system: 'site', path: '/api/v2/exchange/resend' },
          verify: { protocol: 'onec-odata', system: 'ut', set: ORDERS, filter: change.filter ?? 'Number eq {number}' },
        },
      },
      {
        id: 'prices',
        title,
        what: title,
        from: ['ut'],
        to: ['site'],
        channel: 'rest',
        retry: {
          resend: { system: 'ut', path: '/pult-exchange/v1/resend' },
          verify: { protocol: 'rest', system: 'site', path: '/api/v2/exchange/packages/{messageId}' },
        },
      },
    ],
  });
const connect = (change: Change = {}): Connectors =>
  createConnectors({
    landscape: file(change),
    secrets: { U: 'pult', P: PASSWORD, T: 'token', ...change.secrets },
    clock: systemClock,
    circuit: { failures: 1, halfOpenAfterMs: 60_000 },
  });

/** Walks the steps as the module does: to the first failure. */
async function walk(connectors: Connectors, system: string): Promise<{ done: string[]; fault: CheckFault | null }> {
  const done: string[] = [];
  for (const step of connectors.checkSteps(system) ?? []) {
    const outcome = await step.run();
    if (!outcome.ok) return { done: [...done, `${step.id} failed`], fault: outcome.fault };
    done.push(step.id);
  }
  return { done, fault: null };
}
const fails = async (system: string, change: Change = {}): Promise<string> => {
  const { done, fault } = await walk(connect(change), system);
  return `${done.at(-1)}: ${fault?.code ?? 'none'}`;
};
const ALL = ['dns', 'connect', 'login', 'rights', 'objects', 'sample'];

describe('a 1С base', () => {
  it('passes every step and is only read', async () => {
    const rows = onec.bases.get('ut')?.store.all(ORDERS).length;
    const connectors = connect();
    expect(await walk(connectors, 'ut')).toEqual({ done: ALL, fault: null });
    expect(onec.bases.get('ut')?.store.all(ORDERS)).toHaveLength(rows ?? -1);
    expect(web.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /hs/pult-exchange/v1/resend']);
    const sample = await connectors.checkSteps('ut')?.at(-1)?.run();
    expect(sample).toMatchObject({ ok: true, facts: { object: ORDERS, rows: 1, number: expect.any(String) } });
  });

  it.each<[string, Partial<Quirks>]>([
    ['login failed: wrong_password', { unauthorized: true }],
    ['login failed: login_page', { html200: true }],
    ['login failed: maintenance', { maintenance: true }],
    ['login failed: no_licence', { licence: true }],
    ['login failed: platform_error', { platformError: true }],
    ['login failed: publication_down', { gateway: 502 }],
    ['login failed: publication_down', { gateway: 503 }],
    ['login failed: no_answer', { slowMs: 2_500 }],
    ['login failed: connection_lost', { down: true }],
    ['rights failed: odata_role', { denied: ['*'] }],
    ['rights failed: read_denied', { denied: ['Catalog_Контрагенты', 'Catalog_Партнеры'] }],
    ['objects failed: empty_composition', { composition: 'empty' }],
    ['objects failed: object_missing', { unpublished: ['InformationRegister_РезультатыОбменаДанными'] }],
  ])('«%s» when the base has %o', async (expected, change) => {
    quirks(change);
    expect(await fails('ut')).toBe(expected);
  });

  it('names every set that is missing or denied at once, for one letter', async () => {
    quirks({ denied: ['Catalog_Контрагенты', 'Catalog_Партнеры'] });
    expect((await walk(connect(), 'ut')).fault).toMatchObject({
      data: { user: 'pult', objects: ['Catalog_Контрагенты', 'Catalog_Партнеры'] },
      answer: expect.stringContaining('Нарушение прав доступа'),
    });
  });

  it.each<[string, () => Change]>([
    ['login failed: not_published', () => ({ ut: { url: `${onec.url}/nothing/odata/standard.odata` } })],
    ['login failed: no_credentials', () => ({ secrets: { P: '' } })],
    ['login failed: wrong_password', () => ({ secrets: { P: 'другой' } })],
    ['connect failed: refused', () => ({ ut: { url: 'http://127.0.0.1:1/ut/odata/standard.odata' } })],
    ['connect failed: refused', () => ({ ut: { servicesUrl: 'http://127.0.0.1:1/hs' } })],
    ['connect failed: not_tls', () => ({ ut: { url: onec.url.replace('http:', 'https:') } })],
  ])('«%s» where the landscape or the secrets say so', async (expected, change) => {
    expect(await fails('ut', change())).toBe(expected);
  });

  it('says that the question by which a flow is verified is not understood', async () => {
    const connectors = connect({ filter: 'НетТакогоПоля eq {number}' });
    expect(await walk(connectors, 'ut')).toMatchObject({
      done: expect.arrayContaining(['sample failed']),
      fault: { code: 'question_refused', data: { objects: [ORDERS] } },
    });
  });

  it('names where the question by which a flow is verified is slow: the connection is good all the same', async () => {
    const sampleOf = async (isSlow: (url: string) => boolean) => {
      const large = await startScriptedServer(({ url }) =>
        isSlow(url) ? null : { body: { value: [{ Number: 'ЗК-1' }] } },
      );
      const limits = { concurrency: 1, timeoutMs: '300ms', pollMs: '10s' };
      const connectors = connect({ ut: { url: large.url, limits } });
      const outcome = await connectors.checkSteps('ut')?.at(-1)?.run();
      await large.close();
      return outcome;
    };
    expect(await sampleOf((url) => url.includes('$filter'))).toEqual({
      ok: true,
      facts: { object: ORDERS, rows: 1, number: 'ЗК-1', slow: [ORDERS] },
    });
    expect(await sampleOf(() => true)).toMatchObject({ ok: false, fault: { code: 'no_answer' } });
  });

  it('names the register that it can do without, and needs it where systems outside 1С are told by it', async () => {
    const unpublished = ['InformationRegister_СостоянияИнтеграцииОбъектов'];
    quirks({ unpublished });
    const objects = await connect()
      .checkSteps('ut')
      ?.find(({ id }) => id === 'objects')
      ?.run();
    expect(objects).toMatchObject({ ok: true, facts: { without: unpublished } });
    const exchangeTargets = [{ name: 'Сайт', flow: 'prices', consumer: 'site', types: [] }];
    expect((await walk(connect({ ut: { exchangeTargets } }), 'ut')).fault).toMatchObject({
      code: 'object_missing',
      data: { objects: unpublished },
    });
  });

  it('says which HTTP service is not published', async () => {
    web.answer(() => ({ status: 404, body: '<html></html>' }));
    expect((await walk(connect(), 'ut')).fault).toMatchObject({
      code: 'service_missing',
      data: { objects: ['/pult-exchange/v1/resend'] },
    });
  });

  it('sends a wrong password once in a check, and never quotes it', async () => {
    const seen = await startScriptedServer(() => ({ status: 401 }));
    const { fault } = await walk(connect({ ut: { url: seen.url } }), 'ut');
    expect(fault?.code).toBe('wrong_password');
    expect(seen.seen).toHaveLength(1);
    expect(JSON.stringify(fault)).not.toContain(PASSWORD);
    await seen.close();
  });

  it('works while the circuit is open and does not open one', async () => {
    const connectors = connect();
    quirks({ gateway: 503 });
    for (let n = 0; n < 3; n += 1) await walk(connectors, 'ut');
    expect(connectors.state('ut')).toMatchObject({ circuit: 'closed', lastErrorAt: null });
    await expect(connectors.check('ut')).rejects.toMatchObject({ code: 'source.not_ready' });
    expect(connectors.state('ut')).toMatchObject({ circuit: 'open' });
    quirks({ gateway: 0 });
    expect((await walk(connectors, 'ut')).done).toEqual(ALL);
    expect(connectors.state('ut')).toMatchObject({ circuit: 'open' });
  });

  it('asks in turns, as everything else does', async () => {
    let now = 0;
    let most = 0;
    const slow = await startScriptedServer(async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((done) => setImmediate(done));
      now -= 1;
      return { body: { value: [{ name: ORDERS }] } };
    });
    const connectors = connect({ ut: { url: slow.url } });
    await Promise.all([walk(connectors, 'ut'), walk(connectors, 'ut'), connectors.check('ut').catch(() => null)]);
    expect(most).toBe(1);
    await slow.close();
  });
});

describe('ELMA365', () => {
  it('passes every step', async () => {
    expect(await walk(connect(), 'elma')).toEqual({ done: ALL, fault: null });
  });
  it.each<[string, () => Change | Promise<Change>]>([
    ['login failed: token_refused', () => ({ secrets: { T: 'other' } })],
    ['login failed: no_credentials', () => ({ secrets: { T: '' } })],
    ['login failed: not_published', () => ({ elma: { url: `${onec.url}/pub/v1` } })],
    ['objects failed: app_missing', () => ({ elma: { approvalsApp: 'sales/other' } })],
  ])('«%s»', async (expected, change) => {
    expect(await fails('elma', await change())).toBe(expected);
  });
  it.each([
    ['login failed: connection_lost', 'socket'],
    ['login failed: gateway', '503'],
  ] as const)('«%s» while it is away by %s', async (expected, mode) => {
    Object.assign(elma.faults, { down: true, mode });
    expect(await fails('elma')).toBe(expected);
  });
  it('is probed in the background without an app of requests, too: a dead server is noticed', async () => {
    const connectors = connect({ elma: { approvalsApp: undefined } });
    await connectors.check('elma');
    expect(connectors.state('elma')).toMatchObject({ circuit: 'closed', downSince: null });
    Object.assign(elma.faults, { down: true, mode: '503' });
    await expect(connectors.check('elma')).rejects.toMatchObject({ code: 'source.not_ready' });
    expect(connectors.state('elma')).toMatchObject({ circuit: 'open', downSince: expect.any(Number) });
    elma.faults.down = false;
    const refused = connect({ elma: { approvalsApp: undefined }, secrets: { T: 'other' } });
    await expect(refused.check('elma')).rejects.toMatchObject({ code: 'source.unauthorized' });
  });
  it('takes success:false on status 200 for a refusal and keeps its words', async () => {
    web.answer(({ url }) => ({
      body: url.endsWith('/settings/status')
        ? { success: true, error: '', statusItems: [] }
        : { success: false, error: 'Нет доступа к приложению' },
    }));
    const { done, fault } = await walk(connect({ elma: { url: web.url } }), 'elma');
    expect([done.at(-1), fault?.code]).toEqual(['rights failed', 'refused_by_text']);
    expect(fault?.answer).toContain('Нет доступа к приложению');
  });
  it('says which statuses the app lacks', async () => {
    web.answer(({ url }) => ({
      body: url.endsWith('/settings/status')
        ? { success: true, error: '', statusItems: [{ id: 1, code: 'in_progress' }] }
        : { success: true, error: '', result: { result: [], total: 0 } },
    }));
    expect((await walk(connect({ elma: { url: web.url } }), 'elma')).fault).toMatchObject({
      code: 'status_missing',
      data: { objects: ['clarification', 'approved', 'rejected'] },
    });
  });
});

describe('a REST API', () => {
  it('passes every step', async () => {
    expect(await walk(connect(), 'site')).toEqual({ done: ALL, fault: null });
  });
  it.each<[string, () => Change]>([
    ['login failed: token_refused', () => ({ secrets: { T: 'other' } })],
    ['objects failed: path_missing', () => ({ site: { url: `${onec.url}/nothing` } })],
  ])('«%s»', async (expected, change) => {
    expect(await fails('site', change())).toBe(expected);
  });
  it('«login_page» where a page asks a person for a password, whatever protocol is spoken, and so says its health', async () => {
    web.answer(() => ({
      headers: { 'content-type': 'text/html' },
      body: '<html><form><input name="login"><input type="password"></form></html>',
    }));
    for (const [system, change] of [
      ['site', { site: { url: web.url } }],
      ['elma', { elma: { url: web.url } }],
    ] as const) {
      expect(await fails(system, change)).toBe('login failed: login_page');
      const connectors = connect(change);
      await expect(connectors.check(system)).rejects.toMatchObject({ code: 'source.login_page' });
      expect(connectors.state(system)).toMatchObject({
        login: null,
        lastError: { code: 'source.login_page', text: '' },
      });
    }
  });
  it('«not_ready» when it says so itself', async () => {
    web.answer(() => ({ status: 503, body: { error: 'starting' } }));
    expect(await fails('site', { site: { url: web.url } })).toBe('login failed: not_ready');
  });
  it('«gateway» while its web server answers for it', async () => {
    site.faults.down = true;
    expect(await fails('site')).toBe('login failed: gateway');
  });
  it('«platform_error» when it breaks', async () => {
    web.answer(() => ({ status: 500, body: { error: 'oops' } }));
    expect(await fails('site', { site: { url: web.url } })).toBe('login failed: platform_error');
  });
});
