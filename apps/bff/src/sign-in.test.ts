/** Sign-in of the running Pult against a provider that insists on code flow and PKCE. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from './platform/db/test-database.ts';
import { Browser } from './testing/browser.ts';
import { type OpenIdProvider, startOpenIdProvider } from './testing/openid-provider.ts';
import { endAllPults, type RunningPult, startPult } from './testing/running-pult.ts';

let database: TestDatabase;
let provider: OpenIdProvider;
const pults = new Map<string, RunningPult>();
const ROLE_SOURCES = {
  plain: {},
  keycloakRealm: { OIDC_ROLES_CLAIM: 'realm_access.roles' },
  keycloakClient: { OIDC_ROLES_CLAIM: 'resource_access.pult.roles', OIDC_CLIENT_AUTH: 'post' },
  adfsGroups: {
    OIDC_ROLES_CLAIM: 'groups',
    OIDC_ROLE_MAP: '{"EKF\\\\Pult-Согласующие":"manager","EKF\\\\Pult-Эксплуатация":"ops","Домен":"root"}',
  },
} as const;

beforeAll(async () => {
  [database, provider] = await Promise.all([createTestDatabase(), startOpenIdProvider()]);
  const shared = { DATABASE_URL: database.url, OIDC_ISSUER: provider.issuer, DATABASE_POOL: '4' };
  await Promise.all(
    Object.entries(ROLE_SOURCES).map(async ([name, env]) => pults.set(name, await startPult({ ...shared, ...env }))),
  );
});
beforeEach(() => {
  provider.down = false;
});
afterAll(async () => {
  await endAllPults();
  await provider.close();
  await database.close();
});

const pultOf = (name: keyof typeof ROLE_SOURCES = 'plain'): RunningPult => pults.get(name) ?? expect.unreachable(name);
const browserAt = (name?: keyof typeof ROLE_SOURCES): Browser => new Browser(pultOf(name).url);

describe('code flow', () => {
  it('brings the person back where they wanted to be, with cookies that scripts and other sites cannot use', async () => {
    provider.person = {
      sub: 'p-1',
      idToken: { roles: ['manager'] },
      userInfo: { name: 'Петрова Анна', email: 'petrova@example.org' },
    };
    const browser = browserAt();
    const last = await browser.logIn('/api/session?from=mail');
    expect(last.json).toMatchObject({
      user: { id: 'p-1', name: 'Петрова Анна', email: 'petrova@example.org' },
      roles: ['manager'],
    });
    const line = (name: string) => browser.setCookies.find((one) => one.startsWith(name)) ?? expect.unreachable(name);
    expect(line('pult_session=')).toMatch(/^pult_session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    expect(line('pult_csrf=')).toMatch(/^pult_csrf=[\w-]{32}; Path=\/; Expires=[^;]+; SameSite=Lax$/);
    expect(line('pult_login_')).toMatch(/; Max-Age=900; Path=\/auth; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    const { rows } = await sql<{
      text: string;
    }>`select session::text as text from session where user_id = 'p-1'`.execute(database.db);
    // A stolen dump opens no session.
    for (const name of ['pult_session', 'pult_csrf']) expect(rows[0]?.text).not.toContain(browser.cookies.get(name));
  });

  it('behind https marks every cookie as secure and asks for https only', async () => {
    const secure = await startPult({
      DATABASE_URL: database.url,
      OIDC_ISSUER: provider.issuer,
      PULT_URL: 'https://pult.example.org',
    });
    const answer = await new Browser(secure.url).get('/auth/login', { host: 'pult.example.org' });
    // fetch may not set Host: Pult sends the browser to its public name first.
    expect(answer.headers.get('location')).toBe('https://pult.example.org/auth/login?returnTo=%2F');
    expect(answer.headers.get('strict-transport-security')).toMatch(/max-age=\d{8}/);
    expect(answer.headers.get('content-security-policy')).toContain('upgrade-insecure-requests');
    await secure.kill('SIGTERM');
  });

  it('never leads to another site', async () => {
    provider.person = { sub: 'p-1', idToken: { roles: ['manager'] } };
    for (const evil of [
      '//evil.example.org',
      '/\\evil.example.org',
      'https://evil.example.org',
      '/auth/login',
      'javascript:alert(1)',
    ]) {
      const browser = browserAt();
      const start = await browser.get(`/auth/login?returnTo=${encodeURIComponent(evil)}`);
      const callback = await browser.get(start.headers.get('location') ?? '');
      const back = await browser.get(callback.headers.get('location') ?? '');
      expect(back.headers.get('location'), evil).toBe('/');
    }
  });

  it('refuses an answer of another attempt, a used one and one without its cookie', async () => {
    provider.person = { sub: 'p-1', idToken: { roles: ['manager'] } };
    const browser = browserAt();
    const start = await browser.get('/auth/login');
    const callback = (await browser.get(start.headers.get('location') ?? '')).headers.get('location') ?? '';
    expect((await browserAt().get(new URL(callback).pathname + new URL(callback).search)).status).toBe(401);
    const forged = new URL(callback);
    forged.searchParams.set('state', 'forged');
    expect((await browser.get(forged.href)).status).toBe(401);
    expect((await browser.get(callback)).status).toBe(303);
    const again = await browser.get(callback);
    expect(again.status).toBe(401);
    expect(again.text).toContain('Войти не удалось');
    expect(again.headers.get('content-security-policy')).toContain("script-src 'self'");
  });
});

describe('roles', () => {
  it.each([
    ['keycloakRealm', { accessToken: { realm_access: { roles: ['offline_access', 'ops'] } } }, ['ops']],
    [
      'keycloakClient',
      { accessToken: { resource_access: { account: { roles: ['admin'] }, pult: { roles: ['analyst', 'manager'] } } } },
      ['analyst', 'manager'],
    ],
    ['keycloakClient', { userInfo: { resource_access: { pult: { roles: ['admin'] } } } }, ['admin']],
    [
      'adfsGroups',
      { idToken: { groups: ['Все', 'EKF\\Pult-Согласующие', 'EKF\\Pult-Эксплуатация'] } },
      ['manager', 'ops'],
    ],
    ['adfsGroups', { idToken: { groups: 'EKF\\Pult-Эксплуатация' } }, ['ops']],
  ] as const)('of %s come from where the provider puts them', async (name, claims, roles) => {
    provider.person = { sub: 'p-2', ...claims };
    expect((await browserAt(name).logIn('/api/session')).json).toMatchObject({ roles });
  });

  it.each([
    ['plain', { idToken: {} }],
    ['plain', { idToken: { roles: ['superuser'] } }],
    // With a map only its names count: a group that happens to be called «admin» gives nothing, nor does a map to no role.
    ['adfsGroups', { idToken: { groups: ['admin', 'Домен'] } }],
  ] as const)('nobody gets in by %s without a role of Pult', async (name, claims) => {
    provider.person = { sub: 'p-3', ...claims };
    const answer = await browserAt(name).logIn();
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('Нет доступа к Пульту');
  });

  it('are taken anew at each login', async () => {
    provider.person = { sub: 'p-4', idToken: { roles: ['admin'] } };
    await browserAt().logIn();
    provider.person = { sub: 'p-4', idToken: { roles: ['analyst'] } };
    expect((await browserAt().logIn('/api/session')).json.roles).toEqual(['analyst']);
  });
});

describe('a provider that is away', () => {
  it('is told on a page, open sessions go on, and the next login after its return works', async () => {
    provider.person = { sub: 'p-5', idToken: { roles: ['ops'] } };
    const working = browserAt();
    await working.logIn();
    const fresh = browserAt();
    const start = await fresh.get('/auth/login');
    const callback = (await fresh.get(start.headers.get('location') ?? '')).headers.get('location') ?? '';
    provider.down = true;
    const answer = await fresh.get(callback);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(answer.text).toContain('Вход временно недоступен');
    expect((await working.get('/api/session')).status).toBe(200);
    expect((await working.command('/api/session/logout')).status).toBe(200);
    expect((await working.get('/readyz')).status).toBe(200);
    provider.down = false;
    expect((await fresh.logIn('/api/session')).status).toBe(200);
  });
});

it('leaves neither secrets nor personal data in the log', async () => {
  provider.person = {
    sub: 'p-6',
    idToken: { roles: ['ops'] },
    userInfo: { name: 'Тайнова Мария', email: 'tainova@example.org' },
  };
  const browser = browserAt();
  await browser.logIn('/api/session');
  await browser.get('/api/search?q=Тайнова');
  await browser.command('/api/nowhere/Тайнова', { token: 'Тайнова' });
  // The last line of these is written before the answer of this one arrives.
  await browser.get('/api/session');
  const text = pultOf().log.join('\n');
  expect(text).toMatch(/"requestId":"[\w-]+","traceId":"[0-9a-f]{32}","endpoint":"identity\.session","status":200/);
  const secrets = [
    ...provider.secrets,
    ...browser.cookies.values(),
    'test-client-secret',
    'Тайнова',
    'tainova',
    new URL(database.url).password,
  ];
  for (const secret of secrets) expect(text).not.toContain(secret);
});

it('holds back a flood of logins from one address', async () => {
  const limited = await startPult({ DATABASE_URL: database.url, OIDC_ISSUER: provider.issuer, LOGINS_PER_MINUTE: '5' });
  const browser = new Browser(limited.url);
  const statuses: number[] = [];
  for (let index = 0; index < 6; index += 1) statuses.push((await browser.get('/auth/login')).status);
  expect(statuses).toEqual([303, 303, 303, 303, 303, 429]);
  const refused = await browser.get('/auth/login');
  expect(refused.headers.get('retry-after')).toBe('60');
  expect(refused.json.code).toBe('rate.limited');
  await limited.kill('SIGTERM');
});
