/** People who sign in through a real Keycloak: its own pages, its groups and roles, its logouts. */
import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test';
import {
  changeClientRole,
  changeRealm,
  keycloakUrl,
  logOutEverywhere,
  pultUrl,
  sessionsOf,
  setEnabled,
  whileFrozen,
  withClockOff,
} from './admin.ts';

/** A role or session that is gone has to be gone here within a minute. */
const MINUTE_MS = 60_000;

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

interface Session {
  readonly user: { readonly name: string };
  readonly roles: readonly string[];
}
async function session(context: BrowserContext): Promise<Session | null> {
  const response = await context.request.get(`${pultUrl()}/api/session`);
  return response.status() === 401 ? null : ((await response.json()) as Session);
}

test('signs in on the page of Keycloak; a client role becomes a role here', async ({ page, context }) => {
  await signIn(page, 'manager');
  expect(await session(context)).toMatchObject({ user: { name: 'Анна Кравцова' }, roles: ['manager'] });
});

test('a group becomes a role here', async ({ page, context }) => {
  await signIn(page, 'duty');
  expect(await session(context)).toMatchObject({ user: { name: 'Тимур Галиев' }, roles: ['ops'] });
});

test('a role that was taken away is gone from the open page within a minute, without a new login', async ({
  page,
  context,
}) => {
  await changeClientRole('ops', 'admin', 'POST');
  await signIn(page, 'ops');
  const audit = page.getByRole('link', { name: 'Журнал' }).first();
  await expect(audit).toBeVisible();
  await changeClientRole('ops', 'admin', 'DELETE');
  await expect(audit).toBeHidden({ timeout: MINUTE_MS });
  expect(await session(context)).toMatchObject({ roles: ['ops'] });
  expect((await context.request.get(`${pultUrl()}/api/audit`)).status()).toBe(403);
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
  await signIn(page, 'manager');
  await logOutEverywhere('manager');
  await expect(page.locator('#password')).toBeVisible();
  expect(await session(context)).toBeNull();
});

test('a person who was blocked at Keycloak is out within a minute', async ({ page, context }) => {
  await signIn(page, 'duty');
  await setEnabled('duty', false);
  try {
    await expect.poll(() => session(context), { timeout: MINUTE_MS }).toBeNull();
  } finally {
    await setEnabled('duty', true);
  }
});

test('a session that reached its end at Keycloak ends here, too', async ({ page, context }) => {
  const before = await changeRealm({ ssoSessionMaxLifespan: 40 });
  try {
    await signIn(page, 'analyst');
    expect(await session(context)).toMatchObject({ roles: ['analyst'] });
    await expect(page.locator('#password')).toBeVisible({ timeout: 2 * MINUTE_MS });
    expect(await session(context)).toBeNull();
  } finally {
    await changeRealm(before);
  }
});

test('with Keycloak gone people go on with what they may, read since when, and nobody new comes in', async ({
  page,
  context,
  browser,
}) => {
  await changeClientRole('ops', 'admin', 'POST');
  try {
    await signIn(page, 'ops');
    await whileFrozen(async () => {
      await afterReload(page, () => expect(page.getByText(OUTAGE)).toBeVisible({ timeout: 5_000 }));
      await page.getByRole('link', { name: 'Сообщения' }).first().click();
      await expect(page.getByRole('main').getByRole('heading').first()).toBeVisible();
      expect(await session(context)).toMatchObject({ roles: ['admin', 'ops'] });
      const other = await browser.newContext({ locale: 'ru-RU' });
      const door = await other.newPage();
      const answer = await door.goto(`${pultUrl()}/auth/login`);
      expect(answer?.status()).toBe(503);
      await expect(door.getByRole('heading')).toHaveText('Вход временно недоступен');
      await other.close();
    });
  } finally {
    await changeClientRole('ops', 'admin', 'DELETE');
  }
  await afterReload(page, () => expect(page.getByText(OUTAGE)).toBeHidden({ timeout: 5_000 }));
  await expect.poll(() => session(context), { timeout: MINUTE_MS }).toMatchObject({ roles: ['ops'] });
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
  const context = await browser.newContext({ locale: 'ru-RU' });
  try {
    await signIn(await context.newPage(), 'admin');
    const answer = await context.request.get(`${pultUrl()}/api/audit?action=session.end`);
    const { rows } = (await answer.json()) as { rows: { reason: string | null }[] };
    return rows[0]?.reason ?? null;
  } finally {
    await context.close();
  }
}
