/** A real Chromium, and a person of the demonstration in it. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test';

const DEBIAN = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];
export const SETTINGS = {
  viewport: { width: 1440, height: 900 },
  locale: 'ru-RU',
  timezoneId: 'Europe/Moscow',
} as const;

export function launch(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? DEBIAN.find((path) => existsSync(path));
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--disable-background-networking', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
}

/** Cookies of a person who has signed in and sees what `ready` waits for. */
export async function signedIn(
  context: BrowserContext,
  person: { readonly url: string; readonly login: string; readonly ready: (page: Page) => Promise<unknown> },
): Promise<Awaited<ReturnType<BrowserContext['storageState']>>> {
  const page = await context.newPage();
  await page.goto(`${person.url}/`);
  await page.getByLabel(/Логин/).fill(person.login);
  await page.getByLabel(/Пароль/).fill('demo');
  await page.getByRole('button', { name: 'Войти', exact: true }).click();
  await person.ready(page);
  const state = await context.storageState();
  await context.close();
  return state;
}
