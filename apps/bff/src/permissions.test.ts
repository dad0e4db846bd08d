/**
 * The whole contract table over the running Pult, for nobody and for every role: what is not granted is refused, what is
 * granted answers within its contract. A real process because only the composition root knows every route.
 */

import type { EndpointContract } from '@pult/shared/contracts/endpoint';
import { errorsOf } from '@pult/shared/contracts/openapi';
import { ENDPOINTS } from '@pult/shared/contracts/table';
import { permissionsOf, ROLES, type Role } from '@pult/shared/domain/identity/permissions';
import { ERROR_STATUS } from '@pult/shared/errors/error-codes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from './platform/db/test-database.ts';
import { Browser } from './testing/browser.ts';
import { type OpenIdProvider, startOpenIdProvider } from './testing/openid-provider.ts';
import { endAllPults, type RunningPult, startPult } from './testing/running-pult.ts';

const INTAKE_TOKEN = 'intake-token-of-the-site';
const UNKNOWN = '019ad1c2-0000-7000-8000-00000000dead';

let database: TestDatabase;
let provider: OpenIdProvider;
let pult: RunningPult;
const browsers = new Map<Role, Browser>();

beforeAll(async () => {
  [database, provider] = await Promise.all([createTestDatabase(), startOpenIdProvider()]);
  pult = await startPult({ DATABASE_URL: database.url, OIDC_ISSUER: provider.issuer, INTAKE_TOKEN_SITE: INTAKE_TOKEN });
  for (const role of ROLES) {
    provider.person = { sub: `user-${role}`, idToken: { name: role, roles: [role] } };
    const browser = new Browser(pult.url);
    const last = await browser.logIn('/api/session');
    expect(last.json, `${last.text}\n${pult.log.slice(-3).join('\n')}`).toMatchObject({ roles: [role] });
    browsers.set(role, browser);
  }
});
afterAll(async () => {
  await endAllPults();
  await provider.close();
  await database.close();
});

const browserOf = (role: Role): Browser => browsers.get(role) ?? expect.unreachable(role);
/** An address of nothing: identifiers of the right form that belong to no object. */
const addressOf = ({ path }: EndpointContract): string => path.replaceAll(/:[A-Za-z0-9_]+/g, UNKNOWN);
const ask = (endpoint: EndpointContract, browser: Browser) =>
  endpoint.method === 'GET'
    ? browser.get(addressOf(endpoint))
    : browser.command(addressOf(endpoint), {}, endpoint.method);
const forPeople = ENDPOINTS.filter(({ permission }) => permission !== 'credential' && permission !== 'public');

describe('the table itself', () => {
  it('names every endpoint once and leaves nothing open', () => {
    const names = ENDPOINTS.map(({ method, path }) => `${method} ${path.replaceAll(/:[A-Za-z0-9_]+/g, ':')}`);
    expect(new Set(names).size).toBe(ENDPOINTS.length);
    expect(new Set(ENDPOINTS.map(({ id }) => id)).size).toBe(ENDPOINTS.length);
    expect(ENDPOINTS.filter(({ permission }) => permission === 'public')).toEqual([]);
  });
});

describe('nobody', () => {
  it.each(ENDPOINTS.map((endpoint) => [endpoint.id, endpoint] as const))('%s answers 401', async (_id, endpoint) => {
    const code = endpoint.permission === 'credential' ? 'credential.invalid' : 'session.required';
    expect(await ask(endpoint, new Browser(pult.url))).toMatchObject({ status: 401, json: { code, status: 401 } });
  });

  it('is not told apart by a made-up session or key', async () => {
    const forged = new Browser(pult.url);
    forged.cookies.set('pult_session', 'x'.repeat(43));
    expect((await forged.get('/api/session')).json.code).toBe('session.required');
    const key = { authorization: 'Bearer nothing' };
    expect((await forged.send('POST', '/api/intake/events', { headers: key, body: '{}' })).json.code).toBe(
      'credential.invalid',
    );
  });
});

