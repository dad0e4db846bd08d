import { expect, type Page, test } from '@playwright/test';
import { seriousOf } from './axe.ts';
import { control, demo, signIn } from './demo.ts';

interface Look {
  readonly scheme: 'light' | 'dark';
  readonly width: 1440 | 390;
  readonly language: 'ru' | 'en';
}

/** Each theme, width and language is met once: what differs between them are tokens, layout and texts. */
const LOOKS: readonly Look[] = [
  { scheme: 'light', width: 1440, language: 'ru' },
  { scheme: 'dark', width: 390, language: 'en' },
];

/** Opens what the first such link of a screen leads to. */
interface Followed {
  readonly from: string;
  readonly to: '/messages/' | '/approvals/' | '/operations/';
}
const message = (filter: string): Followed => ({ from: `/messages?tab=all&${filter}`, to: '/messages/' });

interface Round {
  readonly of: string;
  readonly login: string;
  readonly screens: readonly (string | Followed)[];
}

/** Every screen once, as somebody who works with it; of messages each kind that is drawn in its own way. */
const ROUNDS: readonly Round[] = [
  {
    of: 'the landscape',
    login: 'ops',
    screens: [
      '/overview',
      '/overview?on=system:ut',
      '/flows',
      '/flows/ut-site-prices-stock',
      '/flows/ut-site-prices-stock/pairs',
      '/flows/zup-hrtek',
      '/exchange-registers',
      '/bus',
      '/settings/connections',
      '/settings/quiet',
      '/nowhere',
    ],
  },
  {
    of: 'messages and operations',
    login: 'ops',
    screens: [
      '/messages',
      '/messages?tab=all',
      '/messages?tab=stuck',
      '/messages?tab=quarantine',
      message('flow=ut-bp-sales&state=applied'),
      // One of the bus, an order as a file, and a document of people that operations may not read.
      message('flow=bus-ut-go'),
      message('flow=edi-orders'),
      message('flow=zup-hrtek'),
      '/operations',
    ],
  },
  {
    of: 'a manager',
    login: 'manager',
    screens: ['/approvals', { from: '/approvals', to: '/approvals/' }, '/overview'],
  },
  { of: 'an analyst', login: 'analyst', screens: ['/analytics'] },
  {
    of: 'an administrator',
    login: 'admin',
    screens: [
      '/settings/connections',
      '/settings/calendars',
      '/settings/policies',
      '/settings/people',
      '/audit',
      message('flow=zup-hrtek'),
    ],
  },
];

async function open(page: Page, path: string): Promise<void> {
  await page.goto(`${demo().url}${path}`);
  await expect(page.getByRole('main').getByRole('heading').first()).toBeVisible();
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
}

async function follow(page: Page, { from, to }: Followed): Promise<void> {
  // The past is told in the background after the start; each kind of message stands in it.
  const isTold = async (): Promise<boolean> => (await control<{ done: boolean }>('GET', '/api/history')).done;
  await expect.poll(isTold, { timeout: 240_000, intervals: [1_000] }).toBe(true);
  const link = page.locator(`main a[href^="${to}"]`).first();
  await expect(async () => {
    await open(page, from);
    await expect(link, `${from} has nothing to open`).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
  await open(page, (await link.getAttribute('href')) ?? '');
}

for (const { scheme, width, language } of LOOKS)
  for (const { of, login, screens } of ROUNDS)
    test(`axe finds nothing serious in screens of ${of}, ${scheme}, ${width} px, ${language}`, async ({ page }) => {
      test.setTimeout(600_000);
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      await signIn(page, login);
      await page.evaluate((chosen) => localStorage.setItem('pult.language', chosen), language);
      const found: Record<string, readonly string[]> = {};
      for (const screen of screens) {
        if (typeof screen === 'string') await open(page, screen);
        else await follow(page, screen);
        expect(await page.evaluate('document.documentElement.lang')).toBe(language);
        const serious = await seriousOf(page);
        if (serious.length > 0) found[typeof screen === 'string' ? screen : `${screen.from} → ${page.url()}`] = serious;
      }
      expect(found).toEqual({});
    });

test('axe finds nothing serious in what opens over a screen', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await signIn(page, 'ops');
  await open(page, '/flows');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(await seriousOf(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(await seriousOf(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /Меню пользователя/ }).click();
  await expect(page.getByRole('button', { name: 'Выйти' })).toBeVisible();
  expect(await seriousOf(page)).toEqual([]);
});
