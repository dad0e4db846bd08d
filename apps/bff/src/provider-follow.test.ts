/** How sessions of the running Pult follow the provider: roles, logouts, outages, clocks. */
import { sql } from 'kysely';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from './platform/db/test-database.ts';
import { Browser } from './testing/browser.ts';
import { type OpenIdProvider, startOpenIdProvider } from './testing/openid-provider.ts';
import { endAllPults, type RunningPult, startPult } from './testing/running-pult.ts';

let database: TestDatabase;
let provider: OpenIdProvider;
let pult: RunningPult;
const sockets: Socket[] = [];

beforeAll(async () => {
  [database, provider] = await Promise.all([createTestDatabase(), startOpenIdProvider()]);
  pult = await startPult({ DATABASE_URL: database.url, OIDC_ISSUER: provider.issuer });
});
beforeEach(() => {
  provider.down = false;
  provider.userInfoDown = false;
  provider.clockAheadS = 0;
  provider.refresh = 'works';
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await endAllPults();
  await provider.close();
  await database.close();
});

async function person(sub: string, roles: readonly string[] = ['ops']): Promise<Browser> {
  provider.person = { sub, idToken: { name: sub, roles } };
  const browser = new Browser(pult.url);
  expect((await browser.logIn('/api/session')).status).toBe(200);
  return browser;
}
/** The next request finds that the roles were asked longer ago than they may be. */
const makeDue = (sub: string, ago = '31 seconds'): Promise<unknown> =>
  sql`update session set roles_checked_at = now() - ${ago}::interval where user_id = ${sub}`.execute(database.db);
const endOf = async (sub: string): Promise<string | undefined> =>
  (
    await sql<{ reason: string }>`select end_reason as reason from session where user_id = ${sub}
      order by created_at desc limit 1`.execute(database.db)
  ).rows[0]?.reason;
const logOut = (token: string): Promise<Response> =>
  fetch(`${pult.url}/auth/backchannel-logout`, { method: 'POST', body: new URLSearchParams({ logout_token: token }) });

describe('a role', () => {
  it('that was taken away is gone with the next look, without a new login, and its live rooms are left', async () => {
    const browser = await person('demoted', ['ops', 'analyst']);
    const socket = io(pult.url, {
      transports: ['websocket'],
      forceNew: true,
      extraHeaders: { cookie: browser.cookieHeader() },
    });
    sockets.push(socket);
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    expect(await socket.emitWithAck('subscribe', ['operations'])).toEqual([]);
    const told = new Promise<string>((resolve) => socket.once('session', () => resolve('told')));
    provider.person = { sub: 'demoted', idToken: { roles: ['manager'] } };
    expect((await browser.get('/api/session')).json.roles).toEqual(['analyst', 'ops']);
    await makeDue('demoted');
    expect((await browser.get('/api/session')).json).toMatchObject({ roles: ['manager'], rolesStale: null });
    expect(await told).toBe('told');
    expect((await browser.get('/api/operations')).status).toBe(403);
    const { rows } = await sql<{ entry: unknown }>`select after as entry from audit_entry
      where action = 'session.roles'`.execute(database.db);
    expect(rows).toEqual([{ entry: { roles: ['manager'], user: 'demoted' } }]);
  });

  it('is asked for once however many requests come, and again only after its time', async () => {
    const browser = await person('busy');
    await makeDue('busy');
    const before = provider.refreshes;
    await Promise.all(Array.from({ length: 20 }, () => browser.get('/api/session')));
    await browser.get('/api/session');
    expect(provider.refreshes - before).toBe(1);
    await makeDue('busy');
    expect((await browser.get('/api/session')).status).toBe(200);
    expect(provider.refreshes - before).toBe(2);
    // The clock was set back since: an hour ahead is no time to wait for.
    await makeDue('busy', '-1 hour');
    await Promise.all(Array.from({ length: 20 }, () => browser.get('/api/session')));
    expect(provider.refreshes - before).toBe(3);
  });

  it('that was the last one ends the session', async () => {
    const browser = await person('nobody-any-more');
    provider.person = { sub: 'nobody-any-more', idToken: { roles: ['Domain Users'] } };
    await makeDue('nobody-any-more');
    expect((await browser.get('/api/session')).status).toBe(401);
    expect(await endOf('nobody-any-more')).toBe('no_role');
  });

  it('stays where the provider answers without an ID token and says nothing of roles elsewhere', async () => {
    const browser = await person('quiet');
    provider.refresh = 'without_id_token';
    await makeDue('quiet');
    expect((await browser.get('/api/session')).json).toMatchObject({ roles: ['ops'], rolesStale: null });
    provider.person = { sub: 'quiet', userInfo: { roles: ['analyst'] } };
    await makeDue('quiet');
    expect((await browser.get('/api/session')).json).toMatchObject({ roles: ['analyst'] });
  });

  it('cannot be taken over by somebody else’s token', async () => {
    const browser = await person('victim');
    provider.person = { sub: 'other', idToken: { roles: ['admin'] } };
    await makeDue('victim');
    expect((await browser.get('/api/session')).status).toBe(401);
  });
});