describe.each(ROLES)('%s', (role) => {
  it.each(forPeople.filter(({ id }) => id !== 'identity.logout').map((endpoint) => [endpoint.id, endpoint] as const))(
    '%s as its permission says',
    async (_id, endpoint) => {
      const { status, json, headers } = await ask(endpoint, browserOf(role));
      const granted =
        endpoint.permission === 'session' || permissionsOf([role]).some((one) => one === endpoint.permission);
      if (!granted) {
        expect({ status, json }).toMatchObject({
          status: 403,
          json: { code: 'permission.denied', data: { permission: endpoint.permission } },
        });
        return;
      }
      expect([401, 403]).not.toContain(status);
      if (status < 400) expect(Object.keys(endpoint.responses)).toContain(String(status));
      else {
        expect(headers.get('content-type')).toContain('application/problem+json');
        expect(errorsOf(endpoint)).toContain(json.code);
        expect(ERROR_STATUS[json.code as keyof typeof ERROR_STATUS]).toBe(status);
      }
    },
  );

  it('may not act without the CSRF token, and a key of a system opens nothing here', async () => {
    const command = forPeople.find(
      ({ method, permission, id }) =>
        method === 'POST' && id !== 'identity.logout' && permissionsOf([role]).some((one) => one === permission),
    );
    if (command === undefined) return expect(role).toBe('analyst');
    for (const token of [undefined, 'guessed'])
      expect(
        await browserOf(role).send('POST', addressOf(command), {
          headers: { 'content-type': 'application/json', ...(token ? { 'x-pult-csrf': token } : {}) },
          body: '{}',
        }),
      ).toMatchObject({ status: 403, json: { code: 'session.csrf_failed' } });
    const asSystem = await new Browser(pult.url).get('/api/session', { authorization: `Bearer ${INTAKE_TOKEN}` });
    expect(asSystem.status).toBe(401);
  });
});

describe('a person at the door of systems', () => {
  it.each(
    ENDPOINTS.filter(({ permission }) => permission === 'credential').map(
      (endpoint) => [endpoint.id, endpoint] as const,
    ),
  )('%s answers 401', async (_id, endpoint) => {
    expect((await ask(endpoint, browserOf('admin'))).json.code).toBe('credential.invalid');
  });
});

describe('the end of a session', () => {
  it('is the end at once, for the person and for the administrator who ends it', async () => {
    provider.person = { sub: 'user-leaving', idToken: { name: 'Уходящий', roles: ['ops'] } };
    const leaving = new Browser(pult.url);
    await leaving.logIn();
    const { json } = await browserOf('admin').get('/api/sessions');
    const { id } = json.rows.find(({ userId }: { userId: string }) => userId === 'user-leaving');
    const revoke = `/api/sessions/${id}/revoke`;
    expect((await browserOf('admin').command(revoke, { reason: 'уволен' })).json).toEqual({ revoked: true });
    expect((await browserOf('admin').command(revoke, { reason: 'ещё раз' })).json).toEqual({ revoked: false });
    expect((await leaving.get('/api/session')).json.code).toBe('session.required');

    await leaving.logIn();
    const { redirectUrl } = (await leaving.command('/api/session/logout')).json;
    expect(redirectUrl).toMatch(`${provider.issuer}/end?`);
    expect((await leaving.get('/api/session')).status).toBe(401);
  });

  it('of a revoked intake key too', async () => {
    const issued = await browserOf('admin').command('/api/credentials', { systemId: 'site', label: 'вторая касса' });
    const report = () =>
      new Browser(pult.url).send('POST', '/api/intake/events', {
        headers: { authorization: `Bearer ${issued.json.token}`, 'content-type': 'application/json' },
        body: '{"specversion":"1.0"}',
      });
    expect((await report()).status).toBe(200);
    await browserOf('admin').command(`/api/credentials/${issued.json.id}/revoke`);
    expect((await report()).status).toBe(401);
  });
});
