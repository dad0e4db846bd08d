/** People who sign in through a real Keycloak: its own pages, its groups and roles, its logouts. Pult asks for roles as often as it does by default. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test';
import {
  changeClientRole,
  changeRealm,
  keycloakUrl,
  logOutEverywhere,
  pultUrl,
  revokeSession,
  sessionsOf,
  setEnabled,
  whileFrozen,
  withClockOff,
} from './admin.ts';

/** A role or session that is gone has to be gone here within a minute. */
const MINUTE_MS = 60_000;
/** Shorter than anybody in the round has been signed in. */
const SHORT_LIFE_S = 5;

const OUTAGE = /Сервис входа не отвечает с/;
/** An open page asks once a minute who is signed in; one that is opened anew asks at once. */
const afterReload = (page: Page, look: () => Promise<void>): Promise<void> =>
  expect(async () => {
    await page.reload();
    await expect(page.getByRole('navigation').first()).toBeVisible();
    await look();
  }).toPass({ timeout: 2 * MINUTE_MS });

async function signIn(page: Page, username: string): Promise<void> {
  await page.goto(`${pultUrl()}/`);
  // Looked at again and again: a navigation that another one replaces is no failure.
  await expect(page).toHaveURL((url) => url.href.startsWith(`${keycloakUrl()}/realms/ekf/`));
  await page.locator('#username').fill(username);
  await page.locator('#password').fill('demo');
  await page.locator('#kc-login').click();
  await expect(page.getByRole('navigation').first()).toBeVisible();
  await expect(page).toHaveURL((url) => url.href.startsWith(pultUrl()));
}

interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
}
/** Somebody at a browser of their own. */
async function visit(browser: Browser, username: string): Promise<Visit> {
  const context = await browser.newContext({ locale: 'ru-RU', timezoneId: 'Europe/Moscow' });
  const page = await context.newPage();
  await signIn(page, username);
  return { context, page };
}

interface Session {
  readonly user: { readonly name: string };
  readonly roles: readonly string[];
}
async function session(context: BrowserContext): Promise<Session | null> {
  const response = await context.request.get(`${pultUrl()}/api/session`);
  return response.status() === 401 ? null : ((await response.json()) as Session);
}

/** Keeps a promise for a later look; that it fails earlier is no failure of what runs meanwhile. */
function kept<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Asks each second whether somebody is still signed in, for a time. @returns the last answer */
async function whenOut(context: BrowserContext, withinMs: number): Promise<Session | null> {
  for (const until = Date.now() + withinMs; ; await pause(1_000)) {
    const now = await session(context);
    if (now === null || Date.now() > until) return now;
  }
}

/**
 * What takes its time takes it at once: all of them come in and are changed at Keycloak first, each is watched from then on,
 * and what takes seconds is done meanwhile. The tests tell what became of each.
 */