describe('a session that is gone at the provider', () => {
  it('ends here with the next look', async () => {
    const browser = await person('revoked');
    provider.refresh = 'ended';
    await makeDue('revoked');
    expect((await browser.get('/api/session')).status).toBe(401);
    expect(await endOf('revoked')).toBe('provider_ended');
  });

  it('keeps no token in clear, and none at all after its end', async () => {
    const browser = await person('sealed');
    const { rows } = await sql<{
      text: string;
    }>`select encode(refresh_token, 'escape') || coalesce(session::text, '') as text
      from session where user_id = 'sealed'`.execute(database.db);
    for (const secret of provider.secrets) if (secret.length === 36) expect(rows[0]?.text).not.toContain(secret);
    await browser.command('/api/session/logout');
    const { rows: after } = await sql`select refresh_token, id_token from session where user_id = 'sealed'`.execute(
      database.db,
    );
    expect(after).toEqual([{ refresh_token: null, id_token: null }]);
  });
});

describe('a provider that is away', () => {
  it('leaves people at work with the last known roles, says since when, and ends it after the stated time', async () => {
    const browser = await person('patient');
    provider.down = true;
    await makeDue('patient');
    const { roles, rolesStale } = (await browser.get('/api/session')).json;
    expect(roles).toEqual(['ops']);
    expect(Date.parse(rolesStale.until) - Date.parse(rolesStale.since)).toBe(60 * 60_000);
    provider.down = false;
    await makeDue('patient');
    expect((await browser.get('/api/session')).json.rolesStale).toBeNull();

    provider.down = true;
    await makeDue('patient');
    await sql`update session set roles_stale_since = now() - interval '61 minutes' where user_id = 'patient'`.execute(
      database.db,
    );
    expect((await browser.get('/api/session')).status).toBe(401);
    expect(await endOf('patient')).toBe('roles_unknown');
  });

  it('in one part only, behind a refresh that used its token up, costs nobody the session', async () => {
    const browser = await person('half-way');
    provider.userInfoDown = true;
    for (const _minute of [1, 2]) {
      await makeDue('half-way');
      const { status, json } = await browser.get('/api/session');
      expect(status).toBe(200);
      expect(json.rolesStale).not.toBeNull();
    }
    provider.userInfoDown = false;
    await makeDue('half-way');
    expect((await browser.get('/api/session')).json).toMatchObject({ roles: ['ops'], rolesStale: null });
  });

  it('is named by the login page', async () => {
    provider.down = true;
    const stranger = await startPult({ DATABASE_URL: database.url, OIDC_ISSUER: provider.issuer });
    const page = await new Browser(stranger.url).get('/auth/login');
    expect(page.status).toBe(503);
    expect(page.text).toContain('Вход временно недоступен');
    await stranger.kill('SIGTERM');
  });
});

describe('clocks', () => {
  it.each([60, -60])('that differ by a minute (%i s) change nothing', async (aheadS) => {
    provider.clockAheadS = aheadS;
    const sub = `clock${aheadS}`;
    const browser = await person(sub);
    await makeDue(sub);
    expect((await browser.get('/api/session')).status).toBe(200);
    expect((await logOut(provider.logoutToken())).status).toBe(200);
    expect((await browser.get('/api/session')).status).toBe(401);
  });
});

describe('back-channel logout', () => {
  it('ends all sessions of the person by sub, one session by sid, and nobody else’s', async () => {
    const other = await person('bystander');
    const twice = [await person('leaver'), await person('leaver')];
    expect((await logOut(provider.logoutToken({ sid: 'sid-of-another' }))).status).toBe(200);
    expect((await twice[0]?.get('/api/session'))?.status).toBe(200);
    expect((await logOut(provider.logoutToken({ sub: undefined, sid: 'sid-leaver' }))).status).toBe(200);
    for (const browser of twice) expect((await browser.get('/api/session')).status).toBe(401);
    expect(await endOf('leaver')).toBe('provider_logout');
    expect((await other.get('/api/session')).status).toBe(200);
  });

  it('is carried out when it comes again after a failure in the middle', async () => {
    const browser = await person('unlucky');
    await sql`create function refuse_end() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$`.execute(
      database.db,
    );
    await sql`create trigger refuse_end before update of ended_at on session for each row execute function refuse_end()`.execute(
      database.db,
    );
    const token = provider.logoutToken({ sub: 'unlucky' });
    expect((await logOut(token)).status).toBe(500);
    await sql`drop trigger refuse_end on session`.execute(database.db);
    expect((await logOut(token)).status).toBe(200);
    expect((await browser.get('/api/session')).status).toBe(401);
    expect(await endOf('unlucky')).toBe('provider_logout');
  });

  it('refuses what proves nothing, and the same order twice', async () => {
    const browser = await person('steady');
    const now = Math.floor(Date.now() / 1_000);
    const [head = '', body = ''] = provider.logoutToken().split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;
    const forged = [
      provider.logoutToken({ iss: 'https://evil.example.org' }),
      provider.logoutToken({ aud: 'another-client' }),
      provider.logoutToken({ iat: now - 900, exp: undefined }),
      provider.logoutToken({ exp: now - 300 }),
      provider.logoutToken({ iat: undefined }),
      provider.logoutToken({ jti: undefined }),
      provider.logoutToken({ events: {} }),
      provider.logoutToken({ events: undefined }),
      provider.logoutToken({ nonce: 'n' }),
      provider.logoutToken({ sub: undefined }),
      unsigned,
      `${head}.${body}.AAAA`,
      'nonsense',
      '',
    ];
    for (const token of forged) expect((await logOut(token)).status, token).toBe(400);
    expect((await browser.get('/api/session')).status).toBe(200);

    const order = provider.logoutToken();
    expect((await logOut(order)).status).toBe(200);
    const again = await person('steady');
    expect((await logOut(order)).status).toBe(400);
    expect((await again.get('/api/session')).status).toBe(200);
  });
});
