import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Listening } from '../process.ts';
import { PEOPLE } from './people.ts';
import { startIdp } from './server.ts';

const PULT = 'http://127.0.0.1:3999';
let idp: Listening;
beforeAll(async () => {
  idp = await startIdp({ port: 0, dataDir: null, clientId: 'pult', clientSecret: 'client-secret', pult: PULT });
});
afterAll(() => idp.close());

/** A browser as far as the flow needs one: keeps cookies, follows redirects within the provider. */
class Browser {
  readonly #cookies = new Map<string, string>();
  async open(url: string, form?: Record<string, string>): Promise<Response> {
    let response = await this.#send(new URL(url, idp.url), form);
    for (let hops = 0; hops < 10 && response.status >= 300 && response.status < 400; hops += 1) {
      const next = new URL(response.headers.get('location') ?? '', idp.url);
      if (next.origin !== idp.url) return response;
      response = await this.#send(next);
    }
    return response;
  }
  async #send(url: URL, form?: Record<string, string>): Promise<Response> {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      if (pair.slice(at + 1) === '') this.#cookies.delete(pair.slice(0, at));
      else this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }
}

function authorization(verifier: string | null, redirect = `${PULT}/auth/callback`): string {
  const query = new URLSearchParams({
    client_id: 'pult',
    response_type: 'code',
    scope: 'openid profile email',
    redirect_uri: redirect,
    state: 's',
    nonce: 'n',
  });
  if (verifier !== null) {
    query.set('code_challenge', createHash('sha256').update(verifier).digest('base64url'));
    query.set('code_challenge_method', 'S256');
  }
  return `/auth?${query}`;
}

const formOf = (html: string): string => /action="(\/interaction\/[^"]+)"/.exec(html)?.[1] ?? '';

async function signIn(browser: Browser, login: string): Promise<Record<string, unknown> & { id_token: string }> {
  const verifier = randomBytes(32).toString('base64url');
  const page = await (await browser.open(authorization(verifier))).text();
  const back = await browser.open(formOf(page), { login, password: 'demo' });
  return exchange(new URL(back.headers.get('location') ?? ''), verifier);
}

async function exchange(back: URL, verifier: string): Promise<Record<string, unknown> & { id_token: string }> {
  expect(back.origin + back.pathname).toBe(`${PULT}/auth/callback`);
  const response = await fetch(`${idp.url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('pult:client-secret').toString('base64')}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      redirect_uri: `${PULT}/auth/callback`,
      code_verifier: verifier,
    }),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown> & { id_token: string };
}

const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

describe('demo sign-in', () => {
  it('describes itself', async () => {
    const discovery = (await (await fetch(`${idp.url}/.well-known/openid-configuration`)).json()) as object;
    expect(discovery).toMatchObject({
      issuer: idp.url,
      authorization_endpoint: `${idp.url}/auth`,
      end_session_endpoint: `${idp.url}/session/end`,
      code_challenge_methods_supported: ['S256'],
    });
  });

  it.each(PEOPLE.map(({ login, name, role }) => [login, name, role] as const))(
    'signs %s in with name and role in the token',
    async (login, name, role) => {
      const { id_token: token, access_token: access } = await signIn(new Browser(), login);
      const claims = { sub: login, name, email: `${login}@ekf.example`, roles: [role] };
      expect(claimsOf(token)).toMatchObject({ ...claims, iss: idp.url, aud: 'pult', nonce: 'n' });
      const info = await fetch(`${idp.url}/me`, { headers: { authorization: `Bearer ${String(access)}` } });
      expect(await info.json()).toMatchObject(claims);
    },
  );

  it('shows labelled fields and every person as a button', async () => {
    const page = await (await new Browser().open(authorization('v'.repeat(43)))).text();
    expect(page).toContain('<label for="login">Логин</label>');
    expect(page).toContain('<label for="password">Пароль</label>');
    for (const { login, name } of PEOPLE) {
      expect(page).toContain(`name="login" value="${login}"`);
      expect(page).toContain(name);
    }
  });

  it('says that a password is wrong and lets the person try again', async () => {
    const browser = new Browser();
    const verifier = randomBytes(32).toString('base64url');
    const form = formOf(await (await browser.open(authorization(verifier))).text());
    const wrong = await browser.open(form, { login: 'ops', password: 'нет' });
    expect(wrong.status).toBe(401);
    const page = await wrong.text();
    expect(page).toContain('role="alert">Логин или пароль не подошли');
    const back = await browser.open(formOf(page), { login: 'ops', password: 'demo' });
    const { id_token: token } = await exchange(new URL(back.headers.get('location') ?? ''), verifier);
    expect(claimsOf(token).sub).toBe('ops');
  });

  it('remembers the person and asks again after the sign-out', async () => {
    const browser = new Browser();
    const { id_token: token } = await signIn(browser, 'manager');
    const verifier = randomBytes(32).toString('base64url');
    const again = await browser.open(authorization(verifier));
    expect(claimsOf((await exchange(new URL(again.headers.get('location') ?? ''), verifier)).id_token).sub).toBe(
      'manager',
    );

    const query = new URLSearchParams({ id_token_hint: token, post_logout_redirect_uri: `${PULT}/` });
    const asked = await (await browser.open(`/session/end?${query}`)).text();
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(asked)?.[1] ?? '';
    const out = await browser.open('/session/end/confirm', { xsrf, logout: 'yes' });
    expect(out.headers.get('location')).toBe(`${PULT}/`);
    expect(await (await browser.open(authorization(verifier))).text()).toContain('Вход в Пульт');
  });

  it('refuses a flow without PKCE and a foreign redirect', async () => {
    const without = await new Browser().open(authorization(null));
    expect(without.headers.get('location')).toContain('error=invalid_request');
    const foreign = await new Browser().open(authorization('v'.repeat(43), 'http://127.0.0.1:1/steal'));
    expect(foreign.status).toBe(400);
    expect(await foreign.text()).toContain('Войти не получилось');
  });

  it('tells about an outdated sign-in instead of failing', async () => {
    const response = await new Browser().open('/interaction/unknown');
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('Вход устарел');
  });
});