test.describe('what happens at Keycloak', () => {
  const visits: Visit[] = [];
  let first: { manager: Session | null; duty: Session | null };
  let demoted: Promise<{ roles: readonly string[] | undefined; audit: number }>;
  let blocked: Promise<Session | null>;
  let revoked: Promise<Session | null>;
  /** The second browser of the manager, looked at when its roles were due to be asked for anew. */
  let other: Promise<{ session: Session | null; sessions: number }>;
  let second: Visit;
  let ending: Visit;

  test.beforeAll(async ({ browser }) => {
    test.setTimeout(5 * MINUTE_MS);
    await changeClientRole('ops', 'admin', 'POST');
    const come = async (username: string): Promise<Visit> => {
      const one = await visit(browser, username);
      visits.push(one);
      return one;
    };
    const twice = async () => {
      const one = await come('manager');
      const [theirs = ''] = await sessionsOf('manager');
      return { one, theirs, another: await come('manager') };
    };
    const [manager, duty, short] = await Promise.all([twice(), come('duty'), come('admin')]);
    [second, ending] = [manager.another, short];
    // The last one in: when it is asked about anew, it is time for the others, too.
    const ops = await come('ops');
    const audit = ops.page.getByRole('link', { name: 'Журнал' }).first();
    await audit.waitFor();
    first = { manager: await session(manager.one.context), duty: await session(duty.context) };
    await changeClientRole('ops', 'admin', 'DELETE');
    await setEnabled('duty', false);
    await revokeSession(manager.theirs);
    demoted = kept(
      audit.waitFor({ state: 'hidden', timeout: MINUTE_MS }).then(async () => ({
        roles: (await session(ops.context))?.roles,
        audit: (await ops.context.request.get(`${pultUrl()}/api/audit`)).status(),
      })),
    );
    blocked = kept(whenOut(duty.context, MINUTE_MS));
    revoked = kept(
      manager.one.page
        .locator('#password')
        .waitFor({ timeout: MINUTE_MS })
        .then(() => session(manager.one.context)),
    );
    other = kept(
      demoted.then(async () => ({
        session: await session(second.context),
        sessions: (await sessionsOf('manager')).length,
      })),
    );
  });

  test.afterAll(async () => {
    await setEnabled('duty', true);
    for (const { context } of visits.splice(0)) await context.close();
  });

  test('signs in on the page of Keycloak; a client role becomes a role here', () => {
    expect(first.manager).toMatchObject({ user: { name: 'Анна Кравцова' }, roles: ['manager'] });
  });

  test('a group becomes a role here', () => {
    expect(first.duty).toMatchObject({ user: { name: 'Тимур Галиев' }, roles: ['ops'] });
  });

  test('a logout here ends the session at Keycloak without a question', async ({ page }) => {
    await signIn(page, 'analyst');
    expect(await sessionsOf('analyst')).toHaveLength(1);
    await page.getByRole('button', { name: /Меню пользователя/ }).click();
    await page.getByRole('button', { name: 'Выйти' }).click();
    // Keycloak sends the browser back, and nobody is signed in any more: its login page asks for a password again.
    await expect(page.locator('#password')).toBeVisible();
    expect(await sessionsOf('analyst')).toHaveLength(0);
  });

  test('a logout at Keycloak ends the session here in seconds, and the open page goes to the login', async ({
    page,
    context,
  }) => {
    await signIn(page, 'analyst');
    await logOutEverywhere('analyst');
    await expect(page.locator('#password')).toBeVisible();
    expect(await session(context)).toBeNull();
  });

  test('a role that was taken away is gone from the open page within a minute, without a new login', async () => {
    expect(await demoted).toEqual({ roles: ['ops'], audit: 403 });
  });

  test('a person who was blocked at Keycloak is out within a minute', async () => {
    expect(await blocked).toBeNull();
  });

  test('a session that was ended in one browser is out within a minute, and the other of this person is not', async () => {
    expect(await revoked).toBeNull();
    expect(await other).toMatchObject({ session: { roles: ['manager'] }, sessions: 1 });
  });

  test('a session that reached its end at Keycloak ends here, too', async () => {
    await Promise.allSettled([demoted, blocked, revoked, other]);
    // Asks for nothing while sessions are that short, and is due when it is opened again.
    await second.page.close();
    const before = await changeRealm({ ssoSessionMaxLifespan: SHORT_LIFE_S });
    try {
      await expect(ending.page.locator('#password')).toBeVisible({ timeout: 2 * MINUTE_MS });
      expect(await session(ending.context)).toBeNull();
    } finally {
      await changeRealm(before);
    }
  });

  test('with Keycloak gone people go on with what they may, read since when, and nobody new comes in', async ({
    browser,
  }) => {
    const { context } = second;
    const page = await context.newPage();
    await whileFrozen(async () => {
      await page.goto(`${pultUrl()}/`);
      await afterReload(page, () => expect(page.getByText(OUTAGE)).toBeVisible({ timeout: 5_000 }));
      await expect(page.getByRole('main').getByRole('heading').first()).toBeVisible();
      expect(await session(context)).toMatchObject({ roles: ['manager'] });
      const stranger = await browser.newContext({ locale: 'ru-RU' });
      const door = await stranger.newPage();
      const answer = await door.goto(`${pultUrl()}/auth/login`);
      expect(answer?.status()).toBe(503);
      await expect(door.getByRole('heading')).toHaveText('Вход временно недоступен');
      await stranger.close();
    });
    await changeClientRole('manager', 'analyst', 'POST');
    try {
      await afterReload(page, () => expect(page.getByText(OUTAGE)).toBeHidden({ timeout: 5_000 }));
      await expect
        .poll(() => session(context), { timeout: MINUTE_MS })
        .toMatchObject({ roles: expect.arrayContaining(['analyst', 'manager']) });
    } finally {
      await changeClientRole('manager', 'analyst', 'DELETE');
    }
  });
});

for (const [where, shiftMs] of [
  ['behind', 60_000],
  ['ahead', -60_000],
] as const)
  test(`with the clock of Keycloak a minute ${where} people come in, and its logout ends their sessions`, async ({
    page,
    context,
    browser,
  }) => {
    await withClockOff(shiftMs, async () => {
      await signIn(page, 'manager');
      expect(await session(context)).toMatchObject({ roles: ['manager'] });
      await logOutEverywhere('manager');
      await expect(page.locator('#password')).toBeVisible();
      // Not by the next look at the roles, which would have ended it a little later, too.
      expect(await lastEnd(browser)).toBe('provider_logout');
    });
  });

/** Why the session that ended last did, as the audit tells an administrator. */
async function lastEnd(browser: Browser): Promise<string | null> {
  const { context } = await visit(browser, 'admin');
  try {
    const answer = await context.request.get(`${pultUrl()}/api/audit?action=session.end`);
    const { rows } = (await answer.json()) as { rows: { reason: string | null }[] };
    return rows[0]?.reason ?? null;
  } finally {
    await context.close();
  }
}
